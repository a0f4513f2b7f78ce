"""A whole recording as one picture that needs no script: some of its tiles side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.surfaces.web.sight.layout import FINEST_IN_PART, HERTZ, TILE_COLUMNS, Layout, from_top

MOST_COLUMNS = 2600

_FEWEST_LABELS_APART = 0.09


@dataclass(frozen=True, slots=True)
class Piece:
    """One tile, and which columns it covers."""

    level: int
    n: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Label:
    """A frequency, and its place in percent from the top."""

    text: str
    top: float


@dataclass(frozen=True, slots=True)
class Still:
    """The picture: its size in pixels, its tiles from left to right, and what its height means."""

    width: int
    height: int
    pieces: Sequence[Piece]
    labels: Sequence[Label]


def still(layout: Layout) -> Still:
    """Lay out the picture: the finest level that is drawn in one go and not too wide."""
    levels = range(layout.n_levels)
    fitting = (v for v in levels if v >= FINEST_IN_PART and layout.n_columns(v) <= MOST_COLUMNS)
    level = next(fitting, levels[-1])
    columns = layout.n_columns(level)
    pieces = [
        Piece(level, n, n * TILE_COLUMNS, min(TILE_COLUMNS, columns - n * TILE_COLUMNS))
        for n in range(layout.n_tiles(level))
    ]
    return Still(columns, layout.settings.n_mels, pieces, _labels(layout))


def _labels(layout: Layout) -> list[Label]:
    """Label frequencies from above downwards, leaving out those that would touch."""
    kept: list[Label] = []
    for hz in reversed(HERTZ):
        top = from_top(hz, layout.settings)
        if not kept or 100 * top - kept[-1].top >= 100 * _FEWEST_LABELS_APART:
            kept.append(Label(f"{hz}" if hz < 1000 else f"{hz // 1000}k", 100 * top))
    return kept
