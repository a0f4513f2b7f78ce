"""The shapes of answers, for the API's description: what :mod:`soundglass.core.contract` makes."""

from __future__ import annotations

from typing import NotRequired, TypeAlias

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # pydantic reads those of typing from Python 3.12 on

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class TrackShape(TypedDict):
    """One recording; its path lies below the scanned folders."""

    id: str
    title: str
    artist: str
    album: str
    path: str


@with_config(_EXACT)
class ReadingShape(TypedDict):
    """One track's value of a feature."""

    value: float | None
    unit: str
    percentile: float | None
    source: str
    label: str
    confidence: float | None


@with_config(_EXACT)
class RegionShape(TypedDict):
    """A rectangle of a spectrogram."""

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float


SideShape: TypeAlias = ReadingShape | RegionShape


@with_config(_EXACT)
class MemberShape(TypedDict):
    """A further feature of a part's group, or a further place of a matched region."""

    name: str
    query: SideShape
    match: SideShape


@with_config(_EXACT)
class PartShape(TypedDict):
    """One term of a score."""

    name: str
    contribution: float
    query: SideShape
    match: SideShape
    members: NotRequired[list[MemberShape]]


@with_config(_EXACT)
class ResultShape(TrackShape):
    """One recommendation; the contributions of its parts sum to its score."""

    rank: int
    score: float
    sentence: str
    parts: list[PartShape]


@with_config(_EXACT)
class SimilarShape(TypedDict):
    """The tracks most like one."""

    query: TrackShape
    by: str
    results: list[ResultShape]
    notes: list[str]


@with_config(_EXACT)
class ChangeShape(TypedDict):
    """What would be if a value of the match were another."""

    part: str
    feature: str
    value: float
    label: str
    actual: str
    score: float
    actual_score: float
    rank: int
    actual_rank: int
    sentence: str


@with_config(_EXACT)
class PairShape(TypedDict):
    """One pair in full; the contributions of its parts sum to its score."""

    query: TrackShape
    by: str
    match: TrackShape
    score: float
    rank: int
    of: int
    sentence: str
    parts: list[PartShape]
    counterfactuals: list[ChangeShape]


@with_config(_EXACT)
class ProblemShape(TypedDict):
    """What went wrong, and what helps."""

    error: str
    remedy: str | None
