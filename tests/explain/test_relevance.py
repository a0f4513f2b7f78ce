"""The map adds up to the score, and lies where the sounds are that a token stands for."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.core.types import Region
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.embeddings.tokens import TokenSet
from soundglass.explain.registry import Explainers
from soundglass.explain.relevance import Relevance, in_favour, relevance, share_within
from soundglass.library.store import Store
from soundglass.recommend.spectrogram import SpectrogramRecommender
from soundglass.surfaces.library import Library

ALL = Region(0.0, 1e4, 0.0, 8000.0)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.load()


def two_sounds() -> Excerpt:
    """A low tone and a high one, in turns of three seconds."""
    time = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    frequency = np.where(time % 6 < 3, 220.0, 3000.0)
    pulse = 1 + 0.9 * np.sin(2 * np.pi * 4 * time)
    return Excerpt(0.0, (pulse * np.sin(2 * np.pi * frequency * time)).astype(np.float32))


def test_the_maps_of_both_tracks_sum_to_the_score(demo_library: Library, embedder: Embedder) -> None:
    recommender = Explainers(Store(demo_library.uri)).of("spectrogram").recommender
    assert isinstance(recommender, SpectrogramRecommender)
    terms, sets = recommender.terms(3, 9), recommender.token_sets([3, 9])
    sides = terms.query.contributions, terms.match.contributions
    maps = [  # any recording will do
        relevance(tokens, amounts, embedder, [two_sounds()])
        for tokens, amounts in zip(sets, sides, strict=True)
    ]
    assert sum(of_side.amounts.sum() for of_side in maps) == pytest.approx(terms.score, abs=1e-9)


def test_only_positive_terms_are_in_favour(demo_library: Library) -> None:
    recommender = Explainers(Store(demo_library.uri)).of("spectrogram").recommender
    assert isinstance(recommender, SpectrogramRecommender)
    terms = recommender.terms(3, 9)
    for side, amounts in zip((terms.query, terms.match), in_favour(terms), strict=True):
        assert amounts.sum() == pytest.approx(side.contributions[side.contributions > 0].sum())
        assert amounts.min() == 0


def test_what_a_token_stands_for_is_marked_wherever_it_sounds(embedder: Embedder) -> None:
    excerpt = two_sounds()
    tokens = embedder([excerpt]).tokens
    assert tokens is not None
    first_low = (tokens.boxes[:, 1] < 3) & (tokens.boxes[:, 3] < 3000)
    assert first_low.any()
    amounts = first_low.astype(np.float64)
    found, boxes_alone = relevance(tokens, amounts, embedder, [excerpt]), Relevance(tokens.boxes, amounts)
    turns = [Region(start, start + 3, 0.0, 8000.0) for start in (0.0, 3.0, 6.0, 9.0)]
    low, high, low_again, high_again = map(found.within, turns)
    assert boxes_alone.within(turns[2]) == 0
    assert min(low, low_again) > 1.5 * max(high, high_again)


def test_of_silence_only_the_boxes_are_left(embedder: Embedder) -> None:
    tokens = embedder([two_sounds()]).tokens
    assert tokens is not None
    silence = Excerpt(0.0, np.zeros(12 * SAMPLE_RATE, dtype=np.float32))
    found = relevance(tokens, np.ones(len(tokens)), embedder, [silence])
    np.testing.assert_array_equal(found.boxes, tokens.boxes)
    assert found.amounts.sum() == len(tokens)


def test_the_whole_holds_everything_and_halves_add_up() -> None:
    rng = np.random.default_rng(0)
    starts, lows = rng.uniform(0, 10, 30), rng.uniform(0, 3000, 30)
    boxes = np.stack([starts, starts + 1, lows, lows + 900], axis=1).astype(np.float32)
    found = Relevance(boxes, rng.normal(size=30))
    halves = [Region(0, 5, 0, 8000), Region(5, 1e4, 0, 1700), Region(5, 1e4, 1700, 8000)]
    assert found.within(ALL) == pytest.approx(found.amounts.sum())
    assert sum(map(found.within, halves)) == pytest.approx(found.amounts.sum())


def test_a_box_counts_by_seconds_and_mel() -> None:
    box = np.array([[1.0, 2.0, 0.0, 1000.0]], dtype=np.float32)
    assert share_within(box, Region(1.75, 9, 0, 8000))[0] == pytest.approx(0.25)
    assert share_within(box, Region(0, 9, 0, 500))[0] == pytest.approx(0.5)  # linear below 1 kHz
    octave = np.array([[0.0, 1.0, 1000.0, 4000.0]], dtype=np.float32)
    assert share_within(octave, Region(0, 1, 0, 2000))[0] == pytest.approx(0.5)  # logarithmic above


def test_the_profile_is_relevance_per_second() -> None:
    found = Relevance(np.array([[0, 2, 0, 100], [1, 2, 0, 100]], dtype=np.float32), np.array([1.0, 3.0]))
    np.testing.assert_allclose(found.profile([0.5, 1.5, 2.5]), [0.5, 3.5, 0])


def test_tokens_and_map_are_of_one_recording(embedder: Embedder) -> None:
    excerpt = two_sounds()
    tokens = embedder([excerpt]).tokens
    assert isinstance(tokens, TokenSet)
    found = relevance(tokens, np.ones(len(tokens)), embedder, [excerpt])
    assert len(found.boxes) == len(embedder.cells([excerpt]))
