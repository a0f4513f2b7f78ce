"""How many participants and trials a study needs."""

from __future__ import annotations

from typing import Final

from soundglass.evaluate.findings import Cell, Section, Table
from soundglass.evaluate.study.analysis.power import (
    accuracies_as_d_z,
    pairs_for,
    pairs_for_equivalence,
    participants_for,
    power_of_pairs,
    trials_for,
)
from soundglass.evaluate.study.comparisons import CONFIRMATORY
from soundglass.evaluate.study.conditions import RECOMMENDERS
from soundglass.evaluate.study.design import Design

EFFECTS: Final = (0.3, 0.4, 0.5, 0.8)
SHARES: Final = (0.6, 0.65, 0.7, 0.8)
GAINS: Final = (0.05, 0.1, 0.15, 0.2)

ALPHA: Final = 0.05
CORRECTED: Final = ALPHA / len(CONFIRMATORY)
"""What the smallest of all p values must be below (Holm's first step)."""

ALIKE: Final = 0.1
"""How much alike the answers of one participant are taken to be (intraclass correlation)."""

BASE: Final = 0.6


def planning(design: Design) -> Section:
    """Say how many participants and trials it takes to find what.

    Parameters
    ----------
    design : Design
        How many trials a block has, what matters, and how many participants are planned.
    """
    of_ratings = _power(design.effect_of_interest, design.planned)
    d_z = accuracies_as_d_z(BASE + design.accuracy_of_interest, BASE, _trials_each(design), ALIKE)
    of_answers = _power(d_z, design.planned)
    return Section(
        "planning",
        "What a study needs",
        f"With {design.planned} participants, a difference of {design.effect_of_interest:g} standard "
        f"deviations between the ratings of two explanations is found with a chance of {of_ratings}, and one "
        f"of {100 * design.accuracy_of_interest:g} percentage points between their shares of right answers "
        f"with one of {of_answers}, if it is the first of {len(CONFIRMATORY)} comparisons (Holm).",
        (_ratings(), _guessing(design), _answers(design)),
        notes=(
            "Chances are those of a two-sided test at 5 %; corrected means at 1 %, as Holm’s procedure asks "
            "of the smallest p of five. Multiples of 16 participants keep all orders balanced.",
        ),
    )


def _power(d_z: float, n: int) -> str:
    return f"{100 * power_of_pairs(d_z, n, CORRECTED):.0f} %"


def _ratings() -> Table:
    """Participants for ratings, by how large a difference is to be found."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"d = {d:g}",
            pairs_for(d, 0.8, ALPHA, "t"),
            *(pairs_for(d, power, alpha) for alpha in (ALPHA, CORRECTED) for power in (0.8, 0.9)),
            pairs_for_equivalence(d),
        )
        for d in EFFECTS
    )
    columns = (
        "difference",
        "t test, 80 %",
        "Wilcoxon, 80 %",
        "Wilcoxon, 90 %",
        "corrected, 80 %",
        "corrected, 90 %",
        "to say it is smaller, 80 %",
    )
    return Table(
        "Participants for ratings",
        columns,
        rows,
        "Everybody rates both conditions; d is the mean difference in standard deviations of differences.",
    )


def _guessing(design: Design) -> Table:
    """Trials and participants by which answers are told from guesses."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{share:g} right",
            trials_for(share),
            trials_for(share, power=0.9),
            participants_for(trials_for(share), design.trials, ALIKE),
            participants_for(trials_for(share), _trials_each(design), ALIKE),
        )
        for share in SHARES
    )
    columns = (
        "true share",
        "trials, 80 %",
        "trials, 90 %",
        "participants for one condition, 80 %",
        "for an explanation of both, 80 %",
    )
    return Table(
        "Right answers against guessing (0.5)",
        columns,
        rows,
        f"Exact binomial. Participants give {design.trials} answers in a condition, which are alike by "
        f"{ALIKE:g} (intraclass correlation).",
    )


def _answers(design: Design) -> Table:
    """Participants for two explanations compared by right answers."""
    each = _trials_each(design)
    sizes = [(gain, accuracies_as_d_z(BASE + gain, BASE, each, ALIKE)) for gain in GAINS]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{BASE + gain:.2f} against {BASE:.2f}",
            round(d_z, 2),
            *(pairs_for(d_z, power, alpha, "t") for alpha in (ALPHA, CORRECTED) for power in (0.8, 0.9)),
        )
        for gain, d_z in sizes
    )
    return Table(
        "Participants to compare two explanations by right answers",
        ("true shares", "d", "80 %", "90 %", "corrected, 80 %", "corrected, 90 %"),
        rows,
        f"Each participant gives {each} answers with either explanation, over both recommenders.",
    )


def _trials_each(design: Design) -> int:
    return design.trials * len(RECOMMENDERS)
