"""The true nearest neighbours of a track, and which of them a map shows far from it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from soundglass.core.types import FloatArray
from soundglass.recommend.base import best_first
from soundglass.recommend.maps import N_JUDGED
from soundglass.surfaces.web.map.ground import Drawn


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of the nearest tracks.

    Attributes
    ----------
    row, point : int
        Of the library, and of the map.
    score : float
    nearer : int
        How many other points lie nearer on the map.
    far : bool
        Whether these are more than :func:`beyond`.
    """

    row: int
    point: int
    score: float
    nearer: int
    far: bool


def beyond(n_points: int) -> int:
    """Say how many points may lie nearer than what is still near: a tenth of all, or 10 of few."""
    return max(N_JUDGED, n_points // 10)


def neighbours(drawn: Drawn, row: int, n: int, xy: FloatArray) -> tuple[Neighbour, ...]:
    """Find the tracks most like one by exact score, and how near they are on a map.

    Parameters
    ----------
    row : int
        Of the library; one of the map's.
    n : int
    xy : ndarray, shape (n_points, 2)
    """
    own = drawn.position(row)
    apart = ((xy - xy[own]) ** 2).sum(axis=1)
    found = []
    for other, score in islice(best_first(drawn, row), n):
        point = drawn.position(other)
        nearer = int((apart < apart[point]).sum()) - int(apart[own] < apart[point])
        found.append(Neighbour(other, point, score, nearer, nearer > beyond(len(xy))))
    return tuple(found)
