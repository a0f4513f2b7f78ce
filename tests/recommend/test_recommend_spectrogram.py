from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Track
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.embeddings.tokens import TokenSet
from soundglass.library import background
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.recommend import base
from soundglass.recommend.base import best_first
from soundglass.recommend.spectrogram import SpectrogramRecommender
from token_sets import random_token_sets, real_token_sets, spectrogram_of, store_tokens


def unit(tokens: TokenSet) -> np.ndarray:
    vectors = tokens.vectors.astype(np.float64)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Reference:
    """The score of DESIGN 3.2, track by track, as it is written there."""

    def __init__(self, tokens: Sequence[TokenSet]) -> None:
        self.units = [unit(one) for one in tokens]
        self.best = [[(u @ v.T).max(axis=1) for v in self.units] for u in self.units]
        self.means = [np.mean(of_one, axis=0) for of_one in self.best]
        self.weights = []
        for index, one in enumerate(tokens):
            others = [best for other, best in enumerate(self.best[index]) if other != index]
            weights = one.weights / np.maximum(np.std(others, axis=0), 0.02)
            self.weights.append(weights / weights.sum())
        n = len(tokens)
        unlike = np.array([[self.unlike(q, x) for x in range(n)] for q in range(n)])
        apart = [np.delete(row, index).std() for index, row in enumerate(unlike)]
        scales = np.exp(0.75 * np.array(apart))
        raw = np.outer(scales, scales) * (unlike + unlike.T) / 2
        self.scores = 1 - raw / raw.mean()

    def unlike(self, query: int, match: int) -> float:
        weights, means = self.weights[query], self.means[query]
        return weights @ (1 - self.best[query][match]) / (weights @ (1 - means))


@pytest.mark.parametrize(
    "token_sets", [lambda: random_token_sets(20), real_token_sets], ids=["random", "real"]
)
def test_scores_are_those_of_the_definition(token_sets: Callable[[], Sequence[TokenSet]]) -> None:
    tokens = token_sets()[:20]
    recommender, wanted = spectrogram_of(tokens), Reference(tokens).scores
    for query in range(20):
        np.testing.assert_allclose(
            recommender.exact_scores(query, recommender.rows), wanted[query], rtol=0, atol=1e-6
        )


def test_terms_are_the_score_token_by_token() -> None:
    tokens = random_token_sets(30, seed=2)
    recommender, reference = spectrogram_of(tokens), Reference(tokens)
    for query, match in ((0, 1), (5, 29), (7, 7), (12, 3)):
        terms = recommender.terms(query, match)
        exact = recommender.exact_scores(query, np.array([match]))[0]
        assert terms.score == pytest.approx(exact, abs=1e-12)
        alike = reference.units[query] @ reference.units[match].T
        for side, own, values in ((terms.query, query, alike), (terms.match, match, alike.T)):
            np.testing.assert_allclose(side.best, values.max(axis=1), rtol=0, atol=1e-12)
            np.testing.assert_array_equal(values[np.arange(len(values)), side.partners], values.max(axis=1))
            np.testing.assert_allclose(side.means, reference.means[own], rtol=0, atol=1e-6)
            np.testing.assert_allclose(side.weights, reference.weights[own], rtol=0, atol=1e-6)


def test_a_token_speaks_for_a_match_where_it_is_nearer_than_usual() -> None:
    recommender = spectrogram_of(random_token_sets(60, seed=3))
    scales = recommender._scales
    for match in range(1, 60):
        side = recommender.terms(0, match).query
        scale = scales[0] * scales[match]
        np.testing.assert_array_equal(side.contributions > 0, 1 - side.means > scale * (1 - side.best))


libraries = st.builds(
    random_token_sets, st.integers(2, 9), seed=st.integers(0, 10_000), most=st.sampled_from([1, 3, 12])
)


