"""Maps against scikit-learn's neighbours and trustworthiness, and against what small cases must give."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from feature_tables import random_values, recommender_of
from pictures import mel_pca_of, random_pictures
from soundglass.embeddings.matching import TokenTable
from soundglass.recommend.base import best_first
from soundglass.recommend.maps import (
    N_JUDGED,
    N_KNOWN,
    judge,
    lay_out,
    nearest_by_score,
    nearest_points,
    pooled,
    principal_plane,
)


def points(n: int, axes: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, axes)) * np.linspace(2, 0.5, axes)


def clusters(n_each: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Six groups far apart in ten dimensions."""
    label = np.repeat(np.arange(6), n_each)
    return 8 * np.eye(10)[label] + points(6 * n_each, 10, seed=1) / 4, label


def test_nearest_points_are_scikit_learns() -> None:
    space = points(700)
    found = nearest_points(space)
    distances, positions = NearestNeighbors(n_neighbors=N_KNOWN).fit(space).kneighbors()
    np.testing.assert_allclose(found.distances, distances, rtol=1e-3)
    assert (found.positions == positions).mean() > 0.999


def test_nearest_points_of_a_handful() -> None:
    found = nearest_points(np.array([[0.0], [1.0], [3.0]]))
    assert found.positions.tolist() == [[1, 2], [0, 2], [1, 0]]
    np.testing.assert_allclose(found.distances, [[1, 3], [1, 2], [2, 3]], rtol=1e-6)
    assert nearest_points(np.zeros((1, 4))).positions.shape == (1, 0)


def test_nearest_by_score_is_what_the_recommender_puts_first() -> None:
    recommender = recommender_of(random_values(120, seed=1, missing=0.2))
    near = nearest_by_score(recommender, nearest_points(recommender.space.axes, 119), 20)
    for own in (0, 50, 119):
        first = [row for row, _ in best_first(recommender, own)][:20]
        assert near.positions[own].tolist() == first
        scores = recommender.exact_scores(own, np.array(first))
        np.testing.assert_allclose(near.distances[own] ** 2, 1 - scores, rtol=1e-5)


def test_nearest_by_score_keeps_to_what_is_likely() -> None:
    recommender = mel_pca_of(random_pictures(50), step=2)
    likely = nearest_points(recommender.points, 12)
    near = nearest_by_score(recommender, likely, 5)
    np.testing.assert_array_equal(near.positions, likely.positions[:, :5])


def test_principal_plane_is_scikit_learns() -> None:
    space = points(300)
    plane, expected = principal_plane(space), PCA(2).fit_transform(space)
    np.testing.assert_allclose(np.abs(plane), np.abs(expected), rtol=1e-3, atol=1e-4)


def test_shares_are_scikit_learns_explained_variance() -> None:
    space = points(300)
    found = lay_out(np.arange(300), space, "pca")
    assert found.shares == pytest.approx(PCA(2).fit(space).explained_variance_ratio_, rel=1e-4)
    assert lay_out(np.arange(30), space[:30], "tsne").shares is None
    assert lay_out(np.arange(30), np.ones((30, 4)), "pca").shares == (0, 0)
    np.testing.assert_allclose(found.errors + found.trust, 1, atol=1e-6)


def test_principal_plane_does_not_flip() -> None:
    space = points(300)
    np.testing.assert_allclose(principal_plane(space[::-1])[::-1], principal_plane(space), atol=1e-5)


def test_trust_is_trustworthiness_where_all_ranks_are_known() -> None:
    space = points(60)
    plane = principal_plane(space)
    kept, trust = judge(plane, nearest_points(space, 59))
    reference = trustworthiness(space, plane, n_neighbors=N_JUDGED)
    lost = (1 - trust.mean(dtype=np.float64)) * (60 - N_JUDGED) * N_JUDGED
    assert lost == pytest.approx((1 - reference) * N_JUDGED * (2 * 60 - 3 * N_JUDGED - 1) / 2, rel=1e-4)
    own, shown = (nearest_points(p, N_JUDGED).positions for p in (space, plane))
    shared = [len(set(a) & set(b)) / N_JUDGED for a, b in zip(own.tolist(), shown.tolist(), strict=True)]
    assert kept == pytest.approx(np.mean(shared))


def test_a_perfect_map_is_trusted_and_a_random_one_is_not() -> None:
    plane = points(500, 2).astype(np.float32)
    kept, trust = judge(plane, nearest_points(plane))
    assert kept == 1
    assert (trust == 1).all()
    kept, trust = judge(plane[np.random.default_rng(1).permutation(500)], nearest_points(plane))
    assert kept < 0.1
    assert trust.mean() < 0.3


def test_tsne_keeps_groups_together_that_two_components_mix() -> None:
    space, label = clusters()
    rows = np.arange(len(label)) * 3
    flat, near = lay_out(rows, space, "pca"), lay_out(rows, space, "tsne")
    assert (near.method, flat.method) == ("tsne", "pca")
    np.testing.assert_array_equal(near.rows, rows)
    others = nearest_points(near.xy, 1).positions[:, 0]
    assert (label[others] == label).mean() == 1
    assert near.kept > flat.kept + 0.1
    assert near.trust.mean() > flat.trust.mean()


def test_a_map_follows_the_neighbours_it_is_given() -> None:
    """The points say nothing; the neighbours know the groups."""
    space, label = clusters()
    found = lay_out(np.arange(len(label)), points(len(label), 3, seed=9), "tsne", nearest_points(space))
    others = nearest_points(found.xy, 1).positions[:, 0]
    assert (label[others] == label).mean() > 0.95


def test_pooled_tokens_are_their_mean_direction() -> None:
    vectors = np.array([[100, 0], [0, 50], [0, -7], [3, 4]], dtype=np.int8)
    found = pooled(TokenTable.of(vectors, [2, 1, 1]), np.array([0.75, 0.25, 1.0, 0.5]))
    np.testing.assert_allclose(found, [[3 / 10**0.5, 1 / 10**0.5], [0, -1], [0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_the_same_library_gives_the_same_map(method: str) -> None:
    space, _ = clusters(20)
    first, second = (lay_out(np.arange(120), space, method) for _ in range(2))
    np.testing.assert_array_equal(first.xy, second.xy)


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 12])
def test_small_libraries_have_maps(method: str, n: int) -> None:
    found = lay_out(np.arange(n), points(n), method)
    assert found.xy.shape == (n, 2)
    assert np.isfinite(found.xy).all()
    assert np.abs(found.xy).max() == pytest.approx(1 if n > 1 else 0)
    np.testing.assert_allclose(found.xy.mean(axis=0), 0, atol=1e-6)
    if n > 1:
        assert len(np.unique(found.xy.round(4), axis=0)) == n
        assert found.kept == 1 or n > N_JUDGED


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_tracks_on_one_spot_have_a_map(method: str) -> None:
    found = lay_out(np.arange(30), np.ones((30, 4)), method)
    assert np.isfinite(found.xy).all()
    assert np.isfinite(found.trust).all()


def test_one_axis_makes_a_line() -> None:
    found = lay_out(np.arange(9), np.arange(9.0)[:, None], "pca")
    assert not found.xy[:, 1].any()
    assert (np.diff(found.xy[:, 0]) > 0).all()
