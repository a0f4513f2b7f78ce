"""Texts and the code that says them: none is missing, none is idle."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import soundglass
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.tables import FORMS
from soundglass.evaluate.study.plan import Role
from soundglass.evaluate.study.steps import StepKind

SOURCE = Path(soundglass.__file__).parent
WORDS = load().words
PAGES = {*get_args(StepKind), "background", "consent", "end"}
TOPICS = "|".join({re.escape(key.partition(".")[0]) for key in WORDS if "." in key})
MADE_UP = (
    *(rf"{page}\.(title|\d)" for page in PAGES),
    *(rf"label\.{role}" for role in get_args(Role)),
    "language",
    "direction",
)
"""Ids that are put together from the name of a page or of a track's role, or read as fields."""


def texts() -> list[str]:
    """Read all code of the study: of its pages, and beneath them."""
    files = (file for folder in ("evaluate", "surfaces") for file in (SOURCE / folder).rglob("*"))
    code = {".py", ".j2", ".js"}
    return [
        file.read_text("utf-8")
        for file in files
        if file.suffix in code and "study" in str(file.relative_to(SOURCE))
    ]


def said() -> set[str]:
    """Find the ids that the code names."""
    forms = rf"""["']((?:{TOPICS})(?:\.[a-z_]+)+)["']""", r"""say\(["']([a-z]+)["']"""
    return {key for text in texts() for form in forms for key in re.findall(form, text)}


def begun() -> tuple[str, ...]:
    """Find the beginnings of ids that are completed while the program runs: f"evidence.look.{name}"."""
    form = rf'f"((?:{TOPICS})\.(?:[a-z_]+\.)+)\{{'
    return tuple({start for text in texts() for start in re.findall(form, text)})


def test_every_text_that_is_said_is_there() -> None:
    files = {form.name for form in FORMS}
    assert said() - WORDS.keys() - files == set()


def test_every_text_is_said() -> None:
    named, starts = said(), begun()
    idle = {key for key in WORDS.keys() - named if not key.startswith(starts)}
    assert {key for key in idle if not any(re.fullmatch(form, key) for form in MADE_UP)} == set()
