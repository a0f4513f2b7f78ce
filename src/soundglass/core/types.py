"""The frozen values that travel between layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float32]
Source: TypeAlias = Literal["csv", "measured", "estimated"]
Json: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says about itself, cleaned and bounded; empty string or ``None`` where it is silent."""

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    genres: tuple[str, ...] = ()
    year: int | None = None
    track_number: int | None = None
    mb_recording_id: str = ""
    mb_release_id: str = ""
    mb_artist_id: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One feature of one recording, as an analyser found it.

    Attributes
    ----------
    name : str
        A name in the catalogue.
    value : float
        In the catalogue's unit; NaN where it could not be found.
    confidence : float or None
        0 to 1, where the method gives one.
    evidence : mapping
        JSON-ready support for the value, such as tempo alternatives.
    """

    name: str
    value: float
    confidence: float | None = None
    evidence: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Track:
    """One recording in a library.

    Attributes
    ----------
    id : str
        Content hash of the audio frames, or the id a table gave.
    origin : {"audio", "csv"}
        Where its features come from; features of different origin are never compared.
    path : str
        Main file, empty for a table row.
    flags : tuple of str
        What is odd about the recording: ``silent``, ``truncated``, ``clipped``, ``short``, …
    """

    id: str
    origin: Literal["audio", "csv"]
    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    genres: tuple[str, ...] = ()
    year: int | None = None
    path: str = ""
    duration_s: float = float("nan")
    flags: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``Artist – Title``, or the best there is."""
        name = self.title or self.path.rpartition("/")[2] or self.id
        return f"{self.artist} – {name}" if self.artist else name


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a spectrogram: seconds from the start of the track, and Hz."""

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float


@dataclass(frozen=True, slots=True)
class FeatureEvidence:
    """One track's side of a feature part.

    Attributes
    ----------
    value : float or None
        In ``unit``; ``None`` where the track lacks it.
    percentile : float or None
        0 to 100 within the library; ``None`` for circular features.
    label : str
        The value as people read it: ``"A minor"``, ``"120 BPM"``.
    confidence : float or None
        0 to 1, of this very value, where the method gives one.
    """

    value: float | None
    unit: str
    percentile: float | None
    source: Source
    label: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One additive term of a score; contributions of all parts sum to the score.

    Attributes
    ----------
    members : tuple of Part
        Further features of the same group, whose contribution is within this part's.
    """

    name: str
    contribution: float
    query: FeatureEvidence | Region
    match: FeatureEvidence | Region
    members: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One explained result.

    Attributes
    ----------
    rank : int
        1 is the nearest.
    score : float
        1 = the same recording, 0 = no more alike than a random track of this library.
    sentence : str
        Why, in words that hold (DESIGN 3.3).
    parts : tuple of Part
        Largest contribution first; they sum to ``score``.
    """

    rank: int
    track: Track
    score: float
    sentence: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Recommendations(Sequence[Recommendation]):
    """The answer to a query: a sequence of :class:`Recommendation`."""

    query: Track
    by: str
    results: tuple[Recommendation, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.results)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.results)

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Recommendation, ...]: ...

    def __getitem__(self, index: int | slice) -> Recommendation | tuple[Recommendation, ...]:
        return self.results[index]
