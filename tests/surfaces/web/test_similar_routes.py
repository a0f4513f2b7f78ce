"""Recommendations over HTTP: the contract, the switch, tracks more and less like them, and what cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

import soundglass
from soundglass.core.types import Track
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.recommend.seeds import AWAY
from soundglass.surfaces.web.similar.asked import Asked
from soundglass.surfaces.web.similar.contract import SeededShape


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


@pytest.fixture(scope="module")
def ids(own_demo: Path) -> list[str]:
    """A track, and those most like it by features."""
    library = soundglass.open(own_demo)
    one = library.find("vermocsar")
    return [one.id, *(result.track.id for result in library.similar(one.id, n=6))]


def total(result: dict[str, Any]) -> float:
    return sum(part["contribution"] for part in result["parts"])


@pytest.mark.parametrize(
    "query", ["", "by=spectrogram", "by=blend", "by=blend&weight=0.3", "by=features&n=3", "per_artist=1"]
)
def test_answers_have_the_shape_they_are_said_to_have(own: TestClient, ids: list[str], query: str) -> None:
    answer = own.get(f"/api/tracks/{ids[0]}/similar?{query}").json()
    TypeAdapter(SeededShape).validate_python(answer)
    assert answer["query"]["id"] == ids[0]
    for rank, result in enumerate(answer["results"], 1):
        assert result["rank"] == rank
        assert sum(part["contribution"] for part in result["parts"]) == pytest.approx(
            result["score"], abs=1e-6
        )


def test_it_is_what_python_finds(own: TestClient, own_demo: Path, ids: list[str]) -> None:
    answer = own.get(f"/api/tracks/{ids[0]}/similar?by=blend&weight=0.25&n=5").json()
    wanted = soundglass.open(own_demo).similar(ids[0], by="blend", weight=0.25, n=5)
    assert [one["id"] for one in answer["results"]] == [one.track.id for one in wanted]
    assert [one["sentence"] for one in answer["results"]] == [one.sentence for one in wanted]
    assert answer["weight"] == 0.25


@pytest.mark.parametrize("by", ["features", "spectrogram", "blend"])
def test_more_and_less_move_the_scores(own: TestClient, ids: list[str], by: str) -> None:
    one, more, less = ids[:3]
    weight = "&weight=0.5" if by == "blend" else ""
    answer = own.get(f"/api/tracks/{one}/similar?by={by}&more={more}&less={less}&n=20{weight}").json()
    TypeAdapter(SeededShape).validate_python(answer)
    assert [track["id"] for track in answer["more"]] == [more]
    assert [track["id"] for track in answer["less"]] == [less]
    assert not {one, more, less} & {result["id"] for result in answer["results"]}
    to = {
        seed: {
            result["id"]: result["score"]
            for result in own.get(f"/api/tracks/{seed}/similar?by={by}&n=100{weight}").json()["results"]
        }
        for seed in (one, more, less)
    }
    for result in answer["results"]:
        known = [to[seed].get(result["id"]) for seed in (one, more, less)]
        if None in known:
            continue
        wanted = (known[0] + known[1]) / 2 - AWAY * max(0, known[2])
        assert result["score"] == pytest.approx(wanted, abs=1e-6)
        assert total(result) == pytest.approx(wanted, abs=1e-6)
        assert {part["seed"] for part in result["parts"]} == {one, more, *([less] if known[2] > 0 else [])}


def test_the_page_has_all_of_it_without_a_script(own: TestClient, ids: list[str]) -> None:
    page = own.get(
        f"/tracks/{ids[0]}?by=blend&more={ids[1]}&less={ids[2]}&n=4", headers={"Accept": "text/html"}
    )
    assert page.status_code == 200
    answer = own.get(f"/api/tracks/{ids[0]}/similar?by=blend&more={ids[1]}&less={ids[2]}&n=4").json()
    found = re.findall(r'<h3><a class="name" href="/tracks/([^"]+)"', page.text)
    assert found == [result["id"] for result in answer["results"]]
    first = answer["results"][0]
    assert f"/tracks/{ids[0]}/why/{first['id']}?by=blend" in page.text
    assert f"more={ids[1]}&amp;more={first['id']}&amp;less={ids[2]}#similar" in page.text
    assert f"/playlists?add={first['id']}" in page.text
    assert 'name="by" value="blend" autocomplete="off" checked' in page.text
    assert 'style="' not in page.text.split('id="similar"')[1]


def test_bars_are_written_so_that_they_sum(own: TestClient, ids: list[str]) -> None:
    for query in ("", "?by=spectrogram", "?by=blend", f"?more={ids[2]}&less={ids[3]}"):
        page = own.get(f"/tracks/{ids[0]}/similar{query}").text
        for card in page.split('<ul class="card-bars"')[1:]:
            amounts = re.findall(r'<span class="number">([^<]+)<', card.split("</ul>")[0])
            *terms, total = (float(text.replace("−", "-")) for text in amounts)
            assert sum(terms) == pytest.approx(total, abs=1e-9)


def test_the_part_for_htmx_is_a_part_and_names_its_page(own: TestClient, ids: list[str]) -> None:
    answer = own.get(f"/tracks/{ids[0]}/similar?by=blend&weight=1&n=3", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == f"/tracks/{ids[0]}?by=spectrogram&n=3"
    assert "<html" not in answer.text
    assert answer.text.count('<li class="card">') == 3


def test_a_blend_of_one_is_that_one() -> None:
    assert Asked("blend", 0.0).plain == Asked("features")
    assert Asked("blend", 1.0).plain == Asked("spectrogram")
    assert Asked("blend", 0.5).plain == Asked("blend", 0.5)
    assert Asked("features", 0.5).plain == Asked("features")
    assert Asked().query == ""


def test_a_track_turned_away_from_is_no_longer_looked_for() -> None:
    asked = Asked(more=("a", "b"), less=("c",), n=40)
    assert asked.also(less="a") == Asked(more=("b",), less=("c", "a"))
    assert asked.also(more="c") == Asked(more=("a", "b", "c"))
    assert asked.but("c").but("a") == Asked(more=("b",), n=40)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("by=nonsense", 422, "features"),
        ("n=0", 422, "n"),
        ("n=1000000", 422, "100"),
        ("by=blend&weight=2", 422, "weight"),
        ("by=blend&weight=nan", 422, "weight"),
        ("weight=0.5", 422, "takes no weight"),
        ("more=none", 404, "no such track"),
        ("more={one}&less={one}", 422, "both"),
        ("less={query}", 422, "both"),
        ("&".join(f"more={n}" for n in range(30)), 422, "20"),
    ],
)
def test_absurd_questions_are_answered_in_one_line(
    own: TestClient, ids: list[str], query: str, status: int, words: str
) -> None:
    answer = own.get(f"/api/tracks/{ids[0]}/similar?{query.format(one=ids[1], query=ids[0])}")
    assert answer.status_code == status
    assert words in answer.json()["error"].lower()


def test_a_page_says_in_its_list_what_went_wrong(own: TestClient, ids: list[str]) -> None:
    page = own.get(f"/tracks/{ids[0]}?more=none", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "There is no such track" in page.text


@pytest.fixture(scope="module")
def rows_of_a_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tracks without audio, and one of which nothing is known."""
    path = tmp_path_factory.mktemp("table") / "library.lance"
    named = (("one", "שלום <b>עולם</b>"), ("two", "Ωμέγα"), ("three", "three"))
    rows = [
        TrackRow(Track(key, "csv", title=title, artist=key), {"tempo": 100.0 + at, "energy": 0.2 * at})
        for at, (key, title) in enumerate(named)
    ]
    Store(str(path), create=True).upsert([*rows, TrackRow(Track("empty", "csv", title="empty"), {})])
    return path


def test_rows_of_a_table_are_compared_by_features_only(
    client: Callable[..., TestClient], rows_of_a_table: Path
) -> None:
    web = client(rows_of_a_table)
    page = web.get("/tracks/two", headers={"Accept": "text/html"}).text
    assert "this track comes from a table" in page
    assert 'name="weight"' not in page
    assert "&lt;b&gt;" in page
    assert "<b>עולם" not in page
    answer = web.get("/api/tracks/two/similar?by=spectrogram")
    assert (answer.status_code, "has no audio" in answer.json()["error"]) == (422, True)
    alone = web.get("/tracks/two?by=spectrogram", headers={"Accept": "text/html"})
    assert (alone.status_code, "By features" in alone.text) == (200, True)


def test_where_nothing_is_found_the_page_says_why(
    client: Callable[..., TestClient], rows_of_a_table: Path
) -> None:
    page = client(rows_of_a_table).get("/tracks/empty", headers={"Accept": "text/html"}).text
    assert "Too little is known of this track to compare it" in page
