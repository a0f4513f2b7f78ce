from __future__ import annotations

import numpy as np
import pytest

from soundglass.embeddings.matching import TokenTable, cosines
from soundglass.embeddings.tokens import directions
from token_sets import random_token_sets, table_of


def test_cosines_are_those_of_unit_vectors() -> None:
    one, other = (tokens.vectors for tokens in random_token_sets(2, seed=3, most=40))
    unit = [v / np.linalg.norm(v.astype(np.float64), axis=1, keepdims=True) for v in (one, other)]
    np.testing.assert_allclose(cosines(one, other), unit[0] @ unit[1].T, rtol=0, atol=1e-15)
    np.testing.assert_allclose(cosines(one, other), directions(one) @ directions(other).T, rtol=0, atol=1e-6)


def test_equal_vectors_have_cosine_one_even_at_the_largest_lengths() -> None:
    vectors = np.stack([np.full(64, 127), np.full(64, -127), np.eye(64)[0], np.full(64, 1)]).astype(np.int8)
    found = cosines(vectors, vectors)
    np.testing.assert_allclose(np.diag(found), 1, rtol=0, atol=1e-15)
    assert found[0, 1] == pytest.approx(-1, abs=1e-15)
    assert found[2, 3] == pytest.approx(1 / 8, abs=1e-15)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 127, 128, 300])
def test_the_nearest_tokens_are_found_track_by_track(n: int, kind: type[np.floating]) -> None:
    tokens = random_token_sets(n, seed=n)
    table, _ = table_of(tokens)
    query = random_token_sets(1, seed=99, most=48)[0].vectors
    there = np.concatenate([found.there() for found in table.compare(query, kind)], axis=1)
    back = np.concatenate([found.back() for found in table.compare(query, kind)])
    assert there.dtype == back.dtype == kind
    wanted = [cosines(query, one.vectors) for one in tokens]
    np.testing.assert_allclose(there.T, [alike.max(axis=1) for alike in wanted], rtol=0, atol=1e-6)
    np.testing.assert_allclose(back, np.concatenate([a.max(axis=0) for a in wanted]), rtol=0, atol=1e-6)
    covered = np.concatenate([np.arange(n)[found.tracks] for found in table.compare(query, kind)])
    np.testing.assert_array_equal(covered, np.arange(n))


def test_some_recordings_can_be_taken_in_any_order_and_twice() -> None:
    tokens = random_token_sets(9)
    table, weights = table_of(tokens)
    chosen = np.array([4, 0, 4, 8])
    taken = table.take(chosen)
    assert len(taken) == 4
    for place, index in enumerate(chosen):
        np.testing.assert_array_equal(taken.vectors[taken.span(place)], tokens[index].vectors)
    wanted = np.concatenate([tokens[index].weights for index in chosen])
    np.testing.assert_array_equal(weights[table.places(chosen)], wanted)
    np.testing.assert_array_equal(taken.squares, table.squares[table.places(chosen)])
    np.testing.assert_allclose(taken.sums(wanted), 1, rtol=1e-6)
    assert len(table.take(np.array([], dtype=int))) == 0


def test_a_table_knows_where_each_recording_is() -> None:
    table = TokenTable.of(np.ones((6, 64), np.int8), [1, 3, 2])
    assert list(table.spans()) == [slice(0, 1), slice(1, 4), slice(4, 6)]
    assert table.counts.tolist() == [1, 3, 2]
