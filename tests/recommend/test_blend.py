from __future__ import annotations

import numpy as np
import pytest

from feature_tables import random_values, recommender_of
from soundglass.core.errors import SoundglassError
from soundglass.recommend.base import PROPOSED, best_first
from soundglass.recommend.blend import BlendRecommender, balanced
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.spectrogram import SpectrogramRecommender
from token_sets import random_token_sets, spectrogram_of


@pytest.fixture(scope="module")
def features() -> FeatureRecommender:
    return recommender_of(random_values(300, seed=1, missing=0.1))


@pytest.fixture(scope="module")
def spectrogram() -> SpectrogramRecommender:
    """Every second row of the features' library, and some beyond its end."""
    return spectrogram_of(random_token_sets(170, seed=2), step=2)


def test_rows_are_those_of_both(features: FeatureRecommender, spectrogram: SpectrogramRecommender) -> None:
    assert BlendRecommender(features, spectrogram).rows.tolist() == list(range(0, 300, 2))


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_scores_are_the_weighted_sum(
    features: FeatureRecommender, spectrogram: SpectrogramRecommender, weight: float
) -> None:
    blend = BlendRecommender(features, spectrogram, weight)
    for query in (0, 58, 298):
        heard, measured = (r.exact_scores(query, blend.rows) for r in (spectrogram, features))
        wanted = weight * heard + (1 - weight) * measured
        np.testing.assert_allclose(blend.exact_scores(query, blend.rows), wanted, atol=1e-12)
        np.testing.assert_allclose(blend.scores(query), wanted, rtol=1e-5, atol=1e-5)


def test_a_pair_that_one_side_cannot_compare_is_not_compared(spectrogram: SpectrogramRecommender) -> None:
    values = random_values(300, seed=3, names=("energy", "valence", "danceability"))
    values["energy"][4] = values["valence"][4] = np.nan
    blend = BlendRecommender(recommender_of(values), spectrogram, weight=1.0)
    assert np.isnan(blend.scores(0)[2])
    assert np.isnan(blend.exact_scores(0, np.array([4, 6]))).tolist() == [True, False]
    assert 4 not in dict(best_first(blend, 0))


@pytest.mark.parametrize("weight", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_weight_is_a_share(
    features: FeatureRecommender, spectrogram: SpectrogramRecommender, weight: float
) -> None:
    with pytest.raises(SoundglassError, match=r"Give 0 .* to 1"):
        BlendRecommender(features, spectrogram, weight)


def test_what_either_finds_is_proposed() -> None:
    n = 3 * PROPOSED
    features = recommender_of(random_values(n, seed=4))
    blend = BlendRecommender(features, spectrogram_of(random_token_sets(n, seed=5, most=4)))
    allowed = blend.rows % 2 == 0
    proposed = blend.propose(7, 20, allowed)
    assert (proposed % 2 == 0).all()
    by_features = [row for row, _ in best_first(features, 7, allowed)][:20]
    by_spectrogram = blend.spectrogram.propose(7, 20, allowed)
    assert set(proposed.tolist()) == {*by_features, *by_spectrogram.tolist()}


def test_the_best_of_a_large_library_are_found() -> None:
    n = 3 * PROPOSED
    features = recommender_of(random_values(n, seed=6))
    blend = BlendRecommender(features, spectrogram_of(random_token_sets(n, seed=7, most=4)))
    found = 0
    for query in range(0, n, n // 10):
        exact = blend.exact_scores(query, blend.rows)
        exact[query] = -np.inf
        best = blend.rows[np.argsort(-exact)[:10]].tolist()
        listed = [row for row, _ in best_first(blend, query, chunk=10)][:10]
        found += len({*best} & {*listed})
    assert found >= 97


def test_without_a_weight_both_have_the_same_say(spectrogram: SpectrogramRecommender) -> None:
    features = recommender_of(random_values(300, seed=1))
    blend = BlendRecommender(features, spectrogram)
    (_, of_features), (_, of_spectrogram) = blend.terms
    spreads = []
    for recommender, factor in ((features, of_features), (spectrogram, of_spectrogram)):
        scores = np.array([recommender.exact_scores(row, blend.rows) for row in blend.rows.tolist()])
        np.fill_diagonal(scores, np.nan)
        spreads.append(factor * np.nanstd(scores))
    assert 0 < blend.weight < 1
    assert spreads[0] == pytest.approx(spreads[1], rel=0.3)


def test_where_nothing_varies_each_is_a_half(spectrogram: SpectrogramRecommender) -> None:
    assert balanced(spectrogram, spectrogram, spectrogram.rows) == pytest.approx(0.5)
    assert balanced(spectrogram, spectrogram, spectrogram.rows[:1]) == 0.5
