"""The shapes of playlists, of what makes one, and of what is sent to change one."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from soundglass.library.playlist_rows import MAX_NOTE, MAX_REASON, MAX_TRACKS
from soundglass.surfaces.web.contract import PartShape, ResultShape, TrackShape

_EXACT = ConfigDict(extra="forbid")

Name = Annotated[str, Field(max_length=200, description="Of the playlist; no other may have it.")]
Note = Annotated[str, Field(max_length=MAX_NOTE)]
Id = Annotated[str, Field(max_length=200)]


@with_config(_EXACT)
class HeadingShape(TypedDict):
    """What a playlist is called and how long it is; ``version`` grows with every change."""

    id: str
    name: str
    note: str
    version: int
    created: str
    changed: str
    n_tracks: int
    seconds: float


@with_config(_EXACT)
class EntryShape(TrackShape):
    """A track of a playlist and why it is there; ``gone`` if the library no longer has it."""

    position: int
    duration_s: float | None
    reason: str
    gone: bool


@with_config(_EXACT)
class PlaylistShape(HeadingShape):
    """A playlist; ``left_out`` are ids that the library does not have, of those that were to be added."""

    tracks: list[EntryShape]
    left_out: NotRequired[list[str]]


@with_config(_EXACT)
class PlaylistsShape(TypedDict):
    """All playlists, the last changed first."""

    playlists: list[HeadingShape]


class WantedTrack(BaseModel):
    """A track that is to be in a playlist, and why."""

    model_config = _EXACT

    id: Id
    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""


Tracks = Annotated[list[Id | WantedTrack], Field(max_length=MAX_TRACKS, description="Ids, or with a reason.")]


class NewPlaylist(BaseModel):
    """A playlist to be made."""

    model_config = _EXACT

    name: Name
    note: Note = ""
    tracks: Tracks = []


class ChangedPlaylist(BaseModel):
    """What is to change; ``tracks`` is the new order, and what it leaves out is removed."""

    model_config = _EXACT

    version: Annotated[int, Field(ge=1, description="That the change is meant for.")]
    name: Name | None = None
    note: Note | None = None
    tracks: Annotated[list[Id], Field(max_length=MAX_TRACKS)] | None = None


class MoreTracks(BaseModel):
    """Tracks to be added at the end."""

    model_config = _EXACT

    tracks: Annotated[Tracks, Field(min_length=1)]


@with_config(_EXACT)
class StepShape(TrackShape):
    """One step of a way; the contributions of its parts sum to its score."""

    score: float
    sentence: str
    parts: list[PartShape]


@with_config(_EXACT)
class PathShape(TypedDict):
    """A way from one track to another."""

    start: TrackShape
    end: TrackShape
    by: str
    largest_jump: float
    steps: list[StepShape]
    notes: list[str]


@with_config(_EXACT)
class TempoShape(TypedDict):
    """From and to how many BPM; null where there is no limit."""

    slowest: float | None
    fastest: float | None


@with_config(_EXACT)
class MoodShape(TypedDict):
    """The tracks nearest to a mood; the ``query`` side of their parts is what was asked."""

    wishes: dict[str, float]
    tempo: TempoShape
    results: list[ResultShape]
    notes: list[str]
