"""A map as lines of SVG, for pages without a script and until it has drawn its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundglass.surfaces.web.map.colours import OTHERS, STEPS, UNKNOWN
from soundglass.surfaces.web.map.shown import Shown

WIDTH, HEIGHT = 1000, 640
MOST_POINTS = 4000
"""Of a larger map so many points are drawn, evenly taken."""

N_SHADES = 9
"""How many shades of a scale are told apart."""

_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Dots:
    """Points of one colour.

    Attributes
    ----------
    kind : str
        ``g0`` to ``g11`` for a group, ``s0`` to ``s8`` for a shade, ``c0`` to ``c8`` for one of a circle,
        ``others`` or ``unknown``.
    path : str
        A dot each, as lines without length.
    """

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Badge:
    """The number of a cluster, at the track in its middle."""

    x: int
    y: int
    number: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map of ``WIDTH`` by ``HEIGHT``.

    Attributes
    ----------
    size : float
        Of a dot.
    n_drawn : int
        How many points are drawn.
    """

    dots: tuple[Dots, ...]
    badges: tuple[Badge, ...]
    size: float
    n_drawn: int


def drawing_of(shown: Shown) -> Drawing | None:
    """Draw a map; ``None`` where nothing is laid out yet."""
    if shown.placed is None:
        return None
    x, y = _on_page(shown.placed.xy)
    even = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_POINTS)).astype(int))
    kinds = np.array([_kind(code, shown.colours.kind) for code in range(256)])[shown.colours.codes[even]]
    dots = tuple(
        Dots(kind, "".join(f"M{x[at]} {y[at]}h0" for at in even[kinds == kind].tolist()))
        for kind in np.unique(kinds).tolist()
    )
    named = shown.clusters.named if shown.clusters else ()
    badges = tuple(Badge(int(x[one.typical[0]]), int(y[one.typical[0]]), one.number) for one in named)
    order = {"unknown": 0, "others": 1}
    size = float(np.clip(120 / max(1, len(even)) ** 0.5, 2.5, 12))
    return Drawing(tuple(sorted(dots, key=lambda one: order.get(one.kind, 2))), badges, size, len(even))


def _on_page(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit points into the picture, of one scale in both directions, upwards being up."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    spread = np.maximum(high - low, 1e-6)
    scale = min((WIDTH - 2 * _MARGIN) / spread[0], (HEIGHT - 2 * _MARGIN) / spread[1])
    x, y = ((xy - (low + high) / 2) * scale).round().astype(int).T
    return x + WIDTH // 2, HEIGHT // 2 - y


def _kind(code: int, kind: str) -> str:
    if code == UNKNOWN:
        return "unknown"
    if code == OTHERS:
        return "others"
    if kind == "groups":
        return f"g{code}"
    shade = min(N_SHADES - 1, code * N_SHADES // STEPS)
    return f"{'c' if kind == 'circle' else 's'}{shade}"
