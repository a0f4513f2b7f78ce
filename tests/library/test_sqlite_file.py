"""One file of SQLite: who else may write meanwhile, and that each kind of file is told from the others."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError
from soundglass.library.own_files import OWN_FILES
from soundglass.library.sqlite_file import SqliteFile, names_of


class Notes(SqliteFile):
    """Words, one a row."""

    FILE = "notes.sqlite"
    APPLICATION = 0x4E6F7465
    HOLDS = "your notes"
    MIGRATIONS = (("CREATE TABLE notes (words TEXT) STRICT",),)


class Impatient(Notes):
    """One that SQLite does not let wait for another writer."""

    def _connect(self, place: str) -> sqlite3.Connection:
        db = super()._connect(place)
        db.execute("PRAGMA busy_timeout = 0")
        return db


class Letters(Notes):
    """Another application in the same place."""

    APPLICATION = 0x4C657474


def words(notes: Notes) -> list[str]:
    with notes.reading() as db:
        return [word for (word,) in db.execute("SELECT words FROM notes ORDER BY rowid")]


def test_all_of_a_transaction_is_kept_or_nothing(tmp_path: Path) -> None:
    notes = Notes(str(tmp_path))
    assert words(notes) == []
    with notes.transaction() as db:
        db.executemany("INSERT INTO notes VALUES (?)", [("a",), ("b",)])
    with pytest.raises(LibraryError, match="cannot store"), notes.transaction() as db:
        db.execute("INSERT INTO notes VALUES ('c')")
        db.execute("INSERT INTO notes VALUES (x'00')")
    assert words(notes) == ["a", "b"]
    assert [path.name for path in tmp_path.iterdir()] == ["notes.sqlite"]


def test_each_kind_of_file_is_told_from_the_others(tmp_path: Path) -> None:
    with Notes(str(tmp_path)).transaction():
        pass
    with pytest.raises(LibraryError, match=r"not a file of Soundglass.*your notes are in it"):
        words(Letters(str(tmp_path)))


def test_threads_that_share_it_write_in_turn(tmp_path: Path) -> None:
    notes = Impatient(str(tmp_path))

    def write() -> None:
        for _ in range(3):
            with notes.transaction() as db:
                db.execute("INSERT INTO notes VALUES ('x')")

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words(notes) == ["x"] * 60


@pytest.mark.parametrize("shared", [True, False])
def test_a_writer_that_stays_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    monkeypatch.setattr(Notes, "PATIENCE_S", 0.05)
    notes = Notes(str(tmp_path))
    other = notes if shared else Notes(str(tmp_path))
    refused = pytest.raises(LibraryError, match="being written by another process")
    with notes.transaction(), refused, other.transaction():
        pass
    with other.transaction() as db:  # and it is free afterwards
        db.execute("INSERT INTO notes VALUES ('x')")
    assert words(notes) == ["x"]


def test_object_stores_keep_each_kind_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    one, other = Notes("s3://bucket/music"), Notes("s3://bucket/other")
    with one.transaction() as db:
        db.execute("INSERT INTO notes VALUES ('x')")
    assert words(Notes("s3://bucket/music/")) == ["x"]
    assert words(other) == []
    assert one.path.parent == tmp_path / "soundglass" / "notes"


def test_a_library_knows_all_names_of_its_files() -> None:
    for file in ("saved.sqlite", "study.sqlite"):
        assert {*names_of(file)} == {file, f"{file}-journal", f"{file}-wal", f"{file}-shm"}
        assert {*names_of(file)} <= OWN_FILES
