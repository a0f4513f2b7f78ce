"""Simulated participants do what their policies say, measured over many of them."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import pytest

from soundglass.core.types import Json
from soundglass.evaluate.study.conditions import EXPLANATIONS
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.instruments.scoring import score
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.shown import shown
from soundglass.evaluate.study.simulated.person import Person
from soundglass.evaluate.study.simulated.policies import POLICIES
from soundglass.evaluate.study.steps import Step, steps
from soundglass.evaluate.study.truth import truth
from study_plans import plan_of

PLAN = plan_of(trials=8)
N = 60


@cache
def words() -> Instruments:
    return load()


def take_part(policy: str, number: int = 0, seed: int = 3) -> list[tuple[Step, dict[str, Json]]]:
    person = Person(POLICIES[policy], seed, number)
    way = steps(PLAN, words(), number % N_SLOTS, number)
    return [(step, person.answers(step, words(), truth(step, PLAN), tones=4)) for step in way]


@cache
def crowd(policy: str) -> list[tuple[Step, dict[str, Json]]]:
    return [one for number in range(N) for one in take_part(policy, number)]


def by_explanation(policy: str, kind: str, value: Any) -> dict[str, list[Any]]:
    found = defaultdict(list)
    for step, answers in crowd(policy):
        if step.kind == kind and step.block:
            found[step.cell.explanation].append(value(step, answers))
    return found


@pytest.mark.parametrize("policy", POLICIES)
def test_every_answer_can_be_given_on_its_page(policy: str) -> None:
    way = take_part(policy)
    for n, (step, answers) in enumerate(way, start=1):
        page = shown(step, PLAN, words(), number=n, of=len(way))
        asked = {question["id"]: question for question in page["questions"]}
        assert set(answers) == set(asked), step.id
        for key, answer in answers.items():
            question = asked[key]
            if question["kind"] == "choice":
                assert answer in [option["value"] for option in question["options"]], key
            elif question["kind"] == "text":
                assert isinstance(answer, str)
            else:
                assert type(answer) is int, key
                assert question["low"] <= answer <= question["high"], key
                assert question["kind"] != "slider" or answer % 5 == 0


def test_the_same_seed_and_number_answer_alike() -> None:
    assert take_part("informed", 2) == take_part("informed", 2)
    assert take_part("informed", 2) != take_part("informed", 2, seed=4)


@pytest.mark.parametrize("policy", ["informed", "guesser", "straight-liner"])
def test_trials_are_right_as_often_as_the_policy_says(policy: str) -> None:
    right = by_explanation(policy, "trial", lambda step, answers: answers["choice"] == step.higher_side)
    for explanation in EXPLANATIONS:
        expected = POLICIES[policy].accuracy[explanation]
        # 60 people x 2 blocks x 8 trials; three standard errors, with people as clusters.
        assert np.mean(right[explanation]) == pytest.approx(expected, abs=0.065), explanation
        assert len(right[explanation]) == N * 16


def test_ratings_move_as_far_as_the_policy_says() -> None:
    for scale, sd in (("trust", 0.8), ("resque", 0.8), ("tlx", 20.0)):
        totals = defaultdict(list)
        for step, answers in crowd("informed"):
            if step.scales == (scale,) and step.block:
                totals[step.cell.explanation].append(score(words().scales[scale], answers))
        sign = -1 if scale == "tlx" else 1
        for explanation in EXPLANATIONS[1:]:
            moved = (np.mean(totals[explanation]) - np.mean(totals["none"])) * sign / sd
            assert moved == pytest.approx(POLICIES["informed"].shift[explanation], abs=0.15), scale


def test_expectations_miss_and_promise_as_the_policy_says() -> None:
    missed = defaultdict(list)
    for step, answers in crowd("informed"):
        if step.kind == "expectation":
            expected = answers["expectation"]
        elif step.kind == "impression" and step.block:
            missed[step.cell.explanation].append(expected - answers["impression"])
    assert np.mean(missed["fixed"]) > np.mean(missed["none"]) + 0.3
    assert np.std(missed["bars"]) < np.std(missed["none"]) - 0.3


def test_who_reads_passes_the_checks_of_attention_and_who_does_not_fails() -> None:
    for policy, passes in (("informed", True), ("guesser", True), ("straight-liner", False)):
        checked = [
            str(answers[step.check]) == words().question(step.check).expected
            for step, answers in crowd(policy)
            if step.check
        ]
        assert checked == [passes] * 2 * N


def test_the_last_words_say_that_nobody_wrote_them() -> None:
    assert take_part("guesser")[-1][1] == {"comment": "A simulated participant: guesser"}
