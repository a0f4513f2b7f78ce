from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import chi2, norm

from soundglass.evaluate.study.analysis.crossing import cross
from soundglass.evaluate.study.analysis.enough import NotEnoughData
from soundglass.evaluate.study.analysis.laplace import LaplaceLikelihood
from soundglass.evaluate.study.analysis.mixed_logistic import (
    MixedLogistic,
    fit_mixed_logistic,
    likelihood_ratio,
    mean_accuracy,
    wald,
)

# Herd, sick, all, period: pleuropneumonia of cattle (Lesnoff et al., 2004), the example of lme4's glmer.
CBPP = """
1 2 14 1 1 3 12 2 1 4 9 3 1 0 5 4 2 3 22 1 2 1 18 2 2 1 21 3 3 8 22 1 3 2 16 2 3 0 16 3 3 2 20 4 4 2 10 1
4 0 10 2 4 2 9 3 4 0 6 4 5 5 18 1 5 0 25 2 5 0 24 3 5 1 4 4 6 3 17 1 6 0 17 2 6 0 18 3 6 1 20 4 7 8 16 1
7 1 10 2 7 3 9 3 7 0 5 4 8 12 34 1 9 2 9 1 9 0 6 2 9 0 8 3 9 0 6 4 10 1 22 1 10 1 22 2 10 0 18 3 10 2 22 4
11 0 25 1 11 5 27 2 11 3 22 3 11 1 22 4 12 2 10 1 12 1 8 2 12 0 6 3 12 0 5 4 13 1 21 1 13 2 24 2 13 0 19 3
13 0 23 4 14 11 19 1 14 0 2 2 14 0 3 3 14 0 2 4 15 1 19 1 15 1 15 2 15 1 15 3 15 0 15 4
"""


