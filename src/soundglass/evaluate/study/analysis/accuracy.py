"""Who sees what the recommender will rank higher: right answers by explanation and recommender, modelled.

right ~ explanation × recommender + (1 | participant) + (1 | participant:explanation) + (1 | item), with all
contrasts averaged over recommenders. Participants may take to an explanation more or less than others do:
without that intercept, what helps some of them would pass for what helps anybody (Barr et al., 2013, *Journal
of Memory and Language* 68).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from soundglass.core.statistics import Estimate, Floats, Labels, holm
from soundglass.evaluate.study.analysis.enough import NotEnoughData
from soundglass.evaluate.study.analysis.mixed_logistic import (
    MixedLogistic,
    Test,
    fit_mixed_logistic,
    likelihood_ratio,
    mean_accuracy,
    wald,
)
from soundglass.evaluate.study.conditions import CELLS, EXPLANATIONS, RECOMMENDERS, Cell, Explanation

COMPARISONS: Final[tuple[tuple[Explanation, Explanation], ...]] = (
    ("bars", "none"),
    ("regions", "none"),
    ("fixed", "none"),
    ("bars", "fixed"),
    ("regions", "fixed"),
)
"""What the study compares: each explanation with none, and either real one with the placebo."""

_INTERACTION = "explanation × recommender"
_TAKES_TO = "participants × explanations"


@dataclass(frozen=True, slots=True)
class AccuracyComparison:
    """Two explanations, over all recommenders.

    Attributes
    ----------
    difference : Estimate
        Of the shares of right answers, first less second, as the model expects them.
    log_odds : Estimate
    p, p_holm : float
        Of a Wald test; corrected for all comparisons made together.
    """

    one: Explanation
    other: Explanation
    difference: Estimate
    log_odds: Estimate
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class AccuracyModel:
    """What a model of right answers found.

    Attributes
    ----------
    model : MixedLogistic
    has_interaction : bool
        Whether explanations may help with one recommender more than with the other: left out where a cell
        has only right, or only wrong, answers.
    effects : dict of str to Test
        Likelihood-ratio tests of ``explanation``, ``recommender`` and ``explanation × recommender``.
    cells : dict of Cell to Estimate
        Shares of right answers that the model expects.
    comparisons : tuple of AccuracyComparison
    """

    model: MixedLogistic
    has_interaction: bool
    effects: dict[str, Test]
    cells: dict[Cell, Estimate]
    comparisons: tuple[AccuracyComparison, ...]


def model_accuracy(
    right: ArrayLike,
    cells: Sequence[Cell],
    participants: Labels,
    items: Labels,
    comparisons: Sequence[tuple[Explanation, Explanation]] = COMPARISONS,
) -> AccuracyModel:
    """Model right answers by condition.

    Parameters
    ----------
    right : array_like of bool, shape (n_answers,)
    cells : sequence of Cell
        In which condition each answer was given.
    participants, items : sequence of str or int
        Whose each answer is, and on which pair of candidates.
    comparisons : sequence of pair of Explanation
        Those of explanations that nobody answered in are left out.

    Raises
    ------
    NotEnoughData
        Too few participants, items or conditions, or conditions in which all are right or all wrong.
    """
    if not cells:
        raise NotEnoughData("Nobody has answered yet")
    places = [cell for cell in CELLS if cell in set(cells)]
    coding = _coding(places)
    index = np.array([places.index(cell) for cell in cells])
    groups = _groups(cells, participants, items)

    def fit(terms: Sequence[str]) -> MixedLogistic:
        rows = _rows(coding, terms)
        names = [f"{term} {i}" for term in terms for i in range(coding[term].shape[1])]
        return fit_mixed_logistic(right, rows[index], names, groups)

    terms = tuple(coding)
    try:
        model = fit(terms)
    except NotEnoughData:
        if _INTERACTION not in terms:
            raise
        terms = tuple(term for term in terms if term != _INTERACTION)
        model = fit(terms)
    effects = {
        term: likelihood_ratio(model, fit([other for other in terms if other != term])) for term in terms[1:]
    }
    rows = _rows(coding, terms)
    return AccuracyModel(
        model,
        _INTERACTION in terms,
        effects,
        {cell: mean_accuracy(model, rows[i : i + 1]) for i, cell in enumerate(places)},
        _compare(
            model, {name: rows[[c.explanation == name for c in places]] for name in EXPLANATIONS}, comparisons
        ),
    )


def _groups(cells: Sequence[Cell], participants: Labels, items: Labels) -> dict[str, Labels]:
    """Give the random intercepts; those of participants' explanations where they can be told from others."""
    groups: dict[str, Labels] = {"participants": participants, "items": items}
    each = [f"{who} {cell.explanation}" for who, cell in zip(participants, cells, strict=True)]
    if len(set(participants)) < len(set(each)) < len(each):
        groups[_TAKES_TO] = each
    return groups


def _coding(cells: Sequence[Cell]) -> dict[str, Floats]:
    """Give the columns of every term, one row a cell; they sum to 0 over a full set of cells."""
    explanations = [name for name in EXPLANATIONS if any(cell.explanation == name for cell in cells)]
    recommenders = [by for by in RECOMMENDERS if any(cell.by == by for cell in cells)]
    explanation = _deviations([explanations.index(cell.explanation) for cell in cells], len(explanations))
    recommender = _deviations([recommenders.index(cell.by) for cell in cells], len(recommenders))
    both = (explanation[:, :, None] * recommender[:, None, :]).reshape(len(cells), -1)
    terms = {
        "intercept": np.ones((len(cells), 1)),
        "explanation": explanation,
        "recommender": recommender,
        _INTERACTION: both,
    }
    return {term: columns for term, columns in terms.items() if columns.shape[1]}


def _deviations(places: Sequence[int], n: int) -> Floats:
    """Code one of n levels by n − 1 columns: the first is −1 in all of them."""
    levels: Floats = np.vstack([-np.ones((1, n - 1)), np.eye(n - 1)])[places]
    return levels


def _rows(coding: dict[str, Floats], terms: Sequence[str]) -> Floats:
    return np.hstack([coding[term] for term in terms])


def _compare(
    model: MixedLogistic,
    rows: dict[Explanation, Floats],
    comparisons: Sequence[tuple[Explanation, Explanation]],
) -> tuple[AccuracyComparison, ...]:
    found = []
    for one, other in comparisons:
        if len(rows[one]) and len(rows[other]):
            odds, test = wald(model, rows[one].mean(axis=0) - rows[other].mean(axis=0))
            difference = mean_accuracy(model, rows[one], rows[other])
            found.append(AccuracyComparison(one, other, difference, odds, test.p, test.p))
    corrected = holm([each.p for each in found])
    return tuple(replace(each, p_holm=float(p)) for each, p in zip(found, corrected, strict=True))
