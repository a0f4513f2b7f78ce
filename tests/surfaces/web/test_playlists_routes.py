"""Playlists by the API and as pages: made, changed, deleted, exported; makers with their state in the URL."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from httpx import Response
from pydantic import TypeAdapter
from starlette.testclient import TestClient

import soundglass
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.playlists.contract import MoodShape, PathShape, PlaylistShape, PlaylistsShape
from soundglass.surfaces.web.playlists.downloads import disposition, file_name

PAGE = {"Accept": "text/html"}
HOSTILE = "<script>alert(1)</script> שלום"
Open = Callable[..., TestClient]


@pytest.fixture
def own(client: Open, own_demo: Path) -> Iterator[TestClient]:
    opened = client(own_demo)
    yield opened
    for playlist in opened.get("/api/playlists").json()["playlists"]:
        assert delete(opened, f"/api/playlists/{playlist['id']}") == 204


@pytest.fixture(scope="module")
def ids(own_demo: Path) -> list[str]:
    return Store(str(own_demo)).columns(["id"])["id"].to_pylist()


def delete(own: TestClient, address: str) -> int:
    return own.request("DELETE", address, json={}).status_code


def made(own: TestClient, ids: list[str], name: str = "Mix") -> dict[str, Any]:
    answer = own.post("/api/playlists", json={"name": name, "tracks": ids})
    assert answer.status_code == 201, answer.text
    return answer.json()


def order(answer: Response) -> list[str]:
    return [track["id"] for track in answer.json()["tracks"]]


# -- by the API --------------------------------------------------------------------------------------


def test_a_playlist_is_made_with_reasons_and_without_strangers(own: TestClient, ids: list[str]) -> None:
    tracks = [ids[3], {"id": ids[1], "reason": "calm"}, "nobody"]
    answer = own.post("/api/playlists", json={"name": " Mix ", "note": "n", "tracks": tracks})
    assert answer.status_code == 201
    told = answer.json()
    TypeAdapter(PlaylistShape).validate_python(told)
    assert (told["name"], told["note"], told["left_out"]) == ("Mix", "n", ["nobody"])
    assert [(t["id"], t["reason"], t["position"]) for t in told["tracks"]] == [
        (ids[3], "", 1),
        (ids[1], "calm", 2),
    ]
    read = own.get(answer.headers["location"]).json()
    assert read == {name: value for name, value in told.items() if name != "left_out"}
    listed = own.get("/api/playlists").json()
    TypeAdapter(PlaylistsShape).validate_python(listed)
    assert [(one["id"], one["n_tracks"]) for one in listed["playlists"]] == [(told["id"], 2)]


def test_a_playlist_is_changed_and_deleted(own: TestClient, ids: list[str]) -> None:
    mix = made(own, ids[:3])
    at = f"/api/playlists/{mix['id']}"
    assert order(own.post(f"{at}/tracks", json={"tracks": [ids[9]]})) == [*ids[:3], ids[9]]
    stale = own.put(at, json={"version": mix["version"], "tracks": ids[:2]})
    assert (stale.status_code, "changed elsewhere" in stale.json()["error"]) == (409, True)
    version = own.get(at).json()["version"]
    moved = own.put(at, json={"version": version, "tracks": [ids[9], ids[1], ids[0]], "name": "Moved"})
    assert (order(moved), moved.json()["name"]) == ([ids[9], ids[1], ids[0]], "Moved")
    assert delete(own, at) == 204
    assert own.get(at).status_code == 404
    assert delete(own, at) == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"tracks": []}, "Name"),
        ({"name": ""}, "name cannot be given"),
        ({"name": "x" * 300}, "ame"),
        ({"name": "a", "colour": 1}, "olour"),
        ({"name": "a", "tracks": [7]}, "racks"),
        ({"name": "a", "tracks": [""] * 10_001}, "racks"),
        ({"name": "a", "note": "x" * 3000}, "ote"),
    ],
)
def test_bodies_that_make_no_sense_are_refused(own: TestClient, body: dict[str, Any], said: str) -> None:
    answer = own.post("/api/playlists", json=body)
    assert (answer.status_code, said in answer.json()["error"]) == (422, True), answer.text
    assert own.get("/api/playlists").json() == {"playlists": []}


def test_strangers_alone_make_no_playlist(own: TestClient, ids: list[str]) -> None:
    answer = own.post("/api/playlists", json={"name": "a", "tracks": ["nobody"]})
    assert (answer.status_code, "none of these tracks" in answer.json()["error"]) == (404, True)
    mix = made(own, ids[:2])
    wrong = {"version": mix["version"], "tracks": [ids[0], ids[5]]}
    assert own.put(f"/api/playlists/{mix['id']}", json=wrong).status_code == 422
    assert own.post(f"/api/playlists/{mix['id']}/tracks", json={"tracks": []}).status_code == 422


def test_reading_writes_nothing(client: Open, demo_library: Library) -> None:
    before = sorted(path.name for path in Path(demo_library.uri).iterdir())
    opened = client(demo_library.uri)
    for address in ("/playlists", "/api/playlists", "/playlists?make=mood&on=energy&energy=0.5"):
        assert opened.get(address, headers=PAGE).status_code == 200
    assert opened.get("/api/playlists/abc").status_code == 404
    assert sorted(path.name for path in Path(demo_library.uri).iterdir()) == before


# -- files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["m3u8", "xspf", "jspf", "csv"])
def test_files_name_the_music_from_the_scanned_folder(
    client: Open, own: TestClient, own_demo: Path, ids: list[str], suffix: str
) -> None:
    mix = made(own, ids[:4], "Évening: 1/2")
    answer = own.get(f"/playlists/{mix['id']}/export.{suffix}")
    assert answer.status_code == 200
    library = soundglass.open(own_demo)
    for track in ids[:4]:
        assert library.file(track).name in unquote(answer.text)
        assert str(library.file(track).parent) not in unquote(answer.text)
    shown = client(own_demo, show_paths=True).get(f"/playlists/{mix['id']}/export.{suffix}")
    assert str(library.file(ids[0])) in unquote(shown.text)
    header = answer.headers["content-disposition"]
    assert header.startswith("attachment; filename=")
    assert unquote(header.partition("filename*=UTF-8''")[2]) == f"Évening 1 2.{suffix}"


def test_other_formats_are_refused(own: TestClient, ids: list[str]) -> None:
    answer = own.get(f"/playlists/{made(own, ids[:1])['id']}/export.pls")
    assert (answer.status_code, "m3u8, xspf, jspf, csv" in answer.json()["remedy"]) == (404, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", ".. .. etc passwd.csv"),
        ("...", "playlist.csv"),
        ("CON", "_CON.csv"),
        ('a"b\\c', "a b c.csv"),
        ("x" * 200, "x" * 80 + ".csv"),
        ("שיר ☾", "שיר ☾.csv"),
    ],
)
def test_names_of_files_are_safe(name: str, expected: str) -> None:
    assert file_name(name, "csv").lstrip(". ") == expected.lstrip(". ")
    assert not {*file_name(name, "csv")} & {*'/\\:*?"<>|\n'}
    header = disposition(file_name(name, "csv"))
    assert header.isascii()
    plain = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9 ._()-]+)\"; filename\*=UTF-8''(\S+)", header)
    assert plain is not None
    assert unquote(plain[2]) == file_name(name, "csv")
    assert not plain[1].startswith(".")


# -- makers --------------------------------------------------------------------------------------------


def test_a_way_by_the_api_is_that_of_python(own: TestClient, own_demo: Path, ids: list[str]) -> None:
    answer = own.get(f"/api/path?start={ids[2]}&end={ids[20]}&n=5").json()
    TypeAdapter(PathShape).validate_python(answer)
    expected = soundglass.open(own_demo).path(ids[2], ids[20], n=5)
    assert [(s["id"], s["sentence"]) for s in answer["steps"]] == [
        (s.track.id, s.sentence) for s in expected.steps
    ]
    page = own.get(f"/playlists?make=path&start={ids[2]}&end={ids[20]}&n=5&per_artist=0", headers=PAGE).text
    assert re.findall(r'<li data-track="(\w+)"', page) == [
        ids[2],
        *(step.track.id for step in expected.steps),
    ]
    for step in expected.steps:
        assert step.sentence in unescape(page)


def test_a_mood_by_the_api_and_on_the_page_are_one(own: TestClient) -> None:
    answer = own.get("/api/mood?energy=0.8&valence=0.3&slowest=60&fastest=200&n=5").json()
    TypeAdapter(MoodShape).validate_python(answer)
    assert answer["wishes"] == {"energy": 0.8, "valence": 0.3}
    for result in answer["results"]:
        assert math.fsum(part["contribution"] for part in result["parts"]) == pytest.approx(result["score"])
    asked = "on=energy&on=valence&energy=0.8&valence=0.3&danceability=0.9&slowest=60&fastest=200&n=5"
    page = own.get(f"/playlists?make=mood&{asked}", headers=PAGE).text
    assert re.findall(r'<li data-track="(\w+)"', page) == [result["id"] for result in answer["results"]]
    open_ended = own.get("/playlists?make=mood&on=energy&energy=0.8&slowest=&fastest=", headers=PAGE)
    assert (open_ended.status_code, "<li data-track" in open_ended.text) == (200, True)


def test_seeds_come_first_and_what_is_like_all_of_them_follows(
    own: TestClient, own_demo: Path, ids: list[str]
) -> None:
    page = own.get(f"/playlists?make=seeds&seed={ids[4]}&n=6&per_artist=0", headers=PAGE).text
    expected = soundglass.open(own_demo).similar(ids[4], n=6)
    assert re.findall(r'<li data-track="(\w+)"', page) == [ids[4], *(rec.track.id for rec in expected)]
    both = own.get(f"/playlists?make=seeds&seed={ids[4]}&seed={ids[30]}&n=6", headers=PAGE).text
    found = re.findall(r'<li data-track="(\w+)"', both)
    assert found[:2] == [ids[4], ids[30]]
    assert len(set(found)) == 8
    assert "Most like" in both
    by_both = own.get(f"/api/tracks/{ids[4]}/similar?more={ids[30]}&n=6&per_artist=2").json()["results"]
    assert found[2:] == [result["id"] for result in by_both]


def test_what_is_typed_offers_tracks_as_links(own: TestClient, own_demo: Path, ids: list[str]) -> None:
    wanted = soundglass.open(own_demo).find("vermocsar").id
    page = unescape(own.get(f"/playlists?make=seeds&seed={ids[4]}&q=vermoksar", headers=PAGE).text)
    assert f"/playlists?make=seeds&seed={ids[4]}&seed={wanted}" in page
    page = unescape(own.get(f"/playlists?make=path&start={ids[4]}&end_q=vermocsar", headers=PAGE).text)
    assert f"/playlists?make=path&start={ids[4]}&end={wanted}" in page
    typing = {**PAGE, "HX-Request": "true", "HX-Target": "found-seed"}
    part = own.get(f"/playlists?make=seeds&seed={ids[4]}&q=zzzqqq", headers=typing).text
    assert "No track is called that" in part
    assert "<html" not in part
    assert "<li data-track" not in part


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/mood", 422, "othing is wished for"),
        ("/api/mood?energy=3", 422, "nergy"),
        ("/api/mood?energy=nan", 422, "nergy"),
        ("/api/mood?energy=0.5&slowest=200&fastest=100", 422, "o tempo lies"),
        ("/api/path?start=nobody&end=nobody", 404, "o such track"),
        ("/api/path?start=nobody", 422, "nd"),
        ("/api/path?start={one}&end={one}&n=1000", 422, "less than or equal"),
        ("/api/path?start={one}&end={one}&by=cosine", 422, "y: "),
    ],
)
def test_nonsense_is_one_clear_line(
    own: TestClient, ids: list[str], address: str, status: int, said: str
) -> None:
    answer = own.get(address.format(one=ids[0]))
    assert (answer.status_code, said in answer.json()["error"]) == (status, True), answer.text


# -- pages ---------------------------------------------------------------------------------------------


def test_hostile_names_are_only_text(own: TestClient, ids: list[str]) -> None:
    body = {"name": HOSTILE, "note": HOSTILE, "tracks": [{"id": ids[0], "reason": f'"{HOSTILE}'}]}
    playlist = own.post("/api/playlists", json=body).json()
    for address in ("/playlists", f"/playlists/{playlist['id']}"):
        text = own.get(address, headers=PAGE).text
        assert "<script>alert" not in text
        assert HOSTILE in unescape(text)


def test_a_page_lists_tracks_that_are_gone(client: Open, own_demo: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.lance"
    shutil.copytree(own_demo, copy)
    store = Store(str(copy))
    ids = store.columns(["id"])["id"].to_pylist()
    library = soundglass.open(copy)
    playlist = library.playlists.make("Mix", ids[:2])
    store.delete(ids[:1])
    own = client(copy)
    text = own.get(f"/playlists/{playlist.heading.id}", headers=PAGE).text
    assert "no longer in the library" in text
    assert f"/tracks/{ids[0]}" not in text
    assert f"/tracks/{ids[1]}" in text
    told = own.get(f"/api/playlists/{playlist.heading.id}").json()["tracks"]
    assert [track["gone"] for track in told] == [True, False]


def test_rows_of_tables_make_playlists_too(client: Open, spotify_library: Library) -> None:
    own = client(spotify_library.uri)
    ids = Store(spotify_library.uri).take([0, 900], ["id"])["id"].to_pylist()
    for asked in (f"seeds&seed={ids[0]}", f"path&start={ids[0]}&end={ids[1]}", "mood&on=energy&energy=1"):
        page = own.get(f"/playlists?make={asked}", headers=PAGE)
        assert page.text.count("<li data-track") >= 12
        assert "data-play" not in page.text
    refused = own.get(f"/playlists?make=seeds&seed={ids[0]}&by=spectrogram", headers=PAGE)
    assert (refused.status_code, "no audio to compare" in refused.text) == (200, True)


def test_an_empty_library_says_what_to_do(client: Open, tmp_path: Path) -> None:
    Store(str(tmp_path / "empty.lance"), create=True)
    own = client(tmp_path / "empty.lance")
    page = own.get("/playlists?make=mood&on=energy&energy=0.5", headers=PAGE)
    assert (page.status_code, "soundglass scan" in page.text) == (200, True)
    assert own.get("/api/mood?energy=0.5").status_code == 503
