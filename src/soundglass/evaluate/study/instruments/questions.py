"""Questions, scales and words, as the data files hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from soundglass.evaluate.study.conditions import Explanation

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Kind: TypeAlias = Literal["rating", "slider", "choice", "number", "text"]
"""A rating is one of a few points; a slider goes from 0 to 100 by fives; a choice is one of some options."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes
    ----------
    id : str
        Unique among all questions, as in ``ess-3``.
    kind : Kind
    low, high : int
        Of a rating, a slider or a number: the ends of its range.
    low_label, high_label : str
        What the ends mean.
    options : tuple of Option
        Of a choice.
    is_reversed : bool
        Whether agreeing says the opposite of what the scale measures.
    required : bool
    expected : str
        The only attentive answer, where the question says which; empty for real questions.
    """

    id: str
    text: str
    kind: Kind
    low: int = 0
    high: int = 0
    low_label: str = ""
    high_label: str = ""
    options: tuple[Option, ...] = ()
    is_reversed: bool = False
    required: bool = True
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Questions that measure one thing.

    Attributes
    ----------
    title, instruction : str
        Shown above the questions.
    source, licence : str
        Whose it is, and on what terms it may be used.
    not_for : tuple of Explanation
        Conditions after which it cannot be asked: nobody can be satisfied by no explanation.
    higher_is : {"better", "worse", ""}
        What a high mean says; empty for what is no merit.
    """

    id: str
    title: str
    instruction: str
    questions: tuple[Question, ...]
    source: str
    licence: str
    not_for: tuple[Explanation, ...] = ()
    higher_is: Literal["better", "worse", ""] = ""


@dataclass(frozen=True, slots=True)
class Instruments:
    """All wording of a study, in one language.

    Attributes
    ----------
    language : str
        As in ``en`` (BCP 47).
    direction : {"ltr", "rtl"}
    scales : mapping of str to Scale
    words : mapping of str to str
        Every other text participants read, by id; ``{name}`` stands for what is filled in.
    sha256 : str
        Of all the above: equal wording has equal hashes, however its files were saved.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    scales: Mapping[str, Scale]
    words: Mapping[str, str]
    sha256: str

    def say(self, key: str, **filled: object) -> str:
        """Give a text, filled in."""
        return self.words[key].format(**filled)

    def paragraphs(self, page: str, **filled: object) -> tuple[str, ...]:
        """Give the texts of a page, ``page.1``, ``page.2`` and so on, filled in."""
        return tuple(self.say(key, **filled) for key in self.words if _is_paragraph(key, page))

    def question(self, key: str) -> Question:
        """Find a question of any scale by its id."""
        return next(q for scale in self.scales.values() for q in scale.questions if q.id == key)

    def to_json(self) -> str:
        """Write it down; equal instruments give equal text."""
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> Instruments:
        """Read what :meth:`to_json` wrote; raises ``ValueError`` for anything else.

        A study keeps its wording, but not its program: what that has come to say since then is in English.
        Nothing is added to a page's paragraphs, to which somebody may have agreed.
        """
        from soundglass.evaluate.study.instruments.loading import english

        kept = _adapter().validate_json(text)
        new = {key: said for key, said in english().words.items() if not key[-1].isdecimal()}
        return replace(
            kept, words={**kept.words, **{key: new[key] for key in new.keys() - kept.words.keys()}}
        )


def _is_paragraph(key: str, page: str) -> bool:
    start, _, number = key.rpartition(".")
    return start == page and number.isdecimal()


@cache
def _adapter() -> TypeAdapter[Instruments]:
    from pydantic import TypeAdapter

    return TypeAdapter(Instruments)
