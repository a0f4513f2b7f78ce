"""The likelihood of a logistic model with crossed random intercepts, by Laplace's approximation.

The log odds of a right answer are x·β + Σ_g σ_g u_g, with one standard normal u for every participant, every
item and so on. What integrating over u leaves of the likelihood is approximated at the mode of u (Breslow &
Clayton, 1993, *Journal of the American Statistical Association* 88), as `glmer` of lme4 does by default
(Bates et al., 2015, *Journal of Statistical Software* 67). Unlike there, the gradient is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from soundglass.core.statistics import Floats
from soundglass.evaluate.study.analysis.crossing import Crossing, Curvature

_STEPS = 100
_SMALLEST = 1e-12
_NEAR = 1e-8


@dataclass(slots=True)
class LaplaceLikelihood:
    """The approximate log likelihood of answers, as a function of β and σ.

    Parameters
    ----------
    right : ndarray, shape (n_answers,)
        1 where the answer is right, else 0.
    design : ndarray, shape (n_answers, n_coefficients)
    crossing : Crossing
        Which u of each grouping an answer has.
    """

    right: Floats
    design: Floats
    crossing: Crossing
    _mode: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._mode = np.zeros(len(self.crossing.grouping))

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Give the log likelihood and its gradient.

        Parameters
        ----------
        parameters : ndarray, shape (n_coefficients + n_groupings,)
            β, then σ; a negative σ is as good as a positive one.
        """
        beta, sigma = np.split(parameters, [self.design.shape[1]])
        u = self._find_mode(beta, sigma)
        p = _expit(self._log_odds(beta, sigma, u))
        curvature = self._curvature(p, sigma)
        value = self._height(beta, sigma, u) - curvature.log_determinant / 2
        return value, self._gradient(sigma, u, p, curvature)

    def _log_odds(self, beta: Floats, sigma: Floats, u: Floats) -> Floats:
        odds: Floats = self.design @ beta + u[self.crossing.places] @ sigma
        return odds

    def _height(self, beta: Floats, sigma: Floats, u: Floats) -> float:
        """Give the log likelihood of answers and u, without constants."""
        odds = self._log_odds(beta, sigma, u)
        return float(self.right @ odds - np.logaddexp(0, odds).sum() - u @ u / 2)

    def _curvature(self, p: Floats, sigma: Floats) -> Curvature:
        return Curvature(self.crossing, p * (1 - p), np.broadcast_to(sigma, self.crossing.places.shape))

    def _by_place(self, values: Floats) -> Floats:
        """Sum what answers have by u: Zᵀ times values."""
        places = self.crossing.places
        sums = np.bincount(places.ravel(), np.repeat(values, places.shape[1]), len(self.crossing.grouping))
        return sums.astype(np.float64)

    def _find_mode(self, beta: Floats, sigma: Floats) -> Floats:
        """Find the most likely u by Newton's method with halved steps, from the last one found."""
        u, scale = self._mode, sigma[self.crossing.grouping]
        height = self._height(beta, sigma, u)
        for _ in range(_STEPS):
            p = _expit(self._log_odds(beta, sigma, u))
            slope = scale * self._by_place(self.right - p) - u
            step = self._curvature(p, sigma).solve(slope)
            if slope @ step < _NEAR:
                u = u + step  # at this distance a whole step is exact to rounding
                break
            size = 1.0
            while (higher := self._height(beta, sigma, u + size * step)) < height and size > _SMALLEST:
                size /= 2
            u, height = u + size * step, higher
        self._mode = u
        return u

    def _gradient(self, sigma: Floats, u: Floats, p: Floats, curvature: Curvature) -> Floats:
        """Differentiate: what moves at once, and what moves as the mode and the weights follow."""
        grouping, places, weights = self.crossing.grouping, self.crossing.places, p * (1 - p)
        scale = sigma[grouping]
        by_weight = curvature.variances() * weights * (1 - 2 * p) / 2
        # Where log odds move by a little at fixed u, the mode follows, and the log odds move once more.
        follow = curvature.solve(scale * self._by_place(by_weight))
        moved = by_weight - weights * (follow[places] @ sigma)
        surprise = self.right - p
        shrunk = 1 - curvature.diagonal()
        volume = np.divide(shrunk, scale, out=np.zeros_like(shrunk), where=scale != 0)
        by_intercept = u * self._by_place(surprise - moved) - volume - follow * self._by_place(surprise)
        of_sigma = np.bincount(grouping, by_intercept, len(sigma))
        return np.concatenate([self.design.T @ (surprise - moved), of_sigma])


def _expit(odds: Floats) -> Floats:
    from scipy.special import expit

    share: Floats = expit(odds)
    return share
