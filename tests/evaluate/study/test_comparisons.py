"""Comparisons: which there are, and their numbers against SciPy and Holm's procedure by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_rel

from soundglass.evaluate.study.comparisons import CONFIRMATORY, EXPLORATORY, Pair, compare, of, pairs_of
from soundglass.evaluate.study.measured import Measure

RATING = Measure("trust", "Trust", 1, 5, "better")
SATISFACTION = Measure("ess", "Satisfaction", 1, 5, "better", ("none",))


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    made = np.random.default_rng(3).normal(3, 1, (30, 4, 2))
    made[:, 2] += 1.0
    return made


def test_what_is_compared() -> None:
    assert set(CONFIRMATORY) == {
        ("bars", "none"), ("regions", "none"), ("fixed", "none"), ("bars", "fixed"), ("regions", "fixed"),
    }  # fmt: skip
    assert not set(CONFIRMATORY) & set(EXPLORATORY)
    assert pairs_of(SATISFACTION, CONFIRMATORY) == (("bars", "fixed"), ("regions", "fixed"))
    assert str(Pair("bars", "fixed")) == "sentence + bars − fixed sentence"


def test_a_condition_is_one_recommender_or_the_mean_of_both(values: np.ndarray) -> None:
    assert of(values, "regions", "spectrogram") == pytest.approx(values[:, 3, 1])
    assert of(values, "none", "features") == pytest.approx(values[:, 0, 0])
    assert of(values, "bars", None) == pytest.approx((values[:, 2, 0] + values[:, 2, 1]) / 2)


def test_differences_are_those_of_a_paired_t_interval(values: np.ndarray) -> None:
    (found,) = compare(RATING, values, [Pair("bars", "fixed")], n=200)
    expected = ttest_rel(values[:, 2].mean(axis=1), values[:, 1].mean(axis=1))
    interval = expected.confidence_interval()
    assert found.found.difference.low == pytest.approx(interval.low)
    assert found.found.difference.high == pytest.approx(interval.high)
    assert found.found.difference.value > 0.5


def test_p_is_corrected_for_all_that_is_compared_at_once(values: np.ndarray) -> None:
    found = compare(RATING, values, CONFIRMATORY, n=200)
    p = sorted(one.found.p for one in found)
    by_hand = np.minimum(np.maximum.accumulate(np.array(p) * np.arange(5, 0, -1)), 1)
    assert sorted(one.found.p_holm for one in found) == pytest.approx(by_hand.tolist())
    both = compare(RATING, values, CONFIRMATORY, ("features", "spectrogram"), n=200)
    assert len(both) == 10
    assert [one.by for one in both] == ["features"] * 5 + ["spectrogram"] * 5
    assert min(one.found.p_holm for one in both) == pytest.approx(10 * min(one.found.p for one in both))
