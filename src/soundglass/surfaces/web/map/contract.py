"""The shapes of the map's answers."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.surfaces.web.contract import TrackShape

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class ClusterShape(TypedDict):
    """Tracks that go together; x and y of the one in its middle, which is the first of ``typical``."""

    number: int
    name: str
    label: str
    size: int
    x: float | None
    y: float | None
    typical: list[TrackShape]


@with_config(_EXACT)
class GroupShape(TypedDict):
    """Points of one colour; 254 are others, 255 those of which it is not known."""

    code: int
    label: str
    n: int


@with_config(_EXACT)
class TickShape(TypedDict):
    """A value beside a scale, 0 being its low end and 1 its high one."""

    at: float
    label: str


@with_config(_EXACT)
class ColourShape(TypedDict):
    """What colours mean; a value's byte is 0 to 249, from the low end of the scale to the high one."""

    by: str
    kind: Literal["groups", "scale", "circle"]
    groups: list[GroupShape]
    ticks: list[TickShape]
    unit: str
    note: str


@with_config(_EXACT)
class MapShape(TypedDict):
    """A map, without its points.

    ``shown`` is what there is to see until what was asked for (``method``) is laid out. ``trustworthiness``
    and ``kept`` are null until they are measured, ``points`` until anything is laid out.
    """

    by: str
    method: Literal["pca", "tsne"]
    shown: Literal["pca", "tsne"]
    snapshot: int
    n_points: int
    n_left_out: int
    state: Literal["whole", "working", "failed"]
    working: str
    problem: str
    trustworthiness: float | None
    kept: float | None
    shares: list[float] | None
    made: str
    trust: str
    clusters: list[ClusterShape]
    colour: ColourShape
    points: str | None
    colours: str
    notes: list[str]


@with_config(_EXACT)
class PointShape(TrackShape):
    """One point: its track and how far its surroundings are wrong, 0 to 1; null until that is measured."""

    point: int
    audio: bool
    error: float | None
    cluster: str | None
    value: str


@with_config(_EXACT)
class PointsShape(TypedDict):
    """Some points of a map."""

    snapshot: int
    points: list[PointShape]


@with_config(_EXACT)
class FoundPointsShape(TypedDict):
    """The points whose title, artist or album holds all the words."""

    snapshot: int
    points: list[int]


@with_config(_EXACT)
class NeighbourShape(TrackShape):
    """One of the nearest tracks; how many others lie nearer on the map, and whether that is far."""

    point: int
    score: float
    nearer: int
    far: bool


@with_config(_EXACT)
class NeighboursShape(TypedDict):
    """The true nearest neighbours of a track."""

    by: str
    shown: Literal["pca", "tsne"]
    snapshot: int
    track: PointShape
    neighbours: list[NeighbourShape]
    words: str
