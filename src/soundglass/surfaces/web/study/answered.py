"""Answers as they may be: one for every question that wants one, each within what was offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from soundglass.core.types import Json

_LONGEST_TEXT = 4000
_SLIDER_STEP = 5


def missing(questions: Iterable[Mapping[str, Json]], answers: Mapping[str, Json]) -> list[str]:
    """List the questions that want an answer and have none, by their ids.

    Parameters
    ----------
    questions : iterable of mapping
        As a page shows them.
    answers : mapping of str to JSON
        By question; ``None`` and blanks are none.
    """
    return [q["id"] for q in questions if q["required"] and is_empty(answers.get(q["id"]))]


def impossible(questions: Iterable[Mapping[str, Json]], answers: Mapping[str, Json]) -> list[str]:
    """List what is answered outside of what was offered, and what was not asked at all, by ids."""
    asked = {question["id"]: question for question in questions}
    return [
        key
        for key, value in answers.items()
        if not is_empty(value) and not (key in asked and _is_possible(asked[key], value))
    ]


def is_empty(answer: Json) -> bool:
    """Whether nothing was answered."""
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _is_possible(question: Mapping[str, Json], answer: Json) -> bool:
    kind = question["kind"]
    if kind == "choice":
        return any(answer == option["value"] for option in question["options"])
    if kind == "text":
        return isinstance(answer, str) and len(answer) <= _LONGEST_TEXT
    if type(answer) is not int or not question["low"] <= answer <= question["high"]:  # True is an int, too
        return False
    return kind != "slider" or answer % _SLIDER_STEP == 0
