"""Queries, matches and candidates of libraries whose scores are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.evaluate.study.choice import Asked, choose_queries
from soundglass.evaluate.study.conditions import By
from soundglass.evaluate.study.eligible import Eligible, tracks_needed
from soundglass.evaluate.study.pairing import LEAST_MARGIN, Pair, candidates_of, pair_up, standing
from soundglass.explain.base import Explainer
from soundglass.library.schema import TRACK_COLUMNS
from soundglass.library.store import Store

Values = NDArray[np.float64]


class Known:
    """A recommender, and its explainer, with a table of scores."""

    def __init__(self, scores: Values) -> None:
        self.recommender = self
        self.name = "known"
        self.table = scores
        self.rows = np.arange(len(scores), dtype=np.int64)

    def scores(self, query: int) -> NDArray[np.float32]:
        return self.table[query].astype(np.float32)

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> Values:
        return self.table[query][matches]


class Shelf:
    """What is asked of a store: tracks, all of which have a file."""

    uri = "shelf.lance"

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._tracks = tracks

    def take(self, rows: Sequence[int], names: Sequence[str]) -> pa.Table:
        assert names == TRACK_COLUMNS
        kinds = {"duration": "duration_s"}
        columns = {
            name: [getattr(self._tracks[row], kinds.get(name, name)) for row in rows] for name in names
        }
        columns["genres"] = columns["flags"] = [[] for _ in rows]
        return pa.table(columns)


def nearness(points: Values) -> Values:
    """Score by squared distance: 1 for the same, symmetric."""
    return cast(Values, 1 - ((points[:, None] - points[None]) ** 2).sum(axis=-1) / points.shape[1])


def tracks_of(n: int, artists: Sequence[str] = ()) -> list[Track]:
    named = [artists[row % len(artists)] if artists else "" for row in range(n)]
    return [
        Track(str(row), "audio", f"Title {row}", named[row], path=__file__, duration_s=60.0 + 20 * row)
        for row in range(n)
    ]


def made(n: int, trials: int, seed: int, unlike: float, artists: Sequence[str] = ()) -> Made:
    """Choose from a library of so many tracks, whose recommenders are more or less unlike."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 6))
    other = (1 - unlike) * points + unlike * rng.normal(size=points.shape)
    known = {"features": Known(nearness(points)), "spectrogram": Known(nearness(other))}
    by = cast("dict[By, Explainer]", known)
    tracks = tracks_of(n, artists)
    drawn = {int(row): tracks[row] for row in rng.permutation(n)}
    eligible = Eligible(np.arange(n), drawn, {}, (), n)
    practice, sets = choose_queries(cast(Store, Shelf(tracks)), by, eligible, trials)
    taken = sorted({row for one in (practice, *sets) for row in one.rows})
    candidates = candidates_of(drawn, [tracks[row] for row in taken])
    standings = [standing(by, one, candidates) for one in (practice, *sets)]
    pairs = pair_up(standings[0], standings[1:], candidates, drawn, trials, seed)
    return Made(known, tracks, [practice, *sets], pairs)


class Made:
    def __init__(
        self, by: dict[str, Known], tracks: list[Track], sets: list[Asked], pairs: list[list[Pair]] | None
    ) -> None:
        self.by, self.tracks, self.sets = by, tracks, sets
        assert pairs is not None
        self.pairs = pairs

    def margins(self, at: int, pair: Pair) -> list[float]:
        """How far the pair is apart for either recommender, in standard deviations of all others' scores."""
        query = self.sets[at].query
        found = []
        for known in self.by.values():
            others = np.delete(known.table[query], query)
            found.append(float((known.table[query][pair[0]] - known.table[query][pair[1]]) / others.std()))
        return found


@pytest.mark.parametrize("trials", [1, 3, 8])
@pytest.mark.parametrize("unlike", [0.5, 1.0])
def test_as_many_tracks_as_are_needed_do(trials: int, unlike: float) -> None:
    for seed in range(1 if trials == 8 else 3):
        study = made(tracks_needed(trials), trials, seed, unlike)
        assert [len(pairs) for pairs in study.pairs] == [1, *[trials] * 8]


