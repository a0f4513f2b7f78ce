"""What is saved beside the analysis: one file that survives threads, processes, kills and strangers."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.library.health import check
from soundglass.library.profiles import delete_profile, profile, profiles, save_profile
from soundglass.library.saved import MIGRATIONS, SAVED_FILE, Saved
from soundglass.library.store import Store


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    return Saved(str(tmp_path))


def test_reading_makes_no_file(saved: Saved) -> None:
    assert profiles(saved) == []
    with pytest.raises(SoundglassError, match="no profile 'calm'"):
        profile(saved, "calm")
    with pytest.raises(SoundglassError, match="no profile 'calm'"):
        delete_profile(saved, "calm")
    assert list(saved.problems()) == []
    assert list(saved.path.parent.iterdir()) == []


def test_a_profile_is_kept_found_replaced_and_deleted(saved: Saved) -> None:
    made = save_profile(saved, "  Calm \t evening ", {"weights": {"tempo": 0.0}})
    assert made.name == "Calm evening"
    assert made.created == made.changed
    changed = save_profile(saved, "CALM EVENING", {"weights": {}})
    assert changed.created == made.created
    assert [(p.name, dict(p.settings)) for p in profiles(saved)] == [("CALM EVENING", {"weights": {}})]
    save_profile(saved, "Ångström ☾ ליל", {"note": "ß"})
    assert profile(saved, "ångström ☾ ליל").settings == {"note": "ß"}
    delete_profile(saved, "calm evening")
    assert [p.name for p in profiles(saved)] == ["Ångström ☾ ליל"]
    assert [path.name for path in saved.path.parent.iterdir()] == [SAVED_FILE]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x07b", "a\udc80b", "a\u202eb"])
def test_names_that_cannot_be_shown_are_refused(saved: Saved, name: str) -> None:
    with pytest.raises(SoundglassError, match="cannot be given"):
        save_profile(saved, name, {})
    assert not saved.path.exists()


def test_a_failing_transaction_leaves_nothing(saved: Saved) -> None:
    save_profile(saved, "kept", {})
    with pytest.raises(ZeroDivisionError), saved.transaction() as db:
        db.execute("DELETE FROM profiles")
        raise ZeroDivisionError
    assert [p.name for p in profiles(saved)] == ["kept"]


def test_many_threads_write_and_read_at_once(saved: Saved) -> None:
    def write(number: int) -> None:
        for at in range(6):
            save_profile(saved, f"{number}-{at}", {"at": at})
            profiles(saved)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(profiles(saved)) == 36


def test_a_killed_writer_leaves_what_was_there(saved: Saved) -> None:
    save_profile(saved, "kept", {"a": 1})
    script = (
        "import os, sys\n"
        "from soundglass.library.saved import Saved\n"
        "with Saved(sys.argv[1]).transaction() as db:\n"
        "    db.execute('PRAGMA cache_spill = 1'); db.execute('PRAGMA cache_size = 1')\n"
        "    db.execute('DELETE FROM profiles')\n"
        '    db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "\n'
        "               \"INSERT INTO profiles SELECT 'n' || i, 'n', '{}', '', '' FROM n\")\n"
        "    os._exit(9)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(saved.path.parent)], check=False)
    assert ran.returncode == 9
    assert (saved.path.parent / f"{SAVED_FILE}-journal").stat().st_size > 0  # some of it had been written
    assert [p.name for p in profiles(saved)] == ["kept"]
    assert list(saved.problems()) == []


def test_a_reader_sees_one_state(saved: Saved) -> None:
    save_profile(saved, "one", {})
    with saved.reading() as db:
        assert db.execute("SELECT count(*) FROM profiles").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError):
            db.execute("DELETE FROM profiles")


def test_a_newer_file_is_refused_and_left_alone(saved: Saved) -> None:
    save_profile(saved, "kept", {})
    with sqlite3.connect(saved.path) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = saved.path.read_bytes()
    for act in (lambda: profiles(saved), lambda: save_profile(saved, "more", {})):
        with pytest.raises(LibraryError, match="newer Soundglass"):
            act()
    assert saved.path.read_bytes() == before


def test_an_older_file_is_read_as_it_is_and_lifted_by_the_first_write(
    saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_profile(saved, "kept", {})
    known = len(MIGRATIONS)
    further = (*MIGRATIONS, ("CREATE TABLE things (name TEXT)",))
    monkeypatch.setattr(Saved, "MIGRATIONS", further)
    before = saved.path.read_bytes()
    with saved.reading() as db:
        assert db.execute("SELECT count(*) FROM things").fetchone() == (0,)
        assert db.execute("SELECT name FROM profiles").fetchone() == ("kept",)
    assert saved.path.read_bytes() == before
    with saved.transaction() as db:
        db.execute("INSERT INTO things VALUES ('x')")
    with saved.reading() as db:
        assert db.execute("PRAGMA user_version").fetchone() == (known + 1,)
        assert db.execute("SELECT name FROM things").fetchone() == ("x",)


@pytest.mark.parametrize(
    "content", [b"This is no database at all" * 40, b"SQLite format 3\x00" + b"\xff" * 900]
)
def test_a_damaged_file_is_said_to_be(saved: Saved, content: bytes) -> None:
    saved.path.write_bytes(content)
    with pytest.raises(LibraryError, match=r"damaged.*Move the file away"):
        profiles(saved)
    with pytest.raises(LibraryError, match="damaged"):
        save_profile(saved, "x", {})
    assert saved.path.read_bytes() == content
    assert "damaged" in "".join(saved.problems())


def test_a_database_of_something_else_is_left_alone(saved: Saved) -> None:
    with sqlite3.connect(saved.path) as db:
        db.execute("CREATE TABLE letters (words TEXT)")
    db.close()
    with pytest.raises(LibraryError, match="not a file of Soundglass"):
        save_profile(saved, "x", {})


def test_what_is_no_file_is_refused(saved: Saved) -> None:
    saved.path.mkdir()
    with pytest.raises(LibraryError, match="is not a file"):
        profiles(saved)


def test_a_missing_library_is_not_made(tmp_path: Path) -> None:
    saved = Saved(str(tmp_path / "none"))
    assert profiles(saved) == []
    with pytest.raises(LibraryError, match="no library here"):
        save_profile(saved, "x", {})
    assert not (tmp_path / "none").exists()


def test_a_writer_that_stays_is_named_as_the_reason(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Saved, "PATIENCE_S", 0.05)
    save_profile(saved, "x", {})
    with saved.transaction(), pytest.raises(LibraryError, match="another process"):
        save_profile(saved, "y", {})


def test_object_stores_keep_it_in_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    one, other = Saved("s3://bucket/music"), Saved("s3://bucket/other")
    save_profile(one, "calm", {})
    assert [p.name for p in profiles(Saved("s3://bucket/music/"))] == ["calm"]
    assert profiles(other) == []
    assert one.path.is_relative_to(tmp_path)


def test_a_library_check_reports_it(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "own.lance"), create=True)
    saved = Saved(store.uri)
    save_profile(saved, "calm", {})
    assert check(store).problems == []
    saved.path.write_bytes(b"no database" * 100)
    assert any(SAVED_FILE in problem for problem in check(store).problems)


def test_a_library_may_hold_it_before_any_track(tmp_path: Path) -> None:
    save_profile(Saved(str(tmp_path)), "calm", {})
    Store(str(tmp_path), create=True)
