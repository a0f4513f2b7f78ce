from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from contract import RecommenderContract

from soundglass.recommend.base import TOLERANCE, best_first, place


class TestRecommenders(RecommenderContract):
    pass


class Imprecise:
    """Scores wrong by almost as much as the tolerance lets them be."""

    name = "imprecise"

    def __init__(self, exact: np.ndarray, seed: int = 0) -> None:
        self.exact = exact
        self.rows = np.arange(len(exact)) * 2 + 1
        self.off = np.random.default_rng(seed).uniform(-0.9, 0.9, len(exact)) * TOLERANCE

    def scores(self, query: int) -> np.ndarray:
        return (self.exact + self.off * (1 + np.abs(self.exact))).astype(np.float32)

    def exact_scores(self, query: int, matches: np.ndarray) -> np.ndarray:
        return self.exact[(matches - 1) // 2]


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 511, 512, 2000])
@pytest.mark.parametrize("spacing", [1e-5, 0.0, 0.3])
def test_wrong_last_digits_decide_nothing(n: int, spacing: float) -> None:
    exact = np.random.default_rng(n).permutation(1 - spacing * np.arange(n))
    recommender = Imprecise(exact)
    query = int(recommender.rows[0])
    wanted = [int(recommender.rows[i]) for i in np.lexsort((recommender.rows, -exact)) if i]
    for chunk in (1, 10, 64):
        assert [row for row, _ in best_first(recommender, query, chunk=chunk)] == wanted


def test_best_first_reads_no_more_than_is_asked_for() -> None:
    recommender = Imprecise(np.linspace(1, -1, 5000))
    asked: list[int] = []
    exact_scores = recommender.exact_scores
    recommender.exact_scores = lambda q, m: asked.append(len(m)) or exact_scores(q, m)  # type: ignore[method-assign,func-returns-value]
    assert len(list(islice(best_first(recommender, -1), 10))) == 10
    assert sum(asked) < 200


def test_what_cannot_be_compared_is_not_ranked() -> None:
    recommender = Imprecise(np.array([1.0, np.nan, 0.5, np.nan, 0.7]))
    assert [row for row, _ in best_first(recommender, 1)] == [9, 5]
    assert list(best_first(Imprecise(np.full(4, np.nan)), 1)) == []


def test_equal_scores_share_a_place() -> None:
    recommender = Imprecise(np.array([1.0, 0.5, 0.5, 0.2, np.nan]))
    scores = recommender.scores(1)
    assert place(recommender, 1, 0.5, scores, 3) == 1
    assert place(recommender, 1, 0.5, scores, 5) == 1
    assert place(recommender, 1, 0.2, scores, 7) == 3
    assert place(recommender, 1, 0.3, scores, 7) == 3
    assert place(recommender, 1, 0.5 + 1e-12, scores) == 1


def test_a_track_does_not_compete_with_itself_moved() -> None:
    recommender = Imprecise(np.array([1.0, 0.9, 0.5]))
    assert place(recommender, 1, 0.4, recommender.scores(1), 3) == 2
    assert place(recommender, 1, 0.4, recommender.scores(1)) == 3
