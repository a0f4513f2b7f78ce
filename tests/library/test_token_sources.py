"""Tokens read when asked for are those in memory."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from soundglass.library import background, token_sources
from soundglass.library.store import Store
from soundglass.library.token_sources import MeasuredTokens, StoredTokens
from soundglass.recommend import base, spectrogram
from soundglass.recommend.base import best_first
from soundglass.recommend.spectrogram import SpectrogramRecommender
from token_sets import random_token_sets, store_tokens


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Tracks with tokens, some without, and one torn."""
    made = Store(str(tmp_path_factory.mktemp("tokens") / "library.lance"), create=True)
    tokens = random_token_sets(90, seed=3)
    ids = store_tokens(made, [None if index % 7 == 0 else one for index, one in enumerate(tokens)])
    background.refresh(made)
    made.merge_columns([{"id": ids[10], "token_shares": b"12345"}], ("id", "token_shares"))
    made.refresh()
    return made


@pytest.fixture
def rows(store: Store) -> np.ndarray:
    return store.rows_where("token_weights IS NOT NULL")


def same(one: MeasuredTokens, other: MeasuredTokens) -> None:
    np.testing.assert_array_equal(one.table.vectors, other.table.vectors)
    np.testing.assert_array_equal(one.table.squares, other.table.squares)
    np.testing.assert_array_equal(one.table.starts, other.table.starts)
    np.testing.assert_array_equal(one.shares, other.shares)
    np.testing.assert_array_equal(one.means, other.means)


@pytest.mark.parametrize("piece", [1, 13, 1024])
def test_pieces_are_all_that_makes_sense(
    store: Store, rows: np.ndarray, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_sources, "_PIECE", piece)
    sound, held = StoredTokens(store, rows).held()
    assert len(sound) == len(rows) - 1
    torn = (set(range(len(rows))) - set(sound.tolist())).pop()
    assert store.take([rows[torn]], ["id"])["id"].to_pylist() == ["t10"]
    (tracks, whole) = next(held.pieces())
    assert tracks.tolist() == list(range(len(sound)))
    same(whole, held.tokens)


def test_what_is_taken_is_the_same_wherever_it_is(store: Store, rows: np.ndarray) -> None:
    stored = StoredTokens(store, rows)
    sound, held = stored.held()
    chosen = np.array([5, 3, 40, 3])
    same(stored.only(sound).take(chosen), held.take(chosen))
    same(held.only(chosen).take(np.array([1, 2])), held.take(chosen[[1, 2]]))


def test_a_library_is_searched_alike_with_its_tokens_on_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "PROPOSED", 40)
    held = SpectrogramRecommender.from_store(store)
    monkeypatch.setattr(spectrogram, "HELD", 0)
    stored = SpectrogramRecommender.from_store(store)
    np.testing.assert_array_equal(stored.rows, held.rows)
    np.testing.assert_array_equal(stored.points, held.points)
    for query in held.rows[::9].tolist():
        np.testing.assert_array_equal(stored.scores(query), held.scores(query))
        np.testing.assert_array_equal(
            stored.exact_scores(query, held.rows), held.exact_scores(query, held.rows)
        )
        assert list(islice(best_first(stored, query), 12)) == list(islice(best_first(held, query), 12))
        match = int(held.rows[4])
        assert stored.terms(query, match).score == held.terms(query, match).score
