"""How far a scan is, for other processes: told while it runs, gone afterwards, not believed when dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scanning import ONE_WORKER, Maker

from soundglass.library import scanning as module
from soundglass.library.scan import ScanProgress
from soundglass.library.scanning import SCAN_FILES, Scanning, ScanState, publishing, running
from soundglass.library.store import Store


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVERY_S", 0.01)


def wait_for(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} & set(SCAN_FILES)


def test_a_scan_tells_what_it_has_done_and_leaves_nothing_behind(
    store: Store, make: Maker, run: Callable[..., object], folder: Path
) -> None:
    for name in ("a.flac", "b.flac"):
        make(name, seed=ord(name[0]))
    (folder / "broken.flac").write_bytes(b"fLaC is not enough")
    told: list[Scanning] = []

    def look(at: ScanProgress) -> None:
        wait_for(lambda: (now := running(store.uri)) is not None and now.done == at.done)
        told.append(running(store.uri) or Scanning())

    run(progress=look, settings=ONE_WORKER)
    assert [one.done for one in told] == [1, 2, 3]
    assert {(one.total, one.stage, one.pid) for one in told} == {(3, "analysing", os.getpid())}
    assert {Path(one.path).name for one in told} == {"a.flac", "b.flac", "broken.flac"}
    assert (told[-1].new, told[-1].changed, told[-1].failed) == (2, 0, 1)
    assert abs(told[0].started - time.time()) < 60
    assert running(store.uri) is None
    assert files(Path(store.uri)) == set()


def test_a_scan_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), publishing(tmp_path, ScanState):
        wait_for(lambda: running(str(tmp_path)) is not None)
        raise RuntimeError
    assert files(tmp_path) == set()


def test_nothing_is_told_where_nothing_can_be(tmp_path: Path) -> None:
    with publishing(None, ScanState), publishing(tmp_path / "gone", ScanState):
        assert running("s3://bucket/library") is None
        assert running(str(tmp_path / "gone")) is None


def told(folder: Path, **changed: object) -> Scanning | None:
    with publishing(folder, lambda: ScanState("analysing", 3, 7, 2, 1, 0, "x\ud800.mp3")):
        wait_for(lambda: running(str(folder)) is not None)
        known = json.loads((folder / SCAN_FILES[0]).read_text())
    (folder / SCAN_FILES[0]).write_text(json.dumps(known | changed))
    return running(str(folder))


def test_a_scan_that_died_is_not_believed(tmp_path: Path) -> None:
    alive = told(tmp_path)
    assert alive is not None
    assert (alive.done, alive.total, alive.path) == (3, 7, "x?.mp3")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert told(tmp_path, pid=ended.pid) is None
    assert told(tmp_path, pid=ended.pid, host="another") is not None
    assert told(tmp_path, told=time.time() - 60) is None
    assert told(tmp_path, told=time.time() - 60, host="another") is None


@pytest.mark.parametrize(
    "changed", [{"pid": "7"}, {"done": None}, {"path": 7}, {"started": "x"}, {"pid": 1 << 90, "done": 1.5}]
)
def test_a_damaged_note_is_not_believed(tmp_path: Path, changed: dict[str, object]) -> None:
    assert told(tmp_path, **changed) is None
    for text in (b"", b"{", b"[]", b"null", b"\xff", b"{}"):
        (tmp_path / SCAN_FILES[0]).write_bytes(text)
        assert running(str(tmp_path)) is None


def test_a_library_opens_beside_what_a_killed_first_scan_left(tmp_path: Path) -> None:
    for name in SCAN_FILES:
        (tmp_path / name).write_text("{}")
    assert len(Store(str(tmp_path), create=True)) == 0
