from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from feature_tables import random_values, recommender_of
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Part
from soundglass.explain.parts import feature_parts
from soundglass.explain.whatif import Counterfactual, counterfactuals, ordinal
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.space import FeatureSpace

FELL = Counterfactual("tempo", "tempo", 120, "120 BPM", "90 BPM", 0.41, 0.83, 40, 2)


def asked(recommender: FeatureRecommender, query: int, match: int, *names: str) -> list[Counterfactual]:
    parts = feature_parts(recommender, query, [match])[0]
    chosen = [part for part in parts if not names or part.name in names]
    return list(counterfactuals(recommender, query, match, chosen))


def helping(recommender: FeatureRecommender, query: int, match: int) -> set[str]:
    return {part.name for part in feature_parts(recommender, query, [match])[0] if part.contribution > 0}


def rebuilt(space: FeatureSpace, row: int, changes: dict[str, float]) -> FeatureSpace:
    """The library with one track changed, its scales, moments and all other tracks as they were."""
    point, known = space.moved(row, changes)
    axes, pattern = space.axes.copy(), space.pattern.copy()
    axes[row], patterns = point[0], np.vstack([space.patterns, known])
    pattern[row] = len(patterns) - 1
    norms = (axes.astype(np.float32) ** 2).sum(axis=1)
    return replace(space, axes=axes, norms=norms, patterns=patterns, pattern=pattern)


@pytest.mark.parametrize("seed", range(4))
def test_score_and_rank_are_those_of_the_changed_library(seed: int) -> None:
    recommender = recommender_of(random_values(80, seed=seed, missing=0.05))
    seen = 0
    for query, match in ((0, 7), (5, 30), (11, 12)):
        for change in asked(recommender, query, match):
            values = {change.feature: change.value}
            if change.feature == "key":
                row = match if change.part in helping(recommender, query, match) else query
                values["mode"] = float(recommender.space.values["mode"][row])
            changed = rebuilt(recommender.space, match, values)
            scores = changed.exact_scores(query, np.arange(80))
            others = np.delete(scores, [query, match])
            assert change.score == pytest.approx(scores[match], abs=1e-9)
            assert change.rank == 1 + (others > scores[match]).sum()
            before = recommender.exact_scores(query, np.arange(80))
            assert change.actual_score == before[match]
            assert change.actual_rank == 1 + (np.delete(before, [query, match]) > before[match]).sum()
            seen += 1
    assert seen > 15


def test_actual_rank_is_the_place_in_the_list(spotify: tuple[Store, FeatureRecommender]) -> None:
    _, recommender = spotify
    ranked = list(best_first(recommender, 102))
    for place in (1, 2, 50, 5000):
        match, score = ranked[place - 1]
        for change in asked(recommender, 102, match, "energy", "tempo", "valence"):
            assert change.actual_score == pytest.approx(score, abs=1e-12)
            assert ranked[change.actual_rank - 1][1] == pytest.approx(score, abs=1e-12)


def test_a_part_that_helps_is_set_far_from_the_query() -> None:
    values = random_values(101, seed=3)
    values["valence"] = np.linspace(0, 1, 101)
    recommender = recommender_of(values)
    (change,) = asked(recommender, 95, 94, "valence")
    assert change.value == pytest.approx(0.1)
    assert change.score < change.actual_score
    assert change.rank >= change.actual_rank


def test_a_part_that_harms_is_set_to_the_querys_value() -> None:
    values = random_values(101, seed=3)
    values["valence"] = np.linspace(0, 1, 101)
    (change,) = asked(recommender_of(values), 95, 2, "valence")
    assert change.value == pytest.approx(0.95)
    assert change.score > change.actual_score
    assert change.rank <= change.actual_rank


