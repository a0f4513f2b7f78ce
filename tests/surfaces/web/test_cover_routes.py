"""Covers over HTTP: the track's own, or one drawn from it; whatever the files hold, a picture."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from mutagen.id3 import APIC, ID3
from PIL import Image
from sounding import stored
from starlette.testclient import TestClient

from media_files import music, write
from soundglass.core.types import Track
from soundglass.embeddings.picture import PICTURE
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.sound.sleeve import Look, sleeve

RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording without a cover."""
    return write(tmp_path_factory.mktemp("plain") / "a.mp3", "mp3", music(0.3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


def picture(path: Path, colour: tuple[int, int, int]) -> bytes:
    Image.new("RGB", (300, 300), colour).save(path)
    return path.read_bytes()


def colour(content: bytes) -> tuple[int, int, int]:
    with Image.open(BytesIO(content)) as image:
        pixel = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    return min((RED, BLUE), key=lambda known: sum(abs(a - b) for a, b in zip(pixel, known, strict=True)))


def test_tags_before_pictures_beside_before_drawn_ones(
    folder: Path, plain: Path, client: Callable[..., TestClient]
) -> None:
    path = Path(shutil.copy(plain, folder))
    web = client(stored(folder, {"a": path}))
    first = web.get("/covers/a")
    assert first.headers["content-type"] == "image/svg+xml"
    picture(folder / "Folder.PNG", BLUE)
    beside = web.get("/covers/a?size=320")
    assert (beside.headers["content-type"], colour(beside.content)) == ("image/webp", BLUE)
    tags = ID3()
    tags.add(APIC(0, "image/png", 3, "", picture(folder / "other.png", RED)))
    tags.save(path)
    embedded = web.get("/covers/a?size=320")
    assert colour(embedded.content) == RED
    assert len({first.headers["etag"], beside.headers["etag"], embedded.headers["etag"]}) == 3


@pytest.mark.parametrize(("asked", "given"), [(16, 64), (64, 64), (96, 128), (320, 320), (640, 640)])
def test_sizes(folder: Path, plain: Path, client: Callable[..., TestClient], asked: int, given: int) -> None:
    web = client(stored(folder, {"a": Path(shutil.copy(plain, folder))}))
    picture(folder / "cover.jpg", BLUE)
    with Image.open(BytesIO(web.get(f"/covers/a?size={asked}").content)) as image:
        assert image.size == (given, given)
    drawn = ET.fromstring(web.get(f"/covers/row?size={asked}").text)
    assert (drawn.get("width"), drawn.get("height")) == (str(given), str(given))


@pytest.mark.parametrize("size", ["0", "15", "641", "-1", "1e9", "x"])
def test_absurd_sizes_are_refused(folder: Path, client: Callable[..., TestClient], size: str) -> None:
    assert client(stored(folder, {})).get(f"/covers/row?size={size}").status_code == 422


def test_an_unchanged_cover_is_not_sent_again(
    folder: Path, plain: Path, client: Callable[..., TestClient]
) -> None:
    web = client(stored(folder, {"a": Path(shutil.copy(plain, folder))}))
    for address in ("/covers/a", "/covers/row"):
        first = web.get(address)
        again = web.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "max-age" in first.headers["cache-control"]


def test_pictures_out_of_the_scanned_folders_are_not_shown(
    folder: Path, plain: Path, client: Callable[..., TestClient], tmp_path: Path
) -> None:
    picture(tmp_path / "secret.jpg", RED)
    (folder / "cover.jpg").symlink_to(tmp_path / "secret.jpg")
    web = client(stored(folder, {"a": Path(shutil.copy(plain, folder))}))
    assert web.get("/covers/a").headers["content-type"] == "image/svg+xml"
    picture(folder / "front.jpg", BLUE)
    assert colour(web.get("/covers/a").content) == BLUE


def test_whatever_the_files_hold_there_is_a_picture(
    folder: Path, plain: Path, client: Callable[..., TestClient]
) -> None:
    names = {"gone", "bomb", "folder"}
    paths = {name: folder / name / "a.mp3" for name in names}
    for path in paths.values():
        path.parent.mkdir()
        shutil.copy(plain, path)
    web = client(stored(folder, paths))
    paths["gone"].unlink()
    (paths["bomb"].parent / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))
    (paths["folder"].parent / "cover.png").mkdir()
    for name in (*names, "row"):
        answer = web.get(f"/covers/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert web.get("/covers/nothing").status_code == 404


def test_names_from_tags_are_text(client: Callable[..., TestClient], tmp_path: Path) -> None:
    said_of = {
        "<script>alert(1)</script>": "S",
        '"&" <b>': "B",
        "\x00\x1b[31m": "3",
        "": "♪",
        "فيروز حداد": "فح",
        "ß ŉ": "Sʼ",
        "🎤 🎵": "♪",
        "\ufffe\uffff": "♪",
    }
    store = Store(str(tmp_path / "odd.lance"), create=True)
    store.upsert([TrackRow(Track(f"t{i}", "csv", artist=name), {}) for i, name in enumerate(said_of)])
    web = client(store.uri)
    for i, letters in enumerate(said_of.values()):
        drawn = ET.fromstring(web.get(f"/covers/t{i}").text)
        kinds = {element.tag.rpartition("}")[2] for element in drawn.iter()}
        assert kinds == {"svg", "path", "circle", "text"}
        assert "".join(drawn.itertext()) == letters


def test_covers_of_the_demo_music_are_drawn_and_all_differ(
    client: Callable[..., TestClient], demo_library: Library
) -> None:
    web = client(demo_library.uri)
    ids = Store(demo_library.uri).columns(["id"])["id"].to_pylist()
    drawn = [web.get(f"/covers/{track}?size=64") for track in ids]
    assert {answer.headers["content-type"] for answer in drawn} == {"image/svg+xml"}
    assert len({answer.text for answer in drawn}) == len(ids)
    assert all(len(answer.content) < 10_000 for answer in drawn)
    assert [web.get(f"/covers/{track}?size=64").text for track in ids[:3]] == [one.text for one in drawn[:3]]


def test_the_look_tells_of_the_sound() -> None:
    pixels = np.zeros(1, PICTURE)["pixels"][0]
    pixels[40:60, 3:6] = 255
    look = Look("An album", "Some Body", 0.0, 1.0, 0.5, pixels)
    assert sleeve(look, 64) == sleeve(replace(look, album="Another"), 64)
    for other in (
        replace(look, key=7.0),
        replace(look, mode=0.0),
        replace(look, energy=0.9),
        replace(look, pixels=pixels[:, ::-1]),
    ):
        assert sleeve(other, 64) != sleeve(look, 64)
    rows = Look("An album", "Some Body", energy=0.5)
    assert sleeve(rows, 64) != sleeve(replace(rows, album="Another"), 64)
    assert "SB" in sleeve(rows, 64)


def test_silence_is_flat() -> None:
    drawn = ET.fromstring(sleeve(Look("", "", 0.0, 1.0, None, np.zeros((128, 16), np.uint8)), 64))
    for path in drawn[1:]:
        numbers = path.get("d").replace("M", " ").replace("C", " ").split()
        assert len(set(numbers[1::2])) == 1
