"""Steering by addresses: what they ask for, what is answered, and profiles."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import TypeAdapter
from ran import Ran
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

import soundglass
from feature_tables import random_values, store_of
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Track
from soundglass.library.saved import SAVED_FILE, Saved
from soundglass.library.store import Store
from soundglass.recommend.steering import Steering
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.steer.asked import query_of, steering_of
from soundglass.surfaces.web.steer.contract import ProfilesShape, SavedProfileShape, SteeredShape

PAGE = {"Accept": "text/html"}
HTMX = {"HX-Request": "true", **PAGE}
CALM = Steering({"tempo": 0.0, "key": 2.5}, {"energy": -1.25}, 60.5, 160.0)
OWN = {"Origin": "http://127.0.0.1:8765"}


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


@pytest.fixture(scope="module")
def one(own_demo: Path) -> str:
    return soundglass.open(own_demo).find("vermocsar").id


def steered(client: TestClient, one: str, query: str) -> Any:
    answer = client.get(f"/api/tracks/{one}/steer?{query}")
    assert answer.status_code == 200, answer.text
    return TypeAdapter(SteeredShape).validate_python(answer.json(), strict=True)


# -- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "steering",
    [
        Steering(),
        CALM,
        Steering({"valence": 0, "tempo": 0}, {}, None, 99, "blend", 0.125),
        Steering({}, {"tempo": 3, "roughness": -0.05}, by="blend"),
    ],
)
def test_an_address_says_what_is_asked_for(steering: Steering, tmp_path: Path) -> None:
    params = QueryParams(query_of(steering))
    assert steering_of(params, Saved(str(tmp_path))) == steering
    assert len(set(params.keys())) <= 12


def test_a_form_that_asks_for_nothing_has_a_short_address(own: TestClient, one: str) -> None:
    whole = "shift_energy=0.0&shift_tempo=-1.0&slowest=&fastest=&off=key&count_key=&count_valence=2&by="
    moved = own.get(f"/tracks/{one}/steer?{whole}", headers=PAGE, follow_redirects=False)
    assert moved.status_code == 303
    short = moved.headers["location"]
    assert short == f"/tracks/{one}/steer?off=key&count_valence=2&shift_tempo=-1"
    assert own.get(short, headers=PAGE, follow_redirects=False).status_code == 200
    fragment = own.get(f"/tracks/{one}/steer?{whole}", headers=HTMX, follow_redirects=False)
    assert fragment.status_code == 200
    assert fragment.headers["HX-Replace-Url"] == short
    assert "<html" not in fragment.text


@pytest.mark.parametrize(
    "query",
    [
        "shift_energy=4",
        "shift_energy=abc",
        "shift_energy=nan",
        "count_tempo=-1",
        "count_tempo=1e400",
        "off=everything",
        "slowest=120&fastest=80",
        "slowest=-5",
        "by=spectrogram",
        "by=blend&weight=2",
        "profile=nobody",
        "shift=energy:-1",
        "weight=tempo:0",
        "off=" + "&off=".join(sorted({feature.group for feature in CATALOGUE.values()})),
    ],
)
def test_what_cannot_be_is_one_line(own: TestClient, one: str, query: str) -> None:
    answer = own.get(f"/api/tracks/{one}/steer?{query}")
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "remedy"}
    assert answer.json()["remedy"]
    assert own.get(f"/tracks/{one}/steer?{query}", headers=PAGE).status_code == 422
    shown = own.get(f"/tracks/{one}/steer?{query}", headers=HTMX)
    assert shown.status_code == 200  # htmx shows no other answer
    assert html.escape(answer.json()["error"], quote=False)[:30] in html.unescape(shown.text)


def test_unknown_tracks_and_too_many_are_refused(own: TestClient, one: str) -> None:
    assert own.get("/api/tracks/nothing/steer").status_code == 404
    assert own.get("/tracks/nothing/steer", headers=PAGE).status_code == 404
    assert own.get(f"/api/tracks/{one}/steer?n=101").status_code == 422


# -- answers ---------------------------------------------------------------------------------


def test_a_steered_answer_is_that_of_the_library(own: TestClient, own_demo: Path, one: str) -> None:
    answer = steered(own, one, f"{query_of(CALM)}&n=7")
    expected = soundglass.open(own_demo).similar(one, n=7, steering=CALM)
    assert [r["id"] for r in answer["results"]] == [r.track.id for r in expected]
    assert [r["sentence"] for r in answer["results"]] == [r.sentence for r in expected]
    assert answer["steering"] == CALM.to_json()
    assert answer["notes"] == list(expected.notes)
    assert [move["id"] for move in answer["moves"]] == [r["id"] for r in answer["results"]]
    assert answer["carried"]["tempo"] == 0
    assert set(answer["wanted"]) == {"energy", "loudness"}
    for result in answer["results"]:
        assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6


def test_a_blend_is_steered_too(own: TestClient, one: str) -> None:
    answer = steered(own, one, "by=blend&weight=0.4&off=tempo&n=5")
    assert answer["by"] == "blend"
    for result in answer["results"]:
        assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6
        assert "tempo" not in {part["name"] for part in result["parts"]}


def test_the_page_shows_what_the_answer_says(own: TestClient, one: str) -> None:
    query = query_of(CALM)
    text = html.unescape(own.get(f"/tracks/{one}/steer?{query}", headers=PAGE).text)
    answer = steered(own, one, query)
    assert len(answer["results"]) == 12
    for result, move in zip(answer["results"], answer["moves"], strict=True):
        assert result["sentence"] in text
        assert move["sentence"] in text
        assert f"/tracks/{one}/why/{result['id']}" in text
    for move in answer["fallen"]:
        assert move["sentence"][1:] in text
    assert "Asked for: calmer, not because of tempo, key counts 2.5 times, 60.5 to 160 BPM." in text
    data = re.search(
        r'data-steering="([^"]*(?:"[^"]*?)*?)"\s*>', own.get(f"/tracks/{one}/steer?{query}").text
    )
    assert data
    assert json.loads(html.unescape(html.unescape(data[1]))) == CALM.to_json()


def test_controls_show_what_is_asked_for_and_come_by_what_they_carry(own: TestClient, one: str) -> None:
    text = own.get(f"/tracks/{one}/steer?{query_of(CALM)}", headers=PAGE).text
    slider = re.search(r'<input id="shift-energy"[^>]*>', text, re.DOTALL)
    assert slider
    assert 'value="-1.25"' in slider[0]
    assert re.search(r'name="off" value="tempo"[^>]* checked', text)
    assert not re.search(r'name="off" value="key"[^>]* checked', text)
    assert re.search(r'name="count_key".*?<option value="2.5" selected>2.5 times', text, re.DOTALL)
    assert re.search(r'name="slowest"[^>]*value="60.5"', text)
    carried = steered(own, one, query_of(CALM))["carried"]
    switches = re.findall(r'name="off" value="(\w+)"', text)
    assert set(switches) == set(carried)
    assert [group for group in switches if group != "tempo"] == [
        group for group in carried if group != "tempo"
    ]


def test_htmx_gets_the_list_and_what_else_changed(own: TestClient, one: str) -> None:
    text = own.get(f"/tracks/{one}/steer?off=tempo", headers=HTMX).text
    summary = re.search(r'class="steered-summary">(.*?)</p>', text)
    said = re.search(r'id="said" hx-swap-oob="innerHTML">(.*?)</div>', text)
    assert summary
    assert said
    assert said[1] == summary[1]
    assert re.search(r'id="carries-tempo" hx-swap-oob="innerHTML">.*?off', text, re.DOTALL)
    assert 'id="asks-energy"' in text
    assert "<form" not in text


def test_a_track_to_start_from_is_found_by_words(own: TestClient, one: str) -> None:
    assert f'href="/tracks/{one}/steer"' in own.get("/steer?q=vermocsar", headers=PAGE).text
    fragment = own.get("/steer?q=vermocsar", headers=HTMX).text
    assert f'href="/tracks/{one}/steer"' in fragment
    assert "<html" not in fragment
    assert "No track is called that" in own.get("/steer?q=zzzzqqqqxxxx", headers=PAGE).text


# -- profiles --------------------------------------------------------------------------------


def test_profiles_are_saved_applied_and_deleted(own: TestClient, own_demo: Path, one: str) -> None:
    assert own.get("/api/profiles").json() == {"profiles": []}
    assert not (own_demo / SAVED_FILE).exists()
    name = "Calm / ☾ <b>evening</b>?"
    address = f"/api/profiles/{quote(name, safe='')}"
    kept = own.put(address, json=CALM.to_json(), headers=OWN)
    assert kept.status_code == 200, kept.text
    TypeAdapter(SavedProfileShape).validate_python(kept.json(), strict=True)
    assert kept.json()["name"] == name
    assert kept.json()["query"] == query_of(CALM)
    listed = own.get("/api/profiles").json()
    TypeAdapter(ProfilesShape).validate_python(listed, strict=True)
    assert [one["name"] for one in listed["profiles"]] == [name]
    by_name = steered(own, one, f"profile={quote(name)}&n=7")
    by_address = steered(own, one, f"{query_of(CALM)}&n=7")
    assert by_name == by_address
    page = own.get(f"/tracks/{one}/steer", headers=PAGE).text
    assert "<b>evening" not in page
    assert html.escape(query_of(CALM)) in page
    moved = own.get(f"/tracks/{one}/steer?profile={quote(name)}", headers=PAGE, follow_redirects=False)
    assert moved.headers["location"] == f"/tracks/{one}/steer?{query_of(CALM)}"
    assert html.escape(name) in own.get(f"/tracks/{one}/steer/profiles", headers=HTMX).text
    assert own.delete(address, headers={**OWN, "Content-Type": "application/json"}).json() == {
        "deleted": name
    }
    assert own.get("/api/profiles").json() == {"profiles": []}


def test_a_profile_of_the_page_gives_the_same_list_on_the_command_line(
    own: TestClient, own_demo: Path, one: str, run: Callable[..., Ran]
) -> None:
    saved = own.put("/api/profiles/round%20trip", json=CALM.to_json(), headers=OWN)
    assert saved.status_code == 200
    page = steered(own, one, f"{query_of(CALM)}&n=9")
    printed = run("similar", one, "-n", 9, "--profile", "Round Trip", "--library", own_demo, "--json").json
    assert [(r["id"], r["score"], r["sentence"]) for r in printed["results"]] == [
        (r["id"], r["score"], r["sentence"]) for r in page["results"]
    ]
    assert printed["steering"] == page["steering"]
    run("profile", "delete", "round trip", "--library", own_demo)
    assert own.get("/api/profiles").json() == {"profiles": []}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x" * 61, {}),
        ("%07", {}),
        ("fine", {"weights": {"tempo": 9}}),
        ("fine", {"weights": "all"}),
        ("fine", {"colour": "blue"}),
        ("fine", []),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(own: TestClient, name: str, body: object) -> None:
    answer = own.put(f"/api/profiles/{name}", json=body, headers=OWN)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "remedy"}
    assert own.get("/api/profiles").json() == {"profiles": []}


def test_profiles_are_not_written_by_other_pages(own: TestClient) -> None:
    foreign = {"Origin": "http://evil.example"}
    assert own.put("/api/profiles/x", json={}, headers=foreign).status_code == 403
    assert own.delete("/api/profiles/x", headers=foreign).status_code in {403, 415}
    assert (
        own.delete("/api/profiles/x", headers={**OWN, "Content-Type": "application/json"}).status_code == 422
    )


def test_damaged_profiles_leave_the_list_alone(client: Callable[..., TestClient], tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(30, seed=1))
    Path(store.uri, SAVED_FILE).write_bytes(b"torn" * 500)
    own = client(store.uri)
    page = own.get("/tracks/t3/steer?off=tempo", headers=PAGE)
    assert page.status_code == 200
    assert "Profiles cannot be read: is damaged" in page.text
    answer = own.get("/api/profiles")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


# -- other libraries -------------------------------------------------------------------------


def test_rows_of_a_table_are_steered_by_features_only(
    client: Callable[..., TestClient], spotify_library: Library
) -> None:
    own = client(spotify_library.uri)
    one = spotify_library.find("don't call me up").id
    answer = steered(own, one, "off=tempo&shift_acousticness=1.5&slowest=80")
    assert len(answer["results"]) == 12
    page = own.get(f"/tracks/{one}/steer?off=tempo", headers=PAGE).text
    assert re.search(r'name="by" value="blend"[^>]* disabled', page)
    assert "data-play" not in page
    assert own.get(f"/api/tracks/{one}/steer?by=blend").status_code == 422


def test_hostile_and_right_to_left_titles_are_only_text(
    client: Callable[..., TestClient], tmp_path: Path
) -> None:
    names = ["<script>alert(1)</script>", "שיר לילה", "أغنية", '"><img src=x>', "{{ 7*7 }}", ""]
    tracks = [Track(f"t{i}", "csv", title=name, artist=name) for i, name in enumerate(names)]
    store = store_of(tmp_path, random_values(len(names), seed=2), tracks)
    page = client(store.uri).get("/tracks/t1/steer?off=tempo", headers=PAGE).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "{{ 7*7 }}" in page
    assert "<bdi>שיר לילה</bdi>" in page


def test_a_library_of_one_track_or_none_says_what_is_missing(
    client: Callable[..., TestClient], tmp_path: Path
) -> None:
    one = client(store_of(tmp_path, random_values(1, seed=2)).uri)
    page = one.get("/tracks/t0/steer", headers=PAGE)
    assert page.status_code == 200
    assert "No track is left." in page.text
    assert "Too little is known of this track to compare it" in page.text
    Store(str(tmp_path / "empty.lance"), create=True)
    empty = client(tmp_path / "empty.lance")
    assert "This library is empty" in empty.get("/steer", headers=PAGE).text


def test_every_parameter_is_described(own: TestClient) -> None:
    described = own.get("/api/openapi.json").json()["paths"]["/api/tracks/{track_id}/steer"]["get"]
    names = {parameter["name"] for parameter in described["parameters"]}
    assert {
        "track_id",
        "n",
        "off",
        "shift_energy",
        "count_tempo",
        "slowest",
        "profile",
        "by",
        "weight",
    } <= names
    assert "shift_key" not in names
    assert all(parameter.get("description") for parameter in described["parameters"])
