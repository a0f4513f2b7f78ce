"""How many participants and trials a study needs."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.core.statistics import Floats

Counts = NDArray[np.int64]

WILCOXON_EFFICIENCY = 3 / math.pi
"""Of Wilcoxon's test against Student's t, for normal differences (Hodges & Lehmann, 1956)."""

_MOST = 1_000_000


def power_of_pairs(
    d_z: float, n: int, alpha: float = 0.05, test: Literal["t", "wilcoxon"] = "wilcoxon"
) -> float:
    """Give the chance to find a difference between two conditions.

    Parameters
    ----------
    d_z : float
        The mean difference in standard deviations of the differences.
    n : int
        Participants, each in both conditions.
    alpha : float
        Two-sided.
    test : {"t", "wilcoxon"}
        For Wilcoxon's test n counts by its efficiency.

    Notes
    -----
    By the noncentral t distribution (Cohen, 1988, *Statistical Power Analysis*, section 2.3.5).
    """
    from scipy.stats import nct, t

    worth = n * WILCOXON_EFFICIENCY if test == "wilcoxon" else float(n)
    degrees = worth - 1
    if degrees <= 0:
        return 0.0
    critical, shift = t.isf(alpha / 2, degrees), d_z * math.sqrt(worth)
    return float(nct.sf(critical, degrees, shift) + nct.cdf(-critical, degrees, shift))


def pairs_for(
    d_z: float, power: float = 0.8, alpha: float = 0.05, test: Literal["t", "wilcoxon"] = "wilcoxon"
) -> int:
    """Give how many participants it takes to find a difference between two conditions.

    Parameters
    ----------
    d_z, alpha, test
        As in :func:`power_of_pairs`.
    power : float
        The chance to find it.

    Raises
    ------
    SoundglassError
        The difference is so small that more than a million would be needed.
    """
    from scipy.special import ndtri

    rough = float(ndtri(1 - alpha / 2) + ndtri(power)) ** 2
    if rough > _MOST * d_z**2:
        raise _endless(f"{d_z:g} standard deviations")
    n = max(2, math.floor(0.9 * rough / d_z**2))
    while power_of_pairs(d_z, n, alpha, test) < power:
        n += 1
    return n


def pairs_for_equivalence(margin: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Give how many participants it takes to say that two conditions that do not differ hardly do.

    Parameters
    ----------
    margin : float
        The smallest difference that would matter, in standard deviations of the differences.
    power : float
        The chance that the interval lies within the margin if there is no difference at all.
    alpha : float
        The interval is of level 1 − alpha, two-sided.

    Notes
    -----
    Two one-sided tests by the normal approximation (Chow, Shao & Wang, 2008, *Sample Size Calculations in
    Clinical Research*, chapter 3), each at half of alpha: the conclusion rests on the two-sided interval.
    """
    from scipy.special import ndtri

    z = float(ndtri(1 - alpha / 2) + ndtri((1 + power) / 2))
    return math.ceil((z / margin) ** 2)


def pairs_for_interval(half_width: float, n: int, wanted: float) -> int:
    """Give how many participants make an interval as narrow as wanted.

    Parameters
    ----------
    half_width : float
        Half the width of today's interval.
    n : int
        Of how many participants that is.
    wanted : float
        Half the width that would do, in the same unit.
    """
    return max(n, math.ceil(n * (half_width / wanted) ** 2))


def power_of_trials(p: float, n: int, chance: float = 0.5, alpha: float = 0.05) -> float:
    """Give the chance to find that answers are better than guesses, of independent trials.

    Parameters
    ----------
    p : float
        The true share of right answers.
    n : int
        Trials.
    chance : float
        The share that guesses get right.
    alpha : float
        Two-sided: half of it is spent on answers that are worse.

    Notes
    -----
    Exact, by the binomial distribution; of the rejections, only those on the side of ``p`` count.
    """
    return float(_powers_of_trials(p, np.array([n]), chance, alpha)[0])


def trials_for(p: float, chance: float = 0.5, power: float = 0.8, alpha: float = 0.05) -> int:
    """Give how many independent trials it takes to find that answers are better than guesses.

    Parameters
    ----------
    p, chance, alpha
        As in :func:`power_of_trials`.
    power : float
        The chance to find it.

    Returns
    -------
    int
        From which number on the power is never lower again: the exact power goes up and down with n.

    Raises
    ------
    SoundglassError
        ``p`` is so close to chance that more than a million would be needed.
    """
    from scipy.special import ndtri

    if p == chance:
        raise _endless(f"{p:g} against {chance:g}")
    spread = [math.sqrt(share * (1 - share)) for share in (chance, p)]
    rough = ((ndtri(1 - alpha / 2) * spread[0] + ndtri(power) * spread[1]) / (p - chance)) ** 2
    if rough > _MOST:
        raise _endless(f"{p:g} against {chance:g}")
    n = np.arange(1, 2 * math.ceil(rough) + 50)
    return int(n[_powers_of_trials(p, n, chance, alpha) < power].max(initial=0)) + 1


def participants_for(trials: int, each: int, icc: float = 0.0) -> int:
    """Give how many participants are worth a number of independent trials.

    Parameters
    ----------
    trials : int
        Independent trials needed.
    each : int
        Trials of one participant.
    icc : float
        How much alike the answers of one participant are, 0 to 1 (intraclass correlation).

    Notes
    -----
    Kish, 1965, *Survey Sampling*: one participant's trials count less by 1 + (each − 1) icc.
    """
    return math.ceil(trials * (1 + (each - 1) * icc) / each - 1e-9)


def accuracies_as_d_z(p: float, other: float, each: int, icc: float = 0.0) -> float:
    """Give how far two accuracies are apart in standard deviations of participants' differences.

    Parameters
    ----------
    p, other : float
        True shares of right answers in two conditions.
    each : int
        Trials of one participant in either condition.
    icc : float
        How much alike the answers of one participant are, in one condition as across both.
    """
    spreads = [math.sqrt(share * (1 - share)) for share in (p, other)]
    variance = sum(s**2 for s in spreads) * (1 + (each - 1) * icc) / each - 2 * icc * spreads[0] * spreads[1]
    return (p - other) / math.sqrt(variance)


def _powers_of_trials(p: float, n: Counts, chance: float, alpha: float) -> Floats:
    from scipy.stats import binom

    if p < chance:
        p, chance = 1 - p, 1 - chance
    enough = binom.isf(alpha / 2, n, chance)  # the most that is too little: P(X > enough) <= alpha / 2
    return np.asarray(binom.sf(enough, n, p), dtype=np.float64)


def _endless(what: str) -> SoundglassError:
    return SoundglassError(
        f"More than {_MOST:,} would be needed to find {what}", remedy="Ask for a larger difference"
    )
