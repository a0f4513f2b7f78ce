"""The shapes of what is answered about two recommenders."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.surfaces.web.contract import ResultShape, TrackShape

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class OtherPlaceShape(TypedDict):
    """What the other recommender says of a track."""

    rank: int
    score: float
    sentence: str


@with_config(_EXACT)
class FoundByOneShape(TrackShape):
    """A track that only one of two lists names; ``by`` that recommender, for this reason."""

    by: str
    rank: int
    sentence: str
    other: OtherPlaceShape


@with_config(_EXACT)
class LooksShape(TypedDict):
    """How alike the stored spectrograms look, by MS-SSIM: 1 for the same picture.

    ``pairs`` are by track, ``means`` and ``more_alike`` by recommender; the latter is how likely one of its
    tracks looks more alike than a track drawn at random.
    """

    measure: str
    pairs: dict[str, float]
    means: dict[str, float | None]
    more_alike: dict[str, float | None]
    random: list[float]


@with_config(_EXACT)
class ComparisonShape(TypedDict):
    """The lists of two recommenders for one track, and how far they agree; ``of`` tracks both can rank."""

    query: TrackShape
    by: list[str]
    of: int
    in_common: int
    overlap: float
    rbo: float | None
    correlation: float | None
    same_first: bool
    lists: dict[str, list[ResultShape]]
    found_by_one: list[FoundByOneShape]
    looks: LooksShape | None
    notes: list[str]


@with_config(_EXACT)
class EstimateShape(TypedDict):
    """A figure with its 95 % interval, and of how many tracks it is the mean."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@with_config(_EXACT)
class DifferenceShape(TypedDict):
    """How much more alike the matches of one recommender look than random tracks."""

    by: str
    mean: EstimateShape
    effect: EstimateShape
    p: float | None


@with_config(_EXACT)
class LooksOverShape(TypedDict):
    """How alike matches look over a library; ``means`` by recommender and of ``random`` tracks.

    ``effect`` is Cliff's δ.
    """

    measure: str
    means: dict[str, EstimateShape]
    differences: list[DifferenceShape]


@with_config(_EXACT)
class AgreementShape(TrackShape):
    """One track, and how far two recommenders agree on it."""

    in_common: int
    overlap: float
    rbo: float | None
    correlation: float | None
    same_first: bool


@with_config(_EXACT)
class LibraryComparisonShape(TypedDict):
    """How far two recommenders agree over the library; ``in_common`` counts tracks by 0, 1, … n in common."""

    by: list[str]
    n: int
    of: int
    asked: int
    overlap: float | None
    rbo: float | None
    correlation: float | None
    same_first: float | None
    in_common: list[int]
    most: list[AgreementShape]
    least: list[AgreementShape]
    looks: LooksOverShape | None
    notes: list[str]


@with_config(_EXACT)
class UnderWayShape(TypedDict):
    """What is being worked out, and how far it is; ask again."""

    doing: str
    done: int
    of: int
