"""Who is counted: each rule by itself, and their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from soundglass.evaluate.study.exclusions import FEWEST_RATINGS, INATTENTIVE, RULES, counted, why_not_counted
from soundglass.evaluate.study.rows import Person

GOOD = Person("A", 0, True, 50.0, (True, True), 5, 120, {})


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (GOOD, ""),
        (replace(GOOD, finished=False), "did not finish"),
        (replace(GOOD, attention=(False, False)), "failed every attention check"),
        (replace(GOOD, attention=(False, True)), ""),
        (replace(GOOD, attention=()), ""),
        (replace(GOOD, distinct=1), "gave one and the same answer to every rating"),
        (replace(GOOD, distinct=1, n_ratings=FEWEST_RATINGS - 1), ""),
        (replace(GOOD, finished=False, attention=(False,), distinct=1), "did not finish"),
    ],
)
def test_the_first_rule_that_holds_is_told(person: Person, why: str) -> None:
    assert why_not_counted(person) == why
    assert counted([person]) == (() if why else (person,))


def test_a_rule_can_be_left_out() -> None:
    careless = replace(GOOD, attention=(False, False))
    assert counted([careless], [rule for rule in RULES if rule is not INATTENTIVE]) == (careless,)
