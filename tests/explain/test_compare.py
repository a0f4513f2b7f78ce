from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.explain.base import Explainer
from soundglass.explain.compare import compare, compare_library, spread
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.overlap import rank_biased_overlap
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.features import FeatureRecommender

OTHER = {"tempo": 6.0, "key": 4.0}


class Partly:
    """The recommender of another, of some of its rows only."""

    name = "partly"

    def __init__(self, whole: FeatureRecommender, rows: np.ndarray) -> None:
        self.whole, self.rows = whole, rows

    def scores(self, query: int) -> np.ndarray:
        return self.whole.scores(query)[np.isin(self.whole.rows, self.rows)]

    def exact_scores(self, query: int, matches: np.ndarray) -> np.ndarray:
        return self.whole.exact_scores(query, matches)


class PartlyExplainer(FeatureExplainer):
    """Explains :class:`Partly`."""

    def __init__(self, recommender: Partly) -> None:
        object.__setattr__(self, "recommender", recommender)

    def parts(self, query, matches):
        return FeatureExplainer(self.recommender.whole).parts(query, matches)

    def sentence(self, parts, score):
        return FeatureExplainer(self.recommender.whole).sentence(parts, score)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("compare"), random_values(80, seed=41, missing=0.02))


@pytest.fixture(scope="module")
def two(store: Store) -> tuple[Explainer, Explainer]:
    """Features weighted in two ways, the second under another name and of the rows but the last twenty."""
    other = FeatureRecommender.from_store(store, "csv", OTHER)
    return (
        FeatureExplainer(FeatureRecommender.from_store(store, "csv")),
        PartlyExplainer(Partly(other, np.arange(60))),
    )


def best(explainer: Explainer, query: int, n: int) -> list[int]:
    """The first n of the rows that both can rank."""
    return [row for row, _ in best_first(explainer.recommender, query) if row < 60][:n]


def test_lists_are_those_of_both_over_common_ground(store: Store, two: tuple[Explainer, Explainer]) -> None:
    answer = compare(store, *two, 5, 10)
    assert [own.by for own in answer.lists] == ["features", "partly"]
    for own, explainer in zip(answer.lists, two, strict=True):
        assert [r.track.id for r in own] == [f"t{row}" for row in best(explainer, 5, 10)]
        assert [r.rank for r in own] == list(range(1, 11))
        for r in own:
            assert sum(part.contribution for part in r.parts) == pytest.approx(r.score, abs=1e-9)
    assert answer.n_tracks == 59
    assert answer.notes == ("left out 20 tracks that only features can rank",)


def test_agreement_is_that_of_the_lists(store: Store, two: tuple[Explainer, Explainer]) -> None:
    for query in (0, 17, 44):
        answer = compare(store, *two, query, 10)
        one, other = (best(explainer, query, 10) for explainer in two)
        how = answer.agreement
        assert how.in_common == len({*one} & {*other})
        assert how.overlap == how.in_common / 10
        assert how.rbo == rank_biased_overlap(one, other)
        assert how.same_first == (one[0] == other[0])
        assert 0 < how.correlation < 1


def test_what_only_one_found_has_its_place_in_the_other(
    store: Store, two: tuple[Explainer, Explainer]
) -> None:
    answer = compare(store, *two, 5, 10)
    names = [{r.track.id for r in own} for own in answer.lists]
    for own, rest in ((0, 1), (1, 0)):
        by = answer.lists[own].by
        alone = [found for found in answer.found_by_one if found.by == by]
        assert [found.result.track.id for found in alone] == [
            r.track.id for r in answer.lists[own] if r.track.id not in names[rest]
        ]
        order = best(two[rest], 5, 60)
        for found in alone:
            row = int(found.result.track.id[1:])
            assert order[found.place - 1] == row
            assert found.place > 10
            assert found.score == two[rest].recommender.exact_scores(5, np.array([row]))[0]
            assert found.result.sentence


def test_a_recommender_agrees_with_itself(store: Store, two: tuple[Explainer, Explainer]) -> None:
    answer = compare(store, two[0], two[0], 5, 10)
    assert answer.found_by_one == ()
    assert (answer.agreement.overlap, answer.agreement.same_first) == (1.0, True)
    assert answer.agreement.rbo == pytest.approx(1)
    assert answer.agreement.correlation == pytest.approx(1)


def test_a_small_library_has_short_lists(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(4, seed=42))
    explainers = [FeatureExplainer(FeatureRecommender.from_store(store, "csv", w)) for w in (None, OTHER)]
    answer = compare(store, *explainers, 0, 10)
    assert [len(own) for own in answer.lists] == [3, 3]
    assert answer.agreement.overlap == 1.0


def test_nothing_to_rank_is_refused(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(1))
    alone = FeatureExplainer(FeatureRecommender.from_store(store, "csv"))
    with pytest.raises(FeatureMismatchError, match="no track that both"):
        compare(store, alone, alone, 0, 10)
    with pytest.raises(FeatureMismatchError, match="no two tracks"):
        compare_library(store, alone.recommender, alone.recommender, 10)


def test_a_library_is_compared_track_by_track(store: Store, two: tuple[Explainer, Explainer]) -> None:
    one, other = (explainer.recommender for explainer in two)
    told: list[tuple[int, int]] = []
    answer = compare_library(store, one, other, 5, None, lambda *at: told.append(at))
    singles = [compare(store, *two, query, 5).agreement for query in range(60)]
    assert (answer.by, answer.n, answer.n_tracks, answer.n_asked) == (("features", "partly"), 5, 60, 60)
    for name in ("overlap", "rbo", "correlation", "same_first"):
        assert getattr(answer, name) == pytest.approx(np.mean([getattr(s, name) for s in singles]))
    assert answer.in_common == tuple(np.bincount([s.in_common for s in singles], minlength=6))
    order = sorted(singles, key=lambda s: s.rbo)
    assert [how.rbo for _, how in answer.least] == [s.rbo for s in order[:5]]
    assert [how.rbo for _, how in answer.most] == [s.rbo for s in order[::-1][:5]]
    for track, how in (*answer.most, *answer.least):
        assert how == singles[int(track.id[1:])]
    assert answer.notes == ("left out 20 tracks that only features can rank",)
    assert told == [(done, 60) for done in range(1, 61)]


def test_a_sample_is_spread_and_the_same_every_time(store: Store, two: tuple[Explainer, Explainer]) -> None:
    one, other = (explainer.recommender for explainer in two)
    first, second = (compare_library(store, one, other, 5, 7) for _ in range(2))
    assert first == second
    assert (first.n_asked, sum(first.in_common)) == (7, 7)
    assert spread(np.arange(100), 5).tolist() == [0, 25, 50, 74, 99]
    assert spread(np.arange(3), 50).tolist() == [0, 1, 2]
    with pytest.raises(SoundglassError, match="sample"):
        compare_library(store, one, other, 5, 0)


def test_tracks_that_cannot_be_compared_are_counted(tmp_path: Path) -> None:
    values = random_values(12, seed=43, names=("energy", "valence", "danceability"))
    for column in values.values():
        column[3] = math.nan
    store = store_of(tmp_path, values)
    one, other = (FeatureRecommender.from_store(store, "csv", w) for w in (None, {"energy": 3.0}))
    answer = compare_library(store, one, other, 3)
    assert answer.n_asked == 11
    assert answer.notes == ("left out 1 track that cannot be compared",)
