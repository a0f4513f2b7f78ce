"""The shapes of the study's answers, for the API's description."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic reads those of typing from Python 3.12 on

from soundglass.core.types import Json

_EXACT = ConfigDict(extra="forbid")
_Name = Annotated[str, Field(max_length=64)]
_Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
_Milliseconds = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
_HeardSeconds = Annotated[dict[_Name, _Seconds], Field(max_length=64)]
Seat = Annotated[int, Field(ge=0, le=1 << 31, description="Of the window, as its page said.")]


class _Body(BaseModel):
    model_config = _EXACT


class Consent(_Body):
    """Somebody agrees to take part."""

    consent: Literal[True]
    wording: Annotated[str, Field(max_length=64, description="The hash of the wording they read.")]
    secret: Annotated[
        str | None,
        Field(
            pattern="^[A-Za-z0-9_-]{32,64}$",
            description="What their own link is to hold, drawn at random; sent again it joins nobody twice.",
        ),
    ] = None


class HeardNow(_Body):
    """What has been heard on a page so far."""

    step: _Name
    seat: Seat
    heard: _HeardSeconds


class Answers(HeardNow):
    """All answers of one page.

    ``times`` are the browser's own, in milliseconds.
    """

    answers: Annotated[dict[_Name, str | int | float | bool | None], Field(max_length=128)]
    times: Annotated[dict[_Name, _Milliseconds], Field(max_length=128)] = Field(default_factory=dict)


@with_config(_EXACT)
class JoinedShape(TypedDict):
    """Where a participant's own pages are, and the name by which to ask for deletion."""

    address: str
    pseudonym: str


@with_config(_EXACT)
class KeptShape(TypedDict):
    """An answer is kept."""

    kept: bool
    finished: bool


@with_config(_EXACT)
class OptionShape(TypedDict):
    """One answer to choose."""

    value: str
    label: str


@with_config(_EXACT)
class QuestionShape(TypedDict):
    """One question."""

    id: str
    kind: Literal["rating", "slider", "choice", "number", "text"]
    text: str
    low: int
    high: int
    low_label: str
    high_label: str
    options: list[OptionShape]
    required: bool


@with_config(_EXACT)
class ScaleShape(TypedDict):
    """Questions that belong together, by their ids."""

    id: str
    title: str
    instruction: str
    questions: list[str]


@with_config(_EXACT)
class HeardTrackShape(TypedDict):
    """A track to listen to, and how much of it has to be heard."""

    name: str
    label: str
    title: str | None
    duration_s: float
    gain_db: float
    must_hear_s: float
    address: str


@with_config(_EXACT)
class BarShape(TypedDict):
    """A part of a score; ``left`` and ``width`` in percent."""

    label: str
    amount: str
    left: float
    width: float
    is_negative: bool
    is_sum: bool


@with_config(_EXACT)
class BoxShape(TypedDict):
    """A numbered outline, in percent of the picture."""

    number: int
    left: float
    top: float
    width: float
    height: float


@with_config(_EXACT)
class PictureShape(TypedDict):
    """A spectrogram."""

    name: str
    role: Literal["query", "match"]
    width: int
    height: int
    said: str
    boxes: list[BoxShape]
    address: str


@with_config(_EXACT)
class EvidenceSoundShape(TypedDict):
    """What can be heard of an explanation."""

    name: str
    label: str
    number: int
    address: str


@with_config(_EXACT)
class ExplanationShape(TypedDict):
    """Why a track is recommended, as far as it is shown."""

    sentence: str
    score: str | None
    score_words: str | None
    bars: list[BarShape]
    said: str
    pictures: list[PictureShape]
    sounds: list[EvidenceSoundShape]


@with_config(_EXACT)
class AddressesShape(TypedDict):
    """Where a page's participant goes on."""

    page: str
    step: str
    answers: str
    heard: str
    withdraw: str


@with_config(_EXACT)
class StudyPageShape(TypedDict):
    """One page of the study; nothing in it tells the condition or the right answer."""

    finished: Literal[False]
    step: str
    kind: Literal["sound", "instructions", "expectation", "impression", "trial", "scales", "comment"]
    number: int
    of: int
    block: int | None
    title: str
    text: list[str]
    condition: None
    sounds: list[HeardTrackShape]
    explanation: ExplanationShape | None
    questions: list[QuestionShape]
    scales: list[ScaleShape]
    button: str
    feedback: Json
    seat: int
    heard: dict[str, float]
    addresses: AddressesShape


@with_config(_EXACT)
class FinishedShape(TypedDict):
    """The study is done."""

    finished: Literal[True]
    pseudonym: str
    addresses: AddressesShape


@with_config(_EXACT)
class RefusalShape(TypedDict):
    """Why an answer is not taken, in the words of the study."""

    error: str
    remedy: str | None
    why: str


@with_config(_EXACT)
class CountShape(TypedDict):
    """How far one population is; ``orders_used`` of ``orders`` rows of the balanced order."""

    joined: int
    deleted: int
    finished: int
    answers: int
    orders_used: int
    orders: int
    newest: str | None


@with_config(_EXACT)
class StudyShape(TypedDict):
    """A study, with the addresses by which people and simulated participants join."""

    name: str
    created: str
    is_open: bool
    planned: int
    seed: int
    trials: int
    listen_s: float
    show_names: bool
    organiser: str
    contact: str
    language: str
    pages: int
    minutes: int
    versions: dict[str, str]
    join: str
    join_simulated: str
    people: CountShape
    simulated: CountShape
    plan_sha256: str
    wording_sha256: str


@with_config(_EXACT)
class StudiesShape(TypedDict):
    """All studies of a library, newest first, and the names of those that only another version can read."""

    studies: list[StudyShape]
    unreadable: list[str]
