"""Cliff's delta in closed form against the bootstrap and scipy's Mann-Whitney test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from soundglass.core.effects import rank_delta
from soundglass.core.statistics import cliffs_delta

nan = float("nan")


def skewed(seed: int = 0, n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Values with ties, of which a third are of the first kind and tend to be higher."""
    rng = np.random.default_rng(seed)
    inside = np.arange(n) % 3 == 0
    return (rng.exponential(size=n) * (1 + inside)).round(1), inside


def test_rank_delta_is_cliffs_delta() -> None:
    values, inside = skewed()
    found, _ = rank_delta(values, inside, np.arange(len(values)))
    assert found.value == pytest.approx(cliffs_delta(values[inside], values[~inside]).value)
    assert rank_delta(-values, inside, np.arange(90))[0].value == pytest.approx(-found.value)
    assert found.n == 90


def test_the_interval_of_rank_delta_is_about_that_of_the_bootstrap() -> None:
    for seed in range(5):
        values, inside = skewed(seed, 240)
        singers = np.random.default_rng(seed).integers(0, 60, 240)
        for groups in (np.arange(240), singers):
            drawn = cliffs_delta(values[inside], values[~inside], (groups[inside], groups[~inside]))
            found, _ = rank_delta(values, inside, groups)
            assert (found.low, found.high) == pytest.approx((drawn.low, drawn.high), abs=0.05)


def test_p_of_rank_delta_is_that_of_mann_and_whitney() -> None:
    skew, inside = skewed(3, 120)
    rng = np.random.default_rng(7)
    for values in (skew, rng.normal(size=120), rng.integers(0, 3, 120).astype(float)):
        found, p = rank_delta(values, inside, np.arange(120))
        reference = stats.mannwhitneyu(
            values[inside], values[~inside], use_continuity=False, method="asymptotic"
        )
        assert p >= reference.pvalue * (1 - 1e-9)
        assert p == pytest.approx(reference.pvalue, rel=0.5, abs=0.02)
        assert (p < 0.05) is not (found.low <= 0 <= found.high)


def test_rank_delta_of_few_values_that_do_not_overlap_is_not_sure() -> None:
    values = np.arange(12.0)
    found, p = rank_delta(values, values > 9, np.arange(12))
    reference = stats.mannwhitneyu(values[10:], values[:10], use_continuity=False, method="asymptotic")
    assert (found.value, found.high) == (1, 1)
    assert found.low < 0.5
    assert p == pytest.approx(reference.pvalue)


def test_values_of_one_group_are_one_witness() -> None:
    rng = np.random.default_rng(1)
    values, inside = rng.normal(size=100).repeat(5), np.arange(500) < 250
    spread = [rank_delta(values, inside, g)[0] for g in (np.arange(500), np.arange(100).repeat(5))]
    widths = [each.high - each.low for each in spread]
    assert widths[1] > 2 * widths[0]
    apart, inside = np.repeat([3.0, 1.0, 2.0, 0.5, 1.5], 20), np.arange(100) < 20
    alone, together = (rank_delta(apart, inside, g)[1] for g in (np.arange(100), np.arange(5).repeat(20)))
    assert alone < 1e-6
    assert together > 0.1


def test_rank_delta_leaves_unknown_values_out_and_needs_both_kinds() -> None:
    values, inside = skewed()
    with_gaps = np.concatenate([values, [nan, nan]])
    found = rank_delta(with_gaps, np.append(inside, [True, False]), np.arange(92))
    assert found == rank_delta(values, inside, np.arange(90))
    nothing, p = rank_delta(values, np.zeros(90, dtype=bool), np.arange(90))
    assert np.isnan([nothing.value, p]).all()
    same, p = rank_delta(np.ones(9), np.arange(9) < 3, np.arange(9))
    assert (same.value, p) == (0, 1)
