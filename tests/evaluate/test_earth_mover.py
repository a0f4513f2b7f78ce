"""Patch EMD against all assignments, linear programming and closed forms."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from soundglass.evaluate.visual.earth_mover import PATCH_BANDS, PATCH_COLUMNS, earth_mover, patches


def picture(n_high: int, n_wide: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((n_high * PATCH_BANDS, n_wide * PATCH_COLUMNS))


def flat(levels: list[list[float]]) -> np.ndarray:
    """A picture of plain patches, lowest row first."""
    return np.kron(np.array(levels), np.ones((PATCH_BANDS, PATCH_COLUMNS)))


def costs(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What it costs to move each patch of one to each of another, by the definition."""
    (n_high, n_wide), high = (one.shape[0] // PATCH_BANDS, one.shape[1] // PATCH_COLUMNS), PATCH_BANDS
    cut = [
        [
            z[i * high :][:high, j * PATCH_COLUMNS :][:, :PATCH_COLUMNS]
            for i in range(n_high)
            for j in range(n_wide)
        ]
        for z in (one, other)
    ]
    heights = [i / (n_high - 1) for i in range(n_high) for _ in range(n_wide)]
    return np.array(
        [
            [np.hypot(np.sqrt(((a - b) ** 2).mean()), heights[i] - heights[j]) for j, b in enumerate(cut[1])]
            for i, a in enumerate(cut[0])
        ]
    )


@pytest.mark.parametrize("seed", range(3))
def test_is_the_cheapest_of_all_assignments(seed):
    one, other = picture(2, 3, seed), picture(2, 3, seed + 50)
    cost = costs(one, other)
    least = min(np.mean([cost[i, j] for i, j in enumerate(order)]) for order in permutations(range(6)))
    assert earth_mover(one, other) == pytest.approx(least, rel=1e-12)


def test_is_the_earth_movers_distance_where_earth_may_be_split():
    one, other = picture(3, 4), picture(3, 4, seed=1)
    cost, n = costs(one, other), 12
    leaving, arriving = np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))
    flow = linprog(cost.ravel(), A_eq=np.vstack([leaving, arriving]), b_eq=np.full(2 * n, 1 / n))
    assert earth_mover(one, other) == pytest.approx(flow.fun, rel=1e-9)


def test_time_costs_nothing_and_height_does():
    one = flat([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert earth_mover(one, np.roll(one, 2 * PATCH_COLUMNS, axis=1)) == 0.0
    # One white patch a row higher: two patches climb half the height, which is cheaper than turning colour.
    assert earth_mover(one, np.roll(one, PATCH_BANDS, axis=0)) == pytest.approx(2 * 0.5 / 12)


def test_a_change_of_level_costs_its_size():
    assert earth_mover(flat([[0.2, 0.2], [0.2, 0.2]]), flat([[0.5, 0.5], [0.5, 0.5]])) == pytest.approx(0.3)
    assert earth_mover(np.zeros((64, 64)), np.ones((64, 64))) == pytest.approx(1)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999))
def test_is_a_metric(seed):
    one, other, third = (picture(3, 4, seed + 1000 * k) for k in range(3))
    assert earth_mover(one, one) == 0
    assert earth_mover(one, other) == pytest.approx(earth_mover(other, one), rel=1e-12)
    assert earth_mover(one, third) <= earth_mover(one, other) + earth_mover(other, third) + 1e-12


def test_patches_are_whole():
    assert patches(picture(8, 16)).shape == (128, PATCH_BANDS * PATCH_COLUMNS + 1)
    with pytest.raises(ValueError, match="no whole number of patches"):
        patches(np.zeros((PATCH_BANDS, PATCH_COLUMNS + 1)))
