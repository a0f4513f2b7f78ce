from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from soundglass.evaluate.study.analysis.paired import (
    compare_paired,
    mean_difference,
    rank_biserial,
    standardised_mean,
)

nan = float("nan")
ONE = [5.3, 4.0, 6.1, 3.2, 5.5, 4.8, 6.7, 5.0, 3.9, 6.2, 4.4, 5.7]
OTHER = [4.1, 4.6, 5.0, 3.0, 5.9, 3.3, 5.2, 4.7, 2.8, 5.9, 4.7, 4.3]


def test_a_comparison_is_that_of_r_and_pingouin() -> None:
    """R's t.test(…, paired = TRUE) for the interval; pingouin 0.7.0's wilcoxon for the rank-biserial r."""
    found = compare_paired(ONE, OTHER, n=500)
    assert (found.difference.low, found.difference.high) == pytest.approx((0.1121246, 1.1045421), abs=1e-6)
    assert (found.difference.value, found.difference.n) == (pytest.approx(0.6083333, abs=1e-6), 12)
    assert found.rank_biserial.value == pytest.approx(0.641026, abs=1e-6)
    assert found.d_z.value == pytest.approx(2.698325 / np.sqrt(12), abs=1e-6)
    assert found.p == pytest.approx(0.04833984375)
    assert found.n_alike == 0


def test_the_other_way_round_turns_the_signs_and_keeps_p() -> None:
    one, other = compare_paired(ONE, OTHER, 300), compare_paired(OTHER, ONE, 300)
    assert one.p == other.p
    assert (one.difference.value, one.d_z.value, one.rank_biserial.value) == pytest.approx(
        (-other.difference.value, -other.d_z.value, -other.rank_biserial.value)
    )


def test_who_lacks_a_figure_is_left_out() -> None:
    found = compare_paired([nan, 2, 3, 4], [1, nan, 1, 1], 10)
    assert (found.difference.value, found.difference.n) == (2.5, 2)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_anybody_gives_no_interval_and_no_warning(n: int) -> None:
    found = compare_paired([5.0, 4.0][:n], [3.0, 3.0][:n])
    assert found.difference.n == n
    assert np.isnan([found.d_z.low, found.rank_biserial.low]).all()
    assert np.isnan(found.p) if n == 0 else found.p >= 0.5
    assert np.isnan(found.difference.low) == (n < 2)


def test_all_alike_is_no_effect_and_no_warning() -> None:
    found = compare_paired([4.0] * 9, [4.0] * 9, 50)
    assert (found.p, found.n_alike, found.rank_biserial.value, found.difference.value) == (1, 9, 0, 0)
    assert np.isnan(found.d_z.value)


def test_pairs_that_do_not_differ_make_the_effect_smaller() -> None:
    few, many = np.array([1.0, 2, 3] + [0] * 2), np.array([1.0, 2, 3] + [0] * 20)
    assert rank_biserial(few, 10).value == pytest.approx(sum([3, 4, 5]) / 15)
    assert rank_biserial(many, 10).value == pytest.approx(sum([21, 22, 23]) / (23 * 24 / 2))


def test_rank_biserial_of_draws_is_that_of_the_values_drawn() -> None:
    """The interval of counted draws against that of SciPy's draws of values, ranked anew each time."""
    d = np.random.default_rng(3).integers(-2, 5, 25).astype(float)

    def r(x: np.ndarray, axis: int) -> np.ndarray:
        ranks = stats.rankdata(np.abs(x), axis=axis)
        return (ranks * np.sign(x)).sum(axis=axis) / ranks.sum(axis=axis)

    theirs = stats.bootstrap((d,), r, n_resamples=5000, method="BCa", rng=np.random.default_rng(0))
    found = rank_biserial(d, 5000)
    assert found.value == pytest.approx(r(d, 0))
    assert (found.low, found.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.03)


def test_d_z_of_draws_is_that_of_the_values_drawn() -> None:
    d = 1000 + np.random.default_rng(3).normal(1, 1, 25)
    theirs = stats.bootstrap(
        (d,),
        lambda x, axis: x.mean(axis=axis) / x.std(axis=axis, ddof=1),
        n_resamples=5000,
        method="BCa",
        rng=np.random.default_rng(0),
    ).confidence_interval
    found = standardised_mean(d, 5000)
    assert found.value == pytest.approx(d.mean() / d.std(ddof=1), rel=1e-9)
    assert (found.low, found.high) == pytest.approx(
        (theirs.low, theirs.high), abs=0.06 * (theirs.high - theirs.low)
    )


def test_mean_has_students_interval() -> None:
    d = np.array([1.0, 2.0, 4.0, -1.0, 3.0])
    theirs = stats.ttest_1samp(d, 0).confidence_interval()
    found = mean_difference(d)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_two_differences_that_stand_out_do_not_make_both_ends_meet() -> None:
    """Their d_z is about the least that any draw gives, so that its bias seems endless."""
    found = standardised_mean(np.array([1.0] * 11 + [6.0] * 2), 400)
    assert found.low == pytest.approx(found.value)
    assert found.high > found.value + 0.05
