"""The page of a pair, its sounds and its check: the library's own numbers, whatever can be heard or not."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pydantic import TypeAdapter
from starlette.testclient import TestClient

import soundglass
from soundglass.core.types import Region
from soundglass.library.store import Store
from soundglass.surfaces.answers import pair_json
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.contract import PairShape
from soundglass.surfaces.web.why import figures, regions, routes
from soundglass.surfaces.web.why.contract import CheckShape
from soundglass.surfaces.web.why.regions import written

HTML = {"Accept": "text/html"}
FRAGMENT = {**HTML, "HX-Request": "true"}
BY = ("features", "spectrogram", "blend")
ODD = ("</title><script>alert(1)</script>", "مرحبا بالعالم")


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


@pytest.fixture(scope="module")
def library(own_demo: Path) -> Library:
    return soundglass.open(own_demo)


@pytest.fixture(scope="module")
def pair(library: Library) -> tuple[str, str]:
    query = library.find("escape from chaosland").id
    return query, library.similar(query, by="spectrogram", n=1)[0].track.id


@pytest.fixture(scope="module")
def odd(own_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The demo with odd titles, whose second track has lost its file."""
    copy = tmp_path_factory.mktemp("odd") / "odd.lance"
    shutil.copytree(own_demo, copy)
    store = Store(str(copy))
    ids = store.columns(["id"])["id"].to_pylist()[:2]
    store.merge_columns([{"id": i, "title": t} for i, t in zip(ids, ODD, strict=True)], ("id", "title"))
    files = store.take([1], ["files"])["files"].to_pylist()[0]
    lost = [{**file, "path": b"/nowhere/at/all.ogg"} for file in files]
    store.merge_columns([{"id": ids[1], "files": lost}], ("id", "files"))
    return copy, ids


def address(pair: tuple[str, str], by: str, tail: str = "") -> str:
    return f"/tracks/{pair[0]}/why/{pair[1]}{tail}?by={by}"


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def number(text: str) -> float:
    return float(text.replace("−", "-"))


# -- what it says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", BY)
def test_json_and_page_say_what_the_library_says(
    by: str, own: TestClient, library: Library, pair: tuple[str, str]
) -> None:
    expected = library.why(*pair, by=by)
    answer = own.get("/api" + address(pair, by)).json()
    TypeAdapter(PairShape).validate_python(answer)
    assert sum(part["contribution"] for part in answer["parts"]) == pytest.approx(answer["score"], abs=1e-6)
    wanted = pair_json(expected)
    assert {**answer, "query": 0, "match": 0} == {**wanted, "query": 0, "match": 0}
    assert "/" not in answer["query"]["path"]
    said = text_of(own.get(address(pair, by), headers=HTML).text)
    assert " ".join(expected.sentence.split()) in said
    assert f"of the {expected.n_tracks} tracks that {by} can compare with A" in said
    assert all(change.sentence in said for change in expected.counterfactuals)
    percent = round(100 * expected.score)
    assert f"{percent} % of the way from a random track to the same recording" in said


@pytest.mark.parametrize("by", BY)
def test_what_is_drawn_and_what_is_listed_add_up_to_the_score(
    by: str, own: TestClient, library: Library, pair: tuple[str, str]
) -> None:
    page, score = own.get(address(pair, by), headers=HTML).text, library.why(*pair, by=by).score
    *amounts, total = (number(n) for n in re.findall(r'class="step-amount">([^<]+)<', page))
    assert round(sum(amounts), 6) == total == round(score, 3)
    table = page[page.index('class="parts"') :]
    *rows, total = (number(n) for n in re.findall(r'<td class="number">([^<]+)</td>', table) if n)
    assert round(sum(rows), 6) == total == round(score, 3)
    bars = re.findall(r'<rect x="([\d.]+)%" width="([\d.]+)%" y="4"', page)
    zero = float(re.findall(r'class="zero" x1="([\d.]+)%"', page)[0])
    assert all(float(left) >= 0 and float(left) + float(width) <= 100.3 for left, width in bars)
    left, width = map(float, bars[-1])
    assert left == pytest.approx(zero, abs=0.01)
    unit = width / total
    for (_, drawn), amount in zip(bars[:-1], amounts, strict=True):
        lost = 0.5 if amount is not amounts[-1] else len(amounts)  # of the last digit; the rest takes all
        assert float(drawn) == pytest.approx(abs(amount) * unit, abs=0.001 * lost * unit + 0.26)


