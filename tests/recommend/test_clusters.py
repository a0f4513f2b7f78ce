"""Clusters against planted ones, against chance, and against scikit-learn's figures."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from feature_tables import random_values, recommender_of
from soundglass.core.errors import SoundglassError
from soundglass.library.store import Store
from soundglass.recommend.clusters import MOST, find_clusters, typical
from soundglass.recommend.features import FeatureRecommender
from soundglass.surfaces.library import Library

STUDIED = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
)
"""The columns whose raw values the study clustered."""


def blobs(
    sizes: tuple[int, ...] = (60, 40, 25), axes: int = 6, apart: float = 4.0
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    label = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    centres = rng.normal(size=(len(sizes), axes))
    centres *= apart / np.linalg.norm(centres, axis=1, keepdims=True)
    return centres[label] + rng.normal(size=(len(label), axes)) / 2, label


def share_explained(values: np.ndarray, labels: np.ndarray) -> float:
    """The share of variance between clusters, eta squared."""
    within = sum(((values[labels == k] - values[labels == k].mean()) ** 2).sum() for k in np.unique(labels))
    return float(1 - within / ((values - values.mean()) ** 2).sum())


def test_planted_clusters_are_found_the_largest_first() -> None:
    space, label = blobs()
    found = find_clusters(space)
    assert found.n_clusters == 3
    assert adjusted_rand_score(label, found.labels) == 1
    assert np.bincount(found.labels).tolist() == [60, 40, 25]
    assert found.note.startswith("3 clusters with a silhouette of ")


def test_the_silhouette_is_scikit_learns_and_the_largest_of_those_tried() -> None:
    space, label = blobs()
    found = find_clusters(space)
    assert found.silhouette == pytest.approx(silhouette_score(space, label))
    assert found.silhouette == max(found.tried.values()) > max(found.shuffled, found.cloud)
    assert sorted(found.tried) == list(range(2, round(125**0.5 / 2) + 1))


def test_how_many_are_tried_grows_with_the_library_up_to_a_most() -> None:
    rng = np.random.default_rng(0)
    assert max(find_clusters(rng.normal(size=(16, 4))).tried) == 2
    assert max(find_clusters(rng.normal(size=(600, 2))).tried) == MOST


def test_hdbscan_finds_dense_places_and_leaves_the_rest_out() -> None:
    space, label = blobs((60, 40), 2, 6)
    stray = np.random.default_rng(1).uniform(-14, 14, (20, 2))
    stray = stray[np.linalg.norm(stray[:, None] - space, axis=2).min(axis=1) > 2]
    found = find_clusters(np.concatenate([space, stray]), "hdbscan")
    assert found.n_clusters == 2
    member = found.labels[:100] >= 0
    assert member.mean() > 0.9
    assert adjusted_rand_score(label[member], found.labels[:100][member]) == 1
    assert (found.labels[100:] == -1).mean() > 0.9
    assert f"{(found.labels < 0).sum()} of {len(found.labels)} tracks are in none" in found.note


def test_hdbscan_finds_nothing_where_nothing_is_dense() -> None:
    found = find_clusters(np.random.default_rng(2).uniform(size=(80, 6)), "hdbscan")
    assert found.n_clusters == 0
    assert found.note.startswith("No clusters")


# -- chance ------------------------------------------------------------------------------------------


def long_cloud(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(200, 8)) * np.linspace(3, 0.3, 8) @ np.linalg.qr(rng.normal(size=(8, 8)))[0]


def one_feature_of_two_kinds(rng: np.random.Generator) -> np.ndarray:
    """K-means splits it neatly, but nothing goes together with that feature."""
    space = rng.normal(size=(200, 8))
    space[:, 0] += 6 * rng.integers(0, 2, 200)
    return space


NO_CLUSTERS = {
    "one cloud": lambda rng: rng.normal(size=(200, 8)),
    "a long cloud": long_cloud,
    "a box": lambda rng: rng.uniform(size=(200, 5)),
    "skewed features": lambda rng: rng.exponential(size=(200, 6)),
    "one feature of two kinds": one_feature_of_two_kinds,
}


@pytest.mark.parametrize("name", NO_CLUSTERS)
def test_what_chance_gives_is_no_cluster(name: str) -> None:
    found = [find_clusters(NO_CLUSTERS[name](np.random.default_rng(seed))) for seed in range(2)]
    assert sum(each.n_clusters > 0 for each in found) == 0
    missed = [each for each in found if not each.n_clusters]
    assert all(each.note.startswith("No clusters: the best split") for each in missed)
    assert all((each.labels == -1).all() and np.isnan(each.silhouette) for each in missed)


def test_both_references_are_needed() -> None:
    """Shuffled features alone take a long cloud for clusters; a cloud alone one feature of two kinds."""
    rng = np.random.default_rng(0)
    long, split = find_clusters(long_cloud(rng)), find_clusters(one_feature_of_two_kinds(rng))
    assert long.shuffled < max(long.tried.values()) <= long.cloud
    assert split.cloud < max(split.tried.values()) <= split.shuffled


def test_axes_of_one_feature_are_shuffled_together() -> None:
    """Tempo is a circle on two axes; taken apart, the circle would look like a cluster."""
    angle = 2 * np.pi * np.random.default_rng(0).integers(0, 3, 200) / 3
    space = np.column_stack(
        [np.cos(angle), np.sin(angle), np.random.default_rng(1).normal(size=(200, 3)) / 4]
    )
    assert find_clusters(space).n_clusters == 3
    assert find_clusters(space, parts=np.array([0, 0, 1, 2, 3])).n_clusters == 0


def test_clusters_that_are_asked_for_come_with_what_they_are_worth() -> None:
    found = find_clusters(np.random.default_rng(0).normal(size=(60, 5)), n_clusters=4)
    assert found.n_clusters == 4
    assert "no better than by chance" in found.note
    assert list(found.tried) == [4]
    space, _ = blobs()
    assert "chance gives up to" in find_clusters(space, n_clusters=3).note
    assert "no better" not in find_clusters(space, n_clusters=3).note


# -- small and odd libraries -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["kmeans", "hdbscan"])
@pytest.mark.parametrize(
    ("space", "why"),
    [
        (np.zeros((1, 4)), "nothing tells"),
        (np.eye(2), "2 tracks are too few"),
        (np.random.default_rng(0).normal(size=(15, 3)), "15 tracks are too few"),
        (np.ones((50, 4)), "nothing tells the tracks apart"),
    ],
)
def test_too_little_gives_no_clusters_and_says_why(method: str, space: np.ndarray, why: str) -> None:
    found = find_clusters(space, method)
    assert found.n_clusters == 0
    assert (found.labels == -1).all()
    assert why in found.note


def test_constant_axes_change_nothing() -> None:
    space, _ = blobs()
    padded = np.column_stack([space, np.zeros((len(space), 2))])
    np.testing.assert_array_equal(find_clusters(padded).labels, find_clusters(space).labels)


def test_many_copies_of_few_tracks_are_no_warning() -> None:
    space = np.repeat(np.random.default_rng(4).normal(size=(3, 5)), 20, axis=0)
    found = find_clusters(space)
    assert max(found.tried) == 3
    assert find_clusters(space, n_clusters=8).n_clusters == 3


def test_the_same_library_gives_the_same_clusters() -> None:
    space = recommender_of(random_values(300, seed=5)).points
    first, second = find_clusters(space, n_clusters=5), find_clusters(space, n_clusters=5)
    np.testing.assert_array_equal(first.labels, second.labels)
    assert first.note == second.note


def test_numbers_that_cannot_be_asked_for_are_refused() -> None:
    for method, n in (("kmeans", 1), ("kmeans", MOST + 1), ("hdbscan", 3)):
        with pytest.raises(SoundglassError, match="2 to 12 by kmeans"):
            find_clusters(np.eye(30), method, n)
    assert "3 tracks are too few" in find_clusters(np.eye(3), n_clusters=3).note


def test_typical_tracks_are_the_nearest_to_the_mean() -> None:
    space, _ = blobs()
    found = find_clusters(space)
    for cluster in range(3):
        own = np.flatnonzero(found.labels == cluster)
        apart = ((space[own] - space[own].mean(axis=0)) ** 2).sum(axis=1)
        assert typical(space, found.labels, cluster).tolist() == own[np.argsort(apart)[:3]].tolist()


# -- the fault of the study --------------------------------------------------------------------------


def test_raw_columns_split_by_tempo_and_the_space_of_features_does_not(spotify_library: Library) -> None:
    store = Store(spotify_library.uri)
    recommender = FeatureRecommender.from_store(store, "csv")
    values = np.column_stack([recommender.space.values[name] for name in STUDIED]).astype(np.float64)
    known = np.isfinite(values).all(axis=1)
    assert known.mean() > 0.99
    found = find_clusters(recommender.points, parts=recommender.space.owner)
    ours = [share_explained(column, found.labels[known]) for column in values[known].T]
    tempo = STUDIED.index("tempo")
    assert found.n_clusters == 3
    assert ours[tempo] < 0.1 < max(ours)
    for k, least in ((3, 0.8), (5, 0.9)):
        labels = KMeans(k, n_init=2, random_state=0).fit_predict(values[known])
        raw = [share_explained(column, labels) for column in values[known].T]
        assert raw[tempo] > least
        assert max(np.delete(raw, tempo)) < 0.1
