"""Two recommenders side by side by the API and as pages: the library's own answers, and why not where not."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter
from starlette.testclient import TestClient

import soundglass
from soundglass.core.errors import LibraryError
from soundglass.evaluate.visual.stored import alike, pictures_of
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.compare import over
from soundglass.surfaces.web.compare.contract import ComparisonShape, LibraryComparisonShape
from soundglass.surfaces.web.compare.over import Background, Progress, Tell

PAGE = {"Accept": "text/html"}
Open = Callable[..., TestClient]


@pytest.fixture
def own(client: Open, own_demo: Path) -> TestClient:
    return client(own_demo)


@pytest.fixture(scope="module")
def one(own_demo: Path) -> str:
    return soundglass.open(own_demo).find("vermocsar").id


def patiently(ask: Callable[[], Progress]) -> Progress:
    for _ in range(600):
        if not (progress := ask()).is_under_way:
            return progress
        time.sleep(0.05)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("other", ["spectrogram", "mel-pca", "blend"])
def test_the_api_gives_what_python_gives_and_more(
    own: TestClient, own_demo: Path, one: str, other: str
) -> None:
    answer = own.get(f"/api/tracks/{one}/compare?other={other}&n=6").json()
    TypeAdapter(ComparisonShape).validate_python(answer)
    library = soundglass.open(own_demo)
    expected = library.compare(one, by=("features", other), n=6)
    assert answer["by"] == ["features", other]
    for of_one in expected.lists:
        assert [r["id"] for r in answer["lists"][of_one.by]] == [r.track.id for r in of_one]
    assert answer["rbo"] == pytest.approx(expected.agreement.rbo)
    assert [(f["by"], f["id"], f["other"]["rank"]) for f in answer["found_by_one"]] == [
        (f.by, f.result.track.id, f.place) for f in expected.found_by_one
    ]
    for found in answer["found_by_one"]:
        rival = other if found["by"] == "features" else "features"
        pair = library.why(one, found["id"], by=rival)
        assert found["other"]["sentence"] == pair.sentence
        assert found["other"]["score"] == pytest.approx(pair.score)


def test_looks_are_ms_ssim_of_the_stored_pictures(own: TestClient, own_demo: Path, one: str) -> None:
    answer = own.get(f"/api/tracks/{one}/compare?n=5").json()
    store = Store(str(own_demo))
    rows = {found: store.row_of(found) for found in (one, *answer["looks"]["pairs"])}
    pictures = pictures_of(store, [row for row in rows.values() if row is not None])
    for track, value in answer["looks"]["pairs"].items():
        assert value == pytest.approx(alike(pictures[rows[one]], pictures[rows[track]]))
    for by in answer["by"]:
        found = [answer["looks"]["pairs"][result["id"]] for result in answer["lists"][by]]
        assert answer["looks"]["means"][by] == pytest.approx(np.mean(found))
        assert 0 <= answer["looks"]["more_alike"][by] <= 1


def test_the_page_joins_what_both_found(own: TestClient, one: str) -> None:
    answer = own.get(f"/api/tracks/{one}/compare").json()
    text = own.get(f"/tracks/{one}/compare", headers=PAGE).text
    anchors = set(re.findall(r' id="([^"]+)"', text))
    assert all(target in anchors for target in re.findall(r'href="#([^"]+)"', text))
    joins = re.search(r'<svg class="joins".*?</svg>', text, re.DOTALL)
    assert joins is not None
    assert joins[0].count("<path") == answer["in_common"]
    assert text.count('class="both"') == 2 * answer["in_common"]
    assert text.count('class="found"') == len(answer["found_by_one"])
    assert f"{answer['in_common']}<span> of 10" in text


def test_what_takes_long_is_a_part_of_its_own(
    own: TestClient, one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soundglass.surfaces.web.compare.routes.LARGE", 10)
    shell = own.get(f"/tracks/{one}/compare?n=5", headers=PAGE).text
    assert 'class="sides"' not in shell
    asked = re.search(r'hx-get="([^"]+)" hx-trigger="load"', shell)
    assert asked is not None
    part = own.get(unescape(asked[1]), headers={**PAGE, "HX-Request": "true"}).text
    assert "<html" not in part
    assert part.count('class="side side-') == 2
    whole = own.get(f"{unescape(asked[1])}&whole=true", headers=PAGE).text
    assert whole.count('class="side side-') == 2


def test_a_picture_is_small_and_kept_for_good(own: TestClient, one: str) -> None:
    answer = own.get(f"/tracks/{one}/picture.png")
    assert Image.open(io.BytesIO(answer.content)).size == (128, 128)
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/tracks/nobody/compare", 404, "no such track"),
        ("/api/tracks/{one}/compare?by=spectrogram", 422, "two recommenders"),
        ("/api/tracks/{one}/compare?by=cosine", 422, "By: input"),
        ("/api/tracks/{one}/compare?n=100000", 422, "N: input"),
        ("/api/tracks/{one}/compare?n=-1", 422, "N: input"),
        ("/api/compare?other=features", 422, "two recommenders"),
    ],
)
def test_nonsense_is_one_clear_line(own: TestClient, one: str, address: str, status: int, said: str) -> None:
    answer = own.get(address.format(one=one))
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_a_row_of_a_table_is_told_what_it_lacks(client: Open, spotify_library: Library) -> None:
    table = client(spotify_library.uri)
    track = Store(spotify_library.uri).take([0], ["id"])["id"][0].as_py()
    refused = table.get(f"/api/tracks/{track}/compare")
    assert (refused.status_code, "no audio" in refused.json()["error"]) == (422, True)
    page = table.get(f"/tracks/{track}/compare", headers=PAGE)
    assert (page.status_code, "no audio to compare by spectrogram" in page.text) == (200, True)
    whole = table.get("/compare", headers=PAGE)
    assert whole.status_code == 200
    for _ in range(100):
        if "no track with features from audio" in whole.text or "Scan" in whole.text:
            break
        time.sleep(0.05)
        whole = table.get("/compare", headers=PAGE)
    assert "features only" in whole.text
    assert table.get(f"/tracks/{track}/picture.png").status_code == 404


def test_an_empty_library_says_what_to_do(client: Open, tmp_path: Path) -> None:
    Store(str(tmp_path / "empty.lance"), create=True)
    page = client(tmp_path / "empty.lance").get("/compare", headers=PAGE)
    assert (page.status_code, "soundglass scan" in page.text) == (200, True)


def test_the_library_is_compared_once_in_the_background(
    own: TestClient, own_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    real = over.compare_library
    monkeypatch.setattr(over, "compare_library", lambda *a, **k: (calls.append(1), real(*a, **k))[1])
    for _ in range(600):
        answer = own.get("/api/compare?by=features&other=mel-pca")
        if answer.status_code == 200:
            break
        assert answer.status_code == 202
        assert set(answer.json()) == {"doing", "done", "of"}
        time.sleep(0.05)
    told = answer.json()
    TypeAdapter(LibraryComparisonShape).validate_python(told)
    assert own.get("/api/compare?by=features&other=mel-pca").json() == told
    assert len(calls) == 1
    expected = soundglass.open(own_demo).compare_all(by=("features", "mel-pca"))
    assert told["overlap"] == pytest.approx(expected.overlap)
    assert told["in_common"] == list(expected.in_common)
    assert [one["id"] for one in told["most"]] == [track.id for track, _ in expected.most]
    assert set(told["looks"]["means"]) == {"features", "mel-pca", "random"}
    page = own.get("/compare?by=features&other=mel-pca", headers=PAGE).text
    assert page.count("<rect") == len(told["in_common"])
    part = own.get("/compare?by=features&other=mel-pca", headers={**PAGE, "HX-Request": "true"}).text
    assert "<html" not in part
    assert "hx-trigger" not in part


def test_the_page_asks_again_while_it_is_under_way(own: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    monkeypatch.setattr(over, "_compared", lambda *_: hold.wait(10) and None)
    part = own.get("/compare?by=blend&other=mel-pca", headers={**PAGE, "HX-Request": "true"}).text
    hold.set()
    assert 'hx-trigger="load delay:1s"' in part
    assert "<progress" in part


def test_work_in_the_background_is_given_up_when_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over, "PATIENCE_S", 0.2)
    starts, ended = [], threading.Event()

    def work(tell: Tell) -> None:
        starts.append(1)
        try:
            for done in range(500):
                tell("Counting", done, 500)
                time.sleep(0.01)
        finally:
            ended.set()

    background = Background(work)
    assert background.ask().is_under_way
    assert ended.wait(5)
    time.sleep(0.1)
    assert background.ask().is_under_way
    ended.clear()
    assert ended.wait(5)
    assert len(starts) == 2


def test_what_goes_wrong_in_the_background_is_told() -> None:
    def refuse(_: Tell) -> None:
        raise LibraryError("is damaged")

    def fail(_: Tell) -> None:
        raise ZeroDivisionError

    told = patiently(Background(refuse).ask)
    assert str(told.failure) == "is damaged"
    assert "should not" in str(patiently(Background(fail).ask).failure)
    assert patiently(Background(lambda _: {"a": 1}).ask).result == {"a": 1}
