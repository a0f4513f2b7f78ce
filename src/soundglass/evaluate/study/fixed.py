"""A study as its records hold it, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from soundglass.core.errors import LibraryError
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.steps import Step, steps
from soundglass.library.study.records import StudyRecord

_STUDIES, _PARTICIPANTS = 16, 256


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """What all participants of a study have in common."""

    plan: Plan
    instruments: Instruments


@lru_cache(_STUDIES)
def fixed(record: StudyRecord) -> Fixed:
    """Read the plan and the wording of a study.

    Raises
    ------
    LibraryError
        Another version of Soundglass wrote them in a form that this one does not know.
    """
    try:
        return Fixed(Plan.from_json(record.plan), Instruments.from_json(record.instruments))
    except ValueError as error:
        raise LibraryError(
            f"the study {record.name!r} was made by another version of Soundglass",
            remedy="Run it with that version",
        ) from error


@lru_cache(_PARTICIPANTS)
def way(study: Fixed, slot: int, seed: int) -> tuple[Step, ...]:
    """Lay out a participant's steps."""
    return steps(study.plan, study.instruments, slot, seed)
