"""Bootstrap intervals, corrected for bias and skewness, of figures of a few dozen participants.

Participants are drawn with replacement; the ends are those percentiles of the draws that the correction for
bias and acceleration names (BCa: Efron, 1987, *Journal of the American Statistical Association* 82).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import RESAMPLES, Estimate, Floats

FEWEST = 6
"""Fewer values than these have no interval: their draws are too much alike."""

_MOST_BIASED = (0.25, 0.75)  # of draws below the figure; beyond, a few values decide, and both ends meet
_LEAST_SLACK = 0.05
_BLOCK_CELLS = 1 << 20

Statistic = Callable[[Floats], Floats]
"""How often each value is drawn, shape (n_draws, n_values), to the figure of each draw."""


def bca_interval(statistic: Statistic, n_values: int, n: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Give a figure with its 95 % interval.

    Parameters
    ----------
    statistic : callable
        How often each value is drawn, shape (n_draws, n_values), to the figure of each draw, shape
        (n_draws,); NaN where it has none.
    n_values : int
        How many values there are.
    n : int
        How many draws.
    seed : int

    Returns
    -------
    Estimate
        Without an interval for fewer than ``FEWEST`` values, and where all draws are alike.
    """
    if not n_values:
        return Estimate(float("nan"))
    value = float(statistic(np.ones((1, n_values)))[0])
    found = Estimate(value, n=n_values)
    if n_values < FEWEST or not np.isfinite(value):
        return found
    drawn = np.concatenate([statistic(times) for times in _draws(n_values, n, seed)])
    drawn = np.sort(drawn[np.isfinite(drawn)])
    left_out = statistic(1 - np.eye(n_values))
    if not len(drawn) or np.ptp(drawn) < 1e-12 or not np.isfinite(left_out).all():
        return found
    low, high = np.quantile(drawn, _levels(value, drawn, left_out))
    return Estimate(value, float(low), float(high), n_values)


def _levels(value: float, drawn: Floats, left_out: Floats) -> Floats:
    """Give the two levels at which the draws are cut."""
    from scipy.special import ndtr, ndtri

    below = float(((drawn < value).sum() + (drawn <= value).sum()) / (2 * len(drawn)))
    bias = ndtri(np.clip(below, *_MOST_BIASED))
    moved = left_out.mean() - left_out
    spread = float((moved**2).sum())
    acceleration = float((moved**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    z = bias + np.array([-1.0, 1.0]) * ndtri(0.975)
    levels: Floats = ndtr(bias + z / np.maximum(1 - acceleration * z, _LEAST_SLACK))
    return levels


def _draws(n_values: int, n: int, seed: int) -> Iterator[Floats]:
    """Yield how often each value is drawn, shape (some draws, n_values), n draws in all."""
    rng = np.random.default_rng(seed)
    size = max(1, _BLOCK_CELLS // n_values)
    for start in range(0, n, size):
        rows = min(size, n - start)
        drawn: NDArray[np.intp] = rng.integers(0, n_values, (rows, n_values))
        drawn += np.arange(rows)[:, None] * n_values
        yield np.bincount(drawn.ravel(), minlength=rows * n_values).reshape(rows, n_values).astype(np.float64)
