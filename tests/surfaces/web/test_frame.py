"""What all pages and answers share: no paths, one line for what goes wrong, a description that is true."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import soundglass
from soundglass.core.errors import LibraryError, TrackNotFound
from soundglass.surfaces.web.answer import below, pathless
from soundglass.surfaces.web.reference.routes import kind_of
from soundglass.surfaces.web.settings import WebSettings
from soundglass.surfaces.web.state import MOST_KEPT, Web


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


def first_id(library: Path) -> str:
    return soundglass.open(library).find("vermocsar").id


def test_paths_are_cut_to_what_lies_below_a_scanned_folder() -> None:
    roots = [Path("/music"), Path("/more/music")]
    assert below("/music/a/b.mp3", roots) == "a/b.mp3"
    assert below("/more/music/c.mp3", roots) == "c.mp3"
    assert below("/elsewhere/secret/d.mp3", roots) == "d.mp3"
    assert below("", roots) == ""
    answer = {"path": "/music/a.mp3", "in": [{"path": "/x/y.mp3", "n": 1}], "other": "/music/a.mp3"}
    assert pathless(answer, roots) == {
        "path": "a.mp3",
        "in": [{"path": "y.mp3", "n": 1}],
        "other": "/music/a.mp3",
    }


def test_answers_name_no_folder_unless_asked_to(client: Callable[..., TestClient], own_demo: Path) -> None:
    address = f"/api/tracks/{first_id(own_demo)}/similar"
    home = str(Path(soundglass.__file__).parent)
    silent = client(own_demo).get(address)
    assert silent.json()["results"][0]["path"].endswith(".ogg") or silent.json()["results"][0]["path"]
    assert home not in silent.text
    assert str(own_demo) not in silent.text
    assert home in client(own_demo, show_paths=True).get(address).text


def test_what_goes_wrong_is_one_line_with_what_helps(own: TestClient) -> None:
    for path in ("/api/tracks/nothing/similar", "/api/nothing", "/audio/nothing"):
        answer = own.get(path)
        assert answer.status_code == 404
        assert set(answer.json()) == {"error", "remedy"}
        assert "\n" not in answer.json()["error"]
    page = own.get("/tracks/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, "<h1>" in page.text) == (404, True)


def test_a_missing_library_is_no_reason_to_crash(client: Callable[..., TestClient], tmp_path: Path) -> None:
    lost = client(tmp_path / "none.lance")
    answer = lost.get("/api/tracks/x/similar")
    assert answer.status_code == 503
    assert "no library here" in answer.json()["error"]
    assert str(tmp_path) not in answer.text
    assert lost.get("/").status_code == 200


def test_a_bug_shows_no_traceback(own: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(own.app.state.web, "snapshot", broken)
    answer = own.get("/api/tracks/x/similar")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_the_description_is_a_page_and_names_every_address(own: TestClient) -> None:
    page = own.get("/api").text
    for path in own.app.openapi()["paths"]:
        assert path.replace("&", "&amp;") in page


def test_every_operation_says_what_it_does_and_what_it_takes(own: TestClient) -> None:
    for path, methods in own.app.openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            for parameter in operation.get("parameters", []):
                assert parameter["in"] != "query" or parameter.get("description"), (path, parameter["name"])


def test_no_two_shapes_have_one_name(own: TestClient) -> None:
    assert [name for name in own.app.openapi()["components"]["schemas"] if "__" in name] == []


def test_kinds_of_values_in_words() -> None:
    assert kind_of({"type": "integer", "minimum": 1, "maximum": 9}) == "integer, 1 to 9"
    assert kind_of({"anyOf": [{"type": "number"}, {"type": "null"}]}) == "number"
    assert kind_of({"type": "array", "items": {"$ref": "#/x/PartShape"}}) == "list of PartShape"
    assert kind_of({"enum": ["a", "b"]}) == "a | b"


def test_a_snapshot_makes_things_once(own_demo: Path) -> None:
    now = Web(soundglass.open(own_demo), WebSettings()).snapshot()
    made, gate = list[int](), threading.Event()

    def make() -> int:
        gate.wait(5)
        made.append(1)
        return 7

    found = list[int]()
    asking = [threading.Thread(target=lambda: found.append(now.kept("x", make))) for _ in range(8)]
    for thread in asking:
        thread.start()
    gate.set()
    for thread in asking:
        thread.join()
    assert (made, found) == ([1], [7] * 8)


def test_a_snapshot_forgets_what_is_not_asked_for(own_demo: Path) -> None:
    now, made = Web(soundglass.open(own_demo), WebSettings()).snapshot(), list[int]()

    def ask(key: int) -> None:
        now.kept(key, lambda: made.append(key))

    for key in range(MOST_KEPT):
        ask(key)
    ask(0)
    ask(MOST_KEPT)
    made.clear()
    ask(0)
    ask(1)
    assert made == [1]


def test_what_could_not_be_made_is_tried_again(own_demo: Path) -> None:
    now = Web(soundglass.open(own_demo), WebSettings()).snapshot()

    def fail() -> int:
        raise LibraryError("not now")

    with pytest.raises(LibraryError):
        now.kept("x", fail)
    assert now.kept("x", lambda: 3) == 3


def test_a_snapshot_knows_ids_only(own_demo: Path) -> None:
    now = Web(soundglass.open(own_demo), WebSettings()).snapshot()
    track = now.track(0)
    assert now.row(track.id) == 0
    for wanted in (track.title, track.path, "", "x" * 5000):
        with pytest.raises(TrackNotFound):
            now.row(wanted)
