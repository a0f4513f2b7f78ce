from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study.analysis.power import (
    accuracies_as_d_z,
    pairs_for,
    pairs_for_equivalence,
    pairs_for_interval,
    participants_for,
    power_of_pairs,
    power_of_trials,
    trials_for,
)
from soundglass.evaluate.study.analysis.wilcoxon import wilcoxon_p


@pytest.mark.parametrize(
    ("d", "alpha", "n"),
    [(0.4, 0.05, 51.00945), (0.5, 0.05, 33.36713), (0.4, 0.01, 76.33208), (0.5, 0.01, 50.06469)],
)
def test_pairs_are_those_of_r_and_statsmodels(d: float, alpha: float, n: float) -> None:
    """R's power.t.test(type = "paired", strict = TRUE); statsmodels 0.15's TTestPower gives the same."""
    assert pairs_for(d, alpha=alpha, test="t") == math.ceil(n)


def test_power_of_pairs_is_that_of_statsmodels() -> None:
    assert power_of_pairs(0.5, 34, test="t") == pytest.approx(0.8077775012792737, abs=1e-9)
    assert power_of_pairs(-0.4, 52, test="t") == pytest.approx(0.8077878088760595, abs=1e-9)


@pytest.mark.parametrize("test", ["t", "wilcoxon"])
@pytest.mark.parametrize("d", [0.3, 0.5, 1.2])
def test_one_pair_less_is_too_few(test: str, d: float) -> None:
    n = pairs_for(d, 0.9, 0.01, test)
    assert power_of_pairs(d, n, 0.01, test) >= 0.9 > power_of_pairs(d, n - 1, 0.01, test)


def test_wilcoxon_finds_what_it_should() -> None:
    n, rng = pairs_for(0.5), np.random.default_rng(1)
    found = np.mean([wilcoxon_p(rng.normal(0.5, 1, n)) < 0.05 for _ in range(1500)])
    assert n == 35
    assert found == pytest.approx(0.8, abs=0.03)


def test_without_an_effect_the_power_is_the_level() -> None:
    assert power_of_pairs(0, 30, 0.05, "t") == pytest.approx(0.05)
    assert power_of_pairs(0.5, 1, 0.05, "t") == 0


def test_trials_are_enough_from_their_number_on_and_not_before() -> None:
    """By adding up the binomial distribution."""

    def power(n: int) -> float:
        k = np.arange(n + 1)
        by_chance = np.cumsum(stats.binom.pmf(k, n, 0.5)[::-1])[::-1]
        return float(stats.binom.pmf(k, n, 0.65)[by_chance <= 0.025].sum())

    n = trials_for(0.65)
    assert n == 97
    assert power_of_trials(0.65, n) == pytest.approx(power(n), abs=1e-12)
    assert min(power(m) for m in range(n, 3 * n)) >= 0.8 > power(n - 1)


def test_trials_worse_than_chance_mirror_those_better() -> None:
    assert trials_for(0.35) == trials_for(0.65)
    assert power_of_trials(0.2, 40, 0.25) == pytest.approx(power_of_trials(0.8, 40, 0.75))


def test_more_power_or_less_error_takes_more() -> None:
    assert trials_for(0.65) < trials_for(0.65, power=0.9) < trials_for(0.65, power=0.9, alpha=0.01)
    assert trials_for(0.65) > trials_for(0.75)


def test_participants_are_worth_less_the_more_their_answers_are_alike() -> None:
    assert participants_for(97, 24) == 5
    assert participants_for(96, 24) == 4
    assert participants_for(96, 24, icc=1) == 96
    assert participants_for(100, 6, icc=0.1) == math.ceil(100 * 1.5 / 6)


def test_accuracies_as_d_z_are_those_of_simulated_participants() -> None:
    """Everybody's chance is off by the same much in both conditions, which makes the given correlation."""
    rng, each, icc, p, other = np.random.default_rng(0), 6, 0.05, 0.65, 0.55
    off = rng.choice([-1, 1], 200_000) * math.sqrt(icc)
    shares = [rng.binomial(each, s + off * math.sqrt(s * (1 - s))) / each for s in (p, other)]
    differences = shares[0] - shares[1]
    assert accuracies_as_d_z(p, other, each, icc) == pytest.approx(
        differences.mean() / differences.std(), rel=0.01
    )


def test_equivalence_is_found_as_often_as_it_should() -> None:
    n, rng = pairs_for_equivalence(0.5), np.random.default_rng(2)
    drawn = rng.normal(0, 1, (4000, n))
    ends = np.abs(drawn.mean(axis=1)) + 1.96 * drawn.std(axis=1, ddof=1) / math.sqrt(n)
    assert n == 43
    assert (ends < 0.5).mean() == pytest.approx(0.8, abs=0.03)


def test_an_interval_narrows_with_the_root() -> None:
    assert pairs_for_interval(0.2, 20, 0.1) == 80
    assert pairs_for_interval(0.05, 20, 0.1) == 20


@pytest.mark.parametrize("ask", [lambda: pairs_for(0.0), lambda: pairs_for(1e-5)])
def test_no_difference_takes_too_many_pairs(ask: object) -> None:
    with pytest.raises(SoundglassError, match="More than 1,000,000"):
        ask()


@pytest.mark.parametrize("p", [0.5, 0.5001])
def test_chance_takes_too_many_trials(p: float) -> None:
    with pytest.raises(SoundglassError, match="to find 0"):
        trials_for(p)
