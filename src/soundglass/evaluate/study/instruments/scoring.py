"""From the answers to a scale's questions to its score."""

from __future__ import annotations

from collections.abc import Mapping

from soundglass.core.types import Json
from soundglass.evaluate.study.instruments.questions import Question, Scale


def score(scale: Scale, answers: Mapping[str, Json]) -> float | None:
    """Score a scale: the mean of its questions, with those reversed that are worded the other way round.

    Parameters
    ----------
    scale : Scale
    answers : mapping of str to JSON
        By question; may hold answers to others.

    Returns
    -------
    float or None
        On the range of its questions: 1 to 5 of the Explanation Satisfaction Scale, 0 to 100 of NASA-TLX
        (which is the raw, unweighted index; Hart, 2006). ``None`` if one of them is not answered, since the
        mean of some items is not the published scale; and for questions that do not share one range, which
        measure nothing together.
        Checks of attention are left out.
    """
    questions = scored(scale)
    values = [points(question, answers.get(question.id)) for question in questions]
    given = [value for value in values if value is not None]
    return sum(given) / len(given) if given and len(given) == len(values) else None


def scored(scale: Scale) -> tuple[Question, ...]:
    """Find the questions that a scale's score is made of; none if it has no score."""
    questions = tuple(question for question in scale.questions if not question.expected)
    ranges = {_range(question) for question in questions}
    return questions if len(ranges) == 1 and None not in ranges else ()


def points(question: Question, answer: Json) -> float | None:
    """Give what an answer counts for, reversed if the question is; ``None`` if it is no answer to it."""
    spread = _range(question)
    if spread is None or isinstance(answer, bool) or not isinstance(answer, int | float | str):
        return None
    low, high = spread
    try:
        value = float(answer)
    except ValueError:
        return None
    if not low <= value <= high:
        return None
    return low + high - value if question.is_reversed else value


def _range(question: Question) -> tuple[int, int] | None:
    if question.kind in {"rating", "slider"}:
        return question.low, question.high
    if question.kind == "choice" and all(option.value.isdecimal() for option in question.options):
        values = [int(option.value) for option in question.options]
        return min(values), max(values)
    return None
