"""The shapes of what the player asks for."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class LevelShape(TypedDict):
    """One level of zoom: its columns, and the tiles they are cut into."""

    level: int
    seconds_per_pixel: float
    columns: int
    tiles: int


@with_config(_EXACT)
class HertzShape(TypedDict):
    """Where a frequency lies on a picture, from 0 at the upper edge to 1 at the lower."""

    hz: int
    from_top: float


@with_config(_EXACT)
class TilesShape(TypedDict):
    """Where the tiles of a spectrogram lie; ``url`` has ``{level}`` and ``{n}`` to fill in."""

    duration_s: float
    height: int
    tile_columns: int
    parts: int
    url: str
    decibels: list[float]
    levels: list[LevelShape]
    hertz: list[HertzShape]


@with_config(_EXACT)
class PeaksShape(TypedDict):
    """Lowest and highest sample of equal steps of a stretch, full scale being 1."""

    start_s: float
    end_s: float
    lowest: list[float]
    highest: list[float]
