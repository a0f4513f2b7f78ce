"""What participants are not told: which answer is right."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.roles import stimulus
from soundglass.evaluate.study.steps import Side, Step


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a forward simulation.

    Attributes
    ----------
    higher : {"left", "right"}
        Where the candidate stands that the recommender ranks higher.
    left, right : str
        Ids of the tracks.
    margin : float
        How far their scores are apart, in standard deviations of the query's scores over the library.
    disagree : bool
        Whether the other recommender ranks them the other way round.
    """

    higher: Side
    left: str
    right: str
    margin: float
    disagree: bool


def truth(step: Step, plan: Plan) -> Truth | None:
    """Say what is true of a step; ``None`` where nothing is right or wrong.

    Parameters
    ----------
    step : Step
    plan : Plan

    Returns
    -------
    Truth or None
    """
    made = stimulus(step, plan)
    if made is None or step.trial is None or step.higher_side == "":
        return None
    trial = made.trials[step.trial]
    ids = (trial.higher, trial.lower) if step.higher_side == "left" else (trial.lower, trial.higher)
    return Truth(step.higher_side, *ids, trial.margin, trial.disagree)
