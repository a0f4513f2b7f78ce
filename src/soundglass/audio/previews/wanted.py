"""What is asked for and what is offered: a listed track, and a catalogue's preview of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track somebody listed.

    Attributes
    ----------
    row : int
        Where in the table, as a spreadsheet counts.
    id, title, artist, isrc, preview_url : str
        Empty where unknown.
    duration_s : float or None
    """

    row: int
    id: str = ""
    title: str = ""
    artist: str = ""
    isrc: str = ""
    duration_s: float | None = None
    preview_url: str = ""

    @property
    def label(self) -> str:
        """What people call it."""
        return (
            " – ".join(filter(None, (self.artist, self.title))) or self.isrc or self.id or f"row {self.row}"
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A track a catalogue has a preview of.

    Attributes
    ----------
    source, id : str
        The catalogue's name, and its name for the track.
    queried_by : str
        What it was found by.
    query : str
        The address that was asked; empty for the table's own column.
    preview_url : str
        Empty where the catalogue knows the track but has no preview.
    title, artist, isrc : str
        Empty where the catalogue is silent.
    duration_s : float or None
        Of the whole recording.
    """

    source: str
    id: str
    queried_by: str
    query: str
    preview_url: str
    title: str = ""
    artist: str = ""
    isrc: str = ""
    duration_s: float | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return " – ".join(filter(None, (self.artist, self.title))) or self.id


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an offer is the track that is wanted.

    Attributes
    ----------
    same : bool
    score : float or None
        0 to 1; ``None`` where there is nothing to go by.
    reason : str
        In words.
    """

    same: bool
    score: float | None
    reason: str


Judge: TypeAlias = Callable[[Wanted, Offer], Verdict]
"""Says whether an offer is what is wanted."""
