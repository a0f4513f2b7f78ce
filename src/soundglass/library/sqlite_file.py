"""One SQLite file beside a library: opening, schema, transactions, and what goes wrong in words."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import ClassVar, Final

from soundglass.core.errors import LibraryError

Migrations = tuple[tuple[str, ...], ...]
"""The statements that lift a file of each schema version, 0 being an empty one, to the next."""

_BUSY: Final = ("is being written by another process", "Wait for it, then try again")
_DENIED: Final = "Check the owner and mode of its folder"


def names_of(file: str) -> tuple[str, ...]:
    """Give all names that a file of SQLite may have in a library's folder."""
    return (file, *(f"{file}-{of}" for of in ("journal", "wal", "shm")))


class SqliteFile:
    """A file that threads and processes read and write at once.

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

    FILE: ClassVar[str]
    """What it is called in a library's folder."""
    APPLICATION: ClassVar[int]
    """What stands at offset 68, by which file(1) and we tell whose file it is."""
    HOLDS: ClassVar[str]
    """What is in it, in words."""
    MIGRATIONS: ClassVar[Migrations]
    PATIENCE_S: ClassVar[float] = 5.0
    """How long a writer waits for another."""

    def __init__(self, uri: str) -> None:
        self.path = self._far(uri) if "://" in uri else Path(uri).expanduser().absolute() / self.FILE
        self._is_far = "://" in uri
        self._writing = threading.Lock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file, to read one state of it; nothing is made or changed.

        Raises
        ------
        LibraryError
            The file is damaged, newer than this program, locked for long, or cannot be read.
        """
        with self._explaining("read"):
            if not self._exists():
                with contextlib.closing(self._connect(":memory:")) as empty:
                    self._lift(empty, 0)
                    yield empty
                return
            with contextlib.closing(self._open("rw")) as db:  # to recover what a killed writer left
                version = self._version(db)
                db.execute("PRAGMA query_only = ON")
                if version == len(self.MIGRATIONS):
                    db.execute("BEGIN")
                    yield db
                    return
                with contextlib.closing(self._connect(":memory:")) as copy:
                    db.backup(copy)
                    self._lift(copy, version)
                    yield copy

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open the file, to change it: all of the block is kept, or nothing if it raises.

        Raises
        ------
        LibraryError
            As :meth:`reading`, or the file cannot be written.
        """
        with self._explaining("written"), self._alone():
            self._make_room()
            with contextlib.closing(self._open("rwc")) as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    self._lift(db, self._version(db))
                    yield db
                except BaseException:
                    db.rollback()
                    raise
                db.commit()

    def problems(self) -> Iterator[str]:
        """Read everything and say what is damaged."""
        try:
            with self.reading() as db:
                found = [*self._faults(db)]
        except LibraryError as error:
            found = [error.message]
        yield from (f"{self.FILE}: {line}" for line in found)

    def _faults(self, db: sqlite3.Connection) -> Iterator[str]:
        """Say what is damaged in a file that could be opened."""
        yield from (str(line) for (line,) in db.execute("PRAGMA integrity_check(5)") if line != "ok")

    @property
    def _remedy(self) -> str:
        return f"Move the file away: {self.HOLDS} are in it, the analysis is not"

    @classmethod
    def _far(cls, uri: str) -> Path:
        from platformdirs import user_data_path

        name = blake2b(uri.rstrip("/").encode(), digest_size=12).hexdigest()
        folder = user_data_path("soundglass", appauthor=False) / Path(cls.FILE).stem
        return folder / f"{name}.sqlite"

    def _exists(self) -> bool:
        if self.path.exists() and not self.path.is_file():
            raise LibraryError("is not a file", path=self.path, remedy=self._remedy)
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

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let the threads that share this object write in turn: of many, SQLite lets some starve."""
        if not self._writing.acquire(timeout=self.PATIENCE_S):
            raise LibraryError(_BUSY[0], path=self.path, remedy=_BUSY[1])
        try:
            yield
        finally:
            self._writing.release()

    def _open(self, mode: str) -> sqlite3.Connection:
        return self._connect(f"{self.path.as_uri()}?mode={mode}")

    def _connect(self, place: str) -> sqlite3.Connection:
        db = sqlite3.connect(place, uri=True, timeout=self.PATIENCE_S, isolation_level=None)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA synchronous = EXTRA")
        return db

    def _version(self, db: sqlite3.Connection) -> int:
        """Give the version of the schema; refuse a file of something else, or of a newer program."""
        (application,), (version,) = (
            db.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        (n_tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application != self.APPLICATION and (application or version or n_tables):
            raise LibraryError("is not a file of Soundglass", path=self.path, remedy=self._remedy)
        known = len(self.MIGRATIONS)
        if version > known:
            raise LibraryError(
                f"was written by a newer Soundglass (schema {version}, this one knows {known})",
                path=self.path,
                remedy="Upgrade Soundglass; the file was left as it is",
            )
        return int(version)

    def _lift(self, db: sqlite3.Connection, version: int) -> None:
        """Bring a file to this program's schema; the caller's transaction holds all of it."""
        if version == len(self.MIGRATIONS):
            return
        for statements in self.MIGRATIONS[version:]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {self.APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(self.MIGRATIONS)}")

    @contextlib.contextmanager
    def _explaining(self, done: str) -> Iterator[None]:
        """Turn an error of SQLite or of the file system inside the block into a :class:`LibraryError`."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._explained(error, done) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            remedy = "Check its folder"
            raise LibraryError(f"cannot be {done}: {reason}", path=self.path, remedy=remedy) from error

    def _explained(self, error: sqlite3.DatabaseError, done: str) -> LibraryError:
        reasons = {
            "SQLITE_BUSY": _BUSY,
            "SQLITE_LOCKED": _BUSY,
            "SQLITE_FULL": ("cannot be written: the disk is full", "Make room and try again"),
            "SQLITE_NOTADB": ("is damaged, or not a file of Soundglass", self._remedy),
            "SQLITE_CORRUPT": ("is damaged", self._remedy),
            "SQLITE_READONLY": ("cannot be written: permission denied", _DENIED),
            "SQLITE_CANTOPEN": ("cannot be opened", _DENIED),
            "SQLITE_PERM": ("cannot be opened: permission denied", _DENIED),
        }
        name = getattr(error, "sqlite_errorname", "")
        for start, (message, remedy) in reasons.items():
            if name.startswith(start):
                return LibraryError(message, path=self.path, remedy=remedy)
        return LibraryError(f"cannot be {done}: {error}", path=self.path, remedy=self._remedy)
