"""A smooth way from one track to another through the library."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import FeatureMismatchError
from soundglass.core.types import Track
from soundglass.library.schema import TRACK_COLUMNS, track_from_row
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender
from soundglass.recommend.filters import IDENTICAL_SCORE, Filters, Selection, artists, same_recording

Values = NDArray[np.float64]

_PLACES = np.linspace(0.0, 1.0, 16)
_FEWEST, _MOST = 10, 25
_LEAST_APART = 1e-6


@dataclass(frozen=True, slots=True)
class Route:
    """Tracks one after another.

    Attributes
    ----------
    rows : tuple of int
        Rows of the library, both ends included.
    tracks : tuple of Track
        The same.
    scores : tuple of float
        Of every track but the first, with the track before it as the query.
    """

    rows: tuple[int, ...]
    tracks: tuple[Track, ...]
    scores: tuple[float, ...]

    @property
    def n_repeats(self) -> int:
        """Count the tracks that follow another by one of their artists."""
        return sum(_share_artist(*pair) for pair in pairwise(self.tracks))


def find_route(
    store: Store, recommender: Recommender, start: int, end: int, n: int, filters: Filters
) -> Route:
    """Find the way of n steps whose largest jump is least, and among such ways the one of least sum.

    A jump is 1 - score, of a track with the one before it as the query. No recording comes twice, and no
    artist twice in a row where that can be had. The way leads through tracks nearest to places spread evenly
    from one end to the other, and passes them in the order in which they lie along that line.

    Parameters
    ----------
    start, end : int
        Two different rows of the library.
    n : int
        Steps, 1 or more; the way has fewer where the filters leave too few tracks.

    Raises
    ------
    FeatureMismatchError
        The two ends cannot be compared.
    """
    pool = _pool(store, recommender, (start, end), n, filters)
    rows, tracks = [row for row, _ in pool], [track for _, track in pool]
    jumps = _jumps(recommender, np.array(rows))
    if not filters.copies:
        _close_copies(jumps, tracks)
    costs = jumps + _repeat_costs(tracks, more_than=n * float(np.ptp(jumps[np.isfinite(jumps)])))
    way = smoothest(costs, n)
    while (surplus := _surplus([tracks[i] for i in way], filters.per_artist)) is not None:
        costs[:, way[surplus]] = np.inf
        way = smoothest(costs, n)
    return Route(
        rows=tuple(rows[i] for i in way),
        tracks=tuple(tracks[i] for i in way),
        scores=tuple((1 - jumps[way[:-1], way[1:]]).tolist()),
    )


def smoothest(costs: Values, n: int) -> list[int]:
    """Find the way from the first to the last of some points in n steps, its costliest step being cheapest.

    Parameters
    ----------
    costs : ndarray, shape (n_points, n_points)
        Of the step from one point (row) to another (column); infinite where there is none, as for all steps
        that do not lead to a later point. The step from the first to the last is there.
    n : int
        How many steps; as many as possible where there cannot be so many.

    Returns
    -------
    list of int
        The points passed, both ends included. No way of as many steps has a cheaper costliest step, and none
        with steps as cheap costs less in sum.

    Notes
    -----
    A bottleneck path (Pollack, 1960), then a shortest path through what is no costlier, both by dynamic
    programming over the number of steps (Bellman, 1957).
    """
    worst = np.full(len(costs), np.inf)
    worst[0], bottleneck, n_steps = -np.inf, np.inf, 0
    for step in range(1, min(n, len(costs) - 1) + 1):
        worst = np.maximum(worst[:, None], costs).min(axis=0)
        if np.isfinite(worst[-1]):
            bottleneck, n_steps = worst[-1], step
    cheap = np.where(costs <= bottleneck, costs, np.inf)
    total, came_from = np.full(len(costs), np.inf), list[NDArray[np.intp]]()
    total[0] = 0.0
    for _ in range(n_steps):
        sums = total[:, None] + cheap
        came_from.append(sums.argmin(axis=0))
        total = sums.min(axis=0)
    way = [len(costs) - 1]
    for before in reversed(came_from):
        way.append(int(before[way[-1]]))
    return way[::-1]


def _pool(
    store: Store, recommender: Recommender, ends: tuple[int, int], n: int, filters: Filters
) -> list[tuple[int, Track]]:
    """Gather the tracks a way may pass, in the order they lie along it, the ends first and last."""
    first, last = _tracks(store, ends)
    scores, along, squared = _line(recommender, *ends)
    free = np.isfinite(along) & ~np.isin(recommender.rows, ends)
    if filters.where:
        free &= np.isin(recommender.rows, store.rows_where(filters.where), assume_unique=True)
    sides = [Selection(track, replace(filters, per_artist=None)) for track in (first, last)]
    at_place = min(max(_FEWEST, n // 2), _MOST)
    wanted = at_place * len(_PLACES) // 2 if n > 1 else 0
    found: list[tuple[float, int, Track]] = []
    while len(found) < wanted and free.any():
        near = _nearest_to_places(along, squared, free, at_place)
        rows = recommender.rows[near].tolist()
        for index, row, track in zip(near, rows, _tracks(store, rows), strict=True):
            if all(side.offer(track, float(score[index])) for side, score in zip(sides, scores, strict=True)):
                found.append((float(along[index]), row, track))
        free[near] = False
    found.sort(key=lambda one: one[:2])
    return [(ends[0], first), *((row, track) for _, row, track in found), (ends[1], last)]


def _line(recommender: Recommender, start: int, end: int) -> tuple[list[NDArray[np.float32]], Values, Values]:
    """Place all tracks by the line between two, from their scores to both.

    1 - score behaves like a squared distance over a constant of the query.

    Returns
    -------
    list of ndarray, shape (n_tracks,)
        The scores, to the start and to the end.
    along, squared : ndarray, shape (n_tracks,)
        Where on the line a track lies, from 0 at the start to 1 at the end, and its squared distance from the
        start, in units of the line's length; NaN where it cannot be compared with both.
    """
    scores, squared = [], []
    for query, other in ((start, end), (end, start)):
        between = float(recommender.exact_scores(query, np.array([other]))[0])
        if math.isnan(between):
            raise FeatureMismatchError(
                "the two ends cannot be compared, so no way leads from one to the other",
                remedy="Choose other tracks",
            )
        scores.append(recommender.scores(query))
        squared.append((1 - scores[-1].astype(np.float64)) / max(1 - between, _LEAST_APART))
    return scores, (1 + squared[0] - squared[1]) / 2, squared[0]


def _nearest_to_places(
    along: Values, squared: Values, free: NDArray[np.bool_], at_place: int
) -> NDArray[np.intp]:
    """Find so many different free tracks near each place on the line, nearest first."""
    free, near = free.copy(), list[NDArray[np.intp]]()
    for place in _PLACES:
        left = np.flatnonzero(free)
        off = squared[left] - 2 * place * along[left] + place**2
        nearest = np.argpartition(off, at_place)[:at_place] if len(left) > at_place else np.arange(len(left))
        near.append(left[nearest[np.argsort(off[nearest], kind="stable")]])
        free[near[-1]] = False
    return np.concatenate(near)


def _jumps(recommender: Recommender, rows: NDArray[np.int64]) -> Values:
    """Measure the jump from every row to every later one; infinite where there is none."""
    jumps = np.full((len(rows), len(rows)), np.inf)
    for i, row in enumerate(rows[:-1].tolist()):
        jumps[i, i + 1 :] = 1 - recommender.exact_scores(row, rows[i + 1 :])
    return np.where(np.isnan(jumps), np.inf, jumps)


def _close_copies(jumps: Values, tracks: Sequence[Track]) -> None:
    """Let no way lead to what all features show to be a copy of another track, whatever it is called."""
    for i, j in np.argwhere(jumps[:, :-1] <= 1 - IDENTICAL_SCORE).tolist():
        if same_recording(tracks[i], tracks[j], 1 - jumps[i, j]):
            jumps[:, j] = np.inf


def _repeat_costs(tracks: Sequence[Track], more_than: float) -> Values:
    """Charge each step between tracks that share an artist with more than anything else can cost."""
    repeats = [[_share_artist(one, other) for other in tracks] for one in tracks]
    return np.where(repeats, 1 + more_than, 0.0)


def _share_artist(one: Track, other: Track) -> bool:
    return bool(artists(one.artist) & artists(other.artist))


def _surplus(tracks: Sequence[Track], per_artist: int | None) -> int | None:
    """Find the first track, ends apart, by an artist who has too many."""
    if per_artist is None:
        return None
    by_artist = Counter(name for end in (tracks[0], tracks[-1]) for name in artists(end.artist))
    for index, track in enumerate(tracks[1:-1], start=1):
        by_artist.update(artists(track.artist))
        if any(by_artist[name] > per_artist for name in artists(track.artist)):
            return index
    return None


def _tracks(store: Store, rows: Sequence[int]) -> list[Track]:
    return [track_from_row(row) for row in store.take(rows, TRACK_COLUMNS).to_pylist()]
