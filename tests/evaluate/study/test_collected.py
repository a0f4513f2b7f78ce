"""What was given, joined with the truth: every row against the steps themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study.conditions import CELLS
from soundglass.evaluate.study.records import collect
from soundglass.evaluate.study.steps import steps
from study_answers import START, Truth, given, participants, records_of, wording
from study_plans import plan_of

PLAN = plan_of()
RECORDS = records_of(3)


def test_every_block_gives_its_rows() -> None:
    assert len(RECORDS.simulations) == 3 * 8 * 3
    assert len(RECORDS.ratings) == 3 * 8
    asked = {"ess": 6, "trust": 8, "resque": 8, "tlx": 8}  # satisfaction is not asked after no explanation
    for scale, times in asked.items():
        assert sum(one.scale == scale for one in RECORDS.scores) == 3 * times
    for person in RECORDS.people:
        assert {one.cell for one in RECORDS.ratings if one.participant == person.pseudonym} == set(CELLS)


def test_the_practice_is_not_counted() -> None:
    assert {one.step.block for one in RECORDS.joined} == {None, *range(9)}
    assert {one.block for one in RECORDS.simulations} == set(range(1, 9))
    assert all("practice" not in one.item for one in RECORDS.simulations)


@pytest.mark.parametrize("chosen", ["left", "right"])
def test_an_answer_is_right_where_the_higher_track_stands(chosen: str) -> None:
    (person,) = participants(1)
    step = next(s for s in steps(PLAN, wording(), person.slot, person.seed) if s.kind == "trial" and s.block)
    one = given(person, step, {"choice": chosen, "sure": 4}, START)
    (found,) = collect("s", "people", PLAN, wording(), [person], [one]).simulations
    assert found.is_correct is (step.higher_side == chosen)
    assert (found.sure, found.side, found.cell, found.block) == (4, chosen, step.cell, step.block)
    trial = PLAN.set_of(str(step.item_set)).of[step.cell.by].trials[step.trial]  # type: ignore[union-attr, index]
    assert (found.margin, found.disagree) == (trial.margin, trial.disagree)
    assert found.seconds == 25


def test_effectiveness_is_how_far_expectation_and_impression_are_apart() -> None:
    (person,) = participants(1)
    both = [s for s in steps(PLAN, wording(), person.slot, person.seed) if s.block == 3][:2]
    told = [
        given(person, both[0], {"expectation": 3}, START),
        given(person, both[1], {"impression": 5, "known": "yes"}, START),
    ]
    (found,) = collect("s", "people", PLAN, wording(), [person], told).ratings
    assert (found.error, found.overselling, found.known) == (2, -2, True)
    assert collect("s", "people", PLAN, wording(), [person], told[1:]).ratings == ()  # one without the other


def test_a_scale_is_the_mean_of_its_items_with_turned_ones_turned_back() -> None:
    (person,) = participants(1)
    step = next(s for s in steps(PLAN, wording(), person.slot, person.seed) if s.scales == ("trust",))
    answered = {f"trust-{n}": n % 5 + 1 for n in range(1, 7)}
    (found,) = collect(
        "s", "people", PLAN, wording(), [person], [given(person, step, answered, START)]
    ).scores
    assert found.items == (2, 3, 4, 5, 6 - 1, 2)  # the fifth is worded the other way round
    assert found.score == pytest.approx(21 / 6)


def test_what_is_known_of_a_participant() -> None:
    person = records_of(1).people[0]
    assert person.finished
    assert person.attention == (True, True)
    assert set(person.background) == {"gold_msi", "ncs"}
    assert person.n_ratings == 6 * 8 + 8 * 6 + 8 * 6  # satisfaction, trust, quality; workload has sliders
    n_steps = len(steps(PLAN, wording(), person.slot, 1000))
    assert person.minutes == pytest.approx(n_steps * 40 / 60)


def test_the_two_populations_are_never_joined() -> None:
    people, simulated = participants(1), participants(1, "simulated")
    with pytest.raises(SoundglassError, match="not of the population 'people'"):
        collect("s", "people", PLAN, wording(), [*people, *simulated], [])
    assert records_of(1, population="simulated").population == "simulated"


def test_an_answer_to_a_step_that_is_none_is_said() -> None:
    (person,) = participants(1)
    step = replace(steps(PLAN, wording(), person.slot, person.seed)[0], id="9-trial-7")
    with pytest.raises(SoundglassError, match="belongs to no step"):
        collect("s", "people", PLAN, wording(), [person], [given(person, step, {}, START)])


def test_an_answer_to_what_is_laid_out_otherwise_now_is_said() -> None:
    (person,) = participants(1)
    step = next(s for s in steps(PLAN, wording(), person.slot, person.seed) if s.kind == "trial" and s.block)
    one = given(person, step, {"choice": "left", "sure": 1}, START)
    kept = {
        "cell": list(step.cell or ()),
        "higher_side": step.higher_side,
        "item_set": step.item_set,
        "new": 1,
    }
    then = replace(one, facts={"step": kept})
    assert len(collect("s", "people", PLAN, wording(), [person], [then]).simulations) == 1
    other = {"left": "right", "right": "left"}[step.higher_side]
    now = replace(one, facts={"step": {**kept, "higher_side": other}})
    with pytest.raises(SoundglassError, match="belongs to no step of this study"):
        collect("s", "people", PLAN, wording(), [person], [now])


def test_nobody_is_no_error() -> None:
    nothing = collect("s", "people", PLAN, wording(), [], [], deleted=2)
    assert (nothing.people, nothing.joined, nothing.deleted) == ((), (), 2)


def test_truth_is_recovered() -> None:
    told = records_of(40, Truth(right={"bars": 0.8, "none": 0.5}, skill=0.0))
    of = {
        name: [one.is_correct for one in told.simulations if one.cell.explanation == name]
        for name in ("bars", "none")
    }
    assert sum(of["bars"]) / len(of["bars"]) == pytest.approx(0.8, abs=0.08)
    assert sum(of["none"]) / len(of["none"]) == pytest.approx(0.5, abs=0.1)
