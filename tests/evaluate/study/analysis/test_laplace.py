from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from soundglass.evaluate.study.analysis.crossing import cross
from soundglass.evaluate.study.analysis.laplace import LaplaceLikelihood

POINTS = [(0.1, 0.2, 0.9, 0.4), (1.0, -1.0, 0.3, -1.2), (-0.5, 2.0, 0.0, 1.5)]


def crossed(n: int, n_people: int, n_items: int, seed: int = 0) -> LaplaceLikelihood:
    rng = np.random.default_rng(seed)
    people, items = rng.integers(0, n_people, n), rng.integers(0, n_items, n)
    design = np.column_stack([np.ones(n), rng.normal(size=n)])
    right = rng.integers(0, 2, n).astype(float)
    return LaplaceLikelihood(right, design, cross([people, items]))


def spelled_out(likelihood: LaplaceLikelihood, parameters: np.ndarray) -> float:
    """The definition, with a dense Z, a general optimiser and differences for the second derivative."""
    n_beta = likelihood.design.shape[1]
    n_u = len(likelihood.crossing.grouping)
    z = np.zeros((len(likelihood.right), n_u))
    for level in likelihood.crossing.places.T:
        z[np.arange(len(z)), level] = 1
    z *= parameters[n_beta:][likelihood.crossing.grouping]

    def minus(u: np.ndarray) -> float:
        odds = likelihood.design @ parameters[:n_beta] + z @ u
        shares = 1 / (1 + np.exp(-odds))
        each = np.where(likelihood.right > 0, shares, 1 - shares)
        return float(u @ u / 2 - np.log(each).sum())

    mode = minimize(minus, np.zeros(n_u), method="BFGS", options={"gtol": 1e-7}).x
    step, unit = 1e-3, np.eye(n_u)
    curvature = [
        [
            sum(a * b * minus(mode + step * (a * unit[i] + b * unit[j])) for a in (1, -1) for b in (1, -1))
            / (4 * step**2)
            for j in range(n_u)
        ]
        for i in range(n_u)
    ]
    return -minus(mode) - float(np.linalg.slogdet(curvature)[1]) / 2


@pytest.mark.parametrize("point", POINTS)
def test_value_is_that_of_the_definition(point: tuple[float, ...]) -> None:
    likelihood = crossed(60, 6, 4)
    parameters = np.array(point)
    assert likelihood(parameters)[0] == pytest.approx(spelled_out(likelihood, parameters), abs=1e-4)


@pytest.mark.parametrize("point", POINTS)
def test_gradient_is_that_of_the_value(point: tuple[float, ...]) -> None:
    likelihood, parameters = crossed(200, 12, 8), np.array(point)
    step = 1e-5
    by_differences = [
        (likelihood(parameters + move)[0] - likelihood(parameters - move)[0]) / (2 * step)
        for move in step * np.eye(4)
    ]
    assert likelihood(parameters)[1] == pytest.approx(by_differences, abs=1e-4)


def test_value_comes_close_to_the_integral_where_everybody_answers_often() -> None:
    """One grouping only, so that the integral falls apart into one a participant."""
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(5), 60)
    right = (rng.random(300) < rng.uniform(0.3, 0.8, 5)[people]).astype(float)
    likelihood = LaplaceLikelihood(right, np.ones((300, 1)), cross([people]))
    beta, sigma = 0.3, 0.8
    exact = 0.0
    for person in range(5):
        good = right[people == person].sum()

        def density(u: float, good: float = good) -> float:
            odds = beta + sigma * u
            return float(
                np.exp(good * odds - 60 * np.logaddexp(0, odds) - u**2 / 2 + 40) / np.sqrt(2 * np.pi)
            )

        exact += np.log(quad(density, -8, 8, epsabs=0, epsrel=1e-10)[0]) - 40
    assert likelihood(np.array([beta, sigma]))[0] == pytest.approx(exact, abs=0.02)


def test_a_spread_of_nothing_leaves_plain_logistic_regression() -> None:
    likelihood = crossed(50, 5, 3)
    beta = np.array([0.4, -0.7])
    odds = likelihood.design @ beta
    plain = float((likelihood.right * odds - np.log1p(np.exp(odds))).sum())
    value, gradient = likelihood(np.array([*beta, 0.0, 0.0]))
    assert value == pytest.approx(plain, abs=1e-10)
    assert gradient[2:] == pytest.approx([0, 0], abs=1e-10)


def test_the_sign_of_a_spread_does_not_matter() -> None:
    likelihood = crossed(80, 7, 5)
    one, other = (likelihood(np.array([0.2, 0.1, s, 0.6]))[0] for s in (0.9, -0.9))
    assert one == pytest.approx(other, abs=1e-9)


def test_where_it_was_asked_before_does_not_matter() -> None:
    asked, fresh = crossed(80, 7, 5), crossed(80, 7, 5)
    asked(np.array([3.0, -3.0, 4.0, 4.0]))
    here = np.array([0.2, 0.1, 0.9, 0.6])
    assert asked(here)[0] == pytest.approx(fresh(here)[0], abs=1e-9)


def test_far_from_everything_the_mode_is_found_at_once_as_by_small_steps() -> None:
    there = np.array([-30.0, 0.0, 20.0, 20.0])
    walked = crossed(80, 7, 5)
    for share in np.linspace(0.02, 1, 50):
        by_steps = walked(share * there)[0]
    assert crossed(80, 7, 5)(there)[0] == pytest.approx(by_steps, abs=1e-6)


def test_large_log_odds_do_not_overflow() -> None:
    value, gradient = crossed(40, 4, 4)(np.array([900.0, -800.0, 30.0, 20.0]))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
