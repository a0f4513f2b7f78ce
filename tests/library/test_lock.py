"""One writer at a time: the second is told at once, and a dead one is in nobody's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError
from soundglass.library.lock import LOCK_FILES, writer_lock
from soundglass.library.store import Store

HERE = Path(__file__).parent


@contextmanager
def refused(message: str) -> Iterator[None]:
    with pytest.raises(LibraryError, match=message) as caught:
        yield
    assert caught.value.remedy == "Wait for it or stop it"


@contextmanager
def held_by_another(store: Store, purpose: str = "scan") -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, HERE / "hold_library.py", store.uri, purpose],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_writer_is_told_at_once_who_writes(store: Store) -> None:
    with held_by_another(store, "import of x.csv") as process:
        with (
            refused(rf"is being written by process {process.pid} \(import of x\.csv\)"),
            store.writing("scan"),
        ):
            pytest.fail("two writers")
        assert len(Store(store.uri)) == 0


def test_a_killed_writer_leaves_its_place(store: Store) -> None:
    with held_by_another(store) as process:
        process.kill()
        process.wait()
        assert json.loads(Path(store.uri, "writer.json").read_text())["pid"] == process.pid
        with store.writing("scan"):
            assert json.loads(Path(store.uri, "writer.json").read_text())["pid"] == os.getpid()
    assert not Path(store.uri, "writer.json").exists()


def test_the_place_is_left_when_writing_fails(store: Store) -> None:
    with pytest.raises(KeyError), store.writing("scan"):
        raise KeyError
    with store.writing("scan"), refused("being written by process"), Store(store.uri).writing("other"):
        pytest.fail("two writers")


def test_an_unreadable_note_about_the_writer_does_no_harm(store: Store) -> None:
    with store.writing("scan"):
        for text in ("", "[]", "{}", '{"pid": "x", "purpose": 1}'):
            Path(store.uri, "writer.json").write_text(text)
            with refused("written by another process"), Store(store.uri).writing("scan"):
                pytest.fail("two writers")


def test_any_folder_can_be_locked(tmp_path: Path) -> None:
    with writer_lock(tmp_path, "test"):
        assert {path.name for path in tmp_path.iterdir()} <= set(LOCK_FILES)
        with refused(r"\(test\)"), writer_lock(tmp_path, "other"):
            pytest.fail("two writers")
