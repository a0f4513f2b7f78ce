"""How hard the trials of a study are, and how alike for both recommenders."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from soundglass.evaluate.study.conditions import RECOMMENDERS, By
from soundglass.evaluate.study.plan import Plan


@dataclass(frozen=True, slots=True)
class Sizes:
    """The trials of one recommender.

    Attributes
    ----------
    n : int
        How many there are, without the practice.
    least, mean, most : float
        How far the scores of two candidates are apart, in standard deviations of the query's scores over the
        library.
    disagree : int
        In how many of them the other recommender ranks the candidates the other way round.
    """

    n: int
    least: float
    mean: float
    most: float
    disagree: int


def sizes(plan: Plan) -> dict[By, Sizes]:
    """Measure the trials of a plan, by recommender."""
    found = dict[By, Sizes]()
    for by in RECOMMENDERS:
        trials = [trial for one in plan.sets for trial in one.of[by].trials]
        margins = [trial.margin for trial in trials]
        disagree = sum(trial.disagree for trial in trials)
        found[by] = Sizes(len(trials), min(margins), fmean(margins), max(margins), disagree)
    return found
