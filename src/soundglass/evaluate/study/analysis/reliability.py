"""Whether the questions of a scale measure one thing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from soundglass.core.statistics import RESAMPLES, Estimate, Floats, Labels, bootstrap_sums


def cronbach_alpha(answers: ArrayLike, participants: Labels, n: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Give Cronbach's α with its 95 % interval.

    Parameters
    ----------
    answers : array_like of float, shape (n_times, n_questions)
        One row each time the scale was answered, reversed questions turned round; those with a NaN are left
        out.
    participants : sequence of str or int, shape (n_times,)
        Who gave each row.
    n : int
        How many draws, where somebody answered more than once.
    seed : int

    Returns
    -------
    Estimate
        ``n`` counts rows. NaN for fewer than two rows or questions, and where sums do not vary.

    Notes
    -----
    Cronbach, 1951, *Psychometrika* 16. The interval is Feldt's (1965, *Psychometrika* 30) where everybody
    answered once, else that of a bootstrap in which participants are drawn with all their rows.
    """
    rows = np.asarray(answers, dtype=np.float64)
    known = np.isfinite(rows).all(axis=1)
    rows, who = rows[known], np.asarray(participants)[known]
    if rows.shape[1] < 2 or len(rows) < 2:
        return Estimate(float("nan"), n=len(rows))
    if len(np.unique(who)) == len(who):
        return _feldt(rows)
    rows = rows - rows.mean(axis=0)
    total = rows.sum(axis=1)
    columns = np.column_stack([np.ones(len(rows)), rows, rows**2, total, total**2])
    return bootstrap_sums(columns, who, _alpha, n, seed)


def _feldt(rows: Floats) -> Estimate:
    from scipy.special import fdtri

    n, k = rows.shape
    centred = rows - rows.mean(axis=0)
    total = centred.sum(axis=1)
    sums = np.column_stack([np.ones(n), centred, centred**2, total, total**2]).sum(axis=0)
    alpha = float(_alpha(sums[None])[0])
    degrees = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - alpha) * float(fdtri(*degrees, level)) for level in (0.975, 0.025))
    return Estimate(alpha, low, high, n)


def _alpha(sums: Floats) -> Floats:
    """Give α of sums over rows: their number, each question and its square, the total and its square."""
    k = (sums.shape[1] - 3) // 2
    count = sums[:, :1]
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = (sums[:, 1 + k : 1 + 2 * k] - sums[:, 1 : 1 + k] ** 2 / count).sum(axis=1)
        together = sums[:, -1] - sums[:, -2] ** 2 / count[:, 0]
        alpha = k / (k - 1) * (1 - apart / together)
    return np.where(together > 1e-9, alpha, np.nan)
