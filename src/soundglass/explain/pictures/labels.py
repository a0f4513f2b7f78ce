"""Titles beside points, none on another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.explain.pictures.style import INK, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

Point: TypeAlias = NDArray[np.float64]

_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_REACHES = (6.0, 14.0, 26.0)
_BADGE_POINTS, _POINT = 9.0, 3.0
_ACROSS: Mapping[int, Literal["left", "center", "right"]] = {1: "left", 0: "center", -1: "right"}
_LOOK: Mapping[str, Any] = {"fontsize": 8, "color": INK, "linespacing": 1.05}
_UP: Mapping[int, Literal["bottom", "center", "top"]] = {1: "bottom", 0: "center", -1: "top"}


def put_labels(
    figure: Figure, axes: Axes, xy: FloatArray, texts: Mapping[int, str], badges: Collection[int] = ()
) -> tuple[int, ...]:
    """Write texts beside points of a drawn picture, where they hide few points and no other text or badge.

    Parameters
    ----------
    xy : ndarray, shape (n_points, 2)
        In the axes' coordinates.
    texts : mapping of int to str
        By point, the most important first; what finds no place is left out.
    badges : collection of int
        Points that are marked so large that texts stay clear of them.

    Returns
    -------
    tuple of int
        The points that have their text.
    """
    from matplotlib.transforms import Bbox

    figure.draw_without_rendering()  # so that the axes are where they will be
    scale = figure.dpi / 72
    inside, points = axes.get_window_extent(), axes.transData.transform(xy)
    around = _BADGE_POINTS * scale
    taken = [Bbox([points[badge] - around, points[badge] + around]) for badge in badges]
    placed = []
    for point, text in texts.items():
        clear = _BADGE_POINTS if point in badges else 0.0
        size = _size(axes, text)
        free = list[tuple[int, float, tuple[int, int], Bbox]]()
        for beyond, side in product(_REACHES, _SIDES):
            box = _beside(points[point], side, (clear + beyond) * scale, size)
            if _within(box, inside) and not any(box.overlaps(other) for other in taken):
                free.append((_n_within(points, box.padded(_POINT * scale)), clear + beyond, side, box))
        if free:
            _, reach, side, box = min(free, key=lambda place: place[0])
            _annotate(axes, xy[point].tolist(), text, reach, side, clear)
            taken.append(box)
            placed.append(point)
    return tuple(placed)


def _size(axes: Axes, text: str) -> Point:
    """Give width and height of a text, in pixels."""
    written = axes.text(0, 0, text, **_LOOK)
    box = written.get_window_extent()
    written.remove()
    return np.array([box.width, box.height])


def _beside(point: Point, side: tuple[int, int], reach: float, size: Point) -> Bbox:
    """Give the place of a text on one side of a point, all in pixels."""
    from matplotlib.transforms import Bbox

    towards = np.array(side)
    low = point + reach * towards - (1 - towards) / 2 * size
    return Bbox([low, low + size])


def _annotate(
    axes: Axes, point: tuple[float, float], text: str, reach: float, side: tuple[int, int], clear: float
) -> None:
    """Write a text on one side of a point, with a line that ends some points before it."""
    from matplotlib.patheffects import withStroke

    right, up = side
    note = axes.annotate(
        text,
        point,
        (reach * right, reach * up),
        textcoords="offset points",
        arrowprops={
            "arrowstyle": "-",
            "color": PALE,
            "linewidth": 0.7,
            "shrinkA": 0.0,
            "shrinkB": max(clear, _POINT + 1),
        },
        ha=_ACROSS[right],
        va=_UP[up],
        zorder=6,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        **_LOOK,
    )
    note.set_in_layout(False)


def _within(box: Bbox, outer: Bbox) -> bool:
    return bool(outer.x0 <= box.x0 and box.x1 <= outer.x1 and outer.y0 <= box.y0 and box.y1 <= outer.y1)


def _n_within(points: NDArray[np.float64], box: Bbox) -> int:
    """Count points, shape (n_points, 2), that a box would hide."""
    return int(((points >= box.min) & (points <= box.max)).all(axis=1).sum())
