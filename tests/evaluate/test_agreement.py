from __future__ import annotations

import numpy as np
import pytest
from ranked import Told, context_of, library_of, tracks_of

from soundglass.evaluate.ranking.agreement import agreement, jaccard
from soundglass.explain.overlap import rank_biased_overlap

N = 30


@pytest.fixture
def context(tmp_path):
    genres = [
        ("Rock", "Folk") if i < 6 else ("rock",) if i < 12 else ("Jazz",) if i < 15 else () for i in range(N)
    ]
    return context_of(library_of(tmp_path, tracks_of(N, genres=genres)))


def told(name, seed):
    return Told(np.random.default_rng(seed).random((N, N)), name)


def ranking(system, query):
    return [row for row in np.argsort(-system.scores(query)).tolist() if row != query]


def test_jaccard_is_the_share_of_either_that_is_in_both():
    one = np.array([[1, 2, 3, 4], [1, 2, -1, -1], [1, 2, 3, 4], [-1, -1, -1, -1], [1, -1, -1, -1]])
    other = np.array([[4, 3, 2, 1], [3, 4, 5, 6], [4, 5, 6, 7], [-1, -1, -1, -1], [-1, -1, -1, -1]])
    assert jaccard(one, other) == pytest.approx([1, 0, 1 / 7, np.nan, 0], nan_ok=True)


def test_agreement_is_the_mean_over_the_queries_of_all_and_of_each_genre(context):
    systems = [told("features", 0), told("spectrogram", 1)]
    queries = np.arange(0, N, 2)
    table, notes = agreement(context, systems, queries, np.array([""] * N))
    lists = {query: [ranking(system, query) for system in systems] for query in queries.tolist()}

    def expected(chosen):
        pairs = [lists[query] for query in chosen]
        shares = [len({*a[:10]} & {*b[:10]}) / len({*a[:10]} | {*b[:10]}) for a, b in pairs]
        return np.mean(shares), np.mean([rank_biased_overlap(a, b) for a, b in pairs])

    found = {row[0]: (row[1], row[2].value, row[3].value) for row in table.rows}
    rock = [query for query in queries.tolist() if query < 12]
    assert found.keys() == {"all", "rock"}  # three queries are folk, two are jazz
    assert found["all"] == pytest.approx((15, *expected(queries.tolist())))
    assert found["rock"] == pytest.approx((6, *expected(rock)))
    assert notes == ()


def test_the_same_lists_agree_wholly_and_chance_is_shown_beside(context):
    systems = [told("features", 0), told("spectrogram", 0), told("random", 5)]
    table, _ = agreement(context, systems, np.arange(N), np.array([""] * N))
    found = {row[0]: row[2:] for row in table.rows}
    assert [cell.value for cell in found["all"]] == pytest.approx([1, 1])
    assert 0.05 < found["features and random"][0].value < 0.4


@pytest.mark.parametrize("name", ["features", "spectrogram"])
def test_one_recommender_alone_agrees_with_nobody(context, name):
    table, notes = agreement(context, [told(name, 0), told("random", 1)], np.arange(N), np.array([""] * N))
    assert table is None
    assert notes == ("Agreement is left out: it takes both features and spectrogram",)


def test_without_queries_there_is_no_table(context):
    systems = [told("features", 0), told("spectrogram", 1)]
    assert agreement(context, systems, np.empty(0, np.int64), np.array([""] * N))[0] is None
