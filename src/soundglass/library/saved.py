"""What a user keeps beside the analysis, in one SQLite file: opening, schema, transactions."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from soundglass.core.errors import LibraryError

SAVED_FILE: Final = "saved.sqlite"
SAVED_FILES: Final = (SAVED_FILE, *(f"{SAVED_FILE}-{of}" for of in ("journal", "wal", "shm")))
"""All names it may have in a library's folder."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE profiles (
            folded TEXT PRIMARY KEY, name TEXT NOT NULL, settings TEXT NOT NULL,
            created TEXT NOT NULL, changed TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE playlists (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, note TEXT NOT NULL,
            version INTEGER NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE playlist_tracks (
            playlist TEXT NOT NULL REFERENCES playlists (id) ON DELETE CASCADE, track TEXT NOT NULL,
            place INTEGER NOT NULL, title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL,
            duration_s REAL, reason TEXT NOT NULL, PRIMARY KEY (playlist, track)
        ) STRICT, WITHOUT ROWID""",
    ),
)
"""The statements that lift a file of each schema version, 0 being an empty one, to the next."""

_APPLICATION: Final = 0x536F756E  # "Soun" at offset 68, by which file(1) and we tell whose file it is
_PATIENCE_S = 5.0
_REMEDY = "Move the file away: your profiles and playlists are in it, the analysis is not"


class Saved:
    """One user's profiles and playlists of one library.

    Every transaction has a connection of its own, so that threads and processes share nothing but the file.
    It keeps a rollback journal rather than a write-ahead log: that needs no shared memory, so it holds on
    network drives, too, and leaves one file behind; what is written is small and rare.

    Parameters
    ----------
    uri : str
        Of the library. Beside one on object storage nothing can be locked: its file is in the user's data
        folder.

    Attributes
    ----------
    path : Path
        The file; made by the first write.
    """

    def __init__(self, uri: str) -> None:
        self.path = _far(uri) if "://" in uri else Path(uri).expanduser().absolute() / SAVED_FILE
        self._is_far = "://" in uri

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open what is saved, to read one state of it; nothing is made or changed.

        Raises
        ------
        LibraryError
            The file is damaged, newer than this program, locked for long, or cannot be read.
        """
        with _explaining(self.path, "read"):
            if not self._exists():
                with contextlib.closing(_connect(":memory:")) as empty:
                    _lift(empty, 0)
                    yield empty
                return
            with contextlib.closing(self._open("rw")) as db:  # to recover what a killed writer left
                version = self._version(db)
                db.execute("PRAGMA query_only = ON")
                if version == len(MIGRATIONS):
                    db.execute("BEGIN")
                    yield db
                    return
                with contextlib.closing(_connect(":memory:")) as copy:
                    db.backup(copy)
                    _lift(copy, version)
                    yield copy

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open what is saved, to change it: all of the block is kept, or nothing if it raises.

        Raises
        ------
        LibraryError
            As :meth:`reading`, or the file cannot be written.
        """
        with _explaining(self.path, "written"):
            self._make_room()
            with contextlib.closing(self._open("rwc")) as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    _lift(db, self._version(db))
                    yield db
                except BaseException:
                    db.rollback()
                    raise
                db.commit()

    def problems(self) -> Iterator[str]:
        """Read everything and say what is damaged."""
        try:
            with self.reading() as db:
                found = [str(line) for (line,) in db.execute("PRAGMA integrity_check(5)")]
        except LibraryError as error:
            found = [error.message]
        yield from (f"{SAVED_FILE}: {line}" for line in found if line != "ok")

    def _exists(self) -> bool:
        if self.path.exists() and not self.path.is_file():
            raise LibraryError("is not a file", path=self.path, remedy=_REMEDY)
        return self.path.exists() and self.path.stat().st_size > 0

    def _make_room(self) -> None:
        """Make the folder in the user's data; that of a library is made by its first scan."""
        self._exists()
        if self._is_far:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.parent.is_dir():
            raise LibraryError(
                "no library here", path=self.path.parent, remedy="Make one with 'soundglass scan FOLDER'"
            )

    def _open(self, mode: str) -> sqlite3.Connection:
        return _connect(f"{self.path.as_uri()}?mode={mode}")

    def _version(self, db: sqlite3.Connection) -> int:
        """Give the version of the schema; refuse a file of something else, or of a newer program."""
        (application,), (version,) = (
            db.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        (n_tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application != _APPLICATION and (application or version or n_tables):
            raise LibraryError("is not a file of Soundglass", path=self.path, remedy=_REMEDY)
        if version > len(MIGRATIONS):
            raise LibraryError(
                f"was written by a newer Soundglass (schema {version}, this one knows {len(MIGRATIONS)})",
                path=self.path,
                remedy="Upgrade Soundglass; the file was left as it is",
            )
        return int(version)


def _far(uri: str) -> Path:
    from platformdirs import user_data_path

    name = blake2b(uri.rstrip("/").encode(), digest_size=12).hexdigest()
    return user_data_path("soundglass", appauthor=False) / "saved" / f"{name}.sqlite"


def _connect(place: str) -> sqlite3.Connection:
    db = sqlite3.connect(place, uri=True, timeout=_PATIENCE_S, isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA synchronous = EXTRA")
    return db


def _lift(db: sqlite3.Connection, version: int) -> None:
    """Bring a file to this program's schema; the caller's transaction holds all of it."""
    if version == len(MIGRATIONS):
        return
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {_APPLICATION}")
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextlib.contextmanager
def _explaining(path: Path, done: str) -> Iterator[None]:
    """Turn an error of SQLite or of the file system inside the block into a :class:`LibraryError`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _explained(error, path, done) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LibraryError(f"cannot be {done}: {reason}", path=path, remedy="Check its folder") from error


_REASONS: Final = {
    "SQLITE_BUSY": ("is being written by another process", "Wait for it, then try again"),
    "SQLITE_LOCKED": ("is being written by another process", "Wait for it, then try again"),
    "SQLITE_FULL": ("cannot be written: the disk is full", "Make room and try again"),
    "SQLITE_NOTADB": ("is damaged, or not a file of Soundglass", _REMEDY),
    "SQLITE_CORRUPT": ("is damaged", _REMEDY),
    "SQLITE_READONLY": ("cannot be written: permission denied", "Check the owner and mode of its folder"),
    "SQLITE_CANTOPEN": ("cannot be opened", "Check the owner and mode of its folder"),
    "SQLITE_PERM": ("cannot be opened: permission denied", "Check the owner and mode of its folder"),
}


def _explained(error: sqlite3.DatabaseError, path: Path, done: str) -> LibraryError:
    name = getattr(error, "sqlite_errorname", "")
    for start, (message, remedy) in _REASONS.items():
        if name.startswith(start):
            return LibraryError(message, path=path, remedy=remedy)
    return LibraryError(f"cannot be {done}: {error}", path=path, remedy=_REMEDY)
