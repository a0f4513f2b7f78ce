"""Made answers to a listening study, with effects that are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

import numpy as np

from soundglass.core.types import Json
from soundglass.evaluate.study.conditions import Explanation, Population
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.questions import Instruments, Question
from soundglass.evaluate.study.orders import N_SLOTS, slot_order
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.records import collect
from soundglass.evaluate.study.rows import Records
from soundglass.evaluate.study.steps import Step, steps
from soundglass.library.study.records import Given, Participant
from soundglass.library.study.studies import Studies
from study_plans import plan_of

COMMENT = "=HYPERLINK(1)"
"""What everybody says at the end; a spreadsheet would obey it."""

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@cache
def wording() -> Instruments:
    return load()


@dataclass(frozen=True)
class Truth:
    """What made participants do.

    ``right``: chance of a right answer by explanation. ``shift``: added to every rating of a scale, by scale
    and explanation, in quarters of its range. ``promise``: how much more is expected than found, by
    explanation. ``skill``: how far participants differ in right answers, as a standard deviation in log odds.
    """

    right: Mapping[Explanation, float] = field(default_factory=dict)
    shift: Mapping[tuple[str, Explanation], float] = field(default_factory=dict)
    promise: Mapping[Explanation, float] = field(default_factory=dict)
    skill: float = 0.5


def participants(n: int, population: Population = "people", unfinished: int = 0) -> list[Participant]:
    order = slot_order(0)
    return [
        Participant(
            "study-1",
            f"P{population[0].upper()}-{number:02}",
            population,
            number,
            order[number % N_SLOTS],
            1000 + number,
            1,
            {"consent": True},
            START + timedelta(hours=number),
            None if number < unfinished else START + timedelta(hours=number, minutes=50),
        )
        for number in range(n)
    ]


def answers(plan: Plan, of: Participant, truth: Truth, rng: np.random.Generator) -> Iterator[Given]:
    """All that one participant gives, step by step."""
    skill = float(rng.normal(0, truth.skill))
    found = 4
    at = of.joined
    for step in steps(plan, wording(), of.slot, of.seed):
        at += timedelta(seconds=40)
        if step.kind == "expectation":
            found = int(rng.integers(2, 6))
        yield given(of, step, _answer(step, truth, rng, skill, found), at)


def given(of: Participant, step: Step, answered: Mapping[str, Json], at: datetime) -> Given:
    shown: dict[str, Json] = {"step": step.id, "kind": step.kind}
    return Given(
        of.pseudonym,
        step.id,
        shown,
        sha256(repr(shown).encode()).hexdigest(),
        answered,
        dict.fromkeys(step.must_hear, 10.5),
        {"program": "1", "number": 7, "refused": {"listening": 2}, "times_ms": {"ready": 12.5}},
        1,
        at - timedelta(seconds=25),
        at,
    )


def records_of(
    n: int,
    truth: Truth | None = None,
    *,
    population: Population = "people",
    unfinished: int = 0,
    seed: int = 0,
    plan: Plan | None = None,
    study: str = "pilot",
) -> Records:
    plan = plan or plan_of()
    people = participants(n, population, unfinished)
    rng = np.random.default_rng(seed)
    told = [one for person in people for one in answers(plan, person, truth or Truth(), rng)]
    return collect(study, population, plan, wording(), people, told)


def fill(
    studies: Studies, name: str, n: int, population: Population = "people", truth: Truth | None = None
) -> None:
    """Let made participants take part in a study that a library keeps."""
    study = studies.study(name)
    plan, rng = Plan.from_json(study.plan), np.random.default_rng(1)
    for _ in range(n):
        _, secret = studies.join(
            study, population, consented={"consent": True}, n_slots=N_SLOTS, order=slot_order(0)
        )
        of = studies.sit(secret)
        for one in answers(plan, of, Truth(), rng):
            studies.show(of, one.step, dict(one.shown))
            studies.hear(of, of.seat, one.step, one.heard_s)
            studies.answer(of, of.seat, one.step, one.answers)
        studies.finish(of)


def _answer(step: Step, truth: Truth, rng: np.random.Generator, skill: float, found: int) -> dict[str, Json]:
    explanation = step.cell.explanation if step.cell else "none"
    if step.kind == "expectation":
        promised = found + truth.promise.get(explanation, 0.0) + rng.normal(0, 0.4)
        return {"expectation": int(np.clip(round(promised), 1, 7))}
    if step.kind == "trial":
        chance = truth.right.get(explanation, 0.5)
        right = rng.random() < 1 / (1 + (1 - chance) / chance * np.exp(-skill))
        other = {"left": "right", "right": "left"}[step.higher_side]
        return {"choice": step.higher_side if right else other, "sure": int(rng.integers(1, 6))}
    if step.kind == "scales":
        return _rated(step, truth, rng)
    plain: dict[str, dict[str, Json]] = {
        "impression": {"impression": found, "known": "no"},
        "sound": {"tones": 3},
        "comment": {"comment": COMMENT},
    }
    return plain.get(step.kind, {})


def _rated(step: Step, truth: Truth, rng: np.random.Generator) -> dict[str, Json]:
    told: dict[str, Json] = {}
    for key in step.scales:
        base = rng.normal(0, 0.5) + (truth.shift.get((key, step.cell.explanation), 0.0) if step.cell else 0.0)
        for question in wording().scales[key].questions:
            told[question.id] = _one(question, base, rng)
    if step.check:
        told[step.check] = int(wording().question(step.check).expected)
    return told


def _one(question: Question, base: float, rng: np.random.Generator) -> Json:
    if question.options:
        return question.options[int(rng.integers(len(question.options)))].value
    middle, spread = (question.low + question.high) / 2, (question.high - question.low) / 4
    value = middle + spread * (base + rng.normal(0, 0.5)) * (-1 if question.is_reversed else 1)
    step = 5 if question.kind == "slider" else 1
    return int(np.clip(step * round(value / step), question.low, question.high))
