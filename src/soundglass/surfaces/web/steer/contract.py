"""The shapes of steered answers and of profiles."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.surfaces.web.contract import SimilarShape, TrackShape

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class TempoRangeShape(TypedDict):
    """Bounds of tempo, BPM."""

    low: float | None
    high: float | None


@with_config(_EXACT)
class SteeringShape(TypedDict, total=False):
    """What counts more, less or not, and what is asked for besides a track; what is left out is as usual."""

    weights: dict[str, float]
    shifts: dict[str, float]
    tempo: TempoRangeShape
    by: str
    weight: float | None


@with_config(_EXACT)
class MoveShape(TrackShape):
    """How the place of a track differs from that in the plain list, and why.

    ``place`` is its place among all tracks, in the ranking whose list it is not in. "The others" of a
    sentence are all other tracks of both lists, on average.
    """

    rank: int | None
    was: int | None
    place: int | None
    cause: str | None
    feature: str
    change: float
    sentence: str


@with_config(_EXACT)
class WantedShape(TypedDict):
    """What a track has of a feature, and what is looked for instead."""

    actual: float
    asked: float


@with_config(_EXACT)
class SteeredShape(SimilarShape):
    """A steered list; 1 = exactly what is asked for, 0 = no nearer to it than a random track."""

    steering: SteeringShape
    moves: list[MoveShape]
    fallen: list[MoveShape]
    carried: dict[str, float]
    wanted: dict[str, WantedShape]


@with_config(_EXACT)
class SavedProfileShape(TypedDict):
    """A saved profile; ``query`` is what the address of a steered list asks with."""

    name: str
    steering: SteeringShape
    wishes: list[str]
    query: str
    created: str
    changed: str


@with_config(_EXACT)
class ProfilesShape(TypedDict):
    """All saved profiles."""

    profiles: list[SavedProfileShape]


@with_config(_EXACT)
class DeletedShape(TypedDict):
    """What is no longer there."""

    deleted: str
