from __future__ import annotations

import numpy as np
import pytest
from ranked import Told, context_of, library_of, tracks_of

from soundglass.evaluate.ranking.lists import first_places, nearest


@pytest.fixture
def store(tmp_path):
    return library_of(tmp_path, tracks_of(3))


def test_the_first_places_are_the_highest_scores_but_the_query():
    assert first_places(np.array([9.0, 1, 5, 3, 7]), 3, but=0).tolist() == [4, 2, 3]


def test_ties_are_in_the_order_of_places():
    scores = np.array([1.0, 2, 2, 2, 1, 2])
    assert first_places(scores, 3, but=2).tolist() == [1, 3, 5]
    assert first_places(scores, 4, but=2).tolist() == [1, 3, 5, 0]


def test_what_cannot_be_compared_has_no_place():
    scores = np.array([0.5, np.nan, -np.inf, 0.7, np.nan])
    assert first_places(scores, 4, but=0).tolist() == [3]
    assert first_places(np.array([0.5, np.nan]), 2, but=0).tolist() == []


@pytest.mark.parametrize("n", [1, 10, 63, 64])
def test_the_first_places_are_those_of_a_full_sort(n):
    rng = np.random.default_rng(n)
    scores = rng.integers(0, 9, 64).astype(float)
    scores[rng.random(64) < 0.2] = np.nan
    order = [place for place in np.argsort(-scores, kind="stable") if place != 5 and scores[place] >= 0]
    assert first_places(scores, n, but=5).tolist() == order[:n]


def test_lists_name_rows_of_the_library_and_end_with_minus_one(store):
    system = Told(np.array([[1.0, 3, 2], [3, np.nan, np.nan], [np.nan] * 3]), step=10)
    found = nearest(context_of(store), system, np.array([0, 10, 20]), 4)
    assert found.tolist() == [[10, 20, -1, -1], [0, -1, -1, -1], [-1, -1, -1, -1]]


def test_lists_are_found_once_for_the_same_question(store, tmp_path):
    system = Told(np.random.default_rng(0).random((6, 6)))
    context = context_of(store, tmp_path / "kept")
    first = nearest(context, system, np.array([1, 4]), 3)
    assert nearest(context, system, np.array([1, 4]), 3).tolist() == first.tolist()
    assert system.asked == [1, 4]
    nearest(context, system, np.array([1, 4]), 2)
    assert system.asked == [1, 4] * 2
    fewer = Told(np.random.default_rng(0).random((5, 5)))
    nearest(context, fewer, np.array([1, 4]), 3)
    assert fewer.asked == [1, 4]


def test_no_query_has_no_list(store):
    assert nearest(context_of(store), Told(np.zeros((2, 2))), np.empty(0, np.int64), 5).shape == (0, 5)
