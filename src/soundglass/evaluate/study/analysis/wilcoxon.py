"""Wilcoxon's signed-rank test with ties and with pairs that do not differ, exact.

Pairs that do not differ take part in the ranking and not in the sum (Pratt, 1959, *Journal of the American
Statistical Association* 54). p is that of all assignments of signs to the ranks there are, found by
convolution; so it is exact with ties, too.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from soundglass.core.statistics import Floats

EXACT_UP_TO = 250
"""More pairs that differ than these get their p from the normal distribution."""

_DIGITS = 9


def wilcoxon_p(differences: ArrayLike) -> float:
    """Give how likely ranks at least as uneven are if either sign is as likely as the other.

    Parameters
    ----------
    differences : array_like of float, shape (n_pairs,)
        NaN ones are left out.

    Returns
    -------
    float
        Two-sided; 1 where no pair differs, NaN where there is none.
    """
    ranks, signs = signed_ranks(differences)
    if not len(ranks):
        return float("nan")
    ranks = ranks[signs != 0]
    distance = abs(float(ranks @ signs[signs != 0]))
    if len(ranks) > EXACT_UP_TO:
        return math.erfc(distance / math.sqrt(2 * float(ranks @ ranks)))
    doubled = np.rint(2 * ranks).astype(np.intp)
    share = np.ones(1)
    for rank in doubled:
        longer = np.zeros(len(share) + rank)
        longer[: len(share)] = share / 2
        longer[rank:] += share / 2
        share = longer
    from_middle = np.abs(2 * np.arange(len(share)) - doubled.sum()) / 2
    return min(1.0, float(share[from_middle >= distance - 0.25].sum()))


def signed_ranks(differences: ArrayLike) -> tuple[Floats, Floats]:
    """Rank differences by size, from 1, ties sharing their mean rank, and give their signs.

    Parameters
    ----------
    differences : array_like of float, shape (n_pairs,)
        NaN ones are left out; equal to nine decimals is equal.

    Returns
    -------
    ranks, signs : ndarray, shape (n_known,)
    """
    from scipy.stats import rankdata

    known = np.asarray(differences, dtype=np.float64)
    known = np.round(known[np.isfinite(known)], _DIGITS)
    return np.asarray(rankdata(np.abs(known)), dtype=np.float64), np.sign(known)
