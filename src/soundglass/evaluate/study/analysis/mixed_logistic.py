"""Logistic regression with crossed random intercepts: right or wrong, by participant and by item.

Fitted by maximum likelihood with Laplace's approximation, as `glmer` of lme4 does (Bates et al., 2015,
*Journal of Statistical Software* 67); standard errors come from the curvature by all parameters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from soundglass.core.statistics import Estimate, Floats, Labels, group_codes
from soundglass.evaluate.study.analysis.crossing import cross
from soundglass.evaluate.study.analysis.enough import NotEnoughData
from soundglass.evaluate.study.analysis.laplace import LaplaceLikelihood
from soundglass.evaluate.study.analysis.separation import is_separated

_NORMAL = 1.959964
_STEP = 1e-4
_NODES = 40
_NO_SPREAD = 1e-3
_NO_PEAK = "A model of right answers could not be fitted to so few, or so uneven, answers"


@dataclass(frozen=True, slots=True)
class MixedLogistic:
    """A fitted model.

    Attributes
    ----------
    names : tuple of str
        Of the columns of the design.
    coefficients : ndarray, shape (n_coefficients,)
        Log odds.
    deviations : dict of str to float
        Standard deviation of the random intercepts, in log odds, by grouping; 0 where levels do not differ.
    covariance : ndarray, shape (n_coefficients + n_groupings,) * 2
        Of coefficients and deviations; 0 for a deviation of 0.
    log_likelihood : float
    n_answers : int
    n_levels : dict of str to int
        How many participants, items and so on, by grouping.
    """

    names: tuple[str, ...]
    coefficients: Floats
    deviations: dict[str, float]
    covariance: Floats
    log_likelihood: float
    n_answers: int
    n_levels: dict[str, int]

    @property
    def standard_errors(self) -> Floats:
        """Give those of the coefficients, shape (n_coefficients,)."""
        errors: Floats = np.sqrt(np.diag(self.covariance)[: len(self.names)])
        return errors


@dataclass(frozen=True, slots=True)
class Test:
    """A hypothesis and how well it stands.

    Attributes
    ----------
    statistic : float
        χ² of a likelihood-ratio test, z of a Wald test.
    degrees : int
        Of freedom; 0 of a Wald test's z.
    p : float
        Two-sided.
    """

    statistic: float
    degrees: int
    p: float

    __test__ = False


def fit_mixed_logistic(
    right: ArrayLike, design: ArrayLike, names: Sequence[str], groups: Mapping[str, Labels]
) -> MixedLogistic:
    """Fit a model.

    Parameters
    ----------
    right : array_like of bool, shape (n_answers,)
    design : array_like of float, shape (n_answers, n_coefficients)
        A column of ones among them, if there is to be an intercept.
    names : sequence of str
        Of the columns.
    groups : mapping of str to sequence of str or int
        Random intercepts: for each grouping, as in ``"participants"``, the level of every answer.

    Raises
    ------
    NotEnoughData
        Columns or answers that leave a coefficient open: a condition in which every answer is right, too
        few levels of a grouping, a column that others make up.
    """
    y, columns = np.asarray(right, dtype=np.float64), np.asarray(design, dtype=np.float64)
    codes = [np.unique(group_codes(labels), return_inverse=True)[1] for labels in groups.values()]
    n_levels = {name: int(level.max(initial=-1)) + 1 for name, level in zip(groups, codes, strict=True)}
    _check(y, columns, n_levels)
    likelihood = LaplaceLikelihood(y, columns, cross(codes))
    found = _highest(likelihood, columns.shape[1], len(groups))
    found[columns.shape[1] :] = np.abs(found[columns.shape[1] :])
    return MixedLogistic(
        tuple(names),
        found[: columns.shape[1]],
        dict(zip(groups, found[columns.shape[1] :].tolist(), strict=True)),
        _covariance(likelihood, found, columns.shape[1]),
        likelihood(found)[0],
        len(y),
        n_levels,
    )


def likelihood_ratio(model: MixedLogistic, smaller: MixedLogistic) -> Test:
    """Test whether a model tells more than one with fewer columns, fitted to the same answers."""
    from scipy.special import chdtrc

    chi2 = max(0.0, 2 * (model.log_likelihood - smaller.log_likelihood))
    degrees = len(model.names) - len(smaller.names)
    return Test(chi2, degrees, float(chdtrc(degrees, chi2)))


def wald(model: MixedLogistic, weights: ArrayLike) -> tuple[Estimate, Test]:
    """Estimate and test a weighted sum of coefficients.

    Parameters
    ----------
    model : MixedLogistic
    weights : array_like of float, shape (n_coefficients,)

    Returns
    -------
    sum : Estimate
        In log odds, with the normal 95 % interval.
    test : Test
        Of its being 0.
    """
    w = np.asarray(weights, dtype=np.float64)
    k = len(model.names)
    value, error = float(w @ model.coefficients), math.sqrt(float(w @ model.covariance[:k, :k] @ w))
    z = value / error
    interval = Estimate(value, value - _NORMAL * error, value + _NORMAL * error, model.n_answers)
    return interval, Test(z, 0, math.erfc(abs(z) / math.sqrt(2)))


def mean_accuracy(model: MixedLogistic, rows: ArrayLike, less: ArrayLike | None = None) -> Estimate:
    """Give the share of right answers that a model expects of new participants and items.

    Parameters
    ----------
    model : MixedLogistic
    rows : array_like of float, shape (n_rows, n_coefficients)
        Rows as of the design; their mean is given.
    less : array_like of float, optional
        Rows whose mean is taken off, for a difference of two shares.

    Returns
    -------
    Estimate
        Its interval ends where the most likely coefficients do whose mean log odds, or their difference, lie
        at the ends of their Wald interval: so it stays among possible shares, and agrees with the test.

    Notes
    -----
    Random intercepts are integrated out (Gauss-Hermite), so that these are shares of all answers and not of
    an average participant's, whose differ more (Zeger, Liang & Albert, 1988, *Biometrics* 44).
    """
    one = np.asarray(rows, dtype=np.float64)
    other = np.zeros_like(one[:0]) if less is None else np.asarray(less, dtype=np.float64)
    weights = one.mean(axis=0) - (other.mean(axis=0) if len(other) else 0)
    direction = model.covariance[: len(weights), : len(weights)] @ weights
    direction = direction / math.sqrt(float(weights @ direction))
    value, low, high = (
        _share(one, beta, model.deviations) - (_share(other, beta, model.deviations) if len(other) else 0)
        for beta in (model.coefficients + z * direction for z in (0.0, -_NORMAL, _NORMAL))
    )
    return Estimate(value, low, high, model.n_answers)


def _share(rows: Floats, coefficients: Floats, deviations: Mapping[str, float]) -> float:
    """Give the mean share of right answers, over random intercepts."""
    from scipy.special import expit

    nodes, masses = np.polynomial.hermite_e.hermegauss(_NODES)
    odds = (rows @ coefficients)[:, None] + math.hypot(*deviations.values()) * nodes
    return float((expit(odds) @ masses).mean() / masses.sum())


def _check(right: Floats, design: Floats, n_levels: Mapping[str, int]) -> None:
    for name, count in n_levels.items():
        if count < 2:
            raise NotEnoughData(f"A model of right answers needs at least 2 {name}, not {count}")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotEnoughData("A model of right answers needs answers in all of the conditions it compares")
    if is_separated(right, design):
        raise NotEnoughData(
            "In some condition every answer is right, or every one wrong: how likely a right answer is there "
            "has no end that a model could find"
        )


def _highest(likelihood: LaplaceLikelihood, n_coefficients: int, n_groupings: int) -> Floats:
    """Find the parameters with the greatest likelihood."""
    from scipy.optimize import minimize

    def lower(parameters: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(parameters)
        return -value, -gradient

    start = np.concatenate([np.zeros(n_coefficients), np.full(n_groupings, 0.5)])
    found = minimize(lower, start, jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500})
    if np.abs(found.jac).max() > 1e-2:
        raise NotEnoughData(_NO_PEAK)
    best: Floats = found.x
    return best


def _covariance(likelihood: LaplaceLikelihood, found: Floats, n_coefficients: int) -> Floats:
    """Invert the curvature, without deviations that are 0: there it is not that of a peak."""
    kept = np.flatnonzero((np.arange(len(found)) < n_coefficients) | (found > _NO_SPREAD))
    curvature = np.stack(
        [
            likelihood(found - step)[1][kept] - likelihood(found + step)[1][kept]
            for step in _STEP * np.eye(len(found))[kept]
        ]
    ) / (2 * _STEP)
    if np.linalg.eigvalsh(curvature + curvature.T).min() <= 0:
        raise NotEnoughData(_NO_PEAK)
    covariance = np.zeros((len(found), len(found)))
    covariance[np.ix_(kept, kept)] = np.linalg.inv((curvature + curvature.T) / 2)
    return covariance
