"""What one population gave, joined with what it was shown and with the truth: flat rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import nan

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.evaluate.study.conditions import Cell, Population
from soundglass.evaluate.study.instruments.questions import Instruments, Question
from soundglass.evaluate.study.instruments.scoring import points, score, scored
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.rows import Joined, Person, Rating, Records, Scored, Simulation
from soundglass.evaluate.study.steps import Side, Step, steps
from soundglass.evaluate.study.truth import Truth, truth
from soundglass.library.study.records import Given, Participant


def collect(
    study: str,
    population: Population,
    plan: Plan,
    instruments: Instruments,
    participants: Sequence[Participant],
    given: Iterable[Given],
    deleted: int = 0,
) -> Records:
    """Join what was given with what it was given to.

    Parameters
    ----------
    study : str
        Its name.
    population : {"people", "simulated"}
    participants : sequence of Participant
        All of that population.
    given : iterable of Given
        All their answers.
    deleted : int
        How many more had joined.

    Raises
    ------
    SoundglassError
        A participant is of the other population, or an answer belongs to no step or nobody.
    """
    _refuse_others(participants, population)
    of = {one.pseudonym: one for one in participants}
    orders = {
        one.pseudonym: {step.id: step for step in steps(plan, instruments, one.slot, one.seed)}
        for one in participants
    }
    joined = tuple(_join(one, of, orders) for one in given)
    own: dict[str, list[Joined]] = {one.pseudonym: [] for one in participants}
    for one in joined:
        own[one.participant.pseudonym].append(one)
    counted = [one for one in joined if one.step.block]
    return Records(
        study,
        population,
        plan,
        instruments,
        tuple(_person(one, own[one.pseudonym], instruments) for one in participants),
        tuple(_simulation(one, plan) for one in counted if one.step.kind == "trial"),
        _ratings(counted),
        tuple(scored for one in counted for scored in _scored(one, instruments)),
        joined,
        deleted,
    )


def _refuse_others(participants: Sequence[Participant], population: Population) -> None:
    for one in participants:
        if one.population != population:
            raise SoundglassError(
                f"participant {one.pseudonym} is not of the population {population!r}",
                remedy="People and simulated participants are never counted together",
            )


def _join(one: Given, of: Mapping[str, Participant], orders: Mapping[str, Mapping[str, Step]]) -> Joined:
    step = orders.get(one.participant, {}).get(one.step)
    if step is None or not _is_as_shown(step, one.facts.get("step")):
        raise SoundglassError(
            f"the answer of {one.participant} to {one.step!r} belongs to no step of this study",
            remedy="Read it with the version of Soundglass that it was given to",
        )
    return Joined(of[one.participant], step, one)


def _is_as_shown(step: Step, kept: Json) -> bool:
    """Tell whether a step is what it was when it was answered, as far as that was kept."""
    laid = json.loads(json.dumps(asdict(step)))
    return not isinstance(kept, dict) or all(
        laid[name] == value for name, value in kept.items() if name in laid
    )


def _person(participant: Participant, own: Sequence[Joined], instruments: Instruments) -> Person:
    asked = [(_question(instruments, key), value) for key, value in _all_answers(own)]
    checks = tuple(
        str(value) == question.expected for question, value in asked if question and question.expected
    )
    after_blocks = [one for one in own if one.step.kind == "scales" and one.step.block]
    ratings = [value for key, value in _all_answers(after_blocks) if _is_rating(instruments, key)]
    last = max((one.given.answered for one in own), default=participant.joined)
    once = [one for one in own if one.step.kind == "scales" and one.step.block is None]
    return Person(
        participant.pseudonym,
        participant.slot,
        participant.finished is not None,
        (last - participant.joined).total_seconds() / 60,
        checks,
        len(set(map(str, ratings))),
        len(ratings),
        {scale: found for one in once for scale, found, _ in _scales(one, instruments)},
    )


def _question(instruments: Instruments, key: str) -> Question | None:
    """Find a question of a scale; ``None`` for those that steps ask themselves."""
    try:
        return instruments.question(key)
    except StopIteration:
        return None


def _all_answers(joined: Iterable[Joined]) -> list[tuple[str, Json]]:
    return [answer for one in joined for answer in one.given.answers.items()]


def _is_rating(instruments: Instruments, key: str) -> bool:
    question = _question(instruments, key)
    return question is not None and question.kind == "rating" and not question.expected


def _simulation(one: Joined, plan: Plan) -> Simulation:
    step, answers = one.step, one.given.answers
    true = _truth(step, plan)
    side: Side = "left" if answers["choice"] == "left" else "right"
    return Simulation(
        one.participant.pseudonym,
        step.block or 0,
        _cell(step),
        f"{step.item_set}/{_cell(step).by}/{(step.trial or 0) + 1}",
        side == true.higher,
        int(_number(answers["sure"])),
        side,
        true.margin,
        true.disagree,
        one.seconds,
    )


def _truth(step: Step, plan: Plan) -> Truth:
    true = truth(step, plan)
    if true is None:
        raise ValueError(f"nothing is right or wrong in {step.id}")
    return true


def _ratings(counted: Sequence[Joined]) -> tuple[Rating, ...]:
    """Pair what was expected in a block with what was found in it; one without the other is no rating."""
    before = {_block(one): one for one in counted if one.step.kind == "expectation"}
    return tuple(
        Rating(
            one.participant.pseudonym,
            one.step.block or 0,
            _cell(one.step),
            int(_number(before[_block(one)].given.answers["expectation"])),
            int(_number(one.given.answers["impression"])),
            one.given.answers.get("known") == "yes",
        )
        for one in counted
        if one.step.kind == "impression" and _block(one) in before
    )


def _scored(one: Joined, instruments: Instruments) -> list[Scored]:
    if one.step.kind != "scales":
        return []
    where = (one.participant.pseudonym, one.step.block or 0, _cell(one.step))
    return [Scored(*where, scale, found, items) for scale, found, items in _scales(one, instruments)]


def _scales(one: Joined, instruments: Instruments) -> list[tuple[str, float, tuple[float, ...]]]:
    """Give the scales of a page that have a score, with their items turned back."""
    answers = one.given.answers
    found = []
    for scale in (instruments.scales[key] for key in one.step.scales):
        total = score(scale, answers)
        if total is not None:
            items = [points(question, answers.get(question.id)) for question in scored(scale)]
            found.append((scale.id, total, tuple(nan if item is None else item for item in items)))
    return found


def _cell(step: Step) -> Cell:
    if step.cell is None:
        raise ValueError(f"{step.id} has no condition")
    return step.cell


def _block(one: Joined) -> tuple[str, int | None]:
    return one.participant.pseudonym, one.step.block


def _number(answer: Json) -> float:
    return float(answer) if isinstance(answer, int | float | str) else nan
