"""Which answers are taken."""

from __future__ import annotations

from typing import Any

import pytest

from soundglass.surfaces.web.study.answered import impossible, missing

QUESTIONS: list[dict[str, Any]] = [
    {"id": "rating", "kind": "rating", "low": 1, "high": 7, "options": [], "required": True},
    {"id": "slider", "kind": "slider", "low": 0, "high": 100, "options": [], "required": True},
    {"id": "number", "kind": "number", "low": 18, "high": 120, "options": [], "required": True},
    {
        **{"id": "choice", "kind": "choice", "low": 0, "high": 0, "required": True},
        "options": [{"value": "left", "label": "A"}, {"value": "right", "label": "B"}],
    },
    {"id": "text", "kind": "text", "low": 0, "high": 0, "options": [], "required": False},
]
GOOD = {"rating": 7, "slider": 35, "number": 44, "choice": "left", "text": "Très bien"}


def test_possible_answers_are_taken() -> None:
    assert impossible(QUESTIONS, GOOD) == []
    assert missing(QUESTIONS, GOOD) == []


@pytest.mark.parametrize("nothing", [None, "", "  \n"])
def test_nothing_is_no_answer_where_one_is_wanted(nothing: object) -> None:
    assert missing(QUESTIONS, dict.fromkeys(GOOD, nothing)) == ["rating", "slider", "number", "choice"]
    assert impossible(QUESTIONS, dict.fromkeys(GOOD, nothing)) == []
    assert missing(QUESTIONS, {}) == ["rating", "slider", "number", "choice"]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        *(("rating", wrong) for wrong in (0, 8, -1, 3.5, 3.0, "3", True, [3], 10**30)),
        *(("slider", wrong) for wrong in (-5, 105, 37, "35", False)),
        *(("number", wrong) for wrong in (17, 121, 44.0, "44")),
        *(("choice", wrong) for wrong in ("middle", "Left", 0, True, ["left"])),
        *(("text", wrong) for wrong in (5, True, "x" * 4001, ["ok"])),
        ("unasked", 1),
        ("", "x"),
    ],
)
def test_what_was_not_offered_is_not_taken(key: str, answer: object) -> None:
    assert impossible(QUESTIONS, {**GOOD, key: answer}) == [key]


def test_long_comments_are_taken() -> None:
    assert impossible(QUESTIONS, {"text": "𝄞" * 4000}) == []
