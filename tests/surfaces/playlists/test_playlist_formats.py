"""Playlists as files: golden files, and read back by other parsers whatever titles and paths hold."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.library.playlists import Playlists, Wanted
from soundglass.library.saved import Saved
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.playlists.formats import FORMATS, format_of
from soundglass.surfaces.playlists.kept import KeptPlaylists
from soundglass.surfaces.playlists.listing import Item, Listing, absolute, address, below, beside, listing

GOLDEN = Path(__file__).parents[2] / "golden"
NS = "{http://xspf.org/ns/0/}"
MBID = "B1a9c0e9-d987-4042-ae91-78d6a3267d69"

HOSTILE = (
    "line\nbreak",
    "a --> b ]]> c",
    "<script>&amp;'\"",
    "bell\x07 null\x00 escape\x1b",
    "\u202eright to left\u202c شكراً",
    '=cmd|"/c calc"!A1',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    'comma, "quotes" and \' apostrophe',
    "half \ud83d a pair",
    "#EXTM3U",
    "emoji 🎵 and \ufffe",
)


def made(*items: Item) -> Listing:
    return Listing("Abend, & <Nacht>", "für später", datetime(2026, 11, 22, 20, 15, tzinfo=UTC), items)


def track(title: str, **about: object) -> Track:
    return Track(
        "1f" * 8, "audio", title, **{"artist": "Ärtist", "album": "Album", "duration_s": 217.4, **about}
    )


SAMPLE = made(
    Item(track("So What"), "Both are calm", Path("Jazz & more/01 - So What #1 100%.flac"), MBID),
    Item(track("Ночь", artist="", album="", path="/m/x.mp3"), "", Path("#1/Ночь.mp3")),
    Item(track("From a table", duration_s=float("nan")), "=1+1"),
)


@pytest.mark.parametrize("suffix", FORMATS)
def test_files_are_as_they_were_agreed(suffix: str) -> None:
    assert FORMATS[suffix].write(SAMPLE) == (GOLDEN / f"playlist.{suffix}").read_bytes()


def xspf_tracks(content: bytes) -> list[dict[str, str]]:
    root = Xml.fromstring(content)
    assert root.tag == f"{NS}playlist"
    assert root.get("version") == "1"
    return [{f.tag.removeprefix(NS): f.text or "" for f in t} for t in root.find(f"{NS}trackList") or ()]


def without_controls(text: str) -> str:
    spans = ("\t", "\n"), (" ", "\ud7ff"), ("\ue000", "\ufffd"), ("\U00010000", "\U0010ffff")
    return "".join(c for c in text if any(low <= c <= high for low, high in spans))


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_come_back_from_xspf(title: str) -> None:
    (found,) = xspf_tracks(FORMATS["xspf"].write(made(Item(track(title, artist=title, album=title), title))))
    for field in ("title", "creator", "album", "annotation"):
        assert found[field] == without_controls(title)


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_come_back_from_jspf(title: str) -> None:
    content = FORMATS["jspf"].write(made(Item(track(title), title)))
    (found,) = json.loads(content)["playlist"]["track"]
    assert found["title"] == found["annotation"] == title.encode("utf-8", "replace").decode()
    assert found["duration"] == 217_400


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_are_no_formulas_in_csv(title: str) -> None:
    content = FORMATS["csv"].write(made(Item(track(title, artist=title), title, Path("=a,b.mp3")))).decode()
    (found,) = csv.DictReader(io.StringIO(content, newline=""))
    sound = title.encode("utf-8", "replace").decode()
    for field in ("title", "artist", "reason"):
        assert found[field].removeprefix("'") == sound
        assert found[field][0] not in "=+-@\t\r"
    assert found["path"] == "./=a,b.mp3"


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_keep_to_their_line_in_m3u8(title: str) -> None:
    items = Item(track(title), title, Path("a.mp3")), Item(track(title), title)
    lines = FORMATS["m3u8"].write(made(*items)).decode().splitlines()
    assert len(lines) == 5
    assert lines[2].startswith("#EXTINF:217,Ärtist - ")
    assert lines[3] == "a.mp3"
    assert lines[4].startswith("# Ärtist - ")


NAMES = st.text(st.characters(blacklist_characters="/\x00", blacklist_categories=("Cs",)), min_size=1).filter(
    lambda name: name not in {".", ".."}
)


@given(st.lists(NAMES, min_size=1, max_size=3))
def test_addresses_name_the_same_file(parts: list[str]) -> None:
    file = Path(*parts)
    uri = address(file)
    assert not urlsplit(uri).scheme
    assert not urlsplit(uri).netloc
    assert unquote_to_bytes(urlsplit(uri).path) == os.fsencode(file)
    assert uri.isascii()


def test_names_that_are_no_text_are_kept_byte_by_byte_where_a_format_can() -> None:
    file = Path(os.fsdecode(b"caf\xe9/a\nb.mp3"))
    (found,) = xspf_tracks(FORMATS["xspf"].write(made(Item(track("t"), "", file))))
    assert unquote_to_bytes(found["location"]) == b"caf\xe9/a\nb.mp3"
    for name in (file, Path("a\nb.mp3"), Path("a\u2028b.mp3"), Path("end ")):
        text = FORMATS["m3u8"].write(made(Item(track("t"), "", name))).decode()
        assert text.splitlines()[2:] == ["# Ärtist - t (its file has a name that this format cannot hold)"]


def test_files_are_named_below_beside_or_whole(tmp_path: Path) -> None:
    music = tmp_path / "music"
    assert below([music])(music / "a" / "b.mp3") == Path("a/b.mp3")
    assert below([music])(tmp_path / "secret" / "b.mp3") == Path("b.mp3")
    assert below([music / "b.mp3"])(music / "b.mp3") == Path("b.mp3")
    assert beside(tmp_path / "lists")(music / "b.mp3") == Path("../music/b.mp3")
    assert absolute(music / "b.mp3") == music / "b.mp3"
    assert address(music / "é.mp3") == (music / "é.mp3").as_uri()


def test_a_suffix_names_the_format() -> None:
    assert format_of(Path("A.M3U8")) is FORMATS["m3u8"]
    with pytest.raises(SoundglassError, match=r"is no name of a playlist.*\.m3u8, \.xspf, \.jspf, \.csv"):
        format_of(Path("a.pls"))


@pytest.fixture
def kept(demo_library: Library, tmp_path: Path) -> KeptPlaylists:
    return KeptPlaylists(Saved(str(tmp_path)), Store(demo_library.uri))


def test_exported_locations_lead_to_the_music(
    kept: KeptPlaylists, demo_library: Library, tmp_path: Path
) -> None:
    store = Store(demo_library.uri)
    ids = store.columns(["id"])["id"].to_pylist()[:4]
    made = kept.make("Mix", [Wanted(one, "because") for one in ids])
    (tmp_path / "lists").mkdir()
    out = kept.export("mix", tmp_path / "lists" / "mix.m3u8")
    lines = [line for line in out.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert not any(Path(line).is_absolute() for line in lines)
    assert [(out.parent / line).resolve() for line in lines] == [
        demo_library.file(one).resolve() for one in ids
    ]
    whole = kept.export(made.heading.id, tmp_path / "mix.xspf", absolute_paths=True)
    found = xspf_tracks(whole.read_bytes())
    assert [entry["location"] for entry in found] == [demo_library.file(one).as_uri() for one in ids]
    assert {entry["annotation"] for entry in found} == {"because"}
    with pytest.raises(SoundglassError, match="cannot be written"):
        kept.export("mix", tmp_path / "nowhere" / "mix.csv")


def test_a_track_that_is_gone_is_listed_without_a_file(demo_library: Library, tmp_path: Path) -> None:
    copy = tmp_path / "copy.lance"
    shutil.copytree(demo_library.uri, copy)
    store = Store(str(copy))
    ids = store.columns(["id"])["id"].to_pylist()[:2]
    playlists = Playlists(Saved(str(copy)), store)
    made = playlists.make("Mix", ids)
    store.delete(ids[:1])
    store.refresh()
    gone, there = listing(store, playlists.get(made.heading.id), absolute).items
    assert gone.file is None
    assert gone.title == made.entries[0].track.title
    assert there.file == demo_library.file(ids[1])