def test_both_pictures_have_the_same_numbers_and_colours(own: TestClient, pair: tuple[str, str]) -> None:
    page = own.get(address(pair, "spectrogram"), headers=HTML).text
    query, match = page.split("<figure")[1:3]
    for side in (query, match):
        assert "/tiles/" in side
    found = [
        re.findall(r'data-press="region-(\d)-\w+"><title>.*?<rect class="line" stroke="(#\w+)"', side)
        for side in (query, match)
    ]
    assert len(found[0]) >= 3
    assert found[0] == found[1]
    assert len({colour for _, colour in found[0]}) == len(found[0])
    for number_, _ in found[0]:
        assert f'id="region-{number_}-query"' in page
        assert f'id="region-{number_}-match"' in page


def test_a_long_and_a_short_track_can_have_one_scale_of_time(own: TestClient, pair: tuple[str, str]) -> None:
    assert own.get(address(pair, "spectrogram") + "&scale=same", headers=HTML).status_code == 200
    assert own.get(address(pair, "spectrogram") + "&scale=odd", headers=HTML).status_code == 422


def test_what_takes_long_comes_later_where_there_are_many_tracks(
    own: TestClient, library: Library, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "AT_ONCE", 10)
    expected = library.why(*pair, by="spectrogram")
    page = own.get(address(pair, "spectrogram"), headers=HTML).text
    rest = address(pair, "spectrogram", "/rest")
    assert f'hx-get="{rest}"' in page
    assert f'href="{rest}"' in page
    place = f"of the {expected.n_tracks} tracks that spectrogram can compare"
    assert place not in text_of(page)
    assert expected.counterfactuals[0].sentence not in text_of(page)
    for headers in (HTML, FRAGMENT):
        later = own.get(rest, headers=headers).text
        assert place in text_of(later)
        assert expected.counterfactuals[0].sentence in text_of(later)
        assert ("<html" in later) == (headers == HTML)
    assert place.replace("spectrogram", "features") in text_of(
        own.get(address(pair, "features"), headers=HTML).text
    )


def test_a_track_is_like_itself(own: TestClient, pair: tuple[str, str]) -> None:
    same = pair[0], pair[0]
    for by in BY:
        said = text_of(own.get(address(same, by), headers=HTML).text)
        assert "They are the same track." in said
        assert "What if" not in said
        assert "How do we know" not in said
        check = own.get("/api" + address(same, by, "/check")).json()
        assert check["tested"] == []
        assert "nothing to test" in check["notes"][0]


def test_titles_are_only_text_and_a_lost_file_is_told(
    client: Callable[..., TestClient], odd: tuple[Path, list[str]]
) -> None:
    copy, (one, other) = odd
    own = client(copy)
    page = own.get(address((one, other), "spectrogram"), headers=HTML).text
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert f"<bdi>{ODD[1]}</bdi>" in page
    assert "Is no longer there." in text_of(page)
    assert "play in A" not in page
    assert "nowhere" not in page
    check = own.get("/api" + address((one, other), "spectrogram", "/check")).json()
    assert check["tested"] == []
    assert "is no longer there" in check["notes"][0]
    checked = own.get(address((one, other), "spectrogram", "/check"), headers=FRAGMENT)
    assert "could not be tested: is no longer there" in text_of(checked.text)
    sound = own.get(f"/sounds/{one}/{other}/1.0-2.0-100-900_1.0-2.0-100-900.mp3")
    assert sound.status_code == 404
    assert "nowhere" not in sound.text


def test_rows_of_a_table_have_reasons_but_no_sound(
    client: Callable[..., TestClient], spotify_library: Library
) -> None:
    own, ids = client(spotify_library.uri), Store(spotify_library.uri).columns(["id"])["id"].to_pylist()
    two = ids[0], ids[1]
    assert "What the score of" in own.get(address(two, "features"), headers=HTML).text
    for by in ("spectrogram", "blend"):
        page = own.get(address(two, by), headers=HTML)
        assert page.status_code == 422
        assert "has no audio to compare by spectrogram" in text_of(page.text)
        answer = own.get("/api" + address(two, by))
        assert (answer.status_code, answer.json()["remedy"]) == (422, "Ask by features")
        check = own.get("/api" + address(two, by, "/check")).json()
        assert any("has no audio" in note for note in check["notes"])
    check = own.get("/api" + address(two, "features", "/check")).json()
    TypeAdapter(CheckShape).validate_python(check)
    assert check["tested"][0]["verdict"] in {"holds", "leans", "fails"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tracks/none/why/{1}?by=features", 404),
        ("/tracks/{0}/why/none?by=features", 404),
        ("/api/tracks/{0}/why/{1}?by=magic", 422),
        ("/api/tracks/{0}/why/{1}?by=blend&weight=2", 422),
        ("/api/tracks/{0}/why/{1}?by=features&weight=0.5", 422),
        ("/api/tracks/{0}/why/{1}?by=blend&weight=nan", 422),
        ("/sounds/{0}/{1}/1.mp3", 422),
        ("/sounds/{0}/{1}/2-1-0-9_1-2-0-9.mp3", 422),
        ("/sounds/{0}/{1}/1-2-0-9_1-2-0-9.mp3?side=left", 422),
        ("/sounds/{0}/none/1-2-0-9_1-2-0-9.mp3", 404),
        ("/sounds/{0}/{1}/900-901-0-900_900-901-0-900.mp3?side=query", 404),
    ],
)
def test_what_is_not_there_is_one_clear_line(
    path: str, status: int, own: TestClient, pair: tuple[str, str]
) -> None:
    answer = own.get(path.format(*pair))
    assert answer.status_code == status
    assert 10 < len(answer.json()["error"]) < 200
    assert "Traceback" not in answer.text


