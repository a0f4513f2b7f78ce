"""Who is not counted: rules that are fixed before anybody takes part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from soundglass.evaluate.study.rows import Person

FEWEST_RATINGS: Final = 20
"""Fewer answers than these may be all alike by honest chance."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason not to count a participant.

    Attributes
    ----------
    why : str
        As in ``"did not finish"``.
    holds : callable
        Tells whether it holds for a participant.
    """

    why: str
    holds: Callable[[Person], bool]


INATTENTIVE: Final = Rule(
    "failed every attention check", lambda person: bool(person.attention) and not any(person.attention)
)

RULES: Final[tuple[Rule, ...]] = (
    Rule("did not finish", lambda person: not person.finished),
    INATTENTIVE,
    Rule(
        "gave one and the same answer to every rating",
        lambda person: person.n_ratings >= FEWEST_RATINGS and person.distinct == 1,
    ),
)
"""In the order in which they are asked; the first that holds is the one that is told."""


def why_not_counted(person: Person, rules: Sequence[Rule] = RULES) -> str:
    """Say why a participant is not counted, empty for one who is."""
    return next((rule.why for rule in rules if rule.holds(person)), "")


def counted(people: Sequence[Person], rules: Sequence[Rule] = RULES) -> tuple[Person, ...]:
    """Give those who are counted."""
    return tuple(person for person in people if not why_not_counted(person, rules))
