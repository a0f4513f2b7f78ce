"""Rank correlations, against scipy and the textbook's formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from soundglass.embeddings.analysis import Cells
from soundglass.embeddings.network import N_CHANNELS
from soundglass.evaluate.faithfulness.correlation import (
    partial_rank_correlation,
    rank_correlation,
    shared_by_construction,
)


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(0)
    one = rng.integers(0, 20, 60).astype(float)  # with ties
    other = one + rng.normal(scale=8, size=60)
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)


def test_the_partial_one_takes_a_third_variable_out() -> None:
    rng = np.random.default_rng(1)
    z = rng.normal(size=80)
    x, y = z + rng.normal(size=80), z + rng.normal(size=80)
    xy, xz, yz = (spearmanr(*pair).statistic for pair in ((x, y), (x, z), (y, z)))
    expected = (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))
    given = np.stack([np.ones(80), rankdata(z)], axis=1)
    assert partial_rank_correlation(x, y, given) == pytest.approx(expected)


def test_what_never_changes_has_no_correlation() -> None:
    assert math.isnan(rank_correlation(np.ones(5), np.arange(5.0)))
    given = np.stack([np.ones(6), np.arange(6.0)], axis=1)
    assert math.isnan(partial_rank_correlation(np.arange(6.0), np.array([3.0, 1, 2, 6, 5, 4]), given))


def test_maps_that_follow_frequency_and_loudness_alone_have_nothing_else_in_common() -> None:
    rng = np.random.default_rng(2)
    band = np.repeat([0, 1, 2], 40)
    boxes = np.stack([np.zeros(120), np.ones(120), 100.0 * band, 100.0 * band + 150], axis=1)
    powers = rng.uniform(1, 2, 120)
    cells = Cells(
        np.zeros((120, N_CHANNELS), np.float32), boxes.astype(np.float32), powers.astype(np.float32)
    )
    given = shared_by_construction(cells)
    assert given.shape == (120, 6)
    one, other = (10 * band + powers + rng.normal(scale=0.3, size=120) for _ in range(2))
    assert rank_correlation(one, other) > 0.8
    assert abs(partial_rank_correlation(one, other, given)) < 0.2
