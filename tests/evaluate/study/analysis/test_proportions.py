from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from soundglass.evaluate.study.analysis.proportions import accuracy, intraclass_correlation

ROWS = [(1, 1, 1, 0, 1), (0, 0, 1, 0, 0), (1, 1, 0, 1, 1), (0, 1, 0, 0, 1), (1, 1, 1, 1, 1), (0, 0, 0, 1, 0)]
RIGHT = [value for row in ROWS for value in row]
WHO = [person for person in "abcdef" for _ in range(5)]


def wilson(share: float, n: float, t: float) -> tuple[float, float]:
    """Where (share − p)² = t² p (1 − p) / n."""
    return tuple(sorted(np.roots([1 + t**2 / n, -2 * share - t**2 / n, share**2]).tolist()))


def test_interval_is_wilsons_of_the_answers_they_are_worth() -> None:
    sums = np.array([sum(row) for row in ROWS], float)
    share = sums.sum() / 30
    # Variance of a ratio estimator over clusters, as of any survey.
    variance = 6 / 5 * ((sums - 5 * share) ** 2).sum() / 30**2
    found = accuracy(RIGHT, WHO)
    assert (found.value, found.n) == (pytest.approx(share), 30)
    t = stats.t.ppf(0.975, 5)
    assert (found.low, found.high) == pytest.approx(wilson(share, share * (1 - share) / variance, t))


def test_answers_that_are_spread_evenly_are_not_worth_more_than_they_are() -> None:
    found = accuracy([1, 0] * 20, np.repeat(np.arange(10), 4))
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 40, stats.t.ppf(0.975, 9)))


def test_all_right_still_has_an_interval() -> None:
    found = accuracy([1] * 30, np.repeat(np.arange(10), 3))
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(1 / (1 + stats.t.ppf(0.975, 9) ** 2 / 30))
    assert accuracy([0] * 30, np.repeat(np.arange(10), 3)).high == pytest.approx(1 - found.low)


def test_nobody_and_one_participant_have_no_interval() -> None:
    assert np.isnan(accuracy([], []).value)
    alone = accuracy([1, 1, 0], ["a"] * 3)
    assert (alone.value, alone.n) == (pytest.approx(2 / 3), 3)
    assert np.isnan([alone.low, alone.high]).all()


def test_interval_holds_the_truth_as_often_as_it_should() -> None:
    rng, hits = np.random.default_rng(5), 0
    for _ in range(400):
        shares = rng.beta(6, 4, 16)
        right = (rng.random((16, 6)) < shares[:, None]).ravel()
        found = accuracy(right, np.repeat(np.arange(16), 6))
        hits += found.low <= 0.6 <= found.high
    assert 0.92 <= hits / 400 <= 0.985


def test_intraclass_correlation_is_that_of_pingouin() -> None:
    """pingouin 0.7.0, intraclass_corr, ICC(1,1)."""
    assert intraclass_correlation(RIGHT, WHO) == pytest.approx(0.309045, abs=1e-6)


def test_intraclass_correlation_of_uneven_numbers_is_that_of_the_sums_of_squares() -> None:
    groups = [[1, 0, 1], [1, 1, 1, 1, 0], [0, 0], [1]]
    flat = np.concatenate(groups)
    between = sum(len(g) * (np.mean(g) - flat.mean()) ** 2 for g in groups) / 3
    within = sum(((np.array(g) - np.mean(g)) ** 2).sum() for g in groups) / (11 - 4)
    size = (11 - sum(len(g) ** 2 for g in groups) / 11) / 3
    who = np.repeat(np.arange(4), [3, 5, 2, 1])
    assert intraclass_correlation(flat, who) == pytest.approx(
        (between - within) / (between + (size - 1) * within)
    )


@pytest.mark.parametrize(
    ("right", "who"), [([], []), ([1, 0], ["a", "a"]), ([1, 0], ["a", "b"]), ([1] * 4, "aabb")]
)
def test_intraclass_correlation_needs_something_to_compare(right: list[int], who: str) -> None:
    assert np.isnan(intraclass_correlation(right, list(who)))
