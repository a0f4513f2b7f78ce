"""How playlists lie in the file that holds what a user keeps, and what may be written there."""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from soundglass.core.errors import SoundglassError, TrackNotFound
from soundglass.core.types import Track

MAX_PLAYLISTS = 1000
MAX_TRACKS = 10_000
MAX_NOTE, MAX_REASON = 2000, 1000
"""Characters."""

_CONTROL = re.compile(r"\s*[\x00-\x1f\x7f-\x9f]+\s*")
_SHOWN = 20


class PlaylistChanged(SoundglassError):  # noqa: N818  (what happened, not what went wrong)
    """Somebody else has changed the playlist since it was read."""


class NoSuchPlaylist(TrackNotFound):
    """No playlist answers to what was asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track that is to be in a playlist, and why."""

    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A track in a playlist.

    Attributes
    ----------
    track : Track
        As the library has it; one that is gone as it was when it came into the playlist.
    reason : str
        Why it is there; may be empty.
    row : int or None
        In the library; ``None`` for one that is no longer there.
    """

    track: Track
    reason: str
    row: int | None

    @property
    def is_gone(self) -> bool:
        """Whether the library no longer has it."""
        return self.row is None


@dataclass(frozen=True, slots=True)
class Heading:
    """What a playlist is called, and how long it is.

    Attributes
    ----------
    version : int
        Grows with every change.
    created, changed : datetime
        In UTC, to the second.
    seconds : float
        Of all its tracks whose length is known.
    """

    id: str
    name: str
    note: str
    version: int
    created: datetime
    changed: datetime
    n_tracks: int
    seconds: float


HEADINGS = (
    "SELECT p.id, p.name, p.note, p.version, p.created, p.changed, count(t.track), total(t.duration_s) "
    "FROM playlists p LEFT JOIN playlist_tracks t ON t.playlist = p.id"
)


def heading_of(row: tuple[str, str, str, int, str, str, int, float]) -> Heading:
    """Read a row of ``HEADINGS``."""
    playlist_id, name, note, version, created, changed, n_tracks, seconds = row
    times = datetime.fromisoformat(created), datetime.fromisoformat(changed)
    return Heading(playlist_id, name, note, version, *times, n_tracks, seconds)


def insert(db: sqlite3.Connection, playlist_id: str, entries: Sequence[Entry]) -> None:
    """Put tracks at the end of a playlist; what is there already stays where it is."""
    (last, count) = db.execute(
        "SELECT coalesce(max(place), 0), count(*) FROM playlist_tracks WHERE playlist = ?", (playlist_id,)
    ).fetchone()
    if count + len(entries) > MAX_TRACKS:
        raise SoundglassError(f"a playlist holds {MAX_TRACKS:,} tracks at most", remedy="Make another one")
    db.executemany(
        "INSERT INTO playlist_tracks (playlist, track, place, title, artist, album, duration_s, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (playlist_id, t.id, place, t.title, t.artist, t.album, _finite(t.duration_s), entry.reason)
            for place, entry in enumerate(entries, start=last + 1)
            for t in (entry.track,)
        ],
    )


def reorder(db: sqlite3.Connection, playlist_id: str, order: Sequence[str]) -> None:
    """Put the tracks of a playlist in an order; those that it leaves out are removed."""
    found = db.execute("SELECT track FROM playlist_tracks WHERE playlist = ?", (playlist_id,))
    there = {track for (track,) in found}
    if len({*order}) < len(order) or not {*order} <= there:
        raise SoundglassError(
            "the order names a track that is not in the playlist, or one twice",
            remedy="Add tracks first, then order them",
        )
    db.executemany(
        "DELETE FROM playlist_tracks WHERE playlist = ? AND track = ?",
        [(playlist_id, track) for track in there - {*order}],
    )
    db.executemany(
        "UPDATE playlist_tracks SET place = ? WHERE playlist = ? AND track = ?",
        [(place, playlist_id, track) for place, track in enumerate(order, start=1)],
    )


def touch(db: sqlite3.Connection, playlist_id: str, version: int | None) -> None:
    """Count a change up, if it is meant for what is there."""
    row = db.execute("SELECT version FROM playlists WHERE id = ?", (sound(playlist_id),)).fetchone()
    if row is None:
        raise no_such(db, playlist_id)
    if version is not None and version != row[0]:
        raise PlaylistChanged(
            "the playlist has been changed elsewhere meanwhile", remedy="Load it again, then change it"
        )
    db.execute(
        "UPDATE playlists SET version = version + 1, changed = ? WHERE id = ?", (now_text(), playlist_id)
    )


def refuse_taken(db: sqlite3.Connection, name: str, playlist_id: str) -> None:
    """Raise if another playlist has this name."""
    taken = (folded(name), playlist_id)
    if db.execute("SELECT 1 FROM playlists WHERE folded = ? AND id <> ?", taken).fetchone():
        raise SoundglassError(f"there is a playlist {name!r} already", remedy="Choose another name")


def no_such(db: sqlite3.Connection, wanted: str) -> NoSuchPlaylist:
    """Say that there is no such playlist, and which there are."""
    known = db.execute("SELECT name FROM playlists ORDER BY changed DESC LIMIT ?", (_SHOWN,))
    names = ", ".join(name for (name,) in known)
    return NoSuchPlaylist(
        f"there is no playlist {wanted[:60]!r}", remedy=f"There is: {names}" if names else "Make one first"
    )


def noted(note: str) -> str:
    """Give a note as it is kept."""
    return plain(note, MAX_NOTE)


def plain(text: str, most: int) -> str:
    """Take what cannot be shown out of a text, and cut it to a length."""
    return _CONTROL.sub(" ", sound(unicodedata.normalize("NFC", text))).strip()[:most]


def folded(name: str) -> str:
    """Fold a name, so that spellings of one name meet."""
    return sound(unicodedata.normalize("NFKC", " ".join(name.split())).casefold())


def sound(text: str) -> str:
    """Make valid Unicode of what came from a command line or from JSON."""
    return text.encode(errors="replace").decode()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def now_text() -> str:
    """Give the time, in UTC and to the second."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()
