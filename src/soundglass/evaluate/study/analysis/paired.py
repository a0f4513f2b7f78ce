"""Two conditions rated by the same participants: how far apart, how surely, and how much that is.

Each participant gives one figure to either condition; p is that of Wilcoxon's signed-rank test.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from soundglass.core.statistics import RESAMPLES, Estimate, Floats
from soundglass.evaluate.study.analysis.bootstrap import bca_interval
from soundglass.evaluate.study.analysis.wilcoxon import signed_ranks, wilcoxon_p


@dataclass(frozen=True, slots=True)
class Paired:
    """What the comparison of two conditions found.

    Attributes
    ----------
    difference : Estimate
        Mean of the first less the second, in points, with the interval of Student's t; ``n`` participants.
    rank_biserial : Estimate
        The share of the rank sum that speaks for the first less that for the second, −1 to 1.
    d_z : Estimate
        The mean difference in standard deviations of the differences.
    n_alike : int
        Participants who gave both the same.
    p : float
        Two-sided, of Wilcoxon's test.
    p_holm : float
        The same until it is corrected for all comparisons made together.
    """

    difference: Estimate
    rank_biserial: Estimate
    d_z: Estimate
    n_alike: int
    p: float
    p_holm: float


def compare_paired(one: ArrayLike, other: ArrayLike, n: int = RESAMPLES, seed: int = 0) -> Paired:
    """Compare two conditions.

    Parameters
    ----------
    one, other : array_like of float, shape (n_participants,)
        Of the same participants in the same order; who is NaN on either side is left out.
    n : int
        How many draws the intervals of the effect sizes rest on.
    seed : int

    Returns
    -------
    Paired
        NaN wherever there are too few participants for a figure.
    """
    differences = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    differences = differences[np.isfinite(differences)]
    p = wilcoxon_p(differences)
    return Paired(
        mean_difference(differences),
        rank_biserial(differences, n, seed),
        standardised_mean(differences, n, seed),
        int((signed_ranks(differences)[1] == 0).sum()),
        p,
        p,
    )


def mean_difference(differences: Floats) -> Estimate:
    """Give the mean with Student's 95 % interval, which one value does not have."""
    n = len(differences)
    mean = float(differences.mean()) if n else math.nan
    if n < 2:
        return Estimate(mean, n=n)
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.975)) * float(differences.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n)


def rank_biserial(differences: Floats, n: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Give the matched-pairs rank-biserial correlation with its bootstrap interval.

    Parameters
    ----------
    differences : ndarray, shape (n_pairs,)
    n, seed
        As in :func:`compare_paired`.

    Notes
    -----
    Kerby, 2014, *Comprehensive Psychology* 3: the share of the rank sum for, less that against. The ranks of
    pairs that do not differ count for neither, so that many of them make it small.
    """
    sizes, signs = signed_ranks(differences)
    above = (sizes[:, None] > sizes) + 0.5 * (sizes[:, None] == sizes)

    def r(times: Floats) -> Floats:
        drawn = times.sum(axis=1)
        speak = ((times * signs) @ above * times).sum(axis=1) + 0.5 * times @ signs
        return np.asarray(speak / (drawn * (drawn + 1) / 2), dtype=np.float64)

    return bca_interval(r, len(sizes), n, seed)


def standardised_mean(differences: Floats, n: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Give the mean in standard deviations of the differences, Cohen's d_z, with its bootstrap interval.

    Parameters
    ----------
    differences : ndarray, shape (n_pairs,)
    n, seed
        As in :func:`compare_paired`.

    Notes
    -----
    Cohen, 1988, *Statistical Power Analysis*, section 2.3.5. NaN where differences are all alike.
    """
    centre = float(differences.mean()) if len(differences) else 0.0
    columns = np.stack([np.ones(len(differences)), differences - centre, (differences - centre) ** 2], axis=1)

    def d(times: Floats) -> Floats:
        count, total, squares = (times @ columns).T
        mean = total / count
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.sqrt((squares - count * mean**2) / (count - 1))
            return np.asarray(np.where(spread > 1e-9, (mean + centre) / spread, np.nan), dtype=np.float64)

    return bca_interval(d, len(differences), n, seed)
