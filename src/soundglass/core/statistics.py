"""How sure a figure is: clustered bootstrap intervals, paired differences, Holm's correction, effect sizes.

Queries by one artist are not independent of one another, so artists are drawn with replacement, each with all
its queries (cluster bootstrap: Davison & Hinkley, 1997, *Bootstrap Methods and their Application*, section
3.8). Intervals are the 2.5th and 97.5th percentile of what the draws give. All figures that come of the same
number of clusters, draws and seed come of the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 10_000

_ENDS = (2.5, 97.5)
_BLOCK_CELLS = 1 << 20

Labels = Sequence[str] | Sequence[int] | NDArray[np.str_] | NDArray[np.integer]
"""One a value; values of one label belong together, an empty one to nobody else."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; NaN where there is none.

    Attributes
    ----------
    value, low, high : float
    n : int
        Of how many queries, pairs or tracks it is the mean; 0 where that has no meaning.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    n: int = 0


def bootstrap_mean(values: ArrayLike, groups: Labels, n: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Give the mean of values with its 95 % interval.

    Parameters
    ----------
    values : array_like of float, shape (n_values,)
        NaN ones are left out.
    groups : sequence of str or int, shape (n_values,)
        Which values are drawn together; an empty text is a group of its own.
    n : int
        How many draws.
    seed : int

    Returns
    -------
    Estimate
        Without an interval where there are fewer than two groups.
    """
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    return _mean(values[known], group_codes(groups)[known], n, seed)[0]


def paired_difference(
    one: ArrayLike, other: ArrayLike, groups: Labels, n: int = RESAMPLES, seed: int = 0
) -> tuple[Estimate, float]:
    """Give how much higher the first of two paired figures is on average, and how likely by chance.

    Parameters
    ----------
    one, other : array_like of float, shape (n_values,)
        Of the same queries; a query that is NaN on either side is left out.
    groups, n, seed
        As in :func:`bootstrap_mean`.

    Returns
    -------
    difference : Estimate
    p : float
        Two-sided: twice the share of draws on the other side of 0 (Davison & Hinkley, 1997, section 4.4, by
        inversion of the percentile interval, so that p < 0.05 where the interval leaves 0 out). At least
        2 / (n + 1); NaN without an interval.
    """
    difference = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    known = np.isfinite(difference)
    found, means = _mean(difference[known], group_codes(groups)[known], n, seed)
    if not len(means):
        return found, float("nan")
    tail = 1 + min(int((means <= 0).sum()), int((means >= 0).sum()))
    return found, min(1.0, 2 * tail / (len(means) + 1))


def holm(p_values: ArrayLike) -> Floats:
    """Correct p values for being several (Holm, 1979, *Scandinavian Journal of Statistics* 6).

    NaN ones stay NaN and do not count.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    order = np.argsort(p)[: np.isfinite(p).sum()]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def cliffs_delta(
    one: ArrayLike,
    other: ArrayLike,
    groups: tuple[Labels, Labels] | None = None,
    n: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Give how much likelier a value of the first kind is above one of the second than below, −1 to 1.

    Parameters
    ----------
    one, other : array_like of float, shape (n_one,) and (n_other,)
        NaN ones are left out.
    groups : pair of sequences, optional
        Labels of either; values of one label are drawn together, on both sides. Without, every value is a
        group of its own.
    n, seed
        As in :func:`bootstrap_mean`.

    Notes
    -----
    Cliff, 1993, *Psychological Bulletin* 114. |δ| < .147 is called negligible, < .33 small, < .474 medium
    (Romano et al., 2006).
    """
    x, y, x_groups, y_groups = _two(one, other, groups)
    n_groups = 1 + max([*x_groups.tolist(), *y_groups.tolist()], default=-1)
    above = np.zeros((n_groups, n_groups))
    for value, group in zip(x, x_groups, strict=True):
        above[group] += np.bincount(y_groups, np.sign(value - y), n_groups)
    counts = np.stack([np.bincount(g, minlength=n_groups) for g in (x_groups, y_groups)], axis=1)

    def delta(times: Floats) -> Floats:
        pairs = (times @ counts).prod(axis=1)
        return _ratio(((times @ above) * times).sum(axis=1), pairs)

    return _estimate(delta, n_groups, len(x) + len(y), n, seed)[0]


def bootstrap_sums(
    columns: ArrayLike,
    groups: Labels,
    statistic: Callable[[Floats], Floats],
    n: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Give a figure that depends on sums over values alone, with its 95 % interval.

    Parameters
    ----------
    columns : array_like of float, shape (n_values, n_sums)
        What each value adds to the sums: to a mean, 1 and itself.
    groups, n, seed
        As in :func:`bootstrap_mean`.
    statistic : callable
        Sums, shape (n_draws, n_sums), to the figure of each draw, shape (n_draws,); NaN where it has none.
    """
    return _of_sums(np.asarray(columns, dtype=np.float64), group_codes(groups), statistic, n, seed)[0]


def group_codes(groups: Labels) -> NDArray[np.intp]:
    """Give each group a number; an empty label is a group of its own."""
    labels = np.asarray(groups)
    codes: NDArray[np.intp] = (
        np.unique(labels, return_inverse=True)[1] if len(labels) else np.empty(0, np.intp)
    )
    if labels.dtype.kind == "U":
        nobody = np.flatnonzero(labels == "")
        codes[nobody] = len(labels) + nobody
    return codes


def _mean(values: Floats, codes: NDArray[np.intp], n: int, seed: int) -> tuple[Estimate, Floats]:
    return _of_sums(_powers(values), codes, lambda sums: _ratio(sums[:, 1], sums[:, 0]), n, seed)


def _of_sums(
    columns: Floats, codes: NDArray[np.intp], statistic: Callable[[Floats], Floats], n: int, seed: int
) -> tuple[Estimate, Floats]:
    groups = np.unique(codes, return_inverse=True)[1]
    n_groups = int(groups.max(initial=-1)) + 1
    sums = np.stack([np.bincount(groups, column, n_groups) for column in columns.T], axis=1)
    return _estimate(lambda times: statistic(times @ sums), n_groups, len(columns), n, seed)


def _estimate(
    statistic: Callable[[Floats], Floats], n_groups: int, n_values: int, n: int, seed: int
) -> tuple[Estimate, Floats]:
    """Give a statistic of how often each group is taken: once each, and as often as it is drawn."""
    value = float(statistic(np.ones((1, n_groups)))[0]) if n_groups else float("nan")
    if n_groups < 2:
        return Estimate(value, n=n_values), np.empty(0)
    drawn = np.concatenate([statistic(times) for times in _draws(n_groups, n, seed)])
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, _ENDS) if len(drawn) else (float("nan"), float("nan"))
    return Estimate(value, float(low), float(high), n_values), drawn


def _draws(n_groups: int, n: int, seed: int) -> Iterator[Floats]:
    """Yield how often each group is drawn, shape (some draws, n_groups), n draws in all."""
    size = max(1, _BLOCK_CELLS // n_groups)
    for start in range(0, n, size):
        yield _block(n_groups, min(size, n - start), seed, start).astype(np.float64)


@lru_cache(maxsize=32)
def _block(n_groups: int, size: int, seed: int, start: int) -> NDArray[np.uint16]:
    drawn = np.random.default_rng((seed, start)).integers(0, n_groups, (size, n_groups))
    drawn += np.arange(size)[:, None] * n_groups
    times = np.bincount(drawn.ravel(), minlength=size * n_groups)
    return times.reshape(size, n_groups).astype(np.uint16)


def _powers(values: Floats) -> Floats:
    return np.stack([np.ones(len(values)), values, values**2], axis=1)


def _two(
    one: ArrayLike, other: ArrayLike, groups: tuple[Labels, Labels] | None
) -> tuple[Floats, Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Give the known values of two kinds with groups numbered from 0."""
    both = [np.asarray(values, dtype=np.float64) for values in (one, other)]
    values = np.concatenate(both)
    codes = np.arange(len(values)) if groups is None else group_codes([*groups[0], *groups[1]])
    known = np.isfinite(values)
    codes[known] = np.unique(codes[known], return_inverse=True)[1]
    n_one = len(both[0])
    first, second = known[:n_one], known[n_one:]
    return both[0][first], both[1][second], codes[:n_one][first], codes[n_one:][second]


def _ratio(one: Floats, other: Floats) -> Floats:
    ratio: Floats = np.divide(one, other, out=np.full(one.shape, np.nan), where=other > 0)
    return ratio
