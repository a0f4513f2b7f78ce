from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from soundglass.core.statistics import (
    bootstrap_mean,
    bootstrap_sums,
    cliffs_delta,
    holm,
    paired_difference,
)

nan = float("nan")


def all_cluster_means(values: np.ndarray, groups: list[str]) -> np.ndarray:
    """The mean of every possible draw of clusters, each as likely as any other."""
    names = sorted(set(groups))
    members = {name: values[[g == name for g in groups]] for name in names}
    return np.array(
        [np.concatenate([members[g] for g in drawn]).mean() for drawn in product(names, repeat=len(names))]
    )


def test_mean_and_number_are_those_of_the_known_values() -> None:
    found = bootstrap_mean([1.0, nan, 2.0, 6.0], ["a", "b", "c", "c"])
    assert (found.value, found.n) == (3.0, 3)


def test_unclustered_interval_agrees_with_scipy() -> None:
    values = np.random.default_rng(1).beta(2, 5, 300)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    found = bootstrap_mean(values, list(range(300)), 20_000)
    width = theirs.high - theirs.low
    assert found.low == pytest.approx(theirs.low, abs=0.03 * width)
    assert found.high == pytest.approx(theirs.high, abs=0.03 * width)


def test_interval_of_a_share_is_that_of_the_binomial() -> None:
    """A resampled share of ones is Binomial(n, share) / n, whose percentiles are known."""
    values = [1.0] * 12 + [0.0] * 28
    found = bootstrap_mean(values, list(range(40)), 40_000)
    low, high = stats.binom.ppf([0.025, 0.975], 40, 0.3) / 40
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


def test_clusters_are_drawn_whole_with_all_their_values() -> None:
    values = np.array([0.1, 0.2, 0.9, 0.4, 0.5, 0.6, 1.0])
    groups = ["a", "a", "b", "c", "c", "c", "d"]
    every = all_cluster_means(values, groups)
    found = bootstrap_mean(values, groups, 60_000)
    assert found.low == pytest.approx(np.percentile(every, 2.5), abs=0.005)
    assert found.high == pytest.approx(np.percentile(every, 97.5), abs=0.005)


def test_unknown_labels_are_clusters_of_their_own() -> None:
    values = np.random.default_rng(3).random(40)
    alone = bootstrap_mean(values, [""] * 40)
    assert (alone.low, alone.high) == pytest.approx(
        (bootstrap_mean(values, list(range(40))).low, bootstrap_mean(values, list(range(40))).high)
    )
    assert np.isnan(bootstrap_mean(values, ["one"] * 40).low)


def test_equal_values_within_clusters_widen_the_interval() -> None:
    of_artist = np.random.default_rng(4).random(30)
    values, groups = np.repeat(of_artist, 10), np.repeat(np.arange(30), 10)
    clustered, naive = bootstrap_mean(values, groups), bootstrap_mean(values, np.arange(300))
    assert clustered.high - clustered.low > 2.5 * (naive.high - naive.low)


def test_the_same_seed_gives_the_same_figures() -> None:
    values = np.random.default_rng(5).random(50)
    assert bootstrap_mean(values, range(50), seed=3) == bootstrap_mean(values, range(50), seed=3)
    assert bootstrap_mean(values, range(50), seed=3) != bootstrap_mean(values, range(50), seed=4)


@pytest.mark.parametrize("values", [[], [nan, nan]])
def test_no_values_have_no_mean(values: list[float]) -> None:
    found = bootstrap_mean(values, ["a"] * len(values))
    assert np.isnan([found.value, found.low, found.high]).all()
    assert found.n == 0


def test_a_figure_of_sums_agrees_with_scipy() -> None:
    values = np.random.default_rng(13).gamma(2, 1, 200)
    theirs = stats.bootstrap(
        (values,), stats.skew, n_resamples=10_000, method="percentile", rng=np.random.default_rng(14)
    ).confidence_interval

    def skewness(sums: np.ndarray) -> np.ndarray:
        mean, square, cube = (sums[:, 1:] / sums[:, :1]).T
        return (cube - 3 * mean * square + 2 * mean**3) / (square - mean**2) ** 1.5

    found = bootstrap_sums(np.stack([values**k for k in range(4)], axis=1), range(200), skewness)
    assert found.value == pytest.approx(stats.skew(values))
    assert (found.low, found.high) == pytest.approx(theirs, abs=0.05)
    assert found.n == 200


