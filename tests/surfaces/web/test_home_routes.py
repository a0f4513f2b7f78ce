"""The first page and its answers: found, listed, counted, advised; and where there is nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from soundglass.core.types import Track
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.home.contract import LibraryShape, RecentShape, ScanShape, SearchShape

SHAPES = {
    "/api/search?q=a": SearchShape,
    "/api/search?q=vermocsra&n=3": SearchShape,
    "/api/recent": RecentShape,
    "/api/library": LibraryShape,
    "/api/scan": ScanShape,
}
ODD = {
    "a": ("<script>alert(1)</script>", "'\"><img src=x onerror=alert(2)>"),
    "b": ("שיר לשלום", "להקת הנח״ל"),
    "c": ("Зима {{ 7 * 7 }}", "%(name)s"),
    "d": ("half a pair \ud800", ""),
    "e": ("W" * 400, "x" * 400),
    "f": ("", ""),
}


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


@pytest.fixture(scope="module")
def odd(client: Callable[..., TestClient], tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A library whose tags are out to do harm; its files are nowhere."""
    folder = tmp_path_factory.mktemp("odd")
    store = Store(str(folder / "odd.lance"), create=True)
    rows = [
        TrackRow(
            Track(key, "audio", title.encode("utf-8", "replace").decode(), artist, genres=(title[:5],)),
            {},
            [FileStamp(f"{folder}/secret/{key}.mp3", 1, 1)],
        )
        for key, (title, artist) in ODD.items()
    ]
    store.upsert(rows)
    return client(folder / "odd.lance")


