"""Medoids against clusters known in closed form, and against their own definition by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.embeddings.medoids import medoids


def unit(points: np.ndarray) -> np.ndarray:
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def drawn(n: int, seed: int, dimensions: int = 6) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, dimensions)))


def fan(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))


def test_the_middle_of_each_cluster_is_chosen() -> None:
    chosen, shares = medoids(fan(-4, 1, 4, 86, 89, 90, 93, 98, 180), 3)
    # The mean directions are 0.3, 91.2 and 180 degrees.
    assert chosen.tolist() == [1, 5, 8]
    np.testing.assert_allclose(shares, [3 / 9, 5 / 9, 1 / 9], rtol=1e-6)


def test_clusters_are_found_wherever_the_search_starts() -> None:
    kinds = np.eye(8)
    owners = np.sort(np.random.default_rng(1).integers(0, 8, 400))
    directions = unit(kinds[owners] + 0.05 * np.random.default_rng(2).normal(size=(400, 8)))
    chosen, shares = medoids(directions, 8)
    assert owners[chosen].tolist() == list(range(8))
    np.testing.assert_allclose(shares, np.bincount(owners) / 400, rtol=1e-6)


@pytest.mark.parametrize("n_most", [1, 5, 48])
def test_each_is_the_member_nearest_to_the_mean_direction_of_its_members(n_most: int) -> None:
    directions = np.concatenate([kind + 0.1 * drawn(40, seed) for seed, kind in enumerate(drawn(5, 99))])
    directions = unit(directions)
    chosen, shares = medoids(directions, n_most)
    centres = reference_centres(directions, n_most)
    points = directions.astype(np.float64)
    owners = np.array([np.argmax([point @ centre for centre in centres]) for point in points])
    assert len(chosen) == len(set(owners.tolist()))
    for row, share in zip(chosen.tolist(), shares.tolist(), strict=True):
        members = np.flatnonzero(owners == owners[row])
        nearness = points @ centres[owners[row]]
        assert share == pytest.approx(len(members) / len(points))
        assert nearness[row] == pytest.approx(
            nearness[members].max(), abs=1e-6
        )  # two are as near as each other


def reference_centres(directions: np.ndarray, n_most: int) -> np.ndarray:
    """Spherical k-means in double precision, one direction after another."""
    points = directions.astype(np.float64)
    centres = points[np.linspace(0, len(points) - 1, n_most).round().astype(int)]
    for _ in range(10):
        sums = np.zeros_like(centres)
        for point in points:
            sums[np.argmax([point @ centre for centre in centres])] += point
        for centre, total in zip(centres, sums, strict=True):
            if total.any():
                centre[:] = total / np.linalg.norm(total)
    return centres


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 80), st.integers(1, 60), st.integers(0, 1000))
def test_shares_sum_to_one_and_rows_are_distinct_and_ascending(n: int, n_most: int, seed: int) -> None:
    directions = drawn(n, seed)
    chosen, shares = medoids(directions, n_most)
    assert 1 <= len(chosen) == len(shares) <= min(n, n_most)
    assert (np.diff(chosen) > 0).all()
    assert (shares > 0).all()
    assert shares.sum() == pytest.approx(1, abs=1e-6)
    for again, found in zip(medoids(directions.copy(), n_most), (chosen, shares), strict=True):
        np.testing.assert_array_equal(again, found)


def test_no_more_are_asked_for_than_there_are() -> None:
    chosen, shares = medoids(drawn(5, 0), 48)
    assert chosen.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(shares, 0.2)


@pytest.mark.parametrize("copies", [2, 7, 100])
def test_directions_that_coincide_are_chosen_once(copies: int) -> None:
    distinct = drawn(4, 3, dimensions=64)
    chosen, shares = medoids(np.repeat(distinct, copies, axis=0), 48)
    assert (chosen // copies).tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(shares, 0.25)
    chosen, shares = medoids(np.repeat(distinct[:1], copies, axis=0), 48)
    assert (len(chosen), shares.tolist()) == (1, [1.0])


def test_opposite_directions_do_not_cancel_into_nothing() -> None:
    chosen, shares = medoids(fan(0, 180), 1)
    assert len(chosen) == 1
    assert shares.tolist() == [1.0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_rounding_does_not_choose_between_two_that_are_equally_near(seed: int) -> None:
    pairs = np.repeat(np.eye(8, dtype=np.float32), 2, axis=0) + 0.1 * drawn(16, seed, dimensions=8)
    directions = unit(pairs)
    chosen, shares = medoids(directions, 8)
    moved, _ = medoids(unit(directions + 1e-7 * drawn(16, seed + 1, dimensions=8)), 8)
    assert chosen.tolist() == moved.tolist()
    assert set(np.round(16 * shares).astype(int).tolist()) <= {1, 2, 3, 4}