def test_difference_is_paired() -> None:
    """A constant lead is certain however much queries differ."""
    values = np.random.default_rng(6).random(60) * 100
    found, p = paired_difference(values + 1, values, range(60))
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1))
    assert p == pytest.approx(2 / 10_001)


def test_a_query_without_an_answer_is_left_out_of_both_sides() -> None:
    found, _ = paired_difference([1.0, nan, 5.0, 3.0], [0.0, 9.0, nan, 1.0], ["a", "b", "c", "d"])
    assert (found.value, found.n) == (1.5, 2)


def test_p_is_that_of_every_possible_draw() -> None:
    one, other = np.array([0.3, 0.8, 0.1, 0.9, 0.4]), np.array([0.1, 0.9, 0.0, 0.2, 0.3])
    every = all_cluster_means(one - other, list("abcde"))
    _, p = paired_difference(one, other, list("abcde"), 60_000)
    assert p == pytest.approx(2 * (every <= 0).mean(), abs=0.005)


def test_p_agrees_with_the_t_test_on_normal_differences() -> None:
    difference = np.random.default_rng(8).normal(0.1, 1, 400)
    _, p = paired_difference(difference, np.zeros(400), range(400), 40_000)
    assert p == pytest.approx(stats.ttest_1samp(difference, 0).pvalue, abs=0.01)


def test_no_difference_is_no_surprise() -> None:
    assert paired_difference(np.ones(9), np.ones(9), range(9))[1] == 1
    assert np.isnan(paired_difference([1.0], [0.0], ["a"])[1])


def test_p_is_small_where_the_interval_leaves_zero_out() -> None:
    rng = np.random.default_rng(9)
    for shift in np.linspace(-0.4, 0.4, 17):
        found, p = paired_difference(rng.normal(shift, 1, 80), np.zeros(80), range(80), 2000)
        assert (p < 0.05) == (found.low > 0 or found.high < 0) or abs(p - 0.05) < 0.002


def test_holm_by_hand() -> None:
    # sorted: .005·5 = .025, .011·4 = .044, .02·3 = .06, .04·2 = .08, .13·1 = .13
    found = holm([0.011, 0.02, 0.005, 0.13, 0.04])
    assert found.tolist() == pytest.approx([0.044, 0.06, 0.025, 0.13, 0.08])
    # .01·4 = .04, .02·3 = .06, .022·2 = .044 raised to .06, 1
    assert holm([0.022, 0.9, 0.01, 0.02]).tolist() == pytest.approx([0.06, 0.9, 0.04, 0.06])


def test_holm_never_passes_one_and_leaves_out_what_is_unknown() -> None:
    assert holm([0.6, 0.7]).tolist() == [1, 1]
    assert holm([nan, 0.01, 0.04]).tolist() == pytest.approx([nan, 0.02, 0.04], nan_ok=True)
    assert holm([]).tolist() == []


def test_cliffs_delta_by_hand() -> None:
    # of the 9 pairs 5 are above, 3 below, 1 equal
    found = cliffs_delta([3, 5, 7], [1, 5, 6])
    assert found.value == pytest.approx((5 - 3) / 9)
    assert cliffs_delta([5, 6], [1, 2, nan]).value == 1


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=20), st.lists(st.integers(0, 9), min_size=1, max_size=20)
)
def test_cliffs_delta_is_the_u_statistic(one: list[int], other: list[int]) -> None:
    u = stats.mannwhitneyu(one, other).statistic
    assert cliffs_delta(one, other, n=10).value == pytest.approx(2 * u / (len(one) * len(other)) - 1)


def test_the_interval_of_an_effect_agrees_with_scipy() -> None:
    rng = np.random.default_rng(10)
    one, other = rng.normal(0.5, 1, 60), rng.normal(0, 1.5, 60)

    pairs = [f"pair {i}" for i in range(60)]

    def delta(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.sign(x[:, None] - y).mean())

    theirs = stats.bootstrap(
        (one, other),
        delta,
        paired=True,
        vectorized=False,
        n_resamples=3000,
        method="percentile",
        rng=np.random.default_rng(12),
    ).confidence_interval
    found = cliffs_delta(one, other, (pairs, pairs))
    assert (found.low, found.high) == pytest.approx(theirs, abs=0.03)
    assert found.n == 120
