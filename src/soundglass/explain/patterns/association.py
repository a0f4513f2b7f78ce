"""How features and spectrogram statistics go together: rank correlations, and how sure they are.

Tracks by one artist are not independent of one another, so artists are drawn with replacement, each with all
its tracks (cluster bootstrap: Davison & Hinkley, 1997, *Bootstrap Methods and their Application*, section
3.8).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.explain.patterns.statistics import STATISTICS, Values

DRAWS = 2000
FEWEST = 8
"""Of fewer tracks nothing is said."""

_ENDS = (2.5, 97.5)
_BLOCK_CELLS = 1 << 22
_TYPICAL = 0.85
_MOST_DRAWS = 0.95
_TINY = 1e-12

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Association:
    """How a feature and a statistic of spectrograms go together in a library.

    Attributes
    ----------
    feature, statistic : str
    rho : float
        Spearman's, -1 to 1.
    low, high : float
        Its 95 % interval.
    p : float
        Two-sided, corrected for all associations that were looked at.
    n : int
        Tracks.
    """

    feature: str
    statistic: str
    rho: float
    low: float
    high: float
    p: float
    n: int

    @property
    def stands_out(self) -> bool:
        """Whether it is more than chance: its interval leaves 0 out, and so does the correction."""
        return (self.low > 0 or self.high < 0) and self.p < 0.05

    @property
    def direction(self) -> str:
        """How a spectrogram looks with more of the feature."""
        statistic = STATISTICS[self.statistic]
        return statistic.more if self.rho > 0 else statistic.less


@dataclass(frozen=True, slots=True)
class Correlations:
    """Spearman's ρ of each of some columns with each of others, all shape (n_x, n_y).

    Attributes
    ----------
    rho : ndarray
        -1 to 1; NaN where a column is constant.
    low, high : ndarray
        95 % interval: percentiles of what the draws give; NaN where there are fewer than two clusters, and
        where a column is constant but for so few of them that more than one draw in twenty misses them all.
    p : ndarray
        Two-sided, of ρ = 0: Fisher's z over its standard deviation among the draws. Not corrected.
    """

    rho: Values
    low: Values
    high: Values
    p: Values


def correlate(x: Values, y: Values, clusters: Codes, draws: int = DRAWS, seed: int = 0) -> Correlations:
    """Correlate each column of x with each of y by rank, and draw artists again and again to be sure of it.

    Parameters
    ----------
    x, y : ndarray, shape (n_tracks, n_x) and (n_tracks, n_y)
        Without NaN.
    clusters : ndarray of int, shape (n_tracks,)
        Which tracks are drawn together, numbered from 0.
    draws, seed : int

    Notes
    -----
    Each draw is ranked anew, with mean ranks for ties; what is drawn twice is tied with itself.
    """
    rankers = [_Ranker(column) for column in (*x.T, *y.T)]
    rho = _spearman(rankers, x.shape[1], np.ones((1, len(x))))[0]
    n_clusters = int(clusters.max(initial=-1)) + 1
    if n_clusters < 2:
        unknown = np.full_like(rho, math.nan)
        return Correlations(rho, unknown, unknown, unknown)
    size = max(1, _BLOCK_CELLS // (len(x) * len(rankers)))
    times = _times(n_clusters, draws, size, seed)
    drawn = np.concatenate([_spearman(rankers, x.shape[1], block[:, clusters]) for block in times])
    low, high, spread = np.full((3, *rho.shape), math.nan)
    known = np.isfinite(rho) & (np.isfinite(drawn).mean(axis=0) >= _MOST_DRAWS)
    if known.any():
        low[known], high[known] = np.nanpercentile(drawn[:, known], _ENDS, axis=0)
        spread[known] = np.nanstd(_fisher(drawn[:, known]), axis=0)
    z = np.abs(_fisher(rho)) / np.maximum(spread, _TINY)
    p = np.array([math.erfc(one / math.sqrt(2)) for one in z.ravel()]).reshape(z.shape)
    return Correlations(rho, low, high, p)


def adjusted(p_values: Values) -> Values:
    """Correct p values for being many, by the rate of false discoveries (Benjamini & Hochberg, 1995).

    NaN ones stay NaN and do not count.
    """
    from scipy.stats import false_discovery_control  # half a second that only this should pay

    corrected = np.full(p_values.shape, math.nan)
    known = np.isfinite(p_values)
    if known.any():
        corrected[known] = false_discovery_control(p_values[known])
    return corrected


def typical(x: Values, y: Values, *, rising: bool) -> tuple[int, int]:
    """Pick a track that is typically low in x and one that is typically high, and so, or conversely, in y.

    Parameters
    ----------
    x, y : ndarray, shape (n_tracks,)
        Without NaN.
    rising : bool
        Whether y goes up with x.

    Returns
    -------
    low, high : int
        The tracks nearest to the 15th and the 85th percentile of both: no extremes.
    """
    ranks = np.stack([_Ranker(column).ranks(np.ones((1, len(x))))[0] / len(x) + 0.5 for column in (x, y)])
    if not rising:
        ranks[1] = 1 - ranks[1]
    apart = [np.abs(ranks - at).max(axis=0) for at in (1 - _TYPICAL, _TYPICAL)]
    return int(apart[0].argmin()), int(apart[1].argmin())


class _Ranker:
    """Ranks one column, sorted once, however often each of its values is taken."""

    def __init__(self, column: Values) -> None:
        self._group = np.unique(column, return_inverse=True)[1]
        self._order = np.argsort(self._group, kind="stable")
        self._starts = np.flatnonzero(np.diff(self._group[self._order], prepend=-1))

    def ranks(self, times: Values) -> Values:
        """Give mean ranks less the mean of all, for values taken so often, shape (n_draws, n_tracks)."""
        counts = np.add.reduceat(times[:, self._order], self._starts, axis=1)
        middles: Values = np.cumsum(counts, axis=1) - (counts + times.sum(axis=1, keepdims=True)) / 2
        return middles[:, self._group]


def _spearman(rankers: list[_Ranker], n_x: int, times: Values) -> Values:
    """Give ρ of the first columns with the others in each draw, shape (n_draws, n_x, n_y)."""
    ranks = np.stack([ranker.ranks(times) for ranker in rankers], axis=1)
    weighted = ranks * times[:, None]
    norms = np.sqrt((weighted * ranks).sum(axis=2))
    products = weighted[:, :n_x] @ ranks[:, n_x:].transpose(0, 2, 1)
    scale = norms[:, :n_x, None] * norms[:, None, n_x:]
    rho: Values = np.divide(products, scale, out=np.full(products.shape, math.nan), where=scale > 0)
    return rho.clip(-1, 1)


def _times(n_clusters: int, draws: int, size: int, seed: int) -> Iterator[Values]:
    """Yield how often each cluster is drawn, shape (some draws, n_clusters), so many draws in all."""
    random = np.random.default_rng(seed)
    for start in range(0, draws, size):
        chances = np.full(n_clusters, 1 / n_clusters)
        yield random.multinomial(n_clusters, chances, min(size, draws - start)).astype(np.float64)


def _fisher(rho: Values) -> Values:
    z: Values = np.arctanh(rho.clip(-1 + _TINY, 1 - _TINY))
    return z
