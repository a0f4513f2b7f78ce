from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from soundglass.core.catalogue import CATALOGUE
from soundglass.recommend.scales import fit_scale


def placed(name: str, library: list[float] | np.ndarray, values: list[float] | np.ndarray) -> np.ndarray:
    scale = fit_scale(CATALOGUE[name], np.sort(np.asarray(library, dtype=np.float64)))
    return scale.axes(np.asarray(values, dtype=np.float64))


def squared(name: str, library: list[float], x: float, y: float) -> float:
    scale = fit_scale(CATALOGUE[name], np.sort(np.asarray(library, dtype=np.float64)))
    axes = scale.axes(np.array([x, y], dtype=np.float64))
    return float((scale.weights * (axes[0] - axes[1]) ** 2).sum())


def test_linear_features_are_z_scores() -> None:
    values = np.random.default_rng(0).normal(5, 3, 200)
    np.testing.assert_allclose(placed("energy", values, values)[:, 0], stats.zscore(values), atol=1e-12)


def test_log2_features_are_z_scores_of_the_logarithm() -> None:
    values = np.random.default_rng(0).lognormal(5, 1, 200)
    np.testing.assert_allclose(
        placed("duration", values, values)[:, 0], stats.zscore(np.log2(values)), atol=1e-12
    )


@pytest.mark.parametrize("ties", [False, True])
def test_quantile_features_are_normal_scores_of_their_mean_rank(ties: bool) -> None:
    values = np.random.default_rng(0).exponential(0.1, 800)
    if ties:
        values[:250] = 0.0
        values = values.round(2)
    normal = stats.norm.ppf((stats.rankdata(values) - 0.5) / len(values))
    np.testing.assert_allclose(placed("acousticness", values, values)[:, 0], stats.zscore(normal), atol=1e-9)


def test_quantile_scale_of_many_values_stays_close() -> None:
    values = np.random.default_rng(0).exponential(0.1, 20_000)
    values[:7000] = 0.05
    normal = stats.norm.ppf((stats.rankdata(values) - 0.5) / len(values))
    off = placed("acousticness", values, values)[:, 0] - stats.zscore(normal)
    middle = np.abs(normal) < 3
    assert np.abs(off[middle]).max() < 0.1
    assert np.abs(off).max() < 0.15


def test_quantile_scale_is_monotone_and_ends_with_the_library() -> None:
    library = [0.1, 0.1, 0.2, 0.5]
    axes = placed("acousticness", library, [0.0, 0.1, 0.15, 0.2, 0.4, 0.5, 0.9])[:, 0]
    assert (np.diff(axes) >= 0).all()
    assert axes[0] == axes[1]
    assert axes[-1] == axes[-2]
    assert axes[1] < axes[2] < axes[3] < axes[4] < axes[5]


TEMPI = [60.0, 75.0, 90.0, 100.0, 120.0, 128.0, 140.0, 170.0]


def test_an_octave_of_tempo_is_nearer_than_half_an_octave() -> None:
    same, octave = squared("tempo", TEMPI, 80, 80), squared("tempo", TEMPI, 80, 160)
    half = squared("tempo", TEMPI, 80, 80 * 2**0.5)
    assert same == 0
    assert 0 < octave < half / 1.5


def test_tempo_geometry_is_circle_and_octave_axis() -> None:
    axes = placed("tempo", TEMPI, [80.0, 160.0, 113.13708499])
    np.testing.assert_allclose(axes[0, :2], axes[1, :2], atol=1e-9)
    np.testing.assert_allclose(axes[0, :2], -axes[2, :2], atol=1e-6)
    np.testing.assert_allclose((axes[:, :2] ** 2).sum(axis=1), 2)
    assert axes[1, 2] - axes[0, 2] == pytest.approx(1 / np.log2(TEMPI).std())


def test_tempo_distance_grows_up_to_half_an_octave() -> None:
    distances = [squared("tempo", TEMPI, 80, 80 * 2 ** (step / 12)) for step in range(7)]
    assert (np.diff(distances) > 0).all()


def test_keys_lie_on_the_circle_of_fifths() -> None:
    library = list(range(12))
    distances = [squared("key", library, 0, key) for key in library]
    steps = [min(7 * key % 12, -7 * key % 12) for key in library]
    np.testing.assert_allclose(distances, [4 * 0.1 * (1 - np.cos(np.pi * s / 6)) for s in steps], atol=1e-12)
    assert np.argmax(distances) == 6
    assert distances[7] == pytest.approx(distances[5])
    assert distances[7] < distances[2] < distances[1]


@pytest.mark.parametrize("name", ["energy", "tempo", "key", "acousticness", "duration"])
def test_a_feature_that_does_not_vary_weighs_nothing(name: str) -> None:
    scale = fit_scale(CATALOGUE[name], np.full(5, 3.0))
    assert not scale.weights.any()
    assert np.isfinite(scale.axes(np.array([3.0, 4.0]))).all()


@pytest.mark.parametrize("name", ["energy", "tempo", "key", "acousticness", "duration"])
def test_unknown_stays_unknown(name: str) -> None:
    axes = placed(name, [1.0, 2.0, 4.0], [np.nan, 2.0])
    assert np.isnan(axes[0]).all()
    assert np.isfinite(axes[1]).all()


@pytest.mark.parametrize("name", ["tempo", "brightness"])
def test_zero_has_no_place_on_a_logarithm(name: str) -> None:
    axes = placed(name, [0.0, 100.0, 200.0], [0.0, 100.0, 200.0])
    assert np.isnan(axes[0]).all()
    np.testing.assert_allclose(axes[1:, -1], [-1, 1])