@pytest.fixture(scope="module")
def animals() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One row an animal: sick or not, herd, period."""
    rows = np.array(CBPP.split(), dtype=int).reshape(-1, 4)
    sick = np.concatenate([np.repeat([1, 0], [r[1], r[2] - r[1]]) for r in rows])
    return sick, np.repeat(rows[:, 0], rows[:, 2]), np.repeat(rows[:, 3], rows[:, 2])


@pytest.fixture(scope="module")
def herds(animals: tuple[np.ndarray, np.ndarray, np.ndarray]) -> MixedLogistic:
    sick, herd, period = animals
    design = np.column_stack([np.ones(len(sick)), *(period == p for p in (2, 3, 4))])
    return fit_mixed_logistic(sick, design, ["1", "period 2", "period 3", "period 4"], {"herd": herd})


def test_estimates_are_those_of_lme4(herds: MixedLogistic) -> None:
    """R 4.2.2, lme4 1.1-31, glmer(…, family = binomial), bobyqa with rhoend 1e-10 and tolPwrss 1e-12."""
    assert herds.coefficients == pytest.approx(
        [-1.398532059174, -0.992332794162, -1.128672233106, -1.580313939031], abs=2e-5
    )
    assert herds.standard_errors == pytest.approx(
        [0.232471763090, 0.306642105716, 0.326637381795, 0.427435736637], rel=1e-3
    )
    assert herds.deviations == {"herd": pytest.approx(0.642261385924, abs=2e-5)}
    assert (herds.n_answers, herds.n_levels) == (842, {"herd": 15})


def test_likelihood_ratio_is_that_of_lme4(
    animals: tuple[np.ndarray, np.ndarray, np.ndarray], herds: MixedLogistic
) -> None:
    sick, herd, _ = animals
    flat = fit_mixed_logistic(sick, np.ones((len(sick), 1)), ["1"], {"herd": herd})
    found = likelihood_ratio(herds, flat)
    assert found.statistic == pytest.approx(25.61006, abs=1e-3)
    assert (found.degrees, found.p) == (3, pytest.approx(1.1509e-05, rel=1e-3))
    assert found.p == pytest.approx(chi2.sf(found.statistic, 3), rel=1e-9)


def test_without_any_spread_it_is_plain_logistic_regression() -> None:
    """Answers that are laid out evenly over people and items leave both deviations at 0."""
    people, items = np.divmod(np.arange(64), 8)
    x = (people + items) % 2
    right = np.where(x == 1, (people // 2 + items // 2) % 4 != 0, (people // 2 + items // 2) % 2 == 0)
    found = fit_mixed_logistic(
        right, np.column_stack([np.ones(64), x]), ["1", "x"], {"people": people, "items": items}
    )
    p0, p1 = right[x == 0].mean(), right[x == 1].mean()
    assert list(found.deviations.values()) == pytest.approx([0, 0], abs=1e-3)
    assert (found.covariance[2:] == 0).all()
    assert found.coefficients == pytest.approx(
        [math.log(p0 / (1 - p0)), math.log(p1 / (1 - p1)) - math.log(p0 / (1 - p0))], abs=1e-4
    )
    errors = [1 / math.sqrt((x == value).sum() * p * (1 - p)) for value, p in ((0, p0), (1, p1))]
    assert found.standard_errors == pytest.approx([errors[0], math.hypot(*errors)], rel=1e-3)


def test_known_effects_are_found_again() -> None:
    rng = np.random.default_rng(5)
    n_people, n_items = 150, 40
    people, items = (grid.ravel() for grid in np.indices((n_people, n_items)))
    x = (people + items) % 2
    odds = 0.3 + 0.8 * x + rng.normal(0, 0.9, n_people)[people] + rng.normal(0, 0.5, n_items)[items]
    right = rng.random(len(odds)) < 1 / (1 + np.exp(-odds))
    found = fit_mixed_logistic(
        right, np.column_stack([np.ones(len(x)), x]), ["1", "x"], {"people": people, "items": items}
    )
    assert found.coefficients[1] == pytest.approx(0.8, abs=3 * found.standard_errors[1])
    assert found.standard_errors[1] < 0.07
    assert found.deviations == {"people": pytest.approx(0.9, abs=0.2), "items": pytest.approx(0.5, abs=0.2)}


def test_wald_of_a_weighted_sum_is_its_z(herds: MixedLogistic) -> None:
    interval, test = wald(herds, [0, 1, -1, 0])
    value = herds.coefficients[1] - herds.coefficients[2]
    c = herds.covariance
    error = math.sqrt(c[1, 1] + c[2, 2] - 2 * c[1, 2])
    assert (interval.value, test.statistic) == (pytest.approx(value), pytest.approx(value / error))
    assert (interval.low, interval.high) == pytest.approx(norm.interval(0.95, value, error), abs=1e-6)
    assert test.p == pytest.approx(2 * norm.sf(abs(value / error)))


def test_mean_accuracy_is_the_integral_over_participants(herds: MixedLogistic) -> None:
    mu, sigma = herds.coefficients[0], herds.deviations["herd"]
    expected, _ = quad(lambda z: norm.pdf(z) / (1 + math.exp(-mu - sigma * z)), -9, 9, epsabs=1e-12)
    found = mean_accuracy(herds, [[1, 0, 0, 0]])
    assert found.value == pytest.approx(expected, abs=1e-8)
    assert 0 < found.low < found.value < found.high < 1


def test_a_difference_of_accuracies_leaves_out_0_where_the_test_does(herds: MixedLogistic) -> None:
    first, third = [1, 0, 0, 0], [1, 0, 1, 0]
    found = mean_accuracy(herds, [first], [third])
    assert found.value == pytest.approx(
        mean_accuracy(herds, [first]).value - mean_accuracy(herds, [third]).value
    )
    assert found.low > 0
    p = wald(herds, np.subtract(third, [1, 1, 0, 0]))[1].p
    other = mean_accuracy(herds, [third], [[1, 1, 0, 0]])
    assert p > 0.05
    assert other.low < 0 < other.high


def test_interval_of_an_accuracy_ends_where_its_log_odds_do(herds: MixedLogistic) -> None:
    """With one row the interval is that of its log odds, seen through the mean over herds."""
    interval, _ = wald(herds, [1, 0, 0, 0])
    sigma = herds.deviations["herd"]
    ends = [
        quad(lambda z, mu=mu: norm.pdf(z) / (1 + math.exp(-mu - sigma * z)), -9, 9)[0]
        for mu in (interval.low, interval.high)
    ]
    found = mean_accuracy(herds, [[1, 0, 0, 0]])
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-7)


def test_standard_errors_take_the_deviation_as_estimated(
    animals: tuple[np.ndarray, np.ndarray, np.ndarray], herds: MixedLogistic
) -> None:
    """Profile: what is lost of the likelihood when a coefficient is moved is (move / error)² / 2."""
    sick, herd, period = animals
    move = 0.02
    design = np.column_stack([np.ones(len(sick)), *(period == p for p in (2, 3, 4))])
    likelihood = LaplaceLikelihood(sick.astype(float), design.astype(float), cross([herd - 1]))
    fixed = herds.coefficients[1] + move

    def lost(others: np.ndarray) -> float:
        return -likelihood(np.array([others[0], fixed, *others[1:]]))[0]

    start = np.array([*np.delete(herds.coefficients, 1), herds.deviations["herd"]])
    best = -minimize(lost, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12}).fun
    expected = move / math.sqrt(2 * (herds.log_likelihood - best))
    assert herds.standard_errors[1] == pytest.approx(expected, rel=0.02)


def test_order_of_answers_and_names_of_levels_do_not_matter(
    animals: tuple[np.ndarray, np.ndarray, np.ndarray], herds: MixedLogistic
) -> None:
    sick, herd, period = animals
    mixed = np.random.default_rng(0).permutation(len(sick))
    design = np.column_stack([np.ones(len(sick)), *(period == p for p in (2, 3, 4))])[mixed]
    names = [f"herd {20 - h}" for h in herd[mixed]]
    found = fit_mixed_logistic(sick[mixed], design, herds.names, {"herd": names})
    assert found.coefficients == pytest.approx(herds.coefficients, abs=1e-4)
    assert found.log_likelihood == pytest.approx(herds.log_likelihood, abs=1e-7)


def test_one_participant_is_not_enough() -> None:
    with pytest.raises(NotEnoughData, match="at least 2 participants, not 1"):
        fit_mixed_logistic([1, 0, 1], np.ones((3, 1)), ["1"], {"participants": ["a"] * 3})


def test_no_answers_are_not_enough() -> None:
    with pytest.raises(NotEnoughData):
        fit_mixed_logistic([], np.ones((0, 1)), ["1"], {"participants": []})


def test_a_condition_with_right_answers_only_is_told() -> None:
    x = np.repeat([0, 1], 6)
    right = [1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]
    with pytest.raises(NotEnoughData, match="every answer is right"):
        fit_mixed_logistic(right, np.column_stack([np.ones(12), x]), ["1", "x"], {"who": list("abcdef") * 2})


def test_a_condition_without_answers_is_told() -> None:
    with pytest.raises(NotEnoughData, match="all of the conditions"):
        fit_mixed_logistic(
            [1, 0, 1, 0], np.column_stack([np.ones(4), np.zeros(4)]), ["1", "x"], {"who": list("abab")}
        )


def test_columns_beyond_all_scales_are_told() -> None:
    rng = np.random.default_rng(0)
    people, items = np.divmod(np.arange(64), 8)
    design = np.column_stack([np.ones(64), 1e8 * rng.normal(size=64)])
    with pytest.raises(NotEnoughData, match="could not be fitted"):
        fit_mixed_logistic(rng.random(64) < 0.5, design, ["1", "x"], {"people": people, "items": items})


def test_a_likelihood_without_a_peak_is_told() -> None:
    """Nobody gave both answers, so that the more participants differ from one another the better."""
    groups = {"people": [0, 0, 0, 2, 1], "items": [2, 0, 2, 1, 2]}
    with pytest.raises(NotEnoughData, match="could not be fitted"):
        fit_mixed_logistic([1, 1, 1, 0, 1], np.ones((5, 1)), ["1"], groups)


@pytest.mark.parametrize("seed", range(3))
def test_deviations_are_never_negative(seed: int) -> None:
    right = np.random.default_rng(seed).random(60) < 0.5
    people, items = np.divmod(np.arange(60), 6)
    found = fit_mixed_logistic(right, np.ones((60, 1)), ["1"], {"people": people, "items": items})
    assert min(found.deviations.values()) >= 0
