"""MS-SSIM against the pytorch-msssim package, a filter-by-filter computation and closed forms."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.evaluate.visual.ms_ssim import K1, K2, WEIGHTS, ms_ssim

ROOT = Path(__file__).parents[2]
FOUND = json.loads((ROOT / "tests" / "golden" / "ms_ssim.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def golden_tool():
    spec = importlib.util.spec_from_file_location("golden_ms_ssim", ROOT / "tools" / "golden_ms_ssim.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


def window() -> np.ndarray:
    """The two-dimensional Gaussian of the paper, 11 by 11, sigma 1.5, of sum 1."""
    away = np.arange(-5, 6)
    square = np.exp(-(away[:, None] ** 2 + away**2) / (2 * 1.5**2))
    return square / square.sum()


def by_hand(x: np.ndarray, y: np.ndarray, n_scales: int) -> float:
    """SSIM neighbourhood by neighbourhood, scale by scale; the weights of the scales add up to WEIGHTS'."""
    weights = np.array(WEIGHTS[:n_scales]) / sum(WEIGHTS[:n_scales]) * sum(WEIGHTS)
    result = 1.0
    for scale in range(n_scales):
        near_x, near_y = (np.lib.stride_tricks.sliding_window_view(z, (11, 11)) for z in (x, y))
        mean_x, mean_y = ((near * window()).sum(axis=(2, 3)) for near in (near_x, near_y))
        away_x, away_y = near_x - mean_x[..., None, None], near_y - mean_y[..., None, None]
        var_x, var_y, covariance = (
            (product * window()).sum(axis=(2, 3)) for product in (away_x**2, away_y**2, away_x * away_y)
        )
        compared = (2 * covariance + K2**2) / (var_x + var_y + K2**2)
        if scale == n_scales - 1:
            compared = compared * (2 * mean_x * mean_y + K1**2) / (mean_x**2 + mean_y**2 + K1**2)
        result *= compared.mean() ** weights[scale]
        x, y = (z[: len(z) // 2 * 2, : z.shape[1] // 2 * 2] for z in (x, y))
        x, y = ((z[::2, ::2] + z[1::2, ::2] + z[::2, 1::2] + z[1::2, 1::2]) / 4 for z in (x, y))
    return float(result)


@pytest.mark.parametrize("case", FOUND, ids=lambda case: f"{' and '.join(case['pair'])} {case['shape']}")
def test_equals_the_package(golden_tool, case):
    one, other = (golden_tool.picture(name, case["shape"]) for name in case["pair"])
    alone = min(case["shape"]) < 22
    expected = max(case["value"], 0.0) ** (sum(WEIGHTS) if alone else 1)  # published, they sum to 1.0001
    assert ms_ssim(one, other) == pytest.approx(expected, abs=2e-9)


@pytest.mark.parametrize(
    ("shape", "n_scales"), [((16, 12), 1), ((24, 40), 2), ((47, 45), 3), ((64, 48), 3), ((128, 128), 4)]
)
def test_small_pictures_have_fewer_scales(shape, n_scales):
    one = noise(*shape)
    other = 0.7 * one + 0.3 * noise(*shape, seed=1)
    assert ms_ssim(one, other) == pytest.approx(by_hand(one, other, n_scales), rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), share=st.floats(0, 1), data_range=st.sampled_from([1.0, 255.0]))
def test_is_symmetric_bounded_and_free_of_units(seed, share, data_range):
    one = noise(48, 64, seed=seed)
    other = share * one + (1 - share) * noise(48, 64, seed=seed + 100)
    found = ms_ssim(one, other)
    assert 0 <= found <= 1 + 1e-12
    assert found == pytest.approx(ms_ssim(other, one), rel=1e-12)
    assert found == pytest.approx(ms_ssim(data_range * one, data_range * other, data_range), rel=1e-9)


def test_equal_pictures_give_one_and_more_noise_gives_less():
    one = noise(128, 128)
    found = [
        ms_ssim(one, (1 - share) * one + share * noise(128, 128, seed=1)) for share in (0, 0.2, 0.5, 0.8)
    ]
    assert found[0] == pytest.approx(1, abs=1e-12)
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.6


def test_plain_greys_differ_by_luminance_alone_at_the_coarsest_scale():
    one, other = np.full((128, 128), 0.2), np.full((128, 128), 0.8)
    luminance = (2 * 0.2 * 0.8 + K1**2) / (0.2**2 + 0.8**2 + K1**2)
    weight = WEIGHTS[3] * sum(WEIGHTS) / sum(WEIGHTS[:4])
    assert ms_ssim(one, other) == pytest.approx(luminance**weight, rel=1e-9)


def test_opposite_structure_gives_nothing():
    one = noise(64, 64)
    assert ms_ssim(one, 1 - one) == 0.0


@pytest.mark.parametrize(("one", "other"), [((64, 64), (64, 65)), ((10, 64), (10, 64))])
def test_what_cannot_be_compared_is_refused(one, other):
    with pytest.raises(ValueError, match="cannot be compared"):
        ms_ssim(noise(*one), noise(*other))
