"""The system run again gives the same scores as the system."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.core.errors import LibraryError
from soundglass.embeddings.analysis import Excerpt
from soundglass.evaluate.faithfulness.rerun import Rerun, score
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.spectrogram import SpectrogramRecommender
from soundglass.surfaces.library import Library


@pytest.fixture(scope="module")
def store(demo_library: Library) -> Store:
    return Store(demo_library.uri)


@pytest.fixture(scope="module")
def rerun(store: Store) -> Rerun:
    return Rerun(store)


@pytest.fixture(scope="module")
def recommender(store: Store) -> SpectrogramRecommender:
    found = Explainers(store).of("spectrogram").recommender
    assert isinstance(found, SpectrogramRecommender)
    return found


def test_stored_tokens_measured_anew_give_the_recommenders_scores(
    rerun: Rerun, recommender: SpectrogramRecommender
) -> None:
    rows = recommender.rows[:12].tolist()
    soundings = [rerun.stored(row) for row in rows]
    for one, query in zip(soundings, rows, strict=True):
        expected = recommender.exact_scores(query, np.array(rows))
        found = [score(one, other) for other in soundings if one and other]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_unchanged_audio_gives_nearly_the_same_score_again(
    rerun: Rerun, recommender: SpectrogramRecommender
) -> None:
    for query, match in ((0, 5), (7, 20), (30, 31)):
        of_query, again = rerun.stored(query), rerun.heard(rerun.excerpts(match), match)
        assert of_query is not None
        assert again is not None
        expected = recommender.exact_scores(query, np.array([match]))[0]
        assert score(of_query, again) == pytest.approx(expected, abs=0.02)


def test_silence_is_not_heard(rerun: Rerun) -> None:
    assert rerun.heard([Excerpt(0.0, np.zeros(64_000, dtype=np.float32))]) is None


def test_a_library_without_tokens_cannot_be_run_again(spotify_library: Library) -> None:
    with pytest.raises(LibraryError, match="no tokens"):
        Rerun(Store(spotify_library.uri))