def test_a_key_is_set_with_its_mode() -> None:
    values = random_values(60, seed=4)
    values["key"][:4], values["mode"][:4] = [0, 6, 0, 9], [1, 0, 1, 0]
    recommender = recommender_of(values)
    (nearer,) = asked(recommender, 0, 1, "key")
    assert (nearer.label, nearer.actual) == ("C major", "F♯ minor")
    (farther,) = asked(recommender, 0, 2, "key")
    assert (farther.label, farther.actual) == ("F♯ major", "C major")
    (relative,) = asked(recommender, 0, 3, "key")
    assert (relative.label, relative.actual) == ("E♭ minor", "A minor")
    assert relative.score < relative.actual_score


def test_of_a_group_the_feature_that_moves_most_is_told_of() -> None:
    values = random_values(60, seed=5)
    values["energy"][:2] = 0.5
    values["loudness"][:2] = -30, -3
    (change,) = asked(recommender_of(values), 0, 1, "energy")
    assert (change.part, change.feature) == ("energy", "loudness")


def test_a_change_that_changes_nothing_is_not_said() -> None:
    values = random_values(60, seed=6)
    values["time_signature"][:] = 4
    values["time_signature"][59] = 3
    recommender = recommender_of(values)
    assert asked(recommender, 0, 1, "metre") == []  # the 10th, 50th and 90th percentile are all 4 beats
    assert all(
        change.rank != change.actual_rank or f"{change.score:.2f}" != f"{change.actual_score:.2f}"
        for match in range(1, 60)
        for change in asked(recommender, 0, match)
    )


def test_what_is_unknown_is_not_imagined() -> None:
    values = random_values(30, seed=7)
    values["tempo"][1] = np.nan
    assert asked(recommender_of(values), 0, 1, "tempo") == []
    assert counterfactuals(recommender_of(values), 0, 1, ()) == ()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            FELL,
            "With tempo at 120 BPM instead of 90 BPM it would fall from 2nd to 40th, "
            "its score falling from 0.83 to 0.41.",
        ),
        (
            replace(FELL, rank=1, actual_rank=11, score=0.5, actual_score=-0.1),
            "With tempo at 120 BPM instead of 90 BPM it would rise from 11th to 1st, "
            "its score rising from −0.10 to 0.50.",
        ),
        (
            replace(FELL, rank=2),
            "With tempo at 120 BPM instead of 90 BPM it would stay 2nd, its score falling from 0.83 to 0.41.",
        ),
        (
            replace(FELL, score=0.8299, rank=3),
            "With tempo at 120 BPM instead of 90 BPM it would fall from 2nd to 3rd.",
        ),
        (
            replace(FELL, feature="bass_share", label="0.10", actual="0.60", score=-0.001, rank=22_113),
            "With bass share at 0.10 instead of 0.60 it would fall from 2nd to 22,113th, "
            "its score falling from 0.83 to 0.00.",
        ),
    ],
)
def test_sentences(change: Counterfactual, text: str) -> None:
    assert change.sentence == text


@pytest.mark.parametrize("library", ["spotify", "demo"])
def test_real_sentences_tell_the_truth(library: str, request: pytest.FixtureRequest) -> None:
    _, recommender = request.getfixturevalue(library)
    rng = np.random.default_rng(2)
    told = 0
    for query, match in rng.choice(recommender.rows, (12, 2)).tolist():
        if query == match:
            continue
        parts: tuple[Part, ...] = feature_parts(recommender, query, [match])[0]
        by_name = {part.name: part for part in parts}
        for change in counterfactuals(recommender, query, match, parts):
            text = change.sentence
            assert ("fall from" in text) == (change.rank > change.actual_rank)
            assert ("rise from" in text) == (change.rank < change.actual_rank)
            assert ("would stay" in text) == (change.rank == change.actual_rank)
            if by_name[change.part].contribution < 0 and change.feature != "key":
                row = recommender.position(query)
                asked_for = recommender.space.values[change.feature][row]
                source = by_name[change.part].query.source
                assert change.label == CATALOGUE[change.feature].text(float(asked_for), source)
            told += 1
    assert told > 40


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
        (21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th"), (1002, "1,002nd"), (99_013, "99,013th"),
    ],
)  # fmt: skip
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text
