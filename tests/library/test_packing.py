"""Token sets and tags survive being stored and sent, bit by bit."""

from __future__ import annotations

import json
import struct

import numpy as np
import pyarrow as pa
import pytest
from storing import some_tokens

from soundglass.core.errors import LibraryError
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import TAGS
from soundglass.embeddings.tokens import N_DIMENSIONS, TokenSet
from soundglass.library.packing import (
    STANDING_COLUMNS,
    TOKEN_COLUMNS,
    embedding_columns,
    embedding_from_json,
    embedding_to_json,
    pack,
    tokens_from_row,
)
from soundglass.library.schema import TRACKS


def assert_same(found: TokenSet, expected: TokenSet) -> None:
    for name in ("vectors", "weights", "boxes", "traits"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), name
        np.testing.assert_array_equal(ours, theirs, name)


@pytest.mark.parametrize("n_tokens", [1, 5, 48])
@pytest.mark.parametrize("n_traits", [0, 1, 7])
def test_tokens_come_back_from_the_library_as_they_were(n_tokens: int, n_traits: int) -> None:
    tokens = some_tokens(n_tokens, n_traits)
    row = {"id": "a", "origin": "audio", **embedding_columns(Embedding(tokens))}
    table = pa.Table.from_pylist([row], schema=TRACKS).select(TOKEN_COLUMNS)
    assert_same(tokens_from_row(table.to_pylist()[0]), tokens)


def test_the_layout_is_row_by_row_and_little_endian() -> None:
    tokens = some_tokens(2)
    packed = pack(tokens)
    assert packed["boxes"] == struct.pack("<8f", *tokens.boxes.ravel())
    assert packed["vectors"] == struct.pack(f"{2 * N_DIMENSIONS}b", *tokens.vectors.ravel())


def test_tags_are_named_as_conditions_name_them() -> None:
    tags = np.linspace(0, 1, len(TAGS), dtype=np.float32)
    columns = embedding_columns(Embedding(None, tags))
    assert list(columns["tags"]) == list(TAGS)
    assert all(name.isidentifier() for name in TAGS)
    assert columns["tags"]["choral"] == 1.0
    assert {"strings", "no_vocals"} <= set(TAGS)


@pytest.mark.parametrize("embedding", [None, Embedding()])
def test_where_nothing_was_heard_every_column_is_null(embedding: Embedding | None) -> None:
    columns = embedding_columns(embedding)
    assert set(columns) == {*TOKEN_COLUMNS, *STANDING_COLUMNS, "tags"}
    assert set(columns.values()) == {None}
    assert tokens_from_row(columns) is None


def test_new_tokens_leave_no_means_of_the_old_ones() -> None:
    columns = embedding_columns(Embedding(some_tokens()))
    assert [columns[name] for name in STANDING_COLUMNS] == [None] * len(STANDING_COLUMNS)


def test_an_embedding_goes_through_a_pipe_unchanged() -> None:
    tags = np.random.default_rng(0).random(len(TAGS)).astype(np.float32)
    found = embedding_from_json(json.loads(json.dumps(embedding_to_json(Embedding(some_tokens(), tags)))))
    assert_same(found.tokens, some_tokens())
    np.testing.assert_array_equal(found.tags, tags)
    assert found.tags.dtype == np.float32
    assert embedding_from_json(json.loads(json.dumps(embedding_to_json(Embedding())))) == Embedding()


@pytest.mark.parametrize("column", TOKEN_COLUMNS)
@pytest.mark.parametrize("damage", [None, b"", b"123"])
def test_columns_that_do_not_fit_are_one_line(column: str, damage: bytes | None) -> None:
    row = {**embedding_columns(Embedding(some_tokens())), column: damage}
    if (column, damage) in {("token_weights", None), ("token_traits", b"")}:
        return
    with pytest.raises(LibraryError, match="make no sense") as caught:
        tokens_from_row(row)
    assert caught.value.remedy
