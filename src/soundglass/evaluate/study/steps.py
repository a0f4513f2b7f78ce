"""The steps of a participant, in order: which page, in which condition, about which tracks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from soundglass.evaluate.study.conditions import Cell
from soundglass.evaluate.study.instruments.questions import Instruments, Question, Scale
from soundglass.evaluate.study.orders import blocks
from soundglass.evaluate.study.plan import PRACTICE, Plan, Role

StepKind: TypeAlias = Literal[
    "sound", "instructions", "expectation", "impression", "trial", "scales", "comment"
]
"""Sound check, what comes, ratings before and after listening, forward simulation, scales, last words."""

Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the study; it is answered as a whole, once.

    Attributes
    ----------
    id : str
        Unique for a participant, as in ``3-trial-1``.
    block : int or None
        1 to 8 by order of presentation, 0 for the practice, ``None`` outside of blocks.
    cell : Cell or None
        The condition; of the practice, too.
    item_set : str or None
        The key of what the block is about.
    trial : int or None
        Which of the set's trials, from 0.
    higher_side : {"left", "right", ""}
        Of a trial: where the one stands that the recommender ranks higher; participants are not told.
    scales : tuple of str
        Ids of the scales the page asks.
    check : str
        Id of the question among them that only checks attention; empty for most.
    must_hear : tuple of Role
        Tracks of which ``Design.listen_s`` must have been heard before an answer.
    """

    id: str
    kind: StepKind
    block: int | None = None
    cell: Cell | None = None
    item_set: str | None = None
    trial: int | None = None
    higher_side: Side | Literal[""] = ""
    scales: tuple[str, ...] = ()
    check: str = ""
    must_hear: tuple[Role, ...] = ()


def steps(plan: Plan, instruments: Instruments, slot: int, seed: int) -> tuple[Step, ...]:
    """Lay out a participant's way through the study.

    Parameters
    ----------
    plan : Plan
    instruments : Instruments
        Which scales cannot be asked after which condition, and which questions only check attention.
    slot : int
        The participant's row of the balanced order.
    seed : int
        The participant's: the order of trials, the sides of the candidates, where attention is checked.

    Returns
    -------
    tuple of Step
        The same for the same arguments, always.
    """
    rng = np.random.default_rng([plan.design.seed, 3, seed])
    laid = blocks(slot, plan.design.seed)
    way = [Step("sound", "sound")]
    way += (Step(f"background-{scale}", "scales", scales=(scale,)) for scale in plan.design.background)
    way += [Step("instructions", "instructions"), *_practice(laid[-1].cell, rng)]
    for number, (block, sides) in enumerate(zip(laid, _sides(plan, rng), strict=True), start=1):
        item_set = plan.sets[block.item_set].key
        way += _about(str(number), number, block.cell, item_set, sides, rng)
        way += _scales(number, block.cell, item_set, plan, instruments)
    way.append(Step("comment", "comment"))
    return tuple(_with_checks(way, instruments, rng))


def _practice(cell: Cell, rng: np.random.Generator) -> Iterator[Step]:
    """Practise the condition that comes last: over all slots, none is practised more than another."""
    side: Side = "left" if rng.random() < 0.5 else "right"
    return _about("practice", 0, cell, PRACTICE, [side], rng)


def _about(
    prefix: str, number: int, cell: Cell, item_set: str, sides: Sequence[Side], rng: np.random.Generator
) -> Iterator[Step]:
    """Ask about the recommendation before and after it is heard, then about other candidates."""
    yield Step(f"{prefix}-expectation", "expectation", number, cell, item_set, must_hear=("query",))
    yield Step(f"{prefix}-impression", "impression", number, cell, item_set, must_hear=("match",))
    for nth, (trial, side) in enumerate(zip(rng.permutation(len(sides)), sides, strict=True), start=1):
        step = Step(f"{prefix}-trial-{nth}", "trial", number, cell, item_set, int(trial), side)
        yield replace(step, must_hear=("left", "right"))


def _scales(number: int, cell: Cell, item_set: str, plan: Plan, instruments: Instruments) -> Iterator[Step]:
    for scale in plan.design.scales:
        if cell.explanation not in instruments.scales[scale].not_for:
            yield Step(f"{number}-{scale}", "scales", number, cell, item_set, scales=(scale,))


def _sides(plan: Plan, rng: np.random.Generator) -> list[list[Side]]:
    """Draw where the higher candidate stands: left as often as right, in all and nearly so in each block."""
    trials = plan.design.trials
    lefts = [(trials + int(odd)) // 2 for odd in rng.permutation(np.arange(len(plan.sets)) % 2)]
    return [["left" if at < left else "right" for at in rng.permutation(trials)] for left in lefts]


def _with_checks(way: list[Step], instruments: Instruments, rng: np.random.Generator) -> list[Step]:
    """Draw in which blocks, and on which page of alike questions, attention is checked."""
    checks = [check for scale in instruments.scales.values() for check in scale.questions if check.expected]
    places: dict[int, list[Step]] = {}
    for step in way:
        if step.block and step.scales and _are_alike(instruments.scales[step.scales[0]], checks):
            places.setdefault(step.block, []).append(step)
    n = min(len(checks), len(places))
    drawn = sorted(rng.choice(sorted(places), n, replace=False)) if n else []
    pages = [places[block][rng.integers(len(places[block]))] for block in drawn]
    of = {page.id: check.id for page, check in zip(pages, checks, strict=False)}
    return [replace(step, check=of.get(step.id, "")) for step in way]


def _are_alike(scale: Scale, checks: Sequence[Question]) -> bool:
    forms = {(question.kind, question.low, question.high) for question in (*scale.questions, *checks)}
    return len(forms) == 1
