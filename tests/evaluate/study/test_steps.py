"""A participant's way: what is asked, in which order, on which side."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import pytest

from soundglass.evaluate.study.conditions import CELLS
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.orders import N_SLOTS, blocks
from soundglass.evaluate.study.plan import PRACTICE, Plan
from soundglass.evaluate.study.steps import Step, steps
from study_plans import plan_of

PLAN = plan_of()


@cache
def words() -> Instruments:
    return load()


def way(slot: int = 0, seed: int = 1, plan: Plan = PLAN) -> tuple[Step, ...]:
    return steps(plan, words(), slot, seed)


def test_the_same_arguments_give_the_same_way_and_others_another() -> None:
    assert way(3, 7) == way(3, 7)
    assert way(3, 7) != way(3, 8)
    assert way(3, 7) != way(4, 7)
    assert way(3, 7) != way(3, 7, plan_of(seed=1))


def test_ids_are_unique_and_fit_into_an_address() -> None:
    ids = [step.id for step in way()]
    assert len(set(ids)) == len(ids)
    assert all(part.replace("-", "").replace("_", "").isalnum() for part in ids)


def test_what_comes_before_and_after_the_blocks() -> None:
    ids = [step.id for step in way()]
    before = ["sound", "background-about", "background-gold_msi", "background-ncs", "instructions"]
    assert ids[:8] == [*before, "practice-expectation", "practice-impression", "practice-trial-1"]
    assert ids[-1] == "comment"


def test_blocks_are_those_of_the_slot_each_laid_out_alike() -> None:
    steps_of = defaultdict(list)
    for step in way(5):
        if step.block:
            steps_of[step.block].append(step)
    for number, block in enumerate(blocks(5, PLAN.design.seed), start=1):
        made = steps_of[number]
        assert {(step.cell, step.item_set) for step in made} == {(block.cell, f"set-{block.item_set}")}
        asked = ["trust", "resque", "tlx"] if block.cell.explanation == "none" else list(PLAN.design.scales)
        kinds = ["expectation", "impression", "trial-1", "trial-2", "trial-3", *asked]
        assert [step.id for step in made] == [f"{number}-{kind}" for kind in kinds]
        assert sorted(step.trial for step in made if step.kind == "trial") == [0, 1, 2]


def test_pages_with_tracks_want_them_heard() -> None:
    wanted = {step.kind: step.must_hear for step in way()}
    assert wanted["expectation"] == ("query",)
    assert wanted["impression"] == ("match",)
    assert wanted["trial"] == ("left", "right")
    assert wanted["scales"] == wanted["sound"] == wanted["comment"] == ()


@pytest.mark.parametrize("trials", [1, 2, 3, 8])
def test_the_right_answer_is_left_as_often_as_right(trials: int) -> None:
    for seed in range(20):
        sides = defaultdict(Counter)
        for step in way(seed % N_SLOTS, seed, plan_of(trials=trials)):
            if step.kind == "trial" and step.block:
                sides[step.block][step.higher_side] += 1
        assert sum(one["left"] for one in sides.values()) == len(CELLS) * trials / 2
        assert all(abs(one["left"] - one["right"]) <= 1 for one in sides.values())


def test_neither_side_nor_order_tells_which_trial_it_is() -> None:
    met = Counter(
        (step.id[-1], step.trial, step.higher_side)
        for seed in range(200)
        for step in way(seed % N_SLOTS, seed)
        if step.kind == "trial" and step.block
    )
    assert len(met) == 3 * 3 * 2
    expected = 200 * 8 * 3 / len(met)
    assert all(0.75 * expected < n < 1.25 * expected for n in met.values())


def test_practice_is_apart_and_as_balanced_as_the_rest() -> None:
    practised = [next(step for step in way(slot) if step.block == 0) for slot in range(N_SLOTS)]
    assert {step.item_set for step in practised} == {PRACTICE}
    last = [blocks(slot, PLAN.design.seed)[-1].cell for slot in range(N_SLOTS)]
    assert [step.cell for step in practised] == last
    assert Counter(step.cell for step in practised) == dict.fromkeys(CELLS, 2)
    assert {way(0, seed)[7].higher_side for seed in range(20)} == {"left", "right"}


def test_attention_is_checked_once_in_two_blocks_amid_ratings() -> None:
    places = Counter()
    for seed in range(200):
        checked = [step for step in way(seed % N_SLOTS, seed) if step.check]
        assert [step.check for step in checked] == ["attention-1", "attention-2"]
        assert checked[0].block != checked[1].block
        places.update(step.block for step in checked)
        assert {step.scales for step in checked} <= {("ess",), ("trust",), ("resque",)}
    assert set(places) == set(range(1, 9))


def test_nothing_is_checked_where_no_page_has_ratings_like_it() -> None:
    assert not any(step.check for step in way(plan=plan_of(scales=("tlx",))))
    assert not any(step.scales for step in way(plan=plan_of(scales=(), background=())))
