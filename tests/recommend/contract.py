"""What every recommender must do: one suite for all of them. A new recommender joins by its factory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
import pytest

from feature_tables import random_values, recommender_of
from pictures import mel_pca_of, random_pictures
from soundglass.core.types import Part
from soundglass.explain.blend import BlendExplainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.mel_pca import MelPcaExplainer
from soundglass.explain.parts import feature_parts
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.recommend.base import TOLERANCE, Recommender, best_first, place
from soundglass.recommend.blend import BlendRecommender
from token_sets import random_token_sets, real_token_sets, spectrogram_of


def features_complete() -> Recommender:
    return recommender_of(random_values(300, seed=1))


def features_with_gaps() -> Recommender:
    return recommender_of(random_values(300, seed=2, missing=0.3))


def features_with_ties() -> Recommender:
    values = random_values(40, seed=3)
    return recommender_of({name: np.tile(column, 8) for name, column in values.items()})


def mel_pca() -> Recommender:
    return mel_pca_of(random_pictures(300, seed=4))


def mel_pca_with_gaps() -> Recommender:
    return mel_pca_of(random_pictures(120, seed=5), step=3)


def spectrogram() -> Recommender:
    return spectrogram_of(real_token_sets())


def spectrogram_with_gaps() -> Recommender:
    return spectrogram_of(random_token_sets(150, seed=6), step=3)


def spectrogram_with_ties() -> Recommender:
    return spectrogram_of(random_token_sets(40, seed=7) * 4)


def blend() -> Recommender:
    tokens = random_token_sets(150, seed=8)
    return BlendRecommender(recommender_of(random_values(150, seed=8)), spectrogram_of(tokens), 0.4)


def blend_with_gaps() -> Recommender:
    features = recommender_of(random_values(300, seed=9, missing=0.3))
    return BlendRecommender(features, spectrogram_with_gaps())


def blend_parts(recommender: Recommender, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
    explainers = FeatureExplainer(recommender.features), SpectrogramExplainer(recommender.spectrogram)
    return BlendExplainer(*explainers, recommender.weight).parts(query, matches)


FACTORIES: list[Callable[[], Recommender]] = [
    features_complete,
    features_with_gaps,
    features_with_ties,
    mel_pca,
    mel_pca_with_gaps,
    spectrogram,
    spectrogram_with_gaps,
    spectrogram_with_ties,
    blend,
    blend_with_gaps,
]
APPROXIMATE: dict[str, float] = {"features": 1e-5, "spectrogram": 1e-5, "blend": 1e-5}
ON_AVERAGE = {"spectrogram": 1e-6, "blend": 1e-5}
"""Those whose scores to a random track are 0 on average over all tracks, not for each."""
PARTS = {
    "blend": blend_parts,
    "features": feature_parts,
    "mel-pca": lambda recommender, query, matches: MelPcaExplainer(recommender).parts(query, matches),
    "spectrogram": lambda recommender, query, matches: SpectrogramExplainer(recommender).parts(
        query, matches
    ),
}


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
        queries = recommender.rows.tolist() if recommender.name in ON_AVERAGE else some(recommender)
        means = []
        for query in queries:
            exact = recommender.exact_scores(query, recommender.rows)
            if np.isfinite(exact).all():
                means.append(exact.mean())
        assert np.mean(means or 0) == pytest.approx(0, abs=ON_AVERAGE.get(recommender.name, 1e-4))
        assert recommender.name in ON_AVERAGE or np.abs(means or 0).max() < 1e-4

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
