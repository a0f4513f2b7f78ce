"""What is kept of a study, as it is read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from soundglass.core.types import Json

Population: TypeAlias = Literal["people", "simulated"]
"""Who answers; the two are never counted together."""


@dataclass(frozen=True, slots=True)
class Material:
    """A picture or a sound that participants are shown, kept with the study."""

    key: str
    media_type: str
    content: bytes
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study.

    Attributes
    ----------
    id : str
    plan : str
        JSON that is never changed.
    instruments : str
        The wording, JSON that is never changed.
    plan_sha256, instruments_sha256 : str
    join_code, simulated_code : str
        What the links hold by which people, or simulated participants, join.
    is_open : bool
        Whether somebody new may join.
    """

    id: str
    name: str
    plan: str
    plan_sha256: str
    instruments: str
    instruments_sha256: str
    join_code: str
    simulated_code: str
    created: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant.

    Attributes
    ----------
    pseudonym : str
        As in ``K7QX-2M``: unique among all studies of a library, and of no meaning.
    number : int
        Who joined how many-th; of a study's population, from 0. One that was deleted leaves a gap.
    slot : int
        Which row of the balanced order, from 0.
    seed : int
        Of all that is drawn for this participant: made of the plan, the population and the number, so that
        the same participants of the same plan meet the same.
    seat : int
        Counts the windows in which the participant's page was opened; only the newest may answer.
    finished : datetime or None
    """

    study: str
    pseudonym: str
    population: Population
    number: int
    slot: int
    seed: int
    seat: int
    consented: Mapping[str, Json]
    joined: datetime
    finished: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """One step that was answered.

    Attributes
    ----------
    shown : mapping
        All that was shown, without addresses.
    answers : mapping of str to JSON
        By question.
    heard_s : mapping of str to float
        Seconds of each sound, by its name.
    facts : mapping
        Whatever else is known of the answer: versions, the browser's own times, what was refused before.
    first_shown, answered : datetime
        By the server's clock.
    """

    participant: str
    step: str
    shown: Mapping[str, Json]
    shown_sha256: str
    answers: Mapping[str, Json]
    heard_s: Mapping[str, float]
    facts: Mapping[str, Json]
    times_shown: int
    first_shown: datetime
    answered: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """How far one population of a study is.

    Attributes
    ----------
    joined : int
        All who ever joined.
    deleted : int
        Those of them whose records were deleted on request.
    finished, answers : int
        Of those that are left.
    slots : mapping of int to int
        How many participants are left in which row of the balanced order; none for a row that is not named.
    newest : datetime or None
        When something was last answered.
    """

    joined: int
    deleted: int
    finished: int
    answers: int
    slots: Mapping[int, int]
    newest: datetime | None
