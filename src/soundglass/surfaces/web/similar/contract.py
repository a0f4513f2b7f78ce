"""The shape of recommendations with tracks more and less like them."""

from __future__ import annotations

from typing import NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.surfaces.web.contract import PartShape, TrackShape


@with_config(ConfigDict(extra="forbid"))
class SeedPartShape(PartShape):
    """One term of a score; ``seed`` is the id of the track it is likeness to, where there are several."""

    seed: NotRequired[str]


@with_config(ConfigDict(extra="forbid"))
class SeededResultShape(TrackShape):
    """One recommendation; the contributions of its parts sum to its score."""

    rank: int
    score: float
    sentence: str
    parts: list[SeedPartShape]


@with_config(ConfigDict(extra="forbid"))
class SeededShape(TypedDict):
    """The tracks most like one; ``weight`` is the share of the spectrogram in a blend."""

    query: TrackShape
    by: str
    results: list[SeededResultShape]
    notes: list[str]
    weight: float | None
    more: list[TrackShape]
    less: list[TrackShape]
