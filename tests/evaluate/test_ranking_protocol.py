from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import pytrec_eval
from ranked import Told, context_of, library_of, tracks_of

from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.measures import MEASURES
from soundglass.evaluate.ranking.protocol import Protocol, ask, protocol, spread
from soundglass.evaluate.ranking.truth import truths

ARTISTS = ["Ann", "Bob", "Ann feat. Bob", "Cyd", "", "Dan", "Eve", "Fay", "Gus", "Hal"] * 3
GENRES = [("rock",), ("rock", "pop"), ("pop",), (), ("rock",)] * 6
N = len(ARTISTS)


def asked_of(context: Context, rows: Sequence[int] = range(N)) -> Protocol:
    chosen = np.array(rows)
    return protocol(context, chosen, truths(context.store).among(chosen))


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return context_of(library_of(tmp_path, tracks_of(N, genres=GENRES, artists=ARTISTS)), tmp_path / "kept")


def names_of(text: str) -> set[str]:
    return set(text.split(" feat. ")) - {""}


def by_hand(scores: np.ndarray, filtered: bool) -> list[list[float]]:
    """The figures of genre by trec_eval, from candidates picked one by one."""
    found = []
    for query in range(N):
        mine = names_of(ARTISTS[query])
        if not GENRES[query] or (filtered and not mine):
            continue
        candidates = [
            track
            for track in range(N)
            if track != query and GENRES[track] and not (filtered and mine & names_of(ARTISTS[track]))
        ]
        wanted = {str(t): 1 for t in candidates if set(GENRES[t]) & set(GENRES[query])}
        run = {str(t): float(scores[query, t]) for t in candidates}
        evaluator = pytrec_eval.RelevanceEvaluator({"q": wanted}, {"P.5,10", "ndcg_cut.10", "map", "Rprec"})
        figures = evaluator.evaluate({"q": run})["q"]
        found.append([figures[name] for name in ("P_5", "P_10", "ndcg_cut_10", "map", "Rprec")])
    return found


def test_every_question_is_what_trec_eval_makes_of_it(context: Context) -> None:
    scores = np.random.default_rng(1).permuted(np.tile(np.arange(N, dtype=float), (N, 1)), axis=1)
    asked = asked_of(context)
    found = dict(zip([q.name for q in asked.questions], ask(context, Told(scores), asked), strict=True))
    for filtered, name in ((False, "genre, artist filter off"), (True, "genre, artist filter on")):
        known = found[name][np.isfinite(found[name]).all(axis=1)]
        np.testing.assert_allclose(known, by_hand(scores, filtered), atol=1e-12)


def test_unknown_artists_are_not_asked_about_where_artists_are_barred(context: Context) -> None:
    asked = asked_of(context)
    usable = {q.name: q.usable for q in asked.questions}
    nobody = np.array([not by for by in ARTISTS])
    assert not usable["genre, artist filter on"][nobody].any()
    assert usable["genre, artist filter off"][nobody].all()
    assert "artist, artist filter on" not in usable
    assert not usable["artist, artist filter off"][nobody].any()


def test_chance_and_ceiling_by_hand(tmp_path: Path) -> None:
    """24 tracks: pairs of one genre; each query has 1 of 23 to find."""
    tracks = tracks_of(24, genres=[(f"g{i // 2}",) for i in range(24)])
    context = context_of(library_of(tmp_path, tracks))
    question = asked_of(context, range(24)).questions[0]
    assert question.name == "genre, artist filter off"
    assert question.chance == pytest.approx(1 / 23)
    assert question.ceiling == pytest.approx(0.1)


def test_a_random_order_has_the_precision_of_chance(context: Context) -> None:
    asked = asked_of(context)
    rng = np.random.default_rng(2)
    means = [ask(context, Told(rng.random((N, N)), f"n{i}"), asked)[..., 0] for i in range(60)]
    for found, question in zip(np.nanmean(means, axis=(0, 2)), asked.questions, strict=True):
        assert found == pytest.approx(question.chance, abs=0.03)


def test_what_too_few_queries_know_or_all_share_is_left_out_and_named(tmp_path: Path) -> None:
    genres = [("music",)] * 30
    artists = ["Ann", "Ann", *(f"A{i}" for i in range(28))]
    asked = asked_of(context_of(library_of(tmp_path, tracks_of(30, genres=genres, artists=artists))))
    assert not asked.questions
    notes = "\n".join(asked.notes)
    assert "artist, artist filter off: left out, only 2 of 30 queries have anything to find" in notes
    assert "genre, artist filter off: left out, 100% of all tracks belong to a query" in notes
    assert "playlist: left out, the library does not tell it" in notes


def test_only_the_rows_compared_are_asked_about_and_found(context: Context) -> None:
    rows = np.arange(0, N, 2)
    scores = np.random.default_rng(3).random((N, N))
    system = Told(scores[::2, ::2], step=2)
    asked = protocol(context, rows, truths(context.store).among(rows))
    ask(context, system, asked)
    assert system.asked == rows.tolist()


def test_a_system_is_asked_once_and_others_are_not_asked_again(context: Context) -> None:
    asked = asked_of(context)
    scores = np.random.default_rng(4).random((N, N))
    first = ask(context, Told(scores), asked)
    again, other = Told(scores), Told(scores, "other")
    np.testing.assert_array_equal(ask(context, again, asked), first)
    ask(context, other, asked)
    assert (len(again.asked), len(other.asked)) == (0, N)


def test_other_truths_are_another_question(context: Context) -> None:
    asked = asked_of(context)
    scores = np.random.default_rng(5).random((N, N))
    ask(context, Told(scores), asked)
    rows = np.arange(N - 1)
    again = Told(scores[:-1, :-1])
    ask(context, again, protocol(context, rows, truths(context.store).among(rows)))
    assert again.asked


@pytest.mark.parametrize(("n", "n_chosen"), [(1000, 30), (7, 7), (5, 100), (1, 1)])
def test_queries_are_spread_evenly(n: int, n_chosen: int) -> None:
    places = spread(n, n_chosen, seed=0)
    assert len(places) == min(n, n_chosen)
    assert places[0] >= 0
    assert places[-1] < n
    steps = np.diff(places)
    assert len(steps) == 0 or (steps.min() >= n // n_chosen and steps.max() <= n // len(places) + 1)


def test_queries_follow_the_seed() -> None:
    assert spread(1000, 10, seed=1).tolist() == spread(1000, 10, seed=1).tolist()
    assert spread(1000, 10, seed=1).tolist() != spread(1000, 10, seed=2).tolist()
    assert spread(0, 10, seed=1).tolist() == []


def test_measures_are_in_the_order_of_their_names(context: Context) -> None:
    """All that belongs first: everything is as high as it can be."""
    asked = asked_of(context)
    at = [q.name for q in asked.questions].index("genre, artist filter off")
    truth = asked.questions[at].truth
    scores = np.array([truth.relevant(query) for query in range(N)], dtype=float)
    found = ask(context, Told(scores), asked)[at]
    found = found[np.isfinite(found).all(axis=1)]
    ideal = dict(zip(MEASURES, found.T, strict=True))
    assert (ideal["MAP"] == 1).all()
    assert (ideal["R-precision"] == 1).all()
    assert ideal["nDCG@10"] == pytest.approx(1)
    assert (ideal["P@10"] <= ideal["P@5"]).all()
    assert ideal["P@10"].mean() == pytest.approx(asked.questions[at].ceiling)