@settings(max_examples=40, deadline=None)
@given(libraries)
def test_identical_is_one_and_order_of_the_pair_is_nothing(tokens: list[TokenSet]) -> None:
    recommender = spectrogram_of(tokens)
    scores = np.stack([recommender.exact_scores(query, recommender.rows) for query in recommender.rows])
    np.testing.assert_allclose(np.diag(scores), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(scores, scores.T, rtol=0, atol=1e-12)
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    for query, match in ((0, 1), (len(tokens) - 1, 0)):
        assert recommender.terms(query, match).score == pytest.approx(scores[query, match], abs=1e-12)
        np.testing.assert_allclose(
            recommender.terms(query, match).query.contributions,
            recommender.terms(match, query).match.contributions,
            rtol=0,
            atol=1e-12,
        )


@settings(max_examples=40, deadline=None)
@given(libraries, st.randoms(use_true_random=False))
def test_order_and_length_of_tokens_are_nothing(tokens: list[TokenSet], random) -> None:
    shuffled = []
    for one in tokens:
        order = random.sample(range(len(one)), len(one))
        shuffled.append(replace(one, vectors=one.vectors[order], weights=one.weights[order]))
    scores, others = (
        spectrogram_of(some).exact_scores(0, np.arange(len(tokens))) for some in (tokens, shuffled)
    )
    np.testing.assert_allclose(scores, others, rtol=0, atol=1e-6)
    halved = [replace(one, vectors=(one.vectors // 2 * 2).astype(np.int8)) for one in tokens]
    quartered = [replace(one, vectors=(one.vectors // 2).astype(np.int8)) for one in tokens]
    if all(one.vectors.any(axis=1).all() for one in quartered):
        scores, others = (
            spectrogram_of(some).exact_scores(0, np.arange(len(tokens))) for some in (halved, quartered)
        )
        np.testing.assert_allclose(scores, others, rtol=0, atol=1e-6)


@pytest.mark.parametrize("n", [1, 4])
def test_copies_of_one_recording_tell_nothing(n: int) -> None:
    recommender = spectrogram_of(random_token_sets(1) * n)
    assert np.isnan(recommender.scores(0)).all()
    assert np.isnan(recommender.exact_scores(0, recommender.rows)).all()
    assert list(best_first(recommender, 0)) == []


def test_a_library_of_two() -> None:
    recommender = spectrogram_of(random_token_sets(2))
    np.testing.assert_allclose(recommender.exact_scores(0, np.arange(2)), [1, -1], rtol=0, atol=1e-6)


@pytest.mark.parametrize("color", [0.0, 1.0])
def test_noise_does_not_flood_the_lists(color: float) -> None:
    rng = np.random.default_rng(1)
    spectrum = np.fft.rfft(rng.normal(size=3 * SAMPLE_RATE)) * np.arange(1, 1.5 * SAMPLE_RATE + 2) ** -color
    noise = np.fft.irfft(spectrum).astype(np.float32)
    heard = Embedder.load()([Excerpt(0.0, 0.1 * noise / noise.std())]).tokens
    recommender = spectrogram_of([*real_token_sets(), heard])
    n = len(real_token_sets())
    lists = [[row for row, _ in islice(best_first(recommender, query), 5)] for query in range(n)]
    assert sum(n in rows for rows in lists) <= 8  # one of five places in 48 lists is 5 by chance


@pytest.fixture
def library(tmp_path: Path) -> tuple[Store, list[TokenSet]]:
    """Forty tracks, measured; every fifth has no tokens."""
    store, tokens = Store(str(tmp_path / "library.lance"), create=True), random_token_sets(40, seed=8)
    store_tokens(store, [None if index % 5 == 0 else one for index, one in enumerate(tokens)])
    background.refresh(store)
    return store, tokens


def test_a_library_is_read_with_its_measurements(library: tuple[Store, list[TokenSet]]) -> None:
    store, tokens = library
    recommender = SpectrogramRecommender.from_store(store)
    ids = store.columns(["id"])["id"].to_pylist()
    known = [int(ids[row][1:]) for row in recommender.rows]
    assert sorted(known) == [index for index in range(40) if index % 5]
    wanted = Reference([tokens[index] for index in known]).scores
    for place, row in enumerate(recommender.rows.tolist()):
        np.testing.assert_allclose(
            recommender.exact_scores(row, recommender.rows), wanted[place], rtol=0, atol=1e-6
        )
    for row, found in zip(recommender.rows, recommender.token_sets(recommender.rows.tolist()), strict=True):
        wanted_set = tokens[int(ids[row][1:])]
        np.testing.assert_array_equal(found.vectors, wanted_set.vectors)
        np.testing.assert_array_equal(found.boxes, wanted_set.boxes)


def test_a_track_without_tokens_is_not_compared(library: tuple[Store, list[TokenSet]]) -> None:
    recommender = SpectrogramRecommender.from_store(library[0])
    silent = min(set(range(40)) - set(recommender.rows.tolist()))
    with pytest.raises(FeatureMismatchError, match="without spectrogram tokens"):
        recommender.scores(silent)
    with pytest.raises(FeatureMismatchError, match="soundglass scan"):
        recommender.exact_scores(int(recommender.rows[0]), np.array([silent]))


def test_rows_of_a_table_are_never_among_them(library: tuple[Store, list[TokenSet]]) -> None:
    store, _ = library
    store.upsert([TrackRow(Track(f"c{index}", "csv"), {"tempo": 120.0}) for index in range(5)])
    recommender = SpectrogramRecommender.from_store(store)
    origins = store.take(recommender.rows, ["origin"])["origin"].to_pylist()
    assert origins == ["audio"] * 32


@pytest.mark.parametrize("column", ["token_vectors", "token_shares", "token_means"])
def test_a_track_torn_since_it_was_measured_is_left_out(
    library: tuple[Store, list[TokenSet]], column: str
) -> None:
    store, _ = library
    before = SpectrogramRecommender.from_store(store)
    row, query = before.rows.tolist()[:2]
    torn = store.take([row], ["id"])["id"][0].as_py()
    wanted = {
        track: before.exact_scores(query, np.array([other]))[0]
        for track, other in zip(ids_of(store, before.rows), before.rows, strict=True)
    }
    asked = store.take([query], ["id"])["id"][0].as_py()
    store.merge_columns([{"id": torn, column: b"12345"}], ("id", column))
    after = SpectrogramRecommender.from_store(store)
    scores = after.exact_scores(store.row_of(asked), after.rows)
    found = dict(zip(ids_of(store, after.rows), scores, strict=True))
    assert found == {track: score for track, score in wanted.items() if track != torn}


def ids_of(store: Store, rows: np.ndarray) -> list[str]:
    return store.take(rows, ["id"])["id"].to_pylist()


def test_tracks_not_measured_yet_are_left_out(library: tuple[Store, list[TokenSet]]) -> None:
    store, _ = library
    store_tokens(store, random_token_sets(3, seed=9), first=40)
    assert len(SpectrogramRecommender.from_store(store).rows) == 32


def test_different_backgrounds_are_refused(library: tuple[Store, list[TokenSet]]) -> None:
    store, _ = library
    store.merge_columns([{"id": "t7", "background": 2}], ("id", "background"))
    with pytest.raises(LibraryError, match="different backgrounds") as caught:
        SpectrogramRecommender.from_store(store)
    assert "soundglass scan" in caught.value.remedy


def test_a_library_without_tokens_is_refused(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "library.lance"), create=True)
    store_tokens(store, [None, None])
    background.refresh(store)
    with pytest.raises(LibraryError, match="holds no tokens"):
        SpectrogramRecommender.from_store(store)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> SpectrogramRecommender:
    """A library many times larger than what is proposed."""
    monkeypatch.setattr(base, "PROPOSED", 80)
    return spectrogram_of(random_token_sets(600, seed=10), step=2)


def test_proposals_hold_nearly_all_of_the_best(large: SpectrogramRecommender) -> None:
    found = []
    for query in range(0, 1200, 60):
        exact = large.exact_scores(query, large.rows)
        best = [int(row) for row in large.rows[np.argsort(-exact)] if row != query][:10]
        ranked = list(islice(best_first(large, query), 10))
        assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
        found += [row in best for row, _ in ranked]
    assert np.mean(found) >= 0.95


def test_what_follows_the_proposals_never_rises_or_repeats(large: SpectrogramRecommender) -> None:
    ranked = list(best_first(large, 10))
    scores, rows = [score for _, score in ranked], [row for row, _ in ranked]
    assert scores == sorted(scores, reverse=True)
    assert len(set(rows)) == len(rows) > 560
    assert 10 not in rows
    np.testing.assert_allclose(scores, large.exact_scores(10, np.array(rows)), rtol=0, atol=1e-12)


def test_few_allowed_rows_are_all_scored_exactly(
    large: SpectrogramRecommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = large.rows % 24 == 0
    for neither in ("propose", "scores"):
        monkeypatch.setattr(large, neither, lambda *_: pytest.fail("nothing needs to be guessed"))
    exact = large.exact_scores(10, large.rows[allowed])
    wanted = large.rows[allowed][np.argsort(-exact)].tolist()
    assert [row for row, _ in best_first(large, 10, allowed)] == wanted


def test_many_allowed_rows_are_proposed_from(large: SpectrogramRecommender) -> None:
    allowed = large.rows % 4 == 0
    rows = [row for row, _ in islice(best_first(large, 10, allowed), 40)]
    assert len(rows) == 40  # of which the last do not come from what is proposed
    assert all(row % 4 == 0 for row in rows)
