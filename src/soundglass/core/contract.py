"""The JSON shape of answers, the same for the command line, the web and Python (contract version 1)."""

from __future__ import annotations

import math
from dataclasses import asdict

from soundglass.core.types import FeatureEvidence, Json, Part, Recommendation, Recommendations, Region, Track

CONTRACT_VERSION = 1


def track_json(track: Track) -> dict[str, Json]:
    """Give what identifies a track."""
    return {
        "id": track.id,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "path": track.path,
    }


def side_json(side: FeatureEvidence | Region) -> dict[str, Json]:
    """Give one track's side of a part."""
    return {name: finite(value) for name, value in asdict(side).items()}


def part_json(part: Part) -> dict[str, Json]:
    """Give one part with its evidence, and the further features of its group, if any."""
    shape: dict[str, Json] = {
        "name": part.name,
        "contribution": part.contribution,
        "query": side_json(part.query),
        "match": side_json(part.match),
    }
    if part.members:
        shape["members"] = [
            {"name": m.name, "query": side_json(m.query), "match": side_json(m.match)} for m in part.members
        ]
    return shape


def result_json(result: Recommendation) -> dict[str, Json]:
    """Give one recommendation; its contributions sum to its score."""
    return {
        "rank": result.rank,
        **track_json(result.track),
        "score": result.score,
        "sentence": result.sentence,
        "parts": [part_json(part) for part in result.parts],
    }


def recommendations_json(answer: Recommendations) -> dict[str, Json]:
    """Give a list of recommendations."""
    return {
        "query": track_json(answer.query),
        "by": answer.by,
        "results": [result_json(result) for result in answer.results],
        "notes": list(answer.notes),
    }


def finite(value: Json) -> Json:
    """Give a value as it is, or ``None`` for a number JSON has no word for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
