"""A few seconds of a track to see and to hear, small enough to lie within a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from soundglass.audio.clip import read_clip
from soundglass.audio.mp3 import encode
from soundglass.core.errors import AudioError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Part, Region, Track
from soundglass.explain.pictures.image import png
from soundglass.explain.pictures.mel import mel_of

SECONDS = 10.0
LONGEST_S = 120.0
_KBPS = 64
_SIZE = (240, 96)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a track.

    Attributes
    ----------
    start_s, end_s : float
        Where it lies in the track.
    picture, sound : str
        ``data:`` addresses of its mel spectrogram (PNG) and of itself (MP3); empty with a ``problem``.
    problem : str
        Why there is nothing to see and hear.
    """

    start_s: float = 0.0
    end_s: float = 0.0
    picture: str = ""
    sound: str = ""
    problem: str = ""


def excerpt(track: Track, regions: Sequence[Region] = ()) -> Excerpt:
    """Cut ten seconds around regions, or from the middle of a track where there are none."""
    if not track.path:
        return Excerpt(problem="a table tells of it, there is no audio")
    centre = (regions[0].start_s + regions[0].end_s) / 2 if regions else track.duration_s / 2
    start_s = max(0.0, min(centre - SECONDS / 2, track.duration_s - SECONDS))
    try:
        clip = read_clip(Path(track.path), start_s, start_s + SECONDS)
        samples = clip.resampled(DEFAULTS.spectrogram.sample_rate).spread_over(1).samples[:, 0]
        picture, sound = png(mel_of(samples, start_s), _SIZE), encode(clip, _KBPS)
    except AudioError as error:
        return Excerpt(problem=error.message)
    end_s = start_s + clip.duration_s
    return Excerpt(start_s, end_s, _data("image/png", picture), _data("audio/mpeg", sound))


def audible(path: Path, seconds: float) -> str:
    """Give a written sound as a ``data:`` address (MP3); empty where it is gone, or too long."""
    if seconds > LONGEST_S:
        return ""
    try:
        return _data("audio/mpeg", encode(read_clip(path, 0.0, seconds + 1.0), _KBPS))
    except AudioError:
        return ""


def regions_of(parts: Sequence[Part]) -> tuple[list[Region], list[Region]]:
    """Give the regions of the query and of the match that speak most for a pair, the strongest first."""
    helping = sorted((part for part in parts if part.contribution > 0), key=lambda part: -part.contribution)
    pairs = [
        (p.query, p.match) for p in helping if isinstance(p.query, Region) and isinstance(p.match, Region)
    ]
    return [query for query, _ in pairs], [match for _, match in pairs]


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
