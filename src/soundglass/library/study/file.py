"""The file that holds listening studies: research records, apart from what a user keeps."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.types import Json
from soundglass.library.sqlite_file import Migrations, SqliteFile, names_of

STUDY_FILE: Final = "study.sqlite"
STUDY_FILES: Final = names_of(STUDY_FILE)
"""All names it may have in a library's folder."""

MIGRATIONS: Final[Migrations] = (
    (
        """CREATE TABLE studies (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
            plan TEXT NOT NULL, plan_sha256 TEXT NOT NULL,
            instruments TEXT NOT NULL, instruments_sha256 TEXT NOT NULL,
            people_code TEXT NOT NULL UNIQUE, simulated_code TEXT NOT NULL UNIQUE,
            created TEXT NOT NULL, is_open INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE materials (
            study TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE, key TEXT NOT NULL,
            media_type TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY (study, key)
        ) STRICT""",
        """CREATE TABLE joined (
            study TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
            population TEXT NOT NULL CHECK (population IN ('people', 'simulated')),
            n INTEGER NOT NULL, PRIMARY KEY (study, population)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE participants (
            pseudonym TEXT PRIMARY KEY, secret BLOB NOT NULL UNIQUE,
            study TEXT NOT NULL, population TEXT NOT NULL,
            number INTEGER NOT NULL, slot INTEGER NOT NULL, seed INTEGER NOT NULL, seat INTEGER NOT NULL,
            consented TEXT NOT NULL, joined TEXT NOT NULL, finished TEXT,
            UNIQUE (study, population, number),
            FOREIGN KEY (study, population) REFERENCES joined (study, population) ON DELETE CASCADE
        ) STRICT""",
        """CREATE TABLE shown (
            participant TEXT NOT NULL REFERENCES participants (pseudonym) ON DELETE CASCADE,
            step TEXT NOT NULL, shown TEXT NOT NULL, facts TEXT NOT NULL,
            first_shown TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (participant, step)
        ) STRICT""",
        """CREATE TABLE heard (
            participant TEXT NOT NULL, step TEXT NOT NULL, sound TEXT NOT NULL, seconds REAL NOT NULL,
            PRIMARY KEY (participant, step, sound),
            FOREIGN KEY (participant, step) REFERENCES shown (participant, step) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE refused (
            participant TEXT NOT NULL, step TEXT NOT NULL, why TEXT NOT NULL, times INTEGER NOT NULL,
            PRIMARY KEY (participant, step, why),
            FOREIGN KEY (participant, step) REFERENCES shown (participant, step) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE answers (
            participant TEXT NOT NULL, step TEXT NOT NULL, answers TEXT NOT NULL, facts TEXT NOT NULL,
            answered TEXT NOT NULL, PRIMARY KEY (participant, step),
            FOREIGN KEY (participant, step) REFERENCES shown (participant, step) ON DELETE CASCADE
        ) STRICT""",
    ),
)


class StudyFile(SqliteFile):
    """What all parts of a study's records have: the file, and that what is deleted is gone from it."""

    FILE = STUDY_FILE
    APPLICATION = 0x536F7374  # "Sost"
    HOLDS = "your studies and their answers"
    MIGRATIONS = MIGRATIONS
    PATIENCE_S = 15.0

    def _make_room(self) -> None:
        """Make also the file, that nobody but its owner may read; SQLite's journal takes after it."""
        super()._make_room()
        self.path.touch(mode=0o600)

    def _connect(self, place: str) -> sqlite3.Connection:
        db = super()._connect(place)
        db.execute("PRAGMA secure_delete = ON")
        return db

    @contextlib.contextmanager
    def _erasing(self) -> Iterator[sqlite3.Connection]:
        """Open the file to delete from it: what is deleted cannot be read from its bytes afterwards.

        SQLite overwrites deleted rows, yet not what it left behind when it had moved them, so the file is
        written anew; where that fails, as on a full disk, they are deleted nevertheless.
        """
        with self.transaction() as db:
            yield db
        with (
            contextlib.suppress(LibraryError),
            self._explaining("written"),
            self._alone(),
            contextlib.closing(self._open("rw")) as db,
        ):
            db.execute("VACUUM")

    def _faults(self, db: sqlite3.Connection) -> Iterator[str]:
        """Say also which rows hang in the air, and whose contents are not those that were kept."""
        yield from super()._faults(db)
        for table, _, parent, _ in db.execute("PRAGMA foreign_key_check"):
            yield f"a row of {table} has none in {parent}"
        for name, plan, plan_sha256, wording, wording_sha256 in db.execute(
            "SELECT name, plan, plan_sha256, instruments, instruments_sha256 FROM studies"
        ):
            if (digest(plan.encode()), digest(wording.encode())) != (plan_sha256, wording_sha256):
                yield f"the plan or wording of the study {name!r} was changed"
        for key, content, expected in db.execute("SELECT key, content, sha256 FROM materials"):
            if digest(content) != expected:
                yield f"the material {key!r} was changed"


def digest(content: bytes) -> str:
    """Name contents by their SHA-256."""
    return sha256(content).hexdigest()


def packed(value: Json) -> str:
    """Write JSON as it is kept: valid Unicode, in the order given.

    Raises
    ------
    SoundglassError
        It holds what JSON cannot, as numbers that are not finite.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise SoundglassError("this cannot be kept as JSON", remedy="Send finite numbers and texts") from None
    return text.encode(errors="replace").decode()


def now_text() -> str:
    """Give the time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
