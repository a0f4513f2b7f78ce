"""How good a neighbourhood is: precision, nDCG and hubs, from a table of distances.

Methods: nDCG with binary relevance (Järvelin & Kekäläinen, 2002); hubness as the skewness of how often a
track is among the five nearest of others (Radovanović et al., 2010); bootstrap over queries (Efron, 1979).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_NEAREST, N_RANKED = 5, 10
_N_RESAMPLES = 2000

Distances = NDArray[np.float64]
Pairs = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How many of the nearest belong to the query.

    Attributes
    ----------
    precision, low, high : float
        Mean share of the five nearest, and its 95 % interval over queries.
    ndcg : float
        Mean nDCG at 10.
    ceiling : float
        The highest precision there can be: some queries have fewer than five that belong to them.
    n_queries : int
        Tracks to which any other belongs.
    """

    precision: float
    low: float
    high: float
    ndcg: float
    ceiling: float
    n_queries: int


@dataclass(frozen=True, slots=True)
class Hubs:
    """How often tracks are among the five nearest of others: skewness, the most, and how many never are."""

    skewness: float
    most: int
    never: int


def nearest(distances: Distances, n: int, barred: Pairs | None = None) -> NDArray[np.intp]:
    """List the nearest of each track, itself and barred pairs left out; -1 where there are no more.

    Returns
    -------
    ndarray of int, shape (n_tracks, n)
    """
    far = np.where(np.isnan(distances), np.inf, distances)
    np.fill_diagonal(far, np.inf)
    if barred is not None:
        far[barred] = np.inf
    order = np.argsort(far, axis=1, kind="stable")[:, :n]
    return np.where(np.isfinite(np.take_along_axis(far, order, axis=1)), order, -1)


def retrieval(distances: Distances, belongs: Pairs, barred: Pairs | None = None) -> Retrieval:
    """Measure how well distances find what belongs together.

    Parameters
    ----------
    distances : ndarray, shape (n_tracks, n_tracks)
        From the track of the row; NaN and infinity are never near.
    belongs : ndarray of bool, shape (n_tracks, n_tracks)
    barred : ndarray of bool, shape (n_tracks, n_tracks), optional
        Pairs that do not count.
    """
    wanted = belongs & ~np.eye(len(belongs), dtype=bool)
    if barred is not None:
        wanted &= ~barred
    n_wanted = wanted.sum(axis=1)
    queries = np.flatnonzero(n_wanted)
    found = nearest(distances, N_RANKED, barred)[queries]
    hits = np.take_along_axis(wanted[queries], np.maximum(found, 0), axis=1) & (found >= 0)
    shares = hits[:, :N_NEAREST].mean(axis=1)
    gain = 1 / np.log2(np.arange(2, N_RANKED + 2))
    best = np.cumsum(gain)[np.minimum(n_wanted[queries], N_RANKED) - 1]
    low, high = _interval(shares)
    return Retrieval(
        precision=float(shares.mean()),
        low=low,
        high=high,
        ndcg=float(((hits @ gain) / best).mean()),
        ceiling=float((np.minimum(n_wanted[queries], N_NEAREST) / N_NEAREST).mean()),
        n_queries=len(queries),
    )


def hubs(distances: Distances) -> Hubs:
    """Measure how unevenly tracks appear among the five nearest of others."""
    found = nearest(distances, N_NEAREST)
    counts = np.bincount(found[found >= 0], minlength=len(distances)).astype(np.float64)
    spread = float(counts.std())
    skewness = float(((counts - counts.mean()) ** 3).mean()) / spread**3 if spread else 0.0
    return Hubs(skewness, int(counts.max()), int((counts == 0).sum()))


def precision_with_copies(distances: Distances, index: NDArray[np.intp], labels: NDArray[np.str_]) -> float:
    """Measure the share of the five nearest of the same label where some tracks are there more than once.

    All files are queries, those alone with their label too; copies of a track are nearest to one another.
    """
    between = distances[np.ix_(index, index)]
    between[index[:, None] == index] = -np.inf
    np.fill_diagonal(between, np.inf)
    found = np.argsort(between, axis=1, kind="stable")[:, :N_NEAREST]
    return float((labels[found] == labels[:, None]).mean())


def _interval(shares: NDArray[np.float64]) -> tuple[float, float]:
    chosen = np.random.default_rng(0).integers(0, len(shares), (_N_RESAMPLES, len(shares)))
    low, high = np.percentile(shares[chosen].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
