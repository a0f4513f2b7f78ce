"""The references agree with the recommenders, with which they share no code, and with scores by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.reference_pictures import PictureReference
from soundglass.evaluate.faithfulness.reference_tokens import TokenReference
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.space import FeatureSpace
from soundglass.surfaces.library import Library


@pytest.fixture(scope="module")
def demo(demo_library: Library) -> Store:
    return Store(demo_library.uri)


def test_one_feature_by_hand() -> None:
    values = {"energy": np.array([0.0, 0.5, 1.0])}
    scores = FeatureReference(values, "csv").scores(0)
    # Squared distances 0, 0.25, 1; their mean 1.25 / 3.
    np.testing.assert_allclose(scores, [1, 1 - 0.25 / (1.25 / 3), 1 - 1 / (1.25 / 3)])


@pytest.mark.parametrize("from_audio", [False, True])
def test_features_with_missing_values_and_ties(from_audio: bool) -> None:
    values = random_values(3000, seed=3, missing=0.1)
    values["speechiness"] = np.round(values["speechiness"], 1)
    values["liveness"][:] = 0.25
    origin = "audio" if from_audio else "csv"
    recommender = FeatureRecommender(np.arange(3000), FeatureSpace.fit(values, from_audio=from_audio), origin)
    reference = FeatureReference(values, origin)
    for query in (0, 7, 2999):
        wanted = recommender.exact_scores(query, np.arange(3000))
        np.testing.assert_allclose(reference.scores(query), wanted, atol=2e-6, rtol=1e-6)


def test_a_change_is_a_change_of_the_table(tmp_path: Path) -> None:
    values = random_values(40, seed=5)
    reference = FeatureReference.of(store_of(tmp_path, values), "csv")
    changed = reference.scores(0, {"energy": np.array([values["energy"][0], 0.5])}, 1)
    parts = reference.parts(0, {"energy": np.array([values["energy"][0], 0.5])}, 1)
    np.testing.assert_allclose(parts.sum(axis=1), changed)
    same = list(reference.groups).index("energy")
    others = np.delete(np.arange(len(reference.groups)), same)
    np.testing.assert_allclose(parts[:, others], np.tile(reference.parts(0)[1, others], (2, 1)))
    assert changed[0] > changed[1]


def test_tokens_and_pictures(demo: Store) -> None:
    explainers = Explainers(demo)
    tokens, pictures = TokenReference(demo), PictureReference(demo)
    by_tokens, by_pictures = (explainers.of(by).recommender for by in ("spectrogram", "mel-pca"))
    for query in (0, 11):
        wanted = by_tokens.exact_scores(query, np.array(tokens.rows))
        np.testing.assert_allclose([tokens.score(query, row) for row in tokens.rows], wanted, atol=1e-9)
        wanted = by_pictures.exact_scores(query, pictures.rows)
        np.testing.assert_allclose(pictures.scores(query), wanted, atol=1e-9)
        np.testing.assert_allclose(pictures.shares(query, 3).sum(), pictures.scores(query)[3])
    parts = explainers.of("mel-pca").parts(0, [3])[0]
    assert pictures.edges_hz == pytest.approx(
        sorted({edge for part in parts for edge in (part.query.low_hz, part.query.high_hz)}), rel=1e-6
    )


def test_tokens_left_out(demo: Store) -> None:
    tokens = TokenReference(demo)
    everything = range(len(tokens.regions(1)))
    assert np.isnan(tokens.score(0, 1, everything))
    assert tokens.score(0, 1, list(everything)[1:]) != tokens.score(0, 1)
    assert 4 in tokens.within(1, [tokens.regions(1)[4]])  # a box lies within itself
    shares = sorted(tokens.share_nearer(0, tokens.regions(0)[0], other) for other in tokens.rows[1:])
    np.testing.assert_allclose(shares, np.arange(len(shares)) / (len(shares) - 1), atol=1e-9)