@pytest.mark.parametrize(("trials", "needed"), [(1, 36), (2, 44), (3, 52), (8, 92)])
def test_needed_are_queries_matches_and_half_of_the_candidates(trials: int, needed: int) -> None:
    queries, matches, candidates = 9, 18, 2 * (8 * trials + 1)
    assert tracks_needed(trials) == queries + matches + candidates // 2 == needed


@pytest.mark.parametrize("n", [52, 70, 150])
def test_no_track_is_in_two_roles_and_candidates_are_in_two_sets_at_most(n: int) -> None:
    study = made(n, 3, 1, 0.5)
    roles = [row for one in study.sets for row in one.rows]
    assert len(roles) == len(set(roles))
    within = [[row for pair in pairs for row in pair] for pairs in study.pairs]
    assert all(len(of_set) == len(set(of_set)) for of_set in within)
    times = Counter(row for of_set in within for row in of_set)
    assert max(times.values()) <= 2
    assert not times.keys() & set(roles)


def test_a_large_library_shows_no_candidate_twice_and_keeps_margins_near_one() -> None:
    study = made(220, 3, 2, 0.5)
    times = Counter(row for pairs in study.pairs for pair in pairs for row in pair)
    assert max(times.values()) == 1
    margins = [
        abs(m) for at, pairs in enumerate(study.pairs) for pair in pairs for m in study.margins(at, pair)
    ]
    assert 0.8 < min(margins) < max(margins) < 1.2


@pytest.mark.parametrize("n", [52, 220])
def test_one_pair_of_a_set_is_ranked_the_other_way_by_the_other_recommender(n: int) -> None:
    study = made(n, 3, 3, 0.5)
    for at, pairs in enumerate(study.pairs):
        margins = [study.margins(at, pair) for pair in pairs]
        assert all(min(map(abs, both)) >= LEAST_MARGIN for both in margins)
        assert sum(one * other < 0 for one, other in margins) == (1 if at else 0)


def test_a_match_is_the_first_recommendation() -> None:
    study = made(300, 1, 4, 0.5)
    for one in study.sets:
        for by, match in one.matches.items():
            scores = study.by[by].table[one.query].copy()
            scores[one.query] = -np.inf
            assert match == scores.argmax()


def test_neither_match_nor_query_is_by_an_artist_heard_before_where_that_can_be() -> None:
    study = made(300, 3, 5, 0.5, [f"Artist {n}" for n in range(60)])
    names = [[study.tracks[row].artist for row in one.rows] for one in study.sets]
    assert all(len(of_set) == len(set(of_set)) for of_set in names if len(of_set) < 3)
    queries = [study.tracks[one.query].artist for one in study.sets]
    assert len(set(queries)) == 9
    assert all(
        study.tracks[match].artist != study.tracks[one.query].artist
        for one in study.sets
        for match in one.matches.values()
    )
    for one, pairs in zip(study.sets, study.pairs, strict=True):
        heard = [study.tracks[row].artist for pair in pairs for row in pair]
        assert len(set(heard)) == len(heard)
        assert not {study.tracks[row].artist for row in one.rows} & set(heard)


def test_one_artist_alone_is_no_reason_for_no_study() -> None:
    study = made(52, 3, 6, 0.5, ["The only one"])
    assert len(study.sets) == 9


def test_copies_of_a_match_are_no_candidates() -> None:
    copy = Track("copy", "audio", "Title 0", "A", path=__file__, duration_s=60.0)
    original = Track("0", "audio", "Title 0", "A", path=__file__, duration_s=60.0)
    other = Track("1", "audio", "Title 1", "A", path=__file__, duration_s=60.0)
    assert candidates_of({0: original, 1: other, 2: copy}, [original]).rows == (1,)


def test_too_few_tracks_say_how_many_are_needed() -> None:
    with pytest.raises(SoundglassError, match=r"52 tracks are needed, 12 of its 12 can be used") as error:
        made(12, 3, 0, 0.5)
    assert "36 tracks" in str(error.value)


def test_what_cannot_be_told_apart_makes_no_pairs() -> None:
    same = Known(np.ones((60, 60)))
    by = cast(Any, {"features": same, "spectrogram": same})
    candidates = candidates_of(dict(enumerate(tracks_of(60)[9:], start=9)), [])
    standings = [standing(by, Asked(q, {"features": q, "spectrogram": q}), candidates) for q in range(9)]
    assert pair_up(standings[0], standings[1:], candidates, dict(enumerate(tracks_of(60))), 1, 0) is None
