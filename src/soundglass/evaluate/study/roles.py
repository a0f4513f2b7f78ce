"""What stands behind the names on a page: its tracks, and the materials of its explanation."""

from __future__ import annotations

from typing import Final

from soundglass.evaluate.study.conditions import Explanation
from soundglass.evaluate.study.plan import Heard, Plan, Role, Stimulus
from soundglass.evaluate.study.steps import Step, StepKind

_ROLES: Final[dict[StepKind, tuple[Role, ...]]] = {
    "expectation": ("query",),
    "impression": ("query", "match"),
    "trial": ("query", "left", "right"),
}


def stimulus(step: Step, plan: Plan) -> Stimulus | None:
    """Give what the step's recommender made of its set; ``None`` outside of blocks."""
    if step.item_set is None or step.cell is None:
        return None
    return plan.set_of(step.item_set).of[step.cell.by]


def tracks(step: Step, plan: Plan) -> dict[Role, Heard]:
    """List the tracks that a page plays.

    Parameters
    ----------
    step : Step
    plan : Plan

    Returns
    -------
    dict of Role to Heard
        In the order in which they are offered; empty for pages about no track.
    """
    ids = {role: _track_id(role, step, plan) for role in _ROLES.get(step.kind, ())}
    return {role: plan.tracks[track] for role, track in ids.items()}


def _track_id(role: Role, step: Step, plan: Plan) -> str:
    shown = stimulus(step, plan)
    assert shown is not None and step.item_set is not None, "only pages of blocks have roles"  # noqa: S101
    if role == "query":
        return plan.set_of(step.item_set).query
    if role == "match":
        return shown.match
    assert step.trial is not None, "only trials have sides"  # noqa: S101
    trial = shown.trials[step.trial]
    return trial.higher if role == step.higher_side else trial.lower


def explanation(step: Step) -> Explanation:
    """Say how a page explains its recommendation: by its condition, and not at all after listening."""
    if step.cell is None or step.kind not in ("expectation", "trial"):
        return "none"
    return step.cell.explanation


def materials(step: Step, plan: Plan) -> dict[str, str]:
    """Find the materials a page may ask for.

    Parameters
    ----------
    step : Step
    plan : Plan

    Returns
    -------
    dict of str to str
        The key of each of the study's materials by its name on the page, as in ``sound-1`` and
        ``picture-query``; empty unless the condition shows pictures and sounds.
    """
    made = stimulus(step, plan)
    if made is None or explanation(step) != "regions":
        return {}
    pictures = {f"picture-{picture.role}": picture.material for picture in made.evidence.pictures}
    return pictures | {f"sound-{nth}": one.material for nth, one in enumerate(made.evidence.sounds, start=1)}
