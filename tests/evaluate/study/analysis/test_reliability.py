from __future__ import annotations

import numpy as np
import pytest

from soundglass.evaluate.study.analysis.reliability import cronbach_alpha

nan = float("nan")
TEN = "5454 3342 4555 2123 5544 3223 4435 1212 4354 2331"
ANSWERS = np.array([[float(digit) for digit in row] for row in TEN.split()])


def alpha(rows: np.ndarray) -> float:
    """The definition, by the covariance matrix."""
    covariance = np.cov(rows.T)
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def test_alpha_is_that_of_pingouin() -> None:
    """pingouin 0.7.0, cronbach_alpha: 0.8998 [0.736, 0.972]."""
    found = cronbach_alpha(ANSWERS, list("abcdefghij"))
    assert (found.value, found.n) == (pytest.approx(0.8998035363457759, abs=1e-12), 10)
    assert (found.low, found.high) == pytest.approx((0.736, 0.972), abs=6e-4)


def test_those_who_answered_often_are_drawn_with_all_their_rows() -> None:
    """Against a plain loop that draws participants and stacks their rows."""
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(12), 5)
    rows = rng.normal(0, 1, 12)[people, None] + rng.normal(0, 1, (60, 6))
    drawn = [
        alpha(np.concatenate([rows[people == who] for who in rng.integers(0, 12, 12)])) for _ in range(3000)
    ]
    found = cronbach_alpha(rows, people, 3000)
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert found.value == pytest.approx(alpha(rows))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_a_row_with_a_gap_is_left_out() -> None:
    rows = np.vstack([ANSWERS, [1, 5, nan, 1]])
    found = cronbach_alpha(rows, list("abcdefghijk"))
    assert (found.value, found.n) == (pytest.approx(alpha(ANSWERS)), 10)


def test_the_same_question_twice_measures_one_thing() -> None:
    assert cronbach_alpha(ANSWERS[:, [0, 0]], list("abcdefghij")).value == pytest.approx(1)


@pytest.mark.parametrize("rows", [ANSWERS[:0], ANSWERS[:1], ANSWERS[:, :1], np.full((9, 3), 4.0)])
def test_too_little_has_no_alpha(rows: np.ndarray) -> None:
    assert np.isnan(cronbach_alpha(rows, np.arange(len(rows))).value)
    assert np.isnan(cronbach_alpha(rows, np.zeros(len(rows), int), 50).value)
