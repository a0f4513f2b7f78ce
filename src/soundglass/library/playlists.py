"""Playlists a user keeps: tracks in an order, each with the reason it is there."""

from __future__ import annotations

import math
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from soundglass.core.errors import SoundglassError, TrackNotFound
from soundglass.core.types import Track
from soundglass.library.playlist_rows import (
    HEADINGS,
    MAX_PLAYLISTS,
    MAX_REASON,
    MAX_TRACKS,
    Entry,
    Heading,
    NoSuchPlaylist,
    PlaylistChanged,
    Wanted,
    folded,
    heading_of,
    insert,
    no_such,
    noted,
    now_text,
    plain,
    refuse_taken,
    reorder,
    sound,
    touch,
)
from soundglass.library.profiles import valid_name
from soundglass.library.saved import Saved
from soundglass.library.schema import TRACK_COLUMNS, track_from_row
from soundglass.library.store import Store

__all__ = ["Entry", "Heading", "NoSuchPlaylist", "Playlist", "PlaylistChanged", "Playlists", "Wanted"]


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist with its tracks, in order."""

    heading: Heading
    entries: tuple[Entry, ...]


class Playlists:
    """The playlists beside a library.

    Parameters
    ----------
    saved : Saved
        Where they are kept.
    store : Store
        Whose tracks they are of.
    """

    def __init__(self, saved: Saved, store: Store) -> None:
        self._saved = saved
        self._store = store

    def all(self) -> list[Heading]:
        """Read what playlists there are, the last changed first."""
        with self._saved.reading() as db:
            rows = db.execute(f"{HEADINGS} GROUP BY p.id ORDER BY p.changed DESC, p.folded").fetchall()
        return [heading_of(row) for row in rows]

    def get(self, playlist_id: str) -> Playlist:
        """Read one playlist by its id.

        Raises
        ------
        NoSuchPlaylist
            There is none.
        """
        with self._saved.reading() as db:
            return self._read(db, playlist_id)

    def find(self, wanted: str) -> Playlist:
        """Read one playlist by its name or id; neither case nor spaces around the name count."""
        with self._saved.reading() as db:
            row = db.execute(
                "SELECT id FROM playlists WHERE id = ?1 OR folded = ?2 ORDER BY id = ?1 DESC",
                (sound(wanted), folded(wanted)),
            ).fetchone()
            if row is None:
                raise no_such(db, wanted)
            return self._read(db, row[0])

    def make(self, name: str, tracks: Iterable[Wanted | str] = (), note: str = "") -> Playlist:
        """Make a playlist; tracks that the library does not have are left out, and none comes twice.

        Raises
        ------
        SoundglassError
            Such a name cannot be given or is taken, or there are too many playlists or tracks.
        TrackNotFound
            The library has none of the tracks.
        """
        name, playlist_id, now = valid_name(name), secrets.token_hex(6), now_text()
        entries = self._entries(tracks)
        with self._saved.transaction() as db:
            refuse_taken(db, name, playlist_id)
            if db.execute("SELECT count(*) FROM playlists").fetchone()[0] >= MAX_PLAYLISTS:
                raise SoundglassError(f"there are {MAX_PLAYLISTS} playlists already", remedy="Delete one")
            db.execute(
                "INSERT INTO playlists (id, name, folded, note, version, created, changed) "
                "VALUES (?, ?, ?, ?, 1, ?, ?)",
                (playlist_id, name, folded(name), noted(note), now, now),
            )
            insert(db, playlist_id, entries)
            return self._read(db, playlist_id)

    def add(self, playlist_id: str, tracks: Iterable[Wanted | str]) -> Playlist:
        """Put tracks at the end, those that are not there yet; raises as :meth:`make` and :meth:`get` do."""
        entries = self._entries(tracks)
        with self._saved.transaction() as db:
            touch(db, playlist_id, None)
            insert(db, playlist_id, entries)
            return self._read(db, playlist_id)

    def change(
        self,
        playlist_id: str,
        version: int | None = None,
        *,
        name: str | None = None,
        note: str | None = None,
        order: Sequence[str] | None = None,
    ) -> Playlist:
        """Rename a playlist, note something of it, or put its tracks in another order.

        Parameters
        ----------
        version : int, optional
            Of the playlist that the change is meant for.
        order : sequence of str
            Ids of its tracks; those left out are removed.

        Raises
        ------
        NoSuchPlaylist
            There is none.
        PlaylistChanged
            It has another version by now.
        SoundglassError
            Such a name cannot be given or is taken; or the order names what is not in the playlist, or
            something twice.
        """
        with self._saved.transaction() as db:
            touch(db, playlist_id, version)
            if name is not None:
                name = valid_name(name)
                refuse_taken(db, name, playlist_id)
                names = (name, folded(name), playlist_id)
                db.execute("UPDATE playlists SET name = ?, folded = ? WHERE id = ?", names)
            if note is not None:
                db.execute("UPDATE playlists SET note = ? WHERE id = ?", (noted(note), playlist_id))
            if order is not None:
                reorder(db, playlist_id, order)
            return self._read(db, playlist_id)

    def delete(self, playlist_id: str) -> None:
        """Forget a playlist; raises as :meth:`get` does."""
        with self._saved.reading() as db:  # asking makes no file
            self._heading(db, playlist_id)
        with self._saved.transaction() as db:
            if not db.execute("DELETE FROM playlists WHERE id = ?", (sound(playlist_id),)).rowcount:
                raise no_such(db, playlist_id)

    def unknown(self, tracks: Iterable[Wanted | str]) -> list[str]:
        """Name those ids that the library does not have."""
        ids = [wanted.id if isinstance(wanted, Wanted) else wanted for wanted in tracks]
        return [one for one, row in zip(ids, self._rows(ids), strict=True) if row is None]

    def _heading(self, db: sqlite3.Connection, playlist_id: str) -> Heading:
        row = db.execute(f"{HEADINGS} WHERE p.id = ? GROUP BY p.id", (sound(playlist_id),)).fetchone()
        if row is None:
            raise no_such(db, playlist_id)
        return heading_of(row)

    def _read(self, db: sqlite3.Connection, playlist_id: str) -> Playlist:
        heading = self._heading(db, playlist_id)
        remembered = db.execute(
            "SELECT track, title, artist, album, duration_s, reason FROM playlist_tracks "
            "WHERE playlist = ? ORDER BY place",
            (heading.id,),
        ).fetchall()
        rows = self._rows([row[0] for row in remembered])
        there = [row for row in rows if row is not None]
        read = iter(self._store.take(there, TRACK_COLUMNS).to_pylist() if there else [])
        entries = []
        for row, (track_id, title, artist, album, duration_s, reason) in zip(rows, remembered, strict=True):
            length = math.nan if duration_s is None else duration_s
            gone = Track(track_id, "audio", title, artist, album, duration_s=length)
            entries.append(Entry(gone if row is None else track_from_row(next(read)), reason, row))
        return Playlist(heading, tuple(entries))

    def _rows(self, ids: Sequence[str]) -> list[int | None]:
        """Find tracks in the library, all in one pass."""
        if not ids:
            return []
        known = self._store.columns(["id"])["id"].combine_chunks()
        found: list[int | None] = pc.index_in(pa.array([sound(one) for one in ids]), known).to_pylist()
        return found

    def _entries(self, tracks: Iterable[Wanted | str]) -> list[Entry]:
        """Look tracks up; those the library does not have are left out, unless that leaves none."""
        wanted = {one.id: one for one in (t if isinstance(t, Wanted) else Wanted(t) for t in tracks)}
        if len(wanted) > MAX_TRACKS:
            raise SoundglassError(f"a playlist holds {MAX_TRACKS:,} tracks at most", remedy="Choose fewer")
        found = [
            (one, row)
            for one, row in zip(wanted.values(), self._rows([*wanted]), strict=True)
            if row is not None
        ]
        if wanted and not found:
            raise TrackNotFound("the library has none of these tracks", remedy="Choose tracks it has")
        read = self._store.take([row for _, row in found], TRACK_COLUMNS).to_pylist() if found else []
        return [
            Entry(track_from_row(track), plain(one.reason, MAX_REASON), row)
            for (one, row), track in zip(found, read, strict=True)
        ]
