"""What the study measures, as one number for each participant and condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.evaluate.study.conditions import EXPLANATIONS, RECOMMENDERS, Cell, Explanation
from soundglass.evaluate.study.instruments.questions import Scale
from soundglass.evaluate.study.instruments.scoring import scored
from soundglass.evaluate.study.rows import Records

ACCURACY, ERROR, OVERSELLING = "accuracy", "effectiveness", "overselling"

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured.

    Attributes
    ----------
    id : str
        ``"accuracy"``, ``"effectiveness"``, ``"overselling"``, or a scale's.
    low, high : float
        Its range.
    higher_is : {"better", "worse", ""}
        Empty where neither end is a merit.
    not_for : tuple of Explanation
        Conditions without it.
    n_items : int
        Of a scale: how many questions; 0 for what is no scale.
    """

    id: str
    title: str
    low: float
    high: float
    higher_is: Literal["better", "worse", ""]
    not_for: tuple[Explanation, ...] = ()
    n_items: int = 0

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The conditions that have it."""
        return tuple(one for one in EXPLANATIONS if one not in self.not_for)

    @property
    def unit(self) -> str:
        """Its range, and which end is good."""
        good = {"better": ", more is better", "worse": ", less is better", "": ""}[self.higher_is]
        return f"{self.low:g} to {self.high:g}{good}".replace("-", "−")


_NAMES: Final = {
    "ess": "Explanation satisfaction",
    "trust": "Trust",
    "resque": "Quality of the recommendation (ResQue)",
    "tlx": "Workload (NASA-TLX)",
    "gold_msi": "Musical training (Gold-MSI)",
    "ncs": "Need for cognition",
}
"""What researchers call the scales; participants read other titles."""

_OWN: Final = (
    Measure(ACCURACY, "Simulation accuracy", 0, 1, "better"),
    Measure(ERROR, "Expectation error", 0, 6, "worse"),
    Measure(OVERSELLING, "Overselling", -6, 6, ""),
)


def scale_name(scale: Scale) -> str:
    """Give what researchers call a scale."""
    return _NAMES.get(scale.id, scale.title or scale.id)


def measures(records: Records) -> tuple[Measure, ...]:
    """Name all that a study measures after its blocks: tasks first, then scales in their order."""
    scales = [records.instruments.scales[key] for key in records.plan.design.scales]
    return (*_OWN, *(_of_scale(scale) for scale in scales if scored(scale)))


def table(records: Records, measure: Measure, people: Sequence[str]) -> Floats:
    """Give a measure by participant and condition.

    Parameters
    ----------
    people : sequence of str
        Pseudonyms of those who are counted.

    Returns
    -------
    ndarray of float, shape (n_people, 4, 2)
        Means over a participant's answers in one condition; explanations and recommenders in the order of
        ``EXPLANATIONS`` and ``RECOMMENDERS``; NaN where there is no answer.
    """
    row = {pseudonym: at for at, pseudonym in enumerate(people)}
    sums = np.zeros((len(people), len(EXPLANATIONS), len(RECOMMENDERS)))
    counts = np.zeros_like(sums)
    for pseudonym, cell, value in _values(records, measure):
        if pseudonym in row and np.isfinite(value):
            at = row[pseudonym], EXPLANATIONS.index(cell.explanation), RECOMMENDERS.index(cell.by)
            sums[at] += value
            counts[at] += 1
    means: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means


def items(records: Records, measure: Measure, people: Sequence[str]) -> tuple[Floats, list[str]]:
    """Give the answers to a scale's questions, turned back, each time it was asked.

    Returns
    -------
    answers : ndarray of float, shape (n_times, n_items)
        NaN where a question was left out.
    participants : list of str, length n_times
    """
    own = [one for one in records.scores if one.scale == measure.id and one.participant in people]
    rows = np.array([one.items for one in own], dtype=np.float64).reshape(-1, measure.n_items)
    return rows, [one.participant for one in own]


def _values(records: Records, measure: Measure) -> Iterable[tuple[str, Cell, float]]:
    if measure.id == ACCURACY:
        return ((one.participant, one.cell, float(one.is_correct)) for one in records.simulations)
    if measure.id == ERROR:
        return ((one.participant, one.cell, float(one.error)) for one in records.ratings)
    if measure.id == OVERSELLING:
        return ((one.participant, one.cell, float(one.overselling)) for one in records.ratings)
    return ((one.participant, one.cell, one.score) for one in records.scores if one.scale == measure.id)


def _of_scale(scale: Scale) -> Measure:
    questions = scored(scale)
    low, high = min(q.low for q in questions), max(q.high for q in questions)
    return Measure(scale.id, scale_name(scale), low, high, scale.higher_is, scale.not_for, len(questions))