@pytest.fixture(scope="module")
def table(client: Callable[..., TestClient], tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("table") / "table.lance"
    Store(str(folder), create=True).upsert(
        [TrackRow(Track(str(i), "csv", f"Song {i}"), {"tempo": 100.0 + i}) for i in range(30)]
    )
    return client(folder)


@pytest.mark.parametrize("address", SHAPES)
def test_answers_are_as_described(address: str, own: TestClient) -> None:
    answer = own.get(address)
    assert answer.status_code == 200
    TypeAdapter(SHAPES[address]).validate_python(answer.json())


def test_a_search_finds_what_is_meant_misspelt_or_not(own: TestClient, demo_library: Library) -> None:
    wanted = demo_library.find("vermocsar").id
    for typed, respelt in (("vermocsar", False), ("vermo", False), ("vremocsar", True)):
        found = own.get("/api/search", params={"q": typed}).json()
        assert (found["results"][0]["id"], found["respelt"]) == (wanted, respelt)
    by_artist = own.get("/api/search", params={"q": "obsidian shell", "n": 2}).json()
    assert (len(by_artist["results"]), by_artist["total"]) == (2, 3)


def test_a_page_shows_what_the_answer_holds(own: TestClient) -> None:
    found = own.get("/api/search", params={"q": "obsidian shell"}).json()
    page = own.get("/", params={"q": "obsidian shell"}).text
    places = [page.index(f'href="/tracks/{one["id"]}"') for one in found["results"]]
    assert places == sorted(places)
    assert f"{found['total']} tracks" in page
    newest = own.get("/api/recent", params={"n": 12}).json()["results"]
    places = [own.get("/").text.index(f'href="/tracks/{one["id"]}"') for one in newest]
    assert places == sorted(places)


def test_the_newest_files_come_first(own_demo: Path, client: Callable[..., TestClient]) -> None:
    times = {
        row["id"]: row["files"][0]["mtime_ns"]
        for row in Store(str(own_demo)).columns(["id", "files"]).to_pylist()
    }
    listed = [times[one["id"]] for one in client(own_demo).get("/api/recent?n=100").json()["results"]]
    assert listed == sorted(times.values(), reverse=True)


def test_what_is_typed_gets_the_list_alone(own: TestClient) -> None:
    part = own.get("/", params={"q": "boss"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'id="count"' in part
    assert "<html" in own.get("/", params={"q": "boss"}).text
    state = own.get("/", params={"state": "1"}, headers={"HX-Request": "true"}).text
    assert ("tracks" in state, 'class="tracks"' in state) == (True, False)


def test_the_state_is_counted(own: TestClient, demo_library: Library) -> None:
    state, info = own.get("/api/library").json(), demo_library.info()
    assert state["tracks"] == state["audio"] == state["with_spectrogram"] == len(demo_library)
    assert (state["artists"], state["albums"]) == (info.artists, info.albums)
    assert state["outdated"] == state["from_table"] == 0
    assert (state["folders"], state["advice"]) == (["demo"], [])
    files = [path for path in Path(demo_library.uri).rglob("*") if path.is_file()]
    assert state["bytes"] == pytest.approx(sum(path.stat().st_size for path in files), rel=0.05)


def test_what_is_outdated_is_counted_and_scanning_is_advised(
    demo_library: Library, client: Callable[..., TestClient], tmp_path: Path
) -> None:
    shutil.copytree(demo_library.uri, tmp_path / "old.lance")
    store = Store(str(tmp_path / "old.lance"))
    some = store.columns(["id"])["id"].to_pylist()[:3]
    store.merge_columns([{"id": one, "embedding_version": 0} for one in some], ("id", "embedding_version"))
    state = client(tmp_path / "old.lance").get("/api/library").json()
    assert state["outdated"] == 3
    assert "3 tracks" in state["advice"][0]["words"]


def test_tables_say_that_there_is_nothing_to_hear_and_what_helps(table: TestClient) -> None:
    page = table.get("/").text
    assert "from a table" in page
    assert "soundglass scan ~/Music --library table.lance" in page
    assert "data-play=" not in page
    assert page.index("Song 29") < page.index("Song 28")


def test_a_folder_that_is_gone_is_named(odd: TestClient) -> None:
    advice = odd.get("/api/library").json()["advice"]
    assert advice[0]["words"].startswith("secret cannot be reached")


def test_tags_do_no_harm(odd: TestClient) -> None:
    for page in (odd.get("/").text, odd.get("/", params={"q": "script"}).text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    page = odd.get("/").text
    assert "<bdi>שיר לשלום</bdi>" in page
    assert "7 * 7" in page
    typed = "<script>alert(3)</script>'\"{{ 1 }}"
    assert "<script>alert" not in odd.get("/", params={"q": typed}).text


def test_no_answer_says_where_music_lies(odd: TestClient, own: TestClient, own_demo: Path) -> None:
    for address in ("/", "/?q=a", *SHAPES):
        assert "/secret/" not in odd.get(address).text
        assert str(own_demo.parent) not in own.get(address).text


def test_a_scan_over_unknown_folders_cannot_be_asked_for(table: TestClient, tmp_path: Path) -> None:
    answer = table.post(
        "/api/scan", json={"roots": [str(tmp_path)]}, headers={"Origin": "http://127.0.0.1:8765"}
    )
    assert answer.status_code == 422
    assert "no folder has been scanned yet" in answer.json()["error"].lower()
    assert table.get("/api/scan").json()["running"] is None


def test_folders_that_are_gone_cannot_be_scanned(odd: TestClient) -> None:
    answer = odd.post("/api/scan", json={}, headers={"Origin": "http://127.0.0.1:8765"})
    assert (answer.status_code, "mounted" in answer.json()["remedy"]) == (422, True)


def test_there_is_nothing_to_stop(own: TestClient) -> None:
    answer = own.request("DELETE", "/api/scan", json={}, headers={"Origin": "http://127.0.0.1:8765"})
    assert (answer.status_code, answer.json()["error"]) == (409, "No scan is at work")


@pytest.mark.parametrize("made", [False, True], ids=["none", "empty"])
def test_without_music_the_page_says_what_to_do(
    client: Callable[..., TestClient], tmp_path: Path, made: bool
) -> None:
    if made:
        Store(str(tmp_path / "mine.lance"), create=True)
    first = client(tmp_path / "mine.lance")
    page = first.get("/")
    assert page.status_code == 200
    for command in ("scan ~/Music --library mine.lance", "import features.csv --library mine.lance", "demo"):
        assert f"soundglass {command}" in page.text
    assert "full path of <bdi>mine.lance</bdi>" in page.text
    assert str(tmp_path) not in page.text
    TypeAdapter(ScanShape).validate_python(first.get("/api/scan").json())
    assert first.get("/api/search?q=a").status_code == (200 if made else 503)


def test_the_first_music_shows_as_soon_as_it_is_there(
    client: Callable[..., TestClient], tmp_path: Path, demo_library: Library
) -> None:
    first = client(tmp_path / "mine.lance")
    assert "Which of your music" in first.get("/").text
    shutil.copytree(demo_library.uri, tmp_path / "mine.lance")
    assert "Recently added" in first.get("/").text


def test_a_damaged_library_is_one_line(client: Callable[..., TestClient], tmp_path: Path) -> None:
    (tmp_path / "bad.lance" / "tracks.lance" / "data").mkdir(parents=True)
    (tmp_path / "bad.lance" / "tracks.lance" / "data" / "x.lance").write_bytes(b"x")
    page = client(tmp_path / "bad.lance").get("/", headers={"Accept": "text/html"})
    assert (page.status_code, "lost its manifests" in page.text) == (503, True)


@pytest.mark.parametrize(
    "query", ["n=0", "n=101", "n=x", f"q={'a' * 201}", "state=maybe"], ids=lambda query: query[:12]
)
def test_absurd_questions_get_one_line(own: TestClient, query: str) -> None:
    answer = own.get(f"/api/search?q=a&{query}" if query != "state=maybe" else f"/?{query}")
    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("typed", ["\x00", "%", "a" * 200, "\u202e\u0301", "☃", "\\", "' or 1=1", "\ud7ff"])
def test_whatever_is_typed_is_answered(own: TestClient, typed: str) -> None:
    assert own.get("/", params={"q": typed}).status_code == 200
    assert own.get("/api/search", params={"q": typed}).status_code == 200


def test_a_command_names_no_library_where_it_is_the_usual_one(
    client: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from soundglass.surfaces.cli.options import default_library

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    page = client(default_library()).get("/").text
    assert "soundglass scan ~/Music<" in page
