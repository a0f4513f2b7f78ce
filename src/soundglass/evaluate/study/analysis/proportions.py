"""How often participants are right in one condition, with participants as clusters."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from soundglass.core.statistics import Estimate, Floats, Labels, group_codes


def accuracy(right: ArrayLike, participants: Labels) -> Estimate:
    """Give the share of right answers with its 95 % interval.

    Parameters
    ----------
    right : array_like of bool, shape (n_answers,)
    participants : sequence of str or int, shape (n_answers,)
        Who gave each.

    Returns
    -------
    Estimate
        ``n`` counts answers. Without an interval for fewer than two participants.

    Notes
    -----
    Wilson's interval of as many independent answers as these are worth: their number over the design effect,
    which is not taken below 1, with Student's t of as many degrees of freedom as there are participants less
    one (Korn & Graubard, 1998, *Survey Methodology* 24, whose adjustment this is; Wilson's interval in place
    of Clopper & Pearson's).
    """
    sums, counts = _by_participant(right, participants)
    n, n_people = float(counts.sum()), len(counts)
    if not n:
        return Estimate(math.nan)
    share = float(sums.sum()) / n
    if n_people < 2:
        return Estimate(share, n=int(n))
    from scipy.special import stdtrit

    t = float(stdtrit(n_people - 1, 0.975))
    worth = n / _design_effect(sums, counts, share)
    centre = (share + t**2 / (2 * worth)) / (1 + t**2 / worth)
    half = t * math.sqrt(share * (1 - share) / worth + t**2 / (4 * worth**2)) / (1 + t**2 / worth)
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), int(n))


def intraclass_correlation(right: ArrayLike, participants: Labels) -> float:
    """Give how much alike the answers of one participant are, −1 to 1, beyond those of different ones.

    Parameters
    ----------
    right, participants
        As of :func:`accuracy`.

    Returns
    -------
    float
        NaN for fewer than two participants, or where nobody gave two answers, or all are alike.

    Notes
    -----
    The estimator of a one-way analysis of variance (Donner, 1986, *International Statistical Review* 54).
    """
    sums, counts = _by_participant(right, participants)
    n, n_people = float(counts.sum()), len(counts)
    if n_people < 2 or n <= n_people:
        return math.nan
    means = sums / counts
    between = float((counts * (means - sums.sum() / n) ** 2).sum()) / (n_people - 1)
    within = float((sums * (1 - means)).sum()) / (n - n_people)
    size = (n - float((counts**2).sum()) / n) / (n_people - 1)
    total = between + (size - 1) * within
    return (between - within) / total if total > 0 else math.nan


def _design_effect(sums: Floats, counts: Floats, share: float) -> float:
    """Give how many answers of participants are worth one independent answer, at least 1."""
    n_people = len(counts)
    alone = share * (1 - share) / counts.sum()
    clustered = ((sums - share * counts) ** 2).sum() / counts.sum() ** 2 * n_people / (n_people - 1)
    return max(1.0, float(clustered / alone)) if alone else 1.0


def _by_participant(right: ArrayLike, participants: Labels) -> tuple[Floats, Floats]:
    """Give each participant's right answers, and all of theirs."""
    values = np.asarray(right, dtype=np.float64)
    who = np.unique(group_codes(participants), return_inverse=True)[1]
    return np.bincount(who, values).astype(np.float64), np.bincount(who).astype(np.float64)
