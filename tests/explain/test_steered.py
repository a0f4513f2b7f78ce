"""Steered lists: scores that add up, sentences that hold, and why tracks rose and fell, all checked again."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.core.catalogue import CATALOGUE, GROUPS
from soundglass.core.errors import SoundglassError
from soundglass.explain.answer import explain_pair, recommend
from soundglass.explain.base import Explainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.moves import Cause, Move
from soundglass.explain.registry import Explainers
from soundglass.explain.steered import SteeredList, plain_rows, steered_answer, steered_list
from soundglass.explain.steering import Step, asked_of, following, steer
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters
from soundglass.recommend.steering import Steering
from soundglass.surfaces.library import Library

N = 15
STEERINGS = [
    Steering({"tempo": 0}),
    Steering({"valence": 3, "energy": 0.5}),
    Steering({}, {"energy": -1.5}),
    Steering({}, {"acousticness": 1, "valence": -0.5, "tempo": 0.4}),
    Steering({"tempo": 0, "danceability": 2}, {"energy": 1}, 90, 140),
    Steering(fastest=100),
]
QUERIES = (100, 5_000, 23_456)

Found = tuple[Store, FeatureRecommender]


def listed(found: Found, row: int, steering: Steering) -> SteeredList:
    store, recommender = found
    return steered_list(store, FeatureExplainer(recommender), row, steering, N, Filters())


@pytest.fixture(scope="module")
def lists(spotify: Found) -> list[tuple[int, SteeredList]]:
    return [(row, listed(spotify, row, steering)) for row in QUERIES for steering in STEERINGS]


# -- scores and sentences --------------------------------------------------------------------


def test_parts_sum_to_the_score_and_rank_the_list(lists: list[tuple[int, SteeredList]]) -> None:
    for _, found in lists:
        scores = [result.score for result in found.answer]
        assert len(scores) == N
        assert scores == sorted(scores, reverse=True)
        for result in found.answer:
            assert sum(part.contribution for part in result.parts) == pytest.approx(result.score, abs=1e-6)
            off = {group for group, weight in found.steering.weights.items() if weight == 0}
            assert not off & {part.name for part in result.parts}


def test_the_list_holds_the_best_of_all(spotify: Found) -> None:
    store, recommender = spotify
    steering = Steering({"tempo": 0, "valence": 2}, {"energy": -1}, 80, 130)
    steered = steer(FeatureExplainer(recommender), steering, 100)
    exact = steered.recommender.exact_scores(100, recommender.rows)
    tempi = np.rint(recommender.space.values["tempo"])
    best = np.where((tempi >= 80) & (tempi <= 130) & (recommender.rows != 100), exact, -np.inf)
    answer = steered_answer(store, FeatureExplainer(recommender), 100, steering, N, Filters(copies=True))
    assert [result.score for result in answer] == pytest.approx(sorted(best, reverse=True)[:N], abs=1e-12)


def test_a_sentence_says_how_far_what_was_asked_for_is_met(spotify: Found) -> None:
    """Its numbers and its direction are those of the data, and no claim is within the quarter of a spread."""
    _, recommender = spotify
    space, said = recommender.space, set()
    for row in QUERIES:
        for shift in (-1.5, 1.5):
            found = listed(spotify, row, Steering({}, {"valence": shift}))
            for result in found.answer:
                match = re.match(
                    r"You asked for (darker in mood|more cheerful): the match is "
                    r"(not clearly )?(darker in mood|more cheerful) \(([\d.]+) against ([\d.]+)\)\.",
                    result.sentence,
                )
                assert match, result.sentence
                wish, hardly, is_now, theirs, own = match.groups()
                assert wish == CATALOGUE["valence"].comparatives[shift > 0]
                actual = {p.name: p for p in result.parts}["valence"]
                assert float(own) == pytest.approx(space.values["valence"][row], abs=0.0051)
                assert float(theirs) == pytest.approx(actual.match.value, abs=0.0051)
                apart = actual.match.value - float(space.values["valence"][row])
                clear = abs(apart) > 0.25 * space.distributions["valence"].spread
                said.add((bool(hardly), is_now == wish))
                assert bool(hardly) != clear
                if clear:
                    assert is_now == CATALOGUE["valence"].comparatives[apart > 0]
    assert (False, True) in said


def test_what_was_asked_for_is_marked_in_the_parts_and_nothing_else_is(spotify: Found) -> None:
    _, recommender = spotify
    steering = Steering({}, {"energy": -1})
    found = listed(spotify, 100, steering)
    plain = FeatureExplainer(recommender).parts(100, [7])[0]
    steered = steer(FeatureExplainer(recommender), steering, 100).parts(100, [7])[0]
    before = {part.name: part for part in plain}
    for part in steered:
        if part.name != "energy":
            assert part.query == before[part.name].query
            continue
        (member,) = part.members
        for name, shown in (("energy", part), ("loudness", member)):
            wanted = found.wanted[name]
            assert shown.query.value == pytest.approx(wanted.asked, rel=1e-6)
            assert shown.query.label == f"asked {CATALOGUE[name].text(wanted.asked, 'csv')}"
            assert wanted.actual == recommender.space.values[name][100]


def test_claims_about_both_are_never_made_of_what_was_asked_for(lists: list[tuple[int, SteeredList]]) -> None:
    for _, found in lists:
        moved = {f for group in found.steering.shifts for f in GROUPS[group]}
        for result in found.answer:
            rest = result.sentence
            if found.steering.shifts:
                assert rest.startswith("You asked for ")
                rest = re.split(r"\)\. ", rest, maxsplit=1)[-1] if ". " in rest else ""
            for feature in moved:
                for word in feature.words:
                    assert not re.search(rf"both are [^(]*\b{re.escape(word)}\b", rest, re.IGNORECASE)


@pytest.mark.parametrize(
    ("shared", "opposed", "score", "expected"),
    [
        ("they are alike", "", 0.5, "You asked. They are alike."),
        ("they are alike", "it is far", 0.5, "You asked. They are alike, but it is far."),
        ("", "it is far", 0.5, "You asked. But it is far."),
        ("", "", 0.5, "You asked."),
        ("", "", 0.01, "You asked. On the whole it is hardly nearer to that than a random track."),
        (
            "",
            "it is far",
            -1,
            "You asked. On the whole it is no nearer to that than a random track: it is far.",
        ),
    ],
)
def test_sentences_are_put_together(shared: str, opposed: str, score: float, expected: str) -> None:
    assert following("you asked", shared, opposed, score) == expected


def test_a_step_that_goes_the_other_way_is_said_to(spotify: Found) -> None:
    store, recommender = spotify
    values = recommender.space.values["energy"]
    row, calmest = int(np.argsort(values)[len(values) // 2]), int(values.argmin())
    steered = steer(FeatureExplainer(recommender), Steering({}, {"energy": 1}), row)
    part = next(part for part in steered.parts(row, [calmest])[0] if part.name == "energy")
    answered = asked_of(steered)[0], steered.answered(part)
    assert answered[1].step is Step.AGAINST
    assert (
        "You asked for more energetic: the match is calmer"
        in explain_pair(store, steered, row, calmest).sentence
    )


# -- who rose and who fell -------------------------------------------------------------------


def test_ranks_are_those_of_both_lists(spotify: Found, lists: list[tuple[int, SteeredList]]) -> None:
    store, recommender = spotify
    for row, found in lists:
        before = [r.track.id for r in recommend(store, FeatureExplainer(recommender), row, N, Filters())]
        now = [r.track.id for r in found.answer]
        assert [move.track.id for move in found.moves] == now
        assert [move.rank for move in found.moves] == list(range(1, N + 1))
        assert [move.was for move in found.moves] == [
            before.index(i) + 1 if i in before else None for i in now
        ]
        assert [move.track.id for move in found.fallen] == [i for i in before if i not in now]
        assert [move.was for move in found.fallen] == [before.index(m.track.id) + 1 for m in found.fallen]
        assert all(move.rank is None and not move.rose for move in found.fallen)
        for move in (*found.moves, *found.fallen):
            assert (move.cause is None) == (move.rank == move.was) == (not move.sentence)


def test_places_are_counted_over_all_tracks(spotify: Found, lists: list[tuple[int, SteeredList]]) -> None:
    store, recommender = spotify
    plain = FeatureExplainer(recommender)
    tempi = np.rint(recommender.space.values["tempo"])
    for row, found in lists[:8]:
        others = recommender.rows[recommender.rows != row]
        steered = steer(plain, found.steering, row).recommender.exact_scores(row, others)
        low, high = found.steering.slowest or 0, found.steering.fastest or 1000
        steered[(tempi[others] < low) | (tempi[others] > high)] = -np.inf
        unsteered = recommender.exact_scores(row, others)
        for move in (*found.moves, *found.fallen):
            at = int(np.searchsorted(others, store.row_of(move.track.id)))
            if None not in {move.rank, move.was} or move.cause is Cause.OUT_OF_RANGE:
                assert move.place is None
            else:
                scores = unsteered if move.was is None else steered
                assert move.place == 1 + int((scores > scores[at]).sum())


def distances(space, query: int, rows: list[int], name: str) -> np.ndarray:
    """Squared distance in one feature alone, from the axes."""
    own = np.array([space.scales[owner].feature.name == name for owner in space.owner])
    return ((space.axes[rows][:, own].astype(float) - space.axes[query][own].astype(float)) ** 2).sum(axis=1)


def test_every_cause_holds(spotify: Found, lists: list[tuple[int, SteeredList]]) -> None:
    """What a sentence claims is found again in the axes of both spaces, feature by feature."""
    store, recommender = spotify
    plain, seen = recommender.space, set()
    for row, found in lists:
        moves = [*found.moves, *found.fallen]
        rows = [store.row_of(move.track.id) for move in moves]
        after_space = steer(FeatureExplainer(recommender), found.steering, row).recommender.space
        usual = np.mean(((plain.axes.astype(float) - plain.axes[row].astype(float)) ** 2).sum(axis=1))
        gains = {}
        for scale in plain.scales:
            name = scale.feature.name
            before, after = (distances(space, row, rows, name) / usual for space in (plain, after_space))
            gains[name] = [against_others(each) for each in (before, after)]
        for index, move in enumerate(moves):
            if move.cause is None:
                continue
            seen.add((move.cause, move.rose))
            check(
                move,
                found.steering,
                {name: (b[index], a[index]) for name, (b, a) in gains.items()},
                plain,
                rows[index],
            )
    kinds = {kind for kind, _ in seen}
    assert {Cause.OUT_OF_RANGE, Cause.WEIGHTED, Cause.ASKED, Cause.NOT_ASKED, Cause.OTHERS} <= kinds
    assert {
        (Cause.WEIGHTED, True),
        (Cause.WEIGHTED, False),
        (Cause.ASKED, True),
        (Cause.ASKED, False),
    } <= seen


def against_others(each: np.ndarray) -> np.ndarray:
    return np.array([each[i] - np.delete(each, i).mean() for i in range(len(each))])


def check(move: Move, steering: Steering, more: dict[str, tuple[float, float]], space, row: int) -> None:
    sign = 1 if move.rose else -1
    touched = {name for name in more if CATALOGUE[name].group in steering.touched}
    changes = {name: more[name][0] - more[name][1] for name in touched}
    if move.cause is Cause.OUT_OF_RANGE:
        tempo = round(float(space.values["tempo"][row]))
        assert f"its tempo is {tempo} BPM, and you asked for {steering.range_text}" == move.sentence
        assert not (steering.slowest or 0) <= tempo <= (steering.fastest or 1000)
        return
    if move.cause is Cause.OTHERS:
        assert all(sign * change < 0.005 for change in changes.values())
        return
    before, after = more[move.feature]
    noun = CATALOGUE[move.feature].noun
    assert move.change == pytest.approx(changes[move.feature], abs=1e-5)
    assert sign * move.change == pytest.approx(max(sign * change for change in changes.values()), abs=1e-5)
    assert noun in move.sentence
    assert (
        CATALOGUE[move.feature].text(float(str(space.values[move.feature][row])), "csv").split()[0]
        in move.sentence
    )
    group = CATALOGUE[move.feature].group
    if move.cause is Cause.WEIGHTED:
        assert group in steering.weights
        assert (steering.weights[group] == 0) == ("no longer counts" in move.sentence)
        assert ("further off" in move.sentence) == (before > 0)
    elif move.cause is Cause.ASKED:
        assert group in steering.shifts
        assert ("nearer than the others" in move.sentence) == (after < 0) == move.rose
    else:
        assert group in steering.shifts
        assert ("further off" in move.sentence) == (before > 0) == move.rose


def test_without_steering_nothing_moves(spotify: Found) -> None:
    found = listed(spotify, 100, Steering())
    assert all(move.cause is None for move in found.moves)
    assert found.fallen == ()
    plain = recommend(spotify[0], FeatureExplainer(spotify[1]), 100, N, Filters())
    assert found.answer.results == plain.results
    assert found.answer.notes == plain.notes


def test_what_parts_carry_is_their_mean_over_the_list(lists: list[tuple[int, SteeredList]]) -> None:
    for _, found in lists:
        assert list(found.carried.values()) == sorted(found.carried.values(), reverse=True)
        for group, amount in found.carried.items():
            parts = [part.contribution for r in found.answer for part in r.parts if part.name == group]
            assert amount == pytest.approx(sum(parts) / N, abs=1e-9)
            if found.steering.weights.get(group) == 0:
                assert amount == 0


def test_a_plain_list_that_is_known_is_not_looked_for_again(spotify: Found) -> None:
    store, recommender = spotify
    explainer = FeatureExplainer(recommender)
    rows = plain_rows(store, explainer, 100, N, Filters())
    assert steered_list(store, explainer, 100, STEERINGS[0], N, Filters(), rows) == listed(
        spotify, 100, STEERINGS[0]
    )


# -- gaps, blends and what cannot be ---------------------------------------------------------


def test_gaps_are_told_and_do_no_harm(tmp_path: Path) -> None:
    values = random_values(80, seed=5, missing=0.25)
    values["valence"][3] = np.nan
    store = store_of(tmp_path, values)
    recommender = FeatureRecommender.from_store(store, "csv")
    steering = Steering({"tempo": 0, "danceability": 0}, {"valence": 1, "danceability": 1, "energy": -1})
    found = listed((store, recommender), 3, steering)
    assert found.answer.notes[:3] == (
        f"steered: {', '.join(steering.wishes)}",
        "asking for more danceable changes nothing while danceability does not count",
        "more cheerful could not be asked for: nothing is known of its valence",
    )
    for result in found.answer:
        assert sum(part.contribution for part in result.parts) == pytest.approx(result.score, abs=1e-6)
        assert "more cheerful:" not in result.sentence


def test_what_could_not_be_compared_before_is_told(tmp_path: Path) -> None:
    """Turning parts off can leave too little that both know, and can make comparable what was not."""
    values = random_values(40, seed=6, names=["energy", "valence", "tempo", "danceability", "acousticness"])
    for name in ("valence", "tempo", "danceability", "acousticness"):
        values[name][20:] = np.nan
    store = store_of(tmp_path, values)
    recommender = FeatureRecommender.from_store(store, "csv")
    off = dict.fromkeys(("valence", "danceability", "acousticness", "tempo"), 0.0)
    found = listed((store, recommender), 0, Steering(off))
    new = [move for move in found.moves if move.was is None and int(move.track.id[1:]) >= 20]
    assert new
    assert {move.cause for move in new} == {Cause.NOT_COMPARED}
    assert {move.sentence for move in new} == {"too little is known of it to compare it before"}
    assert {move.place for move in new} == {None}


def test_a_range_that_nothing_is_in_gives_an_empty_list(spotify: Found) -> None:
    found = listed(spotify, 100, Steering(slowest=399))
    assert len(found.answer) == 0
    assert {move.cause for move in found.fallen} == {Cause.OUT_OF_RANGE}
    assert any("left out 28,355 tracks" in note for note in found.answer.notes)


@pytest.fixture(scope="module")
def blend(demo_library: Library) -> tuple[Store, Explainer]:
    store = Store(demo_library.uri)
    return store, Explainers(store).of("blend", 5)


def test_a_blend_is_steered_in_its_features(blend: tuple[Store, Explainer]) -> None:
    store, explainer = blend
    steering = Steering({"tempo": 0}, {"energy": -1}, by="blend")
    found = steered_list(store, explainer, 5, steering, 10, Filters())
    weight = explainer.recommender.weight
    features = steer(FeatureExplainer(explainer.features.recommender), replace(steering, by="features"), 5)
    rows = np.array([store.row_of(result.track.id) for result in found.answer])
    expected = (1 - weight) * features.recommender.exact_scores(5, rows)
    expected += weight * explainer.spectrogram.recommender.exact_scores(5, rows)
    assert [result.score for result in found.answer] == pytest.approx(expected, abs=1e-9)
    for result in found.answer:
        assert sum(part.contribution for part in result.parts) == pytest.approx(result.score, abs=1e-6)
        assert result.sentence.startswith("You asked for calmer: the match is ")
        assert "tempo" not in {part.name for part in result.parts}
    assert any("matches" in result.sentence or "match those" in result.sentence for result in found.answer)
    moves = (*found.moves, *found.fallen)
    assert {move.feature for move in moves} <= {"", "tempo", "energy", "loudness"}
    assert {move.place for move in moves} == {None}


def test_what_knows_no_features_cannot_be_steered(demo_library: Library) -> None:
    explainer = Explainers(Store(demo_library.uri)).of("spectrogram", 5)
    with pytest.raises(SoundglassError, match="spectrogram cannot be steered"):
        steer(explainer, Steering({"tempo": 0}), 5)
