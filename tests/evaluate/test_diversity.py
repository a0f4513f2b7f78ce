from __future__ import annotations

import math

import numpy as np
import pytest
from ranked import Told, context_of, library_of, tracks_of

from feature_tables import random_values, recommender_of
from soundglass.evaluate.ranking.diversity import different, information, judges, mean_of_listed, unlikeness

LISTS = np.array([[0, 1, 2], [1, 2, -1], [0, -1, -1], [-1, -1, -1]])


def labels(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text.split()) for text in texts]


def test_pairs_without_a_common_label_are_counted():
    found = different(LISTS, labels("rock", "rock folk", "folk"))
    assert found == pytest.approx([1 / 3, 0, math.nan, math.nan], nan_ok=True)


def test_tracks_without_labels_are_in_no_pair():
    assert different(LISTS, labels("rock", "", "folk")) == pytest.approx([1, *[math.nan] * 3], nan_ok=True)


def test_unlikeness_is_one_minus_the_mean_score_of_all_ordered_pairs():
    recommender = recommender_of(random_values(6))
    recommender.rows = np.arange(6) * 5
    rows = recommender.rows
    pairs = [(0, 10), (10, 0), (0, 15), (15, 0), (10, 15), (15, 10)]
    scores = [recommender.exact_scores(one, np.array([other]))[0] for one, other in pairs]
    found = unlikeness(np.array([[0, 2, 3, -1], [4, -1, -1, -1]]), recommender, rows)
    assert found == pytest.approx([1 - np.mean(scores), math.nan], nan_ok=True)


def test_copies_are_not_unlike_and_random_tracks_are_as_unlike_as_can_be():
    values = {name: np.repeat(column, 2) for name, column in random_values(200).items()}
    recommender = recommender_of(values)
    rng = np.random.default_rng(0)
    at_random = np.array([rng.choice(400, 10, replace=False) for _ in range(200)])
    assert unlikeness(np.array([[6, 7]]), recommender, recommender.rows) == pytest.approx([0], abs=1e-6)
    assert unlikeness(at_random, recommender, recommender.rows).mean() == pytest.approx(1, abs=0.03)


def test_information_is_what_a_share_of_all_popularity_tells():
    found = information(np.array([0.0, 1, 5, math.nan]))
    assert found == pytest.approx(
        [-math.log2(1 / 9), -math.log2(2 / 9), -math.log2(6 / 9), math.nan], nan_ok=True
    )


def test_means_are_of_what_is_known():
    found = mean_of_listed(LISTS, np.array([4.0, math.nan, 1.0]))
    assert found == pytest.approx([2.5, 1.0, 4.0, math.nan], nan_ok=True)


def test_a_library_that_tells_everything_has_every_judge_of_its_kind(tmp_path):
    genres = [("Rock",), ("rock", "Folk"), ("Jazz",), ()]
    store = library_of(tmp_path, tracks_of(4, genres=genres), popularity=[10, 20, None, 30])
    systems = [Told(np.zeros((4, 4)), "features")]
    found = judges(context_of(store), systems)
    assert list(found) == [
        *("different artists", "different genres", "unlike by features", "novelty, bits", "popularity lift")
    ]
    lists = np.array([[0, 1], [0, 2], [1, 3]])
    assert found["different artists"](lists).tolist() == [1, 1, 1]
    assert found["different genres"](lists) == pytest.approx([0, 1, math.nan], nan_ok=True)
    assert found["popularity lift"](lists) == pytest.approx([0.75, 0.5, 1.25])


def test_a_library_that_tells_nothing_has_no_judge(tmp_path):
    store = library_of(tmp_path, tracks_of(3, artists=["", "", ""]))
    assert judges(context_of(store), [Told(np.zeros((3, 3)))]) == {}


def test_two_artists_of_one_track_count_as_either(tmp_path):
    store = library_of(tmp_path, tracks_of(3, artists=["Ann & Bob", "Bob", "Cleo"]))
    found = judges(context_of(store), [Told(np.zeros((3, 3)))])
    assert found["different artists"](np.array([[0, 1], [0, 2], [1, 2]])).tolist() == [0, 1, 1]
