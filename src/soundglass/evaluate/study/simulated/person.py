"""One simulated participant: from a page's questions to answers, by a policy."""

from __future__ import annotations

from typing import Final

import numpy as np

from soundglass.core.types import Json
from soundglass.evaluate.study.asked import questions
from soundglass.evaluate.study.conditions import Explanation
from soundglass.evaluate.study.instruments.questions import Instruments, Question
from soundglass.evaluate.study.simulated.policies import Policy
from soundglass.evaluate.study.steps import Step
from soundglass.evaluate.study.truth import Truth

_PERSON_SD: Final = 0.5
"""By how much people differ in how well they rate everything, in standard deviations of one rating."""

_ABILITY_SD: Final = 0.4
"""By how much people differ in how often they are right, in log odds."""

_IMPRESSION: Final = 4.5, 1.4
_SD_OF_RANGE: Final = 1 / 5
_SLIDER_STEP: Final = 5


class Person:
    """A simulated participant.

    Parameters
    ----------
    policy : Policy
    seed, number : int
        Of the simulation, and which of its participants it is: the same answer the same pages alike.
    """

    def __init__(self, policy: Policy, seed: int, number: int) -> None:
        self.policy = policy
        self._rng = np.random.default_rng([seed, number])
        self._leniency = self._rng.normal(0, _PERSON_SD)
        self._ability = self._rng.normal(0, _ABILITY_SD)
        self._impressions: dict[int, float] = {}

    def answers(
        self, step: Step, instruments: Instruments, truth: Truth | None = None, tones: int = 0
    ) -> dict[str, Json]:
        """Answer a page.

        Parameters
        ----------
        step : Step
        instruments : Instruments
        truth : Truth, optional
            Of a trial.
        tones : int
            How many were heard in the sound check.

        Returns
        -------
        dict of str to JSON
            By question.
        """
        if step.kind == "sound":
            return {"tones": tones}
        if step.kind == "comment":
            return {"comment": f"A simulated participant: {self.policy.name}"}
        asked = questions(step, instruments)
        if not self.policy.reads:
            return {question.id: _first(question) for question in asked}
        if step.kind == "trial":
            return self._choice(step, truth)
        return {question.id: self._answer(question, step, instruments) for question in asked}

    def _answer(self, question: Question, step: Step, instruments: Instruments) -> Json:
        if question.expected:
            return int(question.expected)
        match question.id:
            case "expectation":
                return self._expectation(step)
            case "impression":
                return _rated(self._impression(step), 1, 7)
            case "known":
                return self._known()
        return self._opinion(question, step, instruments)

    def _impression(self, step: Step) -> float:
        """Find out how a recommendation fits: it is the same before and after it was rated."""
        block = step.block or 0
        if block not in self._impressions:
            self._impressions[block] = self._rng.normal(*_IMPRESSION) + self._leniency / 2
        return self._impressions[block]

    def _expectation(self, step: Step) -> int:
        why = _explanation(step)
        missed = self._rng.normal(self.policy.persuasion[why], self.policy.error[why])
        return _rated(self._impression(step) + missed, 1, 7)

    def _known(self) -> str:
        return str(self._rng.choice(("no", "yes", "unsure"), p=(0.9, 0.05, 0.05)))

    def _choice(self, step: Step, truth: Truth | None) -> dict[str, Json]:
        chance = self.policy.accuracy[_explanation(step)]
        odds = chance / (1 - chance) * np.exp(self._ability)
        is_right = self._rng.random() < odds / (1 + odds)
        sides = ("left", "right") if truth is None or truth.higher == "left" else ("right", "left")
        sure = self._rng.normal(2 + 3 * (chance - 0.5) * 2, 0.9)
        return {"choice": sides[0] if is_right else sides[1], "sure": _rated(sure, 1, 5)}

    def _opinion(self, question: Question, step: Step, instruments: Instruments) -> Json:
        if question.kind == "text":
            return ""
        if question.kind == "choice":
            return question.options[int(self._rng.integers(len(question.options)))].value
        scale = instruments.scales[step.scales[0]]
        z = self._rng.normal() + self._leniency
        if step.block:
            z += self.policy.shift[_explanation(step)]
        if question.is_reversed != (scale.higher_is == "worse"):
            z = -z
        return _spread(z, question)


def _explanation(step: Step) -> Explanation:
    return "none" if step.cell is None else step.cell.explanation


def _spread(z: float, question: Question) -> int:
    """Put a standard score on the range of a question."""
    low, high = question.low, question.high
    value = (low + high) / 2 + z * (high - low) * _SD_OF_RANGE
    if question.kind == "slider":
        return _rated(value / _SLIDER_STEP, low // _SLIDER_STEP, high // _SLIDER_STEP) * _SLIDER_STEP
    return _rated(value, low, high)


def _rated(value: float, low: int, high: int) -> int:
    return int(np.clip(round(value), low, high))


def _first(question: Question) -> Json:
    """Give the answer that is nearest."""
    if question.kind == "choice":
        return question.options[0].value
    return "" if question.kind == "text" else question.low
