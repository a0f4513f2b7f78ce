"""Playlists and moods as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from soundglass.core.contract import finite, result_json, track_json
from soundglass.core.types import Json
from soundglass.explain.mood import MoodAnswer
from soundglass.library.playlists import Heading, Playlist


def heading_json(heading: Heading) -> dict[str, Json]:
    """Give what a playlist is called and how long it is."""
    times = {"created": heading.created.isoformat(), "changed": heading.changed.isoformat()}
    return {**asdict(heading), **times}


def playlist_json(playlist: Playlist, left_out: Sequence[str] | None = None) -> dict[str, Json]:
    """Give a playlist with its tracks, and the ids that could not be added, if that was asked for."""
    shape = {
        **heading_json(playlist.heading),
        "tracks": [
            {
                **track_json(entry.track),
                "position": position,
                "duration_s": finite(entry.track.duration_s),
                "reason": entry.reason,
                "gone": entry.is_gone,
            }
            for position, entry in enumerate(playlist.entries, start=1)
        ],
    }
    return shape if left_out is None else {**shape, "left_out": list(left_out)}


def mood_json(answer: MoodAnswer) -> dict[str, Json]:
    """Give the tracks nearest to a mood; the contributions of each sum to its score."""
    slowest, fastest = map(finite, answer.tempo)
    return {
        "wishes": dict(answer.wishes),
        "tempo": {"slowest": slowest, "fastest": fastest},
        "results": [result_json(result) for result in answer.results],
        "notes": list(answer.notes),
    }
