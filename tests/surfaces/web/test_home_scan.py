"""Scans from the app: told live, started over known folders only, stopped without loss."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.demo import demo_music
from soundglass.library.scanning import ScanState, publishing, running
from soundglass.library.store import Store
from soundglass.surfaces.web.failures import Conflict
from soundglass.surfaces.web.home.scanner import Scanner
from soundglass.surfaces.web.home.scans import _MAX_LISTENERS

OWN = {"Origin": "http://127.0.0.1:8765"}
CLIPS = sorted(demo_music().glob("*.ogg"))


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def n_tracks(library: Path) -> int:
    return len(Store(str(library)))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of music, of which one track is in a library."""
    (tmp_path / "music").mkdir()
    shutil.copy(CLIPS[0], tmp_path / "music")
    soundglass.open(tmp_path / "small.lance").scan(tmp_path / "music", workers=1)
    return tmp_path


@pytest.fixture
def scanner(small: Path) -> Iterator[Scanner]:
    made = Scanner(str(small / "small.lance"))
    yield made
    made.close()
    assert not made.is_mine


def test_a_scan_finds_what_is_new_and_says_how_it_ended(small: Path, scanner: Scanner) -> None:
    shutil.copy(CLIPS[1], small / "music")
    (small / "music" / "broken.mp3").write_bytes(b"no music")
    scanner.start([small / "music", small / "gone"])
    assert scanner.is_mine
    assert scanner.now() is not None
    with pytest.raises(Conflict, match="already"):
        scanner.start([small / "music"])
    wait_for(lambda: not scanner.is_mine)
    assert scanner.ended is not None
    assert (scanner.ended.counts["new"], scanner.ended.counts["unchanged"]) == (1, 1)
    assert [Path(path).name for path, _ in scanner.ended.failures] == ["broken.mp3"]
    assert (scanner.ended.error, scanner.ended.stopped) == ("", False)
    assert n_tracks(small / "small.lance") == 2


def test_a_stopped_scan_keeps_what_it_found_and_frees_the_library(small: Path, scanner: Scanner) -> None:
    for clip in CLIPS[1:16]:
        shutil.copy(clip, small / "music")
    scanner.start([small / "music"])
    wait_for(lambda: (now := scanner.now()) is not None and now.done >= 1)
    scanner.stop()
    wait_for(lambda: not scanner.is_mine)
    assert scanner.ended is not None
    assert scanner.ended.stopped
    assert 1 < n_tracks(small / "small.lance") < 16
    with Store(str(small / "small.lance")).writing("test"):
        assert running(str(small / "small.lance")) is None
    with pytest.raises(Conflict, match="no scan"):
        scanner.stop()


def test_a_scan_that_fails_says_why(small: Path, scanner: Scanner) -> None:
    with Store(str(small / "small.lance")).writing("a test"):
        scanner.start([small / "music"])
        wait_for(lambda: not scanner.is_mine)
    assert scanner.ended is not None
    assert "is being written" in scanner.ended.error
    assert not scanner.ended.stopped


def test_folders_that_are_not_there_are_refused(small: Path, scanner: Scanner) -> None:
    for roots in ([], [small / "gone"]):
        with pytest.raises(SoundglassError):
            scanner.start(roots)
    assert not scanner.is_mine


def test_a_scan_that_runs_elsewhere_is_shown_and_left_alone(
    client: Callable[..., TestClient], own_demo: Path
) -> None:
    own = client(own_demo)
    state = ScanState("analysing", 3, 7, 2, 0, 1, str(demo_music() / "x.ogg"))
    with publishing(own_demo, lambda: state):
        wait_for(lambda: running(str(own_demo)) is not None)
        told = own.get("/api/scan").json()["running"]
        assert {name: told[name] for name in ("stage", "done", "total", "new", "failed", "file", "mine")} == {
            "stage": "analysing",
            "done": 3,
            "total": 7,
            "new": 2,
            "failed": 1,
            "file": "x.ogg",
            "mine": False,
        }
        assert "3 of 7 files" in own.get("/").text
        for method in ("POST", "DELETE"):
            answer = own.request(method, "/api/scan", json={}, headers=OWN)
            assert (answer.status_code, "\n" in answer.text) == (409, False)
    assert own.get("/api/scan").json()["running"] is None


def events(lines: Iterator[str]) -> Iterator[dict[str, object]]:
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_listeners_are_told_as_it_goes_and_are_bounded(
    serve: Callable[..., str], tmp_path: Path, demo_library: soundglass.Library
) -> None:
    shutil.copytree(demo_library.uri, tmp_path / "demo.lance")
    address = f"{serve(tmp_path / 'demo.lance')}/api/scan/events"
    state = [ScanState("analysing", 1, 9, 1)]
    with httpx.Client(timeout=20) as http, http.stream("GET", address) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = events(stream.iter_lines())
        assert next(told)["running"] is None
        with publishing(tmp_path / "demo.lance", lambda: state[0]):
            assert next(told)["running"]["done"] == 1
            state[0] = ScanState("analysing", 5, 9, 5)
            assert next(one for one in told if one["running"]["done"] == 5)["running"]["total"] == 9
        assert next(one for one in told if one["running"] is None)["tracks"] == len(demo_library)
    with httpx.Client(timeout=20) as http, ExitStack() as listening:
        wait_for(lambda: _opens(http, address))
        for _ in range(_MAX_LISTENERS):
            listening.enter_context(http.stream("GET", address))
        refused = http.get(address)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    with httpx.Client(timeout=20) as http:
        wait_for(lambda: _opens(http, address), 20)


def _opens(http: httpx.Client, address: str) -> bool:
    with http.stream("GET", address) as stream:
        return stream.status_code == 200
