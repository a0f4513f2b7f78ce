"""Rank correlations and their intervals against SciPy, resampling by hand, and planted relations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap, spearmanr

from soundglass.explain.patterns.association import adjusted, correlate, typical

RNG = np.random.default_rng(7)


def alone(n: int) -> np.ndarray:
    return np.arange(n)


@pytest.mark.parametrize("digits", [8, 0])
def test_rho_is_scipys_with_ties_and_without(digits: int) -> None:
    x, y = RNG.normal(size=(40, 3)).round(digits), RNG.normal(size=(40, 5)).round(digits)
    found = correlate(x, y, alone(40), draws=10)
    expected = [[spearmanr(a, b).statistic for b in y.T] for a in x.T]
    np.testing.assert_allclose(found.rho, expected, atol=1e-12)


def test_the_interval_is_that_of_scipys_bootstrap() -> None:
    x = RNG.normal(size=60)
    y = 0.6 * x + RNG.normal(size=60)
    found = correlate(x[:, None], y[:, None], alone(60), draws=20_000)
    theirs = bootstrap(
        (x, y),
        lambda a, b: spearmanr(a, b).statistic,
        paired=True,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert (found.low[0, 0], found.high[0, 0]) == pytest.approx((theirs.low, theirs.high), abs=0.03)


def test_a_draw_ranks_anew_what_it_takes_twice() -> None:
    """All 4^4 draws of four tracks, by SciPy, against ours."""
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 1.0, 4.0, 3.0])
    takes = np.stack(np.meshgrid(*[range(4)] * 4), axis=-1).reshape(-1, 4)
    varied = [take for take in takes if np.ptp(take)]
    every = np.sort([spearmanr(x[take], y[take]).statistic for take in varied])
    found = correlate(x[:, None], y[:, None], alone(4), draws=40_000)
    low, high = np.percentile(every, (2.5, 97.5))
    assert (found.low[0, 0], found.high[0, 0]) == pytest.approx((low, high), abs=1e-9)


def test_intervals_cover_the_truth() -> None:
    """Of a bivariate normal, ρ of ranks is 6/π asin(r/2); intervals hold it 95 times in 100, or nearly."""
    r, covered = 0.5, 0
    truth = 6 / np.pi * np.arcsin(r / 2)
    for _ in range(200):
        x = RNG.normal(size=80)
        y = r * x + np.sqrt(1 - r**2) * RNG.normal(size=80)
        found = correlate(x[:, None], y[:, None], alone(80), draws=300)
        covered += bool(found.low[0, 0] <= truth <= found.high[0, 0])
    assert covered >= 180


def test_intervals_of_artists_cover_the_truth_where_those_of_tracks_do_not() -> None:
    """Ten near-copies by each of 20 artists, of features that have nothing to do with one another."""
    covered = {"artists": 0, "tracks": 0}
    clusters = np.repeat(np.arange(20), 10)
    for _ in range(100):
        x, y = (RNG.normal(size=20)[clusters] + 0.05 * RNG.normal(size=200) for _ in range(2))
        for name, codes in (("artists", clusters), ("tracks", alone(200))):
            found = correlate(x[:, None], y[:, None], codes, draws=300)
            covered[name] += bool(found.low[0, 0] <= 0 <= found.high[0, 0])
    assert covered["artists"] >= 85
    assert covered["tracks"] <= 60


def test_p_values_are_even_where_there_is_nothing_and_small_where_there_is() -> None:
    x, y = RNG.normal(size=(100, 15)), RNG.normal(size=(100, 15))
    y[:, 0] += x[:, 0]
    found = correlate(x, y, alone(100), draws=500)
    assert found.p[0, 0] < 1e-6
    rest = np.delete(found.p.ravel(), 0)
    assert rest.mean() == pytest.approx(0.5, abs=0.06)
    assert (rest < 0.05).mean() == pytest.approx(0.05, abs=0.05)
    ours = adjusted(found.p)
    assert ours[0, 0] < 0.01
    assert (ours[1:] < 0.05).sum() <= 2


def test_corrected_p_values_are_benjamini_and_hochbergs() -> None:
    """The example of their paper, table of 15: four are found at .05."""
    few = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p = np.array([*few, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    ours = adjusted(np.append(p, np.nan))
    assert (ours[:-1] <= 0.05).sum() == 4
    assert ours[3] == pytest.approx(0.0095 * 15 / 4)
    assert np.isnan(ours[-1])
    assert np.isnan(adjusted(np.array([np.nan]))).all()


def test_constant_columns_and_single_artists_have_no_interval() -> None:
    x, y = RNG.normal(size=(20, 2)), RNG.normal(size=(20, 1))
    x[:, 0] = 3.0
    found = correlate(x, y, alone(20), draws=50)
    assert np.isnan(found.rho[0, 0])
    assert np.isnan([found.low[0, 0], found.high[0, 0], found.p[0, 0]]).all()
    assert np.isfinite([found.rho[1, 0], found.low[1, 0], found.p[1, 0]]).all()
    single = correlate(x, y, np.zeros(20, dtype=int))
    assert np.isfinite(single.rho[1, 0])
    assert np.isnan(single.low).all()


def test_one_odd_track_makes_no_pattern() -> None:
    x, y = np.zeros((40, 1)), RNG.normal(size=(40, 1))
    x[0], y[0] = 1.0, 100.0
    found = correlate(x, y, alone(40), draws=500)
    assert np.isfinite(found.rho[0, 0])
    assert np.isnan([found.low[0, 0], found.p[0, 0]]).all()


def test_the_same_seed_draws_the_same() -> None:
    x, y = RNG.normal(size=(30, 1)), RNG.normal(size=(30, 1))
    first, again = (correlate(x, y, alone(30), seed=3) for _ in range(2))
    assert (first.low, first.high, first.p) == (again.low, again.high, again.p)
    assert first.low != correlate(x, y, alone(30), seed=4).low


@pytest.mark.parametrize("sign", [1, -1])
def test_examples_are_typical_and_not_extreme(sign: int) -> None:
    x = np.arange(100.0)
    y = sign * x
    low, high = typical(x, y, rising=sign > 0)
    assert (low, high) == pytest.approx((14.5, 84.5), abs=1)
    y[low] = -y[low] if sign > 0 else 1000.0
    assert typical(x, y, rising=sign > 0)[0] != low
