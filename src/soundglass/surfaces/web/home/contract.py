"""The shapes of what the first page shows."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.surfaces.web.contract import TrackShape

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class ListedShape(TrackShape):
    """A track in a list; ``origin`` is ``audio`` or, for a table's row, ``csv``."""

    origin: str
    genres: list[str]
    year: int | None
    duration_s: float | None


@with_config(_EXACT)
class SearchShape(TypedDict):
    """What a search found, best first; ``respelt``: nothing is called so, these come nearest."""

    query: str
    total: int
    respelt: bool
    results: list[ListedShape]


@with_config(_EXACT)
class RecentShape(TypedDict):
    """The newest tracks, newest first."""

    results: list[ListedShape]


@with_config(_EXACT)
class AdviceShape(TypedDict):
    """Something the library lacks, and a command that helps."""

    words: str
    command: str | None


@with_config(_EXACT)
class LibraryShape(TypedDict):
    """What the library holds; ``bytes`` is null on object storage."""

    tracks: int
    audio: int
    from_table: int
    with_spectrogram: int
    outdated: int
    artists: int
    albums: int
    playlists: int
    hours: float
    genres: dict[str, int]
    flags: dict[str, int]
    bytes: int | None
    version: int
    folders: list[str]
    advice: list[AdviceShape]


@with_config(_EXACT)
class RunningShape(TypedDict):
    """A scan at work; ``file`` lies below the scanned folders, ``mine``: it was started by this server."""

    stage: str
    done: int
    total: int
    new: int
    changed: int
    failed: int
    file: str
    started: float
    seconds: float
    mine: bool


@with_config(_EXACT)
class FailureShape(TypedDict):
    """A file that could not be taken, and why."""

    file: str
    reason: str


@with_config(_EXACT)
class EndedShape(TypedDict):
    """How the last scan that this server started ended; times in seconds since 1970."""

    at: float
    counts: dict[str, int]
    failures: list[FailureShape]
    error: str | None
    stopped: bool


@with_config(_EXACT)
class ScanShape(TypedDict):
    """The scan at work, if any, how the last one ended, and the snapshot that pages show."""

    running: RunningShape | None
    ended: EndedShape | None
    folders: list[str]
    version: int | None
    tracks: int
