"""Texts that a spreadsheet would obey."""

from __future__ import annotations

import pytest

from soundglass.core.spreadsheets import inert


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "  =1"])
def test_what_would_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'=1", "müde, aber froh", "العربية"])
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
