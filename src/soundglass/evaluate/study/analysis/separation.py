"""Whether some coefficients of a logistic model have no finite estimate."""

from __future__ import annotations

import numpy as np

from soundglass.core.statistics import Floats


def is_separated(right: Floats, design: Floats) -> bool:
    """Tell whether some combination of columns divides right answers from wrong ones.

    Parameters
    ----------
    right : ndarray, shape (n_answers,)
        1 or 0.
    design : ndarray, shape (n_answers, n_coefficients)

    Returns
    -------
    bool
        Also where it does so for some answers and leaves the others undecided (quasi-complete separation).

    Notes
    -----
    Albert & Anderson, 1984, *Biometrika* 71, as a linear programme (Konis, 2007).
    """
    from scipy.optimize import linprog

    signed = np.unique(np.where(right > 0, 1.0, -1.0)[:, None] * design, axis=0)
    best = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    return bool(-best.fun > 1e-6)
