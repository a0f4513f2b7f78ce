"""Cliff's delta in closed form, for more values than can be drawn again and again."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from soundglass.core.statistics import Estimate, Floats, Labels, group_codes

_NORMAL = 1.959964


def rank_delta(values: ArrayLike, inside: NDArray[np.bool_], groups: Labels) -> tuple[Estimate, float]:
    """Give Cliff's delta of some values against all others, in closed form, for many values.

    Parameters
    ----------
    values : array_like of float, shape (n_values,)
        NaN ones are left out.
    inside : ndarray of bool, shape (n_values,)
        Which are of the first kind.
    groups : sequence of str or int, shape (n_values,)
        Values of one label are not independent; an empty text is a group of its own.

    Returns
    -------
    delta : Estimate
        As of :func:`soundglass.core.statistics.cliffs_delta`, with the normal interval; NaN without both.
    p : float
        Two-sided, of its being 0.

    Notes
    -----
    The variance is that of placements (DeLong et al., 1988), summed by group (Obuchowski, 1997), or that of
    Mann & Whitney's U where that is larger: placements of few values that do not overlap do not vary at all.
    For p, U is of as many values as the groups are worth when values of one are all alike (Kish, 1965).
    """
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    mine, codes = inside[known], group_codes(groups)[known]
    n_mine, n_other = int(mine.sum()), int((~mine).sum())
    if not n_mine or not n_other:
        return Estimate(float("nan"), n=len(mine)), float("nan")
    placed, untied = _placements(values[known], mine)
    mean = float(placed[mine].mean())
    moved = (placed - mean) / np.where(mine, n_mine, n_other)
    sums = np.bincount(codes, moved)
    n_groups = len(np.unique(codes))
    by_group = float((sums**2).sum()) * n_groups / max(1, n_groups - 1)
    by_chance, by_grouped_chance = (
        untied * (one + other + 1) / (12 * one * other)
        for one, other in ((n_mine, n_other), (_worth(codes[mine]), _worth(codes[~mine])))
    )
    delta, error = 2 * mean - 1, 2 * math.sqrt(max(by_group, by_chance))
    low, high = np.clip([delta - _NORMAL * error, delta + _NORMAL * error], -1, 1).tolist()
    error = 2 * math.sqrt(max(by_group, by_grouped_chance))
    p = math.erfc(abs(delta) / error / math.sqrt(2)) if error else 1.0
    return Estimate(delta, low, high, len(mine)), p


def _worth(codes: NDArray[np.intp]) -> float:
    """Count values, those of one group as one where all groups are of one size."""
    counts = np.bincount(codes)
    return float(len(codes)) ** 2 / float((counts.astype(np.float64) ** 2).sum())


def _placements(values: Floats, mine: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Give for each value the share of the other kind that it beats, ties for half, or that beat it.

    Returns
    -------
    placements : ndarray, shape (n_values,)
        Of a value of the first kind, those it is above; of another, those above it.
    untied : float
        What ties leave of Mann & Whitney's variance, 0 to 1.
    """
    places, counts = np.unique(values, return_inverse=True, return_counts=True)[1:]
    of_mine, of_other = (np.bincount(places[kind], minlength=len(counts)) for kind in (mine, ~mine))
    above = (np.cumsum(of_other) - of_other / 2) / of_other.sum()
    below = 1 - (np.cumsum(of_mine) - of_mine / 2) / of_mine.sum()
    n, tied = float(len(values)), counts.astype(np.float64)
    untied = 1 - float((tied**3 - tied).sum()) / (n**3 - n)
    return np.where(mine, above[places], below[places]), untied
