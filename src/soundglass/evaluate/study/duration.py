"""How long the study takes somebody, estimated before anybody has taken part."""

from __future__ import annotations

import math
from typing import Final

from soundglass.evaluate.study.asked import questions
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.shown import shown
from soundglass.evaluate.study.steps import Step, steps

PAGE_S: Final = 4.0
QUESTION_S: Final = 6.0
"""Questionnaires of short items take 5 to 7 s an item."""
WORDS_PER_MINUTE: Final = 238
"""Silent reading of prose (Brysbaert, 2019)."""

_ROUNDED_TO = 5


def minutes(plan: Plan, instruments: Instruments) -> int:
    """Estimate how long a participant needs.

    Parameters
    ----------
    plan : Plan
    instruments : Instruments

    Returns
    -------
    int
        Minutes, rounded up to the next 5: what must be heard, what is read once, and time to answer.
    """
    way = steps(plan, instruments, 0, 0)
    seconds = sum(_to_answer(step, plan, instruments) for step in way)
    return math.ceil((seconds + _to_read(way, plan, instruments)) / 60 / _ROUNDED_TO) * _ROUNDED_TO


def _to_answer(step: Step, plan: Plan, instruments: Instruments) -> float:
    listening = len(step.must_hear) * plan.design.listen_s
    return PAGE_S + listening + QUESTION_S * len(questions(step, instruments))


def _to_read(way: tuple[Step, ...], plan: Plan, instruments: Instruments) -> float:
    pages = (shown(step, plan, instruments, number=1, of=1) for step in way)
    texts = {text for page in pages for text in page["text"]}
    return 60 * sum(len(text.split()) for text in texts) / WORDS_PER_MINUTE
