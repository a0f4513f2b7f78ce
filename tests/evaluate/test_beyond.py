from __future__ import annotations

import numpy as np
import pytest
from ranked import Told, context_of, library_of, tracks_of

from soundglass.core.statistics import Estimate
from soundglass.evaluate.ranking.beyond import beyond_accuracy

N = 12


@pytest.fixture
def context(tmp_path):
    artists = [f"Artist {i % 4}" for i in range(N)]
    store = library_of(tmp_path, tracks_of(N, artists=artists), popularity=list(range(1, N + 1)))
    return context_of(store, tmp_path / "kept")


def column(table, heading):
    at = table.columns.index(heading)
    return {row[0]: row[at] for row in table.rows}


def test_a_system_that_lists_the_same_tracks_covers_little_and_one_that_turns_covers_all(context):
    same = Told(np.tile(np.arange(N, 0.0, -1), (N, 1)), "same")
    turn = Told(-np.abs((np.arange(N) - np.arange(N)[:, None] - 6) % N - 0.1), "turn")
    found = beyond_accuracy(context, [same, turn], np.arange(N), np.array([f"a{i % 4}" for i in range(N)]))
    assert found.exposures["same"].coverage.value == pytest.approx(11 / N)
    assert found.exposures["turn"].coverage.value == 1
    assert found.exposures["turn"].gini.value < found.exposures["same"].gini.value
    coverage = column(found.tables[0], "coverage@10")
    assert coverage == {name: one.coverage for name, one in found.exposures.items()}
    assert found.notes == ()


def test_lists_are_judged_for_the_queries_alone(context):
    system = Told(np.tile(np.arange(N, 0.0, -1), (N, 1)), "same")
    found = beyond_accuracy(context, [system], np.array([0, 11]), np.array([""] * N))
    lift = column(found.tables[1], "popularity lift")["same"]
    listed = [np.arange(2, 12).mean(), np.arange(1, 11).mean()]  # 1 to 10 of query 0, 0 to 9 of query 11
    assert lift.value == pytest.approx(np.mean(listed) / 6.5)
    assert lift.n == 2


def test_no_system_is_judged_by_what_it_ranks_by(context):
    scores = np.random.default_rng(0).random((N, N))
    systems = [Told(scores, name) for name in ("features", "seed-cosine", "random")]
    found = beyond_accuracy(context, systems, np.arange(N), np.array([""] * N))
    judged = column(found.tables[1], "unlike by features")
    assert judged["features"] is None
    assert judged["seed-cosine"] is None
    assert isinstance(judged["random"], Estimate)


def test_what_is_known_in_part_is_said(context, monkeypatch):
    monkeypatch.setattr("soundglass.evaluate.ranking.exposure.MOST_PAIRS", 60)
    system = Told(np.random.default_rng(0).random((N, N)))
    found = beyond_accuracy(context, [system], np.arange(N), np.array([""] * N))
    assert found.notes == ("Of 12 tracks, exposure is known in part: told about 5",)


def test_nothing_to_ask_gives_nothing(context):
    assert beyond_accuracy(context, [], np.arange(2), np.array(["", ""])).tables == ()
    system = Told(np.zeros((N, N)))
    assert beyond_accuracy(context, [system], np.empty(0, np.int64), np.array([""] * N)).tables == ()
