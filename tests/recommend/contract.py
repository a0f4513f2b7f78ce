"""What every recommender must do: one suite for all of them. A new recommender joins by its factory."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest

from feature_tables import random_values, recommender_of
from soundglass.explain.parts import feature_parts
from soundglass.recommend.base import TOLERANCE, Recommender, best_first, place


def features_complete() -> Recommender:
    return recommender_of(random_values(300, seed=1))


def features_with_gaps() -> Recommender:
    return recommender_of(random_values(300, seed=2, missing=0.3))


def features_with_ties() -> Recommender:
    values = random_values(40, seed=3)
    return recommender_of({name: np.tile(column, 8) for name, column in values.items()})


FACTORIES: list[Callable[[], Recommender]] = [features_complete, features_with_gaps, features_with_ties]
APPROXIMATE: dict[str, float] = {"features": 1e-5}
PARTS = {"features": feature_parts}


def some(recommender: Recommender) -> list[int]:
    """Rows that can be compared with something."""
    return [int(row) for row in recommender.rows[::37] if np.isfinite(recommender.scores(int(row))).any()]


class RecommenderContract:
    @pytest.fixture(params=FACTORIES, ids=lambda factory: factory.__name__)
    def recommender(self, request: pytest.FixtureRequest) -> Recommender:
        return request.param()

    def test_rows_ascend_and_scores_follow_them(self, recommender: Recommender) -> None:
        assert recommender.name
        assert (np.diff(recommender.rows) > 0).all()
        assert recommender.scores(int(recommender.rows[0])).shape == recommender.rows.shape

    def test_a_track_scores_one_to_itself(self, recommender: Recommender) -> None:
        for query in some(recommender):
            assert recommender.exact_scores(query, np.array([query]))[0] == pytest.approx(1, abs=1e-12)

    def test_scores_agree_with_exact_scores(self, recommender: Recommender) -> None:
        tolerance = APPROXIMATE.get(recommender.name, TOLERANCE)
        for query in some(recommender):
            exact = recommender.exact_scores(query, recommender.rows)
            np.testing.assert_allclose(recommender.scores(query), exact, rtol=tolerance, atol=tolerance)

    def test_nothing_scores_above_one(self, recommender: Recommender) -> None:
        for query in some(recommender):
            assert np.nanmax(recommender.exact_scores(query, recommender.rows)) <= 1 + 1e-12

    def test_zero_is_the_mean_over_the_library(self, recommender: Recommender) -> None:
        for query in some(recommender):
            exact = recommender.exact_scores(query, recommender.rows)
            if np.isfinite(exact).all():
                assert exact.mean() == pytest.approx(0, abs=1e-4)

    @pytest.mark.parametrize("chunk", [1, 7, 64, 1000])
    def test_best_first_is_brute_force(self, recommender: Recommender, chunk: int) -> None:
        for query in some(recommender):
            exact = recommender.exact_scores(query, recommender.rows)
            wanted = [
                (int(row), score)
                for score, row in sorted(
                    (-score, row)
                    for score, row in zip(exact, recommender.rows, strict=True)
                    if np.isfinite(score) and row != query
                )
            ]
            found = list(best_first(recommender, query, chunk=chunk))
            assert [row for row, _ in found] == [row for row, _ in wanted]
            assert [-score for _, score in found] == [score for _, score in wanted]

    def test_best_first_keeps_to_what_is_allowed(self, recommender: Recommender) -> None:
        query = some(recommender)[0]
        allowed = recommender.rows % 3 == 0
        found = [row for row, _ in best_first(recommender, query, allowed, chunk=5)]
        everything = [row for row, _ in best_first(recommender, query)]
        assert found == [row for row in everything if row % 3 == 0]

    def test_place_is_the_position(self, recommender: Recommender) -> None:
        query = some(recommender)[0]
        ranked = list(best_first(recommender, query))
        scores = recommender.scores(query)
        for row, score in islice(ranked, 0, None, 29):
            better = sum(other > score for _, other in ranked)
            assert place(recommender, query, score, scores, row) == 1 + better

    def test_parts_sum_to_the_score(self, recommender: Recommender) -> None:
        for query in some(recommender):
            matches = [row for row, _ in best_first(recommender, query)]
            exact = recommender.exact_scores(query, np.array(matches))
            for score, parts in zip(exact, PARTS[recommender.name](recommender, query, matches), strict=True):
                assert sum(part.contribution for part in parts) == pytest.approx(score, abs=1e-9)
