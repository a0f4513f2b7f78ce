"""A study that is fixed: its tracks, what the recommenders say of them, and how each is explained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, TypeAlias

from soundglass.evaluate.study.conditions import By
from soundglass.evaluate.study.design import Design

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Role: TypeAlias = Literal["query", "match", "left", "right"]
"""What a track is on a page: the one that plays, the recommended one, and the two to choose from."""

PRACTICE = "practice"
"""The key of the set that is shown first and never counted."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A track that participants hear.

    Attributes
    ----------
    id : str
        Its id in the library: a hash of its audio.
    duration_s : float
    gain_db : float
        What makes all tracks of a study equally loud, 0 or less.
    """

    id: str
    title: str
    artist: str
    duration_s: float
    gain_db: float


@dataclass(frozen=True, slots=True)
class BarShown:
    """One row of the bars: a part of the score, or what is left of it; ``left`` and ``width`` in percent."""

    label: str
    amount: str
    left: float
    width: float
    is_negative: bool
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class BoxShown:
    """A numbered outline on a spectrogram, in percent of its size; its colour is ``--mark-NUMBER``'s."""

    number: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PictureShown:
    """One of the two spectrograms.

    Attributes
    ----------
    material : str
        The key of the picture among the study's materials.
    said : str
        What it shows, for those who do not see it.
    """

    role: Literal["query", "match"]
    material: str
    width: int
    height: int
    said: str
    boxes: tuple[BoxShown, ...] = ()


@dataclass(frozen=True, slots=True)
class SoundShown:
    """Something of the evidence that can be heard: a label, and the key of an MP3 among the materials.

    ``number`` is that of the boxes it belongs to, 0 for none.
    """

    label: str
    material: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that can be shown of why a track was recommended; a condition shows some of it.

    Attributes
    ----------
    sentence : str
        As of any recommendation.
    score, score_words : str
    bars : tuple of BarShown
        They sum to the score, and so do their rounded amounts.
    said : str
        How to read the pictures of this recommender, in one or more lines.
    """

    sentence: str
    score: str
    score_words: str
    bars: tuple[BarShown, ...]
    said: str
    pictures: tuple[PictureShown, ...]
    sounds: tuple[SoundShown, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Two candidates for one query, and what the recommender makes of them.

    Attributes
    ----------
    higher, lower : str
        Ids of the tracks, by their true scores.
    higher_score, lower_score : float
    margin : float
        Their difference in standard deviations of the query's scores over the library.
    disagree : bool
        Whether the other recommender ranks them the other way round.
    """

    higher: str
    lower: str
    higher_score: float
    lower_score: float
    margin: float
    disagree: bool


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One recommender's recommendation for a query, with trials to follow."""

    match: str
    score: float
    rank: int
    evidence: Evidence
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class ItemSet:
    """What one block is about: a query, by both recommenders; a block shows one of them."""

    key: str
    query: str
    of: dict[By, Stimulus]


@dataclass(frozen=True, slots=True)
class Plan:
    """A study that is fixed.

    Attributes
    ----------
    sets : tuple of ItemSet, length 8
        As many as there are cells.
    practice : ItemSet
    tracks : dict of str to Heard
        All tracks, by id.
    versions : dict of str to str
        Of the program, the library's snapshot, the models and the wording, by name.
    """

    design: Design
    sets: tuple[ItemSet, ...]
    practice: ItemSet
    tracks: dict[str, Heard]
    versions: dict[str, str]

    def set_of(self, key: str) -> ItemSet:
        """Find a set by its key."""
        return next(one for one in (*self.sets, self.practice) if one.key == key)

    def to_json(self) -> str:
        """Write it down; equal plans give equal text."""
        return _adapter().dump_json(self).decode()

    @property
    def sha256(self) -> str:
        """Name its contents."""
        return sha256(self.to_json().encode()).hexdigest()

    @staticmethod
    def from_json(text: str) -> Plan:
        """Read what :meth:`to_json` wrote; raises ``ValueError`` for anything else."""
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)
