"""Tiles and waveforms by their addresses: shapes, caching, memory, and what cannot be drawn."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from media_files import music, write
from soundglass.audio.decode import read_mono
from soundglass.core.types import Track
from soundglass.explain.pictures.image import read_png
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.surfaces.web.sight.contract import PeaksShape, TilesShape
from soundglass.surfaces.web.sight.layout import FULL_SCALE, Layout
from soundglass.surfaces.web.sight.parts import Parts, Sight

LOUDNESS = -18.33
JSON = {"Accept": "application/json"}


def keep(library: Path, *rows: TrackRow) -> Path:
    """Make a library of rows nobody has to analyse."""
    store = Store(str(library), create=True)
    with store.writing("test"):
        store.upsert(rows)
    return library


def recording(path: Path, duration_s: float) -> TrackRow:
    status = path.stat()
    stamp = FileStamp(str(path), status.st_size, status.st_mtime_ns)
    values = {"duration": duration_s, "loudness": LOUDNESS, "energy": 0.5}
    return TrackRow(Track(path.stem, "audio", title=path.stem), values, [stamp], codec="flac")


@pytest.fixture(scope="module")
def music_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording, one that is gone since, one that is damaged since, and a row of a table."""
    folder = tmp_path_factory.mktemp("sight")
    seconds = {"whole": 30.0, "gone": 3.0, "damaged": 3.0}
    files = {name: write(folder / f"{name}.flac", "flac", music(length)) for name, length in seconds.items()}
    table = TrackRow(Track("row", "csv", title="row"), {"energy": 0.5, "duration": 200.0})
    library = keep(folder / "library", *(recording(files[name], seconds[name]) for name in files), table)
    files["gone"].unlink()
    files["damaged"].write_bytes(b"no music" * 100)
    return library


@pytest.fixture
def own(client: Callable[..., TestClient], music_library: Path) -> TestClient:
    return client(music_library)


def test_tiles_are_where_their_layout_says(own: TestClient) -> None:
    answer = own.get("/api/tracks/whole/tiles")
    layout = TypeAdapter(TilesShape).validate_python(answer.json())
    assert layout["duration_s"] == pytest.approx(30.0, abs=0.01)
    assert [level["tiles"] for level in layout["levels"]] == [3, 2, 1]
    assert layout["levels"][0]["seconds_per_pixel"] == pytest.approx(512 / 22_050)
    for level in layout["levels"]:
        widths = []
        for n in range(level["tiles"]):
            picture = own.get(layout["url"].format(level=level["level"], n=n))
            assert picture.headers["content-type"] == "image/png"
            assert "immutable" in picture.headers["cache-control"]
            drawn = read_png(picture.content)
            assert len(drawn.decibels) == layout["height"]
            widths.append(drawn.n_frames)
        assert sum(widths) == level["columns"]


def test_the_brightest_colour_follows_the_loudness_of_the_track(own: TestClient) -> None:
    low, high = own.get("/api/tracks/whole/tiles").json()["decibels"]
    assert high == pytest.approx(LOUDNESS + 48, abs=0.06)
    assert high - low == 80


def test_the_waveform_is_that_of_the_file(own: TestClient, music_library: Path) -> None:
    samples = read_mono(music_library.parent / "whole.flac", 22_050)
    answer = own.get("/api/tracks/whole/peaks?n=50")
    peaks = TypeAdapter(PeaksShape).validate_python(answer.json())
    assert (peaks["start_s"], peaks["end_s"]) == (0, pytest.approx(30.0, abs=0.01))
    assert len(peaks["lowest"]) == len(peaks["highest"]) == 50
    assert max(peaks["highest"]) == pytest.approx(samples.max(), abs=1e-3)
    assert min(peaks["lowest"]) == pytest.approx(samples.min(), abs=1e-3)
    edges = np.linspace(0, 1 + len(samples) // 512, 50, endpoint=False).astype(int) * 512
    np.testing.assert_allclose(peaks["highest"], np.maximum.reduceat(samples, edges), atol=1e-3)
    assert own.get("/api/tracks/whole/peaks?n=50&part=0").json() == answer.json()


@pytest.mark.parametrize(
    "path", ["/tiles/{}/0/3.png", "/tiles/{}/7/0.png", "/api/tracks/{}/peaks?part=1", "/tiles/nobody/0/0.png"]
)
def test_what_is_not_there_is_said_in_one_line(path: str, own: TestClient) -> None:
    answer = own.get(path.format("whole"), headers=JSON)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "remedy"}


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/{}/-1/0.png",
        "/tiles/{}/0/1e9.png",
        "/tiles/{}/8/0.png",
        "/tiles/{}/0/99999999999999999999.png",
        "/api/tracks/{}/peaks?n=0",
        "/api/tracks/{}/peaks?n=1000000",
        "/api/tracks/{}/peaks?n=x",
    ],
)
def test_absurd_questions_are_refused(path: str, own: TestClient) -> None:
    assert own.get(path.format("whole"), headers=JSON).status_code == 422


@pytest.mark.parametrize("path", ["/tiles/{}/0/0.png", "/api/tracks/{}/peaks", "/api/tracks/{}/tiles"])
def test_a_missing_file_is_said_in_one_line_without_its_place(
    path: str, own: TestClient, music_library: Path
) -> None:
    answer = own.get(path.format("gone"), headers=JSON)
    assert answer.status_code == 404
    assert "no longer there" in answer.json()["error"]
    assert str(music_library.parent) not in answer.text


def test_a_row_of_a_table_has_nothing_to_see(own: TestClient) -> None:
    answer = own.get("/api/tracks/row/tiles", headers=JSON)
    assert answer.status_code == 404
    assert "table" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/tiles/damaged/0/0.png", "/api/tracks/damaged/peaks"])
def test_a_file_that_is_damaged_since_is_said_in_one_line(path: str, own: TestClient) -> None:
    answer = own.get(path, headers=JSON)
    assert answer.status_code == 404
    assert "damaged.flac" in answer.json()["error"].lower()
    assert "Traceback" not in answer.text


class FakeWorkshop:
    """Answers with parts of a megabyte, and counts how often and how many at a time it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.at_once = self.most_at_once = 0

    def ask(self, name: str, *, number: int, **_: object) -> dict[str, object]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        threading.Event().wait(0.02)
        self.asked.append(number)
        self.at_once -= 1
        peaks = np.full((100, 2), [-FULL_SCALE, number], "<i2")
        tile = b64encode(bytes(1 << 20)).decode()
        return {"tiles": {f"7/{number}": tile}, "peaks": b64encode(peaks.tobytes()).decode()}


def test_parts_are_kept_while_there_is_room_and_drawn_once_and_one_at_a_time() -> None:
    workshop = FakeWorkshop()
    parts = Parts(workshop, most_bytes=3 << 20)
    sight = Sight("id", "/x", Layout(7200.0), 30.0)
    threads = [threading.Thread(target=parts.part, args=(sight, n % 2)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(workshop.asked) == [0, 1]
    assert workshop.most_at_once == 1
    for number in range(5):
        parts.part(sight, 0)
        parts.part(sight, number)
    assert parts.n_bytes <= 3 << 20
    asked = len(workshop.asked)
    parts.part(sight, 0)
    assert len(workshop.asked) == asked
    parts.part(sight, 1)
    assert len(workshop.asked) == asked + 1
    peaks = parts.peaks(sight, [2, 3, 4], 3)
    np.testing.assert_allclose(peaks * FULL_SCALE, [[-FULL_SCALE, n] for n in (2, 3, 4)], rtol=1e-6)
