"""Terms of a score become findings; nothing is lost and nothing is counted twice."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.types import Region
from soundglass.embeddings.tokens import TokenSet
from soundglass.explain.regions import Finding, around, findings, neighbours
from token_sets import random_token_sets

LOW, HIGH = (50.0, 400.0), (1000.0, 4000.0)


def tokens_at(*boxes: tuple[float, tuple[float, float]]) -> TokenSet:
    """Make tokens that last 1.3 s each, by start and range."""
    shape = np.array([(start, start + 1.3, *hz) for start, hz in boxes], dtype=np.float32)
    n = len(boxes)
    return TokenSet(
        np.ones((n, 64), np.int8), np.full(n, 1 / n, np.float32), shape, np.zeros((n, 9), np.uint8)
    )


def grouped(
    query: TokenSet, match: TokenSet, forward: list[tuple[int, float]], backward: list[tuple[int, float]]
) -> tuple[Finding, ...]:
    sides = [
        (np.array([partner for partner, _ in side]), np.array([share for _, share in side]))
        for side in (forward, backward)
    ]
    return findings(sides[0], sides[1], query, match)


def test_tokens_that_point_at_each_other_are_one() -> None:
    query, match = tokens_at((0, LOW), (10, LOW)), tokens_at((5, LOW), (20, HIGH))
    first, second = grouped(query, match, [(0, 0.3), (1, 0.1)], [(0, 0.2), (1, 0.1)])
    assert first.contribution == pytest.approx(0.5)
    assert [(place.query, place.match) for place in first.places] == [((0,), (0,))]
    assert [(place.query, place.match) for place in second.places] == [((1,), (1,))]


def test_neighbouring_pairs_become_one_region() -> None:
    query, match = tokens_at((0, LOW), (0.3, LOW), (9, LOW)), tokens_at((5, LOW), (5.4, LOW), (20, LOW))
    first, second = grouped(query, match, [(0, 0.3), (1, 0.2), (2, 0.1)], [(0, 0.1), (1, 0.1), (2, 0.05)])
    assert [(place.query, place.match) for place in first.places] == [((0, 1), (0, 1))]
    assert first.places[0].heart == (0, 0)
    seen, found = first.places[0].regions(query, match)
    assert seen == Region(0, pytest.approx(1.6), *LOW)  # type: ignore[arg-type]
    assert found == Region(5, pytest.approx(6.7), *LOW)  # type: ignore[arg-type]
    assert [(place.query, place.match) for place in second.places] == [((2,), (2,))]


def test_what_one_region_finds_in_several_places_is_one_finding() -> None:
    query, match = tokens_at((0, LOW)), tokens_at((5, LOW), (20, LOW), (40, LOW))
    (found,) = grouped(query, match, [(1, 0.3)], [(0, 0.1), (0, 0.2), (0, 0.15)])
    assert found.source == "query"
    assert found.contribution == pytest.approx(0.75)
    assert [place.match for place in found.places] == [(1,), (2,), (0,)]


def test_what_speaks_against_is_told_of_the_token_that_is_missed() -> None:
    query, match = tokens_at((0, LOW), (9, HIGH)), tokens_at((5, LOW))
    first, second = grouped(query, match, [(0, 0.3), (0, -0.2)], [(0, 0.1)])
    assert (first.is_match, second.is_match) == (True, False)
    assert (second.source, second.places[0].query) == ("query", (1,))
    against, *_ = grouped(match, query, [(0, -0.01)], [(0, -0.3), (0, 0.2)])[1:]
    assert (against.source, against.places[0].match) == ("match", (0,))


def test_a_term_of_nothing_is_kept() -> None:
    query, match = tokens_at((0, LOW)), tokens_at((5, LOW))
    (found,) = grouped(query, match, [(0, 0.0)], [(0, 0.0)])
    assert found.contribution == 0
    assert found.places[0].query == (0,)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_every_pair_is_in_exactly_one_place_and_the_sum_is_kept(seed: int) -> None:
    rng = np.random.default_rng(seed)
    query, match = random_token_sets(2, seed, most=48)
    forward = rng.integers(len(match), size=len(query)), rng.normal(size=len(query))
    backward = rng.integers(len(query), size=len(match)), rng.normal(size=len(match))
    found = findings(forward, backward, query, match)
    pairs = {(i, j) for i, j in enumerate(forward[0].tolist())}
    pairs |= {(i, j) for j, i in enumerate(backward[0].tolist())}
    hearts = [place.heart for finding in found for place in finding.places]
    assert len(set(hearts)) == len(hearts) <= len(pairs)
    assert set(hearts) <= pairs
    total = float(forward[1].sum() + backward[1].sum())
    assert sum(finding.contribution for finding in found) == pytest.approx(total, abs=1e-9)
    assert all(before.contribution >= after.contribution for before, after in pairwise(found))
    seen = {token for finding in found for place in finding.places for token in place.query}
    assert seen == set(range(len(query)))
    assert found == findings(forward, backward, query, match)


def test_neighbours_overlap_by_half_of_the_smaller_in_time_and_frequency() -> None:
    boxes = random_token_sets(1, 3, most=48)[0].boxes
    for i, one in enumerate(boxes):
        for j, other in enumerate(boxes):
            enough = all(
                min(one[high], other[high]) - max(one[low], other[low])
                >= 0.5 * min(one[high] - one[low], other[high] - other[low])
                for low, high in ((0, 1), (2, 3))
            )
            assert neighbours(boxes)[i, j] == enough


def test_a_region_is_the_smallest_box_around_its_tokens() -> None:
    tokens = tokens_at((3, LOW), (1, HIGH), (50, HIGH))
    assert around(tokens, (0, 1)) == Region(1.0, pytest.approx(4.3), 50.0, 4000.0)  # type: ignore[arg-type]
