"""The questions of a page."""

from __future__ import annotations

from soundglass.core.types import Json
from soundglass.evaluate.study.instruments.questions import Instruments, Question, Scale
from soundglass.evaluate.study.steps import Step


def questions(step: Step, instruments: Instruments) -> tuple[Question, ...]:
    """List the questions of a page, in the order in which they are asked.

    Parameters
    ----------
    step : Step
    instruments : Instruments

    Returns
    -------
    tuple of Question
    """
    return tuple(
        question for scale in _scales(step, instruments) for question in _asked(scale, step, instruments)
    )


def headed(step: Step, instruments: Instruments) -> list[dict[str, Json]]:
    """Group the questions of a page under the headings of their scales.

    Parameters
    ----------
    step : Step
    instruments : Instruments

    Returns
    -------
    list of dict
        ``id``, ``title``, ``instruction`` and ``questions``, their ids; empty for pages without scales.
    """
    return [
        {
            "id": scale.id,
            "title": scale.title,
            "instruction": scale.instruction,
            "questions": [question.id for question in _asked(scale, step, instruments)],
        }
        for scale in _scales(step, instruments)
        if step.scales
    ]


def _scales(step: Step, instruments: Instruments) -> list[Scale]:
    """Find the scales of a page; questions that belong to none stand under the page's kind."""
    ids = step.scales or (step.kind,)
    return [instruments.scales[key] for key in ids if key in instruments.scales]


def _asked(scale: Scale, step: Step, instruments: Instruments) -> tuple[Question, ...]:
    """Put what checks attention amid the others: at the end it would be told at a glance."""
    if not step.check:
        return scale.questions
    middle = len(scale.questions) // 2 + 1
    return (*scale.questions[:middle], instruments.question(step.check), *scale.questions[middle:])
