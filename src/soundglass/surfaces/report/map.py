"""A library as a small map on a page: one point a track, and those that are recommended marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.types import FloatArray
from soundglass.recommend.base import Recommender
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.maps import (
    N_JUDGED,
    MapCoordinates,
    Method,
    lay_out,
    nearest_by_score,
    nearest_points,
)
from soundglass.recommend.mel_pca import MelPcaRecommender
from soundglass.recommend.spectrogram import SpectrogramRecommender

MOST_POINTS = 1500
"""Of a larger library so many tracks are drawn, evenly taken, beside those that are marked."""

FEWEST_BY_TSNE = 30
"""Fewer tracks have no neighbourhoods to keep."""

_SIDE, _MARGIN = 300, 16
_METHODS: Mapping[Method, str] = {"pca": "principal components", "tsne": "t-SNE"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A track that is recommended.

    Attributes
    ----------
    ranks : tuple of int
        Its place in each recommender's list, 0 where it is not in it.
    """

    x: float
    y: float
    ranks: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class SmallMap:
    """Where a track and what is like it lie.

    Attributes
    ----------
    by : str
        The recommender whose likeness is shown as nearness.
    points : tuple of (float, float)
        In a square of 300.
    own : (float, float)
        Where the track itself lies.
    marks : tuple of Mark
    caption : str
        How far the map can be trusted.
    """

    by: str
    points: tuple[tuple[float, float], ...]
    own: tuple[float, float]
    marks: tuple[Mark, ...]
    caption: str


def small_map(recommender: Recommender, query: int, lists: Sequence[Mapping[int, str]]) -> SmallMap | None:
    """Lay a library out on a plane and mark a track and its recommendations.

    Parameters
    ----------
    query : int
        Row of the library.
    lists : sequence of mapping of int to str
        What each recommender names, best first: row and name.

    Returns
    -------
    SmallMap or None
        Fewer than 3 tracks have no map, nor has a track or a recommender without a place in a space.
    """
    if not isinstance(recommender, FeatureRecommender | MelPcaRecommender | SpectrogramRecommender):
        return None
    rows, points, n_tracks = recommender.rows, recommender.points, len(recommender.rows)
    if n_tracks < 3 or query not in rows:
        return None
    neighbours = None
    if n_tracks > MOST_POINTS:
        even = rows[np.linspace(0, n_tracks - 1, MOST_POINTS).astype(int)]
        taken = np.isin(rows, [query, *even.tolist(), *(row for named in lists for row in named)])
        rows, points = rows[taken], points[taken]
    elif isinstance(recommender, SpectrogramRecommender):
        neighbours = nearest_by_score(recommender, nearest_points(points))
    placed = lay_out(rows, points, "tsne" if len(rows) >= FEWEST_BY_TSNE else "pca", neighbours)
    at = dict(zip(rows.tolist(), _on_page(placed.xy), strict=True))
    marks = _marks(at, lists)
    return SmallMap(
        recommender.name,
        tuple(xy for row, xy in at.items() if row != query),
        at[query],
        marks,
        _caption(placed, query, n_tracks),
    )


def _on_page(xy: FloatArray) -> list[tuple[float, float]]:
    """Place points in the square, upwards being up."""
    half = _SIDE / 2
    return [
        (round(half + x * (half - _MARGIN), 1), round(half - y * (half - _MARGIN), 1)) for x, y in xy.tolist()
    ]


def _marks(at: Mapping[int, tuple[float, float]], lists: Sequence[Mapping[int, str]]) -> tuple[Mark, ...]:
    """Mark what is recommended, the best last, so that nothing covers it."""
    ranks = [{row: rank for rank, row in enumerate(named, start=1)} for named in lists]
    names = {row: name for named in lists for row, name in named.items()}
    marks = [
        Mark(*at[row], tuple(of_list.get(row, 0) for of_list in ranks), name)
        for row, name in names.items()
        if row in at
    ]
    return tuple(sorted(marks, key=lambda mark: -min(rank for rank in mark.ranks if rank)))


def _caption(placed: MapCoordinates, query: int, n_tracks: int) -> str:
    judged = min(N_JUDGED, len(placed.rows) - 1)
    trust = float(placed.trust[placed.rows == query][0])
    shown = (
        f" of {len(placed.rows):,} of {n_tracks:,} tracks, evenly taken"
        if len(placed.rows) < n_tracks
        else ""
    )
    how = _METHODS[placed.method]
    return (
        f"By {how}{shown}. Of the {judged} nearest tracks it keeps {100 * placed.kept:.0f} %; around this "
        f"track it can be trusted to {100 * trust:.0f} %."
    )
