from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.core.contract import recommendations_json
from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Track
from soundglass.explain.answer import explain_pair, recommend, tracks
from soundglass.explain.features import FeatureExplainer
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters

Known = tuple[Store, FeatureRecommender]


@pytest.mark.parametrize("library", ["spotify", "spotify114k", "demo", "small"])
def test_every_result_sums_to_its_score_in_json(library: str, request: pytest.FixtureRequest) -> None:
    store, recommender = request.getfixturevalue(library)
    for query in recommender.rows[:: len(recommender.rows) // 6].tolist():
        answer = recommend(store, FeatureExplainer(recommender), query, 20, Filters())
        shape = json.loads(json.dumps(recommendations_json(answer), allow_nan=False))
        assert len(shape["results"]) == 20
        for rank, result in enumerate(shape["results"], start=1):
            assert result["rank"] == rank
            assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6
        scores = [result["score"] for result in shape["results"]]
        assert scores == sorted(scores, reverse=True)


def test_results_are_the_best_that_pass(small: Known) -> None:
    store, recommender = small
    answer = recommend(store, FeatureExplainer(recommender), 5, 10, Filters())
    ranked = list(best_first(recommender, 5))
    assert [(r.track.id, r.score) for r in answer] == [(f"t{row}", score) for row, score in ranked[:10]]
    assert answer.query.id == "t5"
    assert answer.by == "features"
    assert answer.notes == ()
    assert all(r.sentence == FeatureExplainer(recommender).sentence(r.parts, r.score) for r in answer)


def test_more_is_read_when_filters_refuse_much(tmp_path: Path) -> None:
    values = random_values(200, seed=8)
    known = [
        Track(f"t{i}", "csv", title=f"Title {i}", artist="A" if i % 10 else f"B{i}", duration_s=float(i))
        for i in range(200)
    ]
    store = store_of(tmp_path, values, known)
    recommender = FeatureRecommender.from_store(store, "csv")
    answer = recommend(store, FeatureExplainer(recommender), 1, 15, Filters(per_artist=1))
    others = [row for row, _ in best_first(recommender, 1) if row % 10 == 0]
    first_by_a = next(row for row, _ in best_first(recommender, 1) if row % 10)
    wanted = [row for row, _ in best_first(recommender, 1) if row in {first_by_a, *others}][:15]
    assert [r.track.id for r in answer] == [f"t{row}" for row in wanted]
    (note,) = answer.notes
    assert note.startswith("left out ")
    assert note.endswith(" tracks beyond the number per artist")


def test_fewer_results_where_filters_leave_fewer(small: Known) -> None:
    store, recommender = small
    assert len(recommend(store, FeatureExplainer(recommender), 5, 1000, Filters())) == 59
    few = recommend(store, FeatureExplainer(recommender), 5, 10, Filters(where="tempo < 70"))
    wanted = [row for row, _ in best_first(recommender, 5) if recommender.space.values["tempo"][row] < 70]
    assert [r.track.id for r in few] == [f"t{row}" for row in wanted[:10]]
    assert len(recommend(store, FeatureExplainer(recommender), 5, 10, Filters(where="tempo > 1000"))) == 0
    assert len(recommend(store, FeatureExplainer(recommender), 5, 0, Filters())) == 0


def test_a_wrong_condition_is_refused(small: Known) -> None:
    with pytest.raises(LibraryError):
        recommend(small[0], FeatureExplainer(small[1]), 5, 10, Filters(where="groove > 3"))


def test_copies_are_left_out_and_counted(tmp_path: Path) -> None:
    values = {name: np.tile(column, 2) for name, column in random_values(20, seed=9).items()}
    known = [
        Track(f"t{i}", "csv", title=f"Title {i % 20}" + " - Remastered 2011" * (i >= 20), artist="A")
        for i in range(40)
    ]
    store = store_of(tmp_path, values, known)
    recommender = FeatureRecommender.from_store(store, "csv")
    answer = recommend(store, FeatureExplainer(recommender), 3, 30, Filters())
    assert sorted(r.track.id for r in answer) == sorted(f"t{i}" for i in range(20) if i != 3)
    assert set(answer.notes) == {
        "left out 1 track of the same recording",
        "left out 19 tracks of a recording already shown",
    }
    assert len(recommend(store, FeatureExplainer(recommender), 3, 50, Filters(copies=True))) == 39


def test_one_pair_in_full(small: Known) -> None:
    store, recommender = small
    ranked = list(best_first(recommender, 5))
    for place in (1, 10, len(ranked)):
        row, score = ranked[place - 1]
        pair = explain_pair(store, FeatureExplainer(recommender), 5, row)
        assert (pair.query.id, pair.match.id, pair.by) == ("t5", f"t{row}", "features")
        assert (pair.rank, pair.n_tracks) == (place, len(ranked))
        assert pair.score == score
        assert sum(part.contribution for part in pair.parts) == pytest.approx(score, abs=1e-9)
        assert pair.sentence == FeatureExplainer(recommender).sentence(pair.parts, pair.score)
        assert all(change.actual_rank == place for change in pair.counterfactuals)


def test_a_track_is_itself(small: Known) -> None:
    pair = explain_pair(small[0], FeatureExplainer(small[1]), 5, 5)
    assert pair.score == pytest.approx(1, abs=1e-12)
    assert pair.rank == 0
    assert pair.sentence == "They are the same track."
    assert pair.counterfactuals == ()


def test_a_pair_with_too_little_in_common_is_refused(tmp_path: Path) -> None:
    values = random_values(9, names=("energy", "valence", "danceability"))
    values["energy"][1] = values["valence"][1] = np.nan
    store = store_of(tmp_path, values)
    recommender = FeatureRecommender.from_store(store, "csv")
    with pytest.raises(FeatureMismatchError, match="cannot be compared"):
        explain_pair(store, FeatureExplainer(recommender), 0, 1)
    assert "t1" not in {r.track.id for r in recommend(store, FeatureExplainer(recommender), 0, 10, Filters())}


def test_a_library_of_one_track(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(1))
    recommender = FeatureRecommender.from_store(store, "csv")
    assert len(recommend(store, FeatureExplainer(recommender), 0, 10, Filters())) == 0
    with pytest.raises(FeatureMismatchError):
        explain_pair(store, FeatureExplainer(recommender), 0, 0)


def test_a_library_of_two_tracks(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(2))
    recommender = FeatureRecommender.from_store(store, "csv")
    (only,) = recommend(store, FeatureExplainer(recommender), 0, 10, Filters())
    assert only.score == pytest.approx(-1, abs=1e-6)
    assert only.sentence.startswith("They are less alike")


def test_a_table_with_one_feature_of_a_group(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(30, names=("loudness", "mode")))
    recommender = FeatureRecommender.from_store(store, "csv")
    for match in range(1, 30):
        pair = explain_pair(store, FeatureExplainer(recommender), 0, match)
        assert " energy" not in pair.sentence
        assert {change.feature for change in pair.counterfactuals} <= {"loudness", "mode"}


def test_tracks_keep_their_order(small: Known) -> None:
    assert [track.id for track in tracks(small[0], [9, 2, 9])] == ["t9", "t2", "t9"]