# -- sounds ------------------------------------------------------------------------------------------------


def test_a_region_is_written_and_read_again() -> None:
    query, match = Region(9.0241, 10.0639, 528.6, 4491.5), Region(0.0, 1.0, 0.0, 963.9)
    one, other = regions.read(written(query, match))
    for own, again in ((query, one), (match, other)):
        assert again.start_s <= own.start_s < own.end_s <= again.end_s
        assert again.low_hz <= own.low_hz < own.high_hz <= again.high_hz
        assert again.start_s == pytest.approx(own.start_s, abs=1e-3)
        assert again.high_hz == pytest.approx(own.high_hz, abs=1)


def test_only_a_region_is_heard_of_either_or_both(own: TestClient, pair: tuple[str, str]) -> None:
    base = f"/sounds/{pair[0]}/{pair[1]}/2.0-3.0-500-1500_4.0-5.5-500-1500.mp3"
    lengths = {}
    for side in ("query", "match", "both"):
        for only in (True, False):
            answer = own.get(f"{base}?side={side}&only={str(only).lower()}")
            assert answer.headers["content-type"] == "audio/mpeg"
            assert "immutable" in answer.headers["cache-control"]
            samples, rate = soundfile.read(BytesIO(answer.content), always_2d=True)
            lengths[side, only] = len(samples) / rate
            power = np.abs(np.fft.rfft(samples[:, 0])) ** 2
            hz = np.fft.rfftfreq(len(samples), 1 / rate)
            outside = power[(hz < 350) | (hz > 2000)].sum() / power.sum()
            assert (outside < 0.02) == only
    assert lengths["query", True] == pytest.approx(1.12, abs=0.12)
    assert lengths["match", True] == pytest.approx(1.62, abs=0.12)
    assert lengths["query", False] == pytest.approx(3.0, abs=0.12)
    for only in (True, False):
        apart = lengths["query", only] + lengths["match", only]
        assert lengths["both", only] == pytest.approx(apart + 0.4, abs=0.15)


# -- the check ---------------------------------------------------------------------------------------------


def test_a_check_is_computed_told_and_drawn(own: TestClient, library: Library, pair: tuple[str, str]) -> None:
    answer = own.get("/api" + address(pair, "blend", "/check")).json()
    TypeAdapter(CheckShape).validate_python(answer)
    assert [one["by"] for one in answer["tested"]] == ["features", "spectrogram"]
    for one in answer["tested"]:
        expected = library.why(*pair, by=one["by"]).score
        assert one["listed"] == pytest.approx(expected)
        assert one["score"] == pytest.approx(expected, abs=1e-4)
        assert one["as_low"] == sum(other <= np.mean(one["without"]) for other in one["at_random"])
    features, heard = answer["tested"]
    assert len(heard["at_random"]) == 12
    assert len(features["falling"]) > 5
    fragment = own.get(address(pair, "blend", "/check"), headers=FRAGMENT).text
    whole = own.get(address(pair, "blend", "/check"), headers=HTML).text
    for page in (fragment, whole):
        assert all(
            one["sentence"] in text_of(page).replace("✓ ", "").replace("≈ ", "").replace("✗ ", "")
            for one in answer["tested"]
        )
        assert page.count('class="draws"') == 2
    assert "<html" not in fragment
    dots = re.findall(r'<circle cx="([\d.]+)%"', fragment)
    assert len(dots) > 12
    assert all(0 <= float(at) <= 100 for at in dots)
    again = own.get("/api" + address(pair, "blend", "/check")).json()
    assert again == answer


def test_ticks_of_the_curve_are_round_and_within() -> None:
    for low, high in ((-0.13, 0.72), (0.0, 0.05), (-3.0, 1.0)):
        ticks = figures._ticks(low, high)
        assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)
        assert any(abs(tick) < 1e-9 for tick in ticks)
        assert 1 <= len(ticks) <= 6
