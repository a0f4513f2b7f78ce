from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line

from media_files import music, write
from preview_host import Host, Reply, as_json
from soundglass.audio.previews.catalogues import Column, Deezer, Itunes
from soundglass.audio.previews.client import Client
from soundglass.audio.previews.wanted import Offer, Wanted
from soundglass.surfaces import previews
from soundglass.surfaces.previews import judge


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Host]:
    opened = Host()
    sources = {
        "column": Column,
        "deezer": lambda: Deezer(opened.url),
        "itunes": lambda: Itunes(opened.url + "/i"),
    }
    monkeypatch.setattr(previews, "SOURCES", sources)
    monkeypatch.setattr("soundglass.audio.previews.fetch.Client", opened.client)
    sound = write(tmp_path / "x.mp3", "mp3", music(seconds=2.0, rate=8_000, channels=1), 8_000).read_bytes()
    track = {"id": 1, "duration": 200, "preview": f"{opened.url}/1.mp3", "artist": {"name": "Кино"}}
    opened.replies |= {
        "/search": as_json({"data": []}),
        '/search artist:"Кино" track:"Группа крови" 5': as_json(
            {"data": [track | {"title": "Группа крови"}]}
        ),
        '/search artist:"Queen" track:"Under Pressure - Live" 5': as_json(
            {"data": [track | {"title": "Under Pressure", "artist": {"name": "Queen"}}]}
        ),
        "/i/search": as_json({"results": []}),
        "/1.mp3": Reply(body=sound),
    }
    yield opened
    opened.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(
        "track_id,track_name,artists,duration_ms\n"
        "a,Группа крови,Кино,201000\n"
        "b,Under Pressure - Live,Queen,201000\n"
        "c,Unheard,Nobody,201000\n",
        "utf-8",
    )
    return path


def test_a_run_says_what_it_fetched_and_why_the_rest_is_missing(
    run: Callable[..., Ran], host: Host, table: Path, tmp_path: Path
) -> None:
    ran = run("previews", table, "-o", tmp_path / "out", "--seconds", 1)
    assert ran.status == 0, ran.err
    assert "1 fetched, 0 there already, 2 not found, 0 failed" in ran.out
    shown = " ".join(ran.out.split())
    assert (
        "not found: row 3, Queen – Under Pressure - Live: nearest was Queen – Under Pressure (deezer)"
        in shown
    )
    assert "not found: row 4, Nobody – Unheard: no source knows it" in shown
    assert "private research" in shown
    assert [path.name.split("-")[0] for path in (tmp_path / "out" / "clips").iterdir()] == ["Кино"]
    again = run("previews", table, "-o", tmp_path / "out", "--seconds", 1, "--json").json
    assert (again["fetched"], again["kept"], len(again["not_found"])) == (0, 1, 2)
    assert again["not_found"][1] == {"row": 4, "label": "Nobody – Unheard", "reason": "no source knows it"}


def test_a_run_without_any_preview_fails(
    run: Callable[..., Ran], host: Host, table: Path, tmp_path: Path
) -> None:
    host.replies.pop('/search artist:"Кино" track:"Группа крови" 5')
    ran = run("previews", table, "-o", tmp_path / "out", "--from", "deezer", "--limit", 2)
    assert_one_clear_line(ran, "no preview could be had of any track listed")
    assert host.asked  # and only deezer was
    assert not any(path.startswith("/i/") for path in host.asked)


def test_bad_requests_are_one_line(run: Callable[..., Ran], host: Host, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert_one_clear_line(run("previews", tmp_path / "none.csv", "-o", out), "no such file")
    assert_one_clear_line(run("previews", table, "-o", out, "--from", "napster"), "no source 'napster'")
    assert_one_clear_line(run("previews", table, "-o", out, "--from", "column"), "no addresses of previews")
    assert_one_clear_line(run("previews", table, "-o", table), "cannot be made")
    assert_one_clear_line(run("previews", table, "-o", out, "--map", "nonsense"), "--map")
    assert run("previews", table, "-o", out, "--seconds", 0).status == 2
    assert host.asked == []


def test_by_itself_nothing_on_this_machine_is_reached(host: Host, table: Path, tmp_path: Path) -> None:
    """The allowance the other tests make is not there in earnest."""
    table.write_text(f"title,preview_url\nA,https://127.0.0.1:{host.port}/1.mp3\nB,{host.url}/1.mp3\n")
    with pytest.MonkeyPatch.context() as earnest:
        earnest.setattr("soundglass.audio.previews.fetch.Client", Client)
        done = previews.fetch_listed(table, tmp_path / "out", sources=["column"])
    assert [failure.reason for failure in done.failed] == [
        "preview from column: 127.0.0.1 is at 127.0.0.1, which is not on the public internet",
        "preview from column: leads to http:, and only https is fetched",
    ]
    assert host.asked == []


SONG = {"title": "Song", "artist": "A"}


@pytest.mark.parametrize(
    ("wanted", "offer", "same"),
    [
        (SONG | {"duration_s": 200}, SONG | {"duration_s": 201}, True),
        (SONG | {"title": "Song - Remastered 2011"}, SONG, True),
        (SONG | {"title": "Song (feat. B)"}, SONG | {"artist": "A, B"}, True),
        (SONG | {"duration_s": 200}, SONG | {"duration_s": 230}, False),
        (SONG, SONG | {"artist": "Tribute Band"}, False),
        (SONG, SONG | {"title": "Song (Live)"}, False),
        ({"title": "Song"}, SONG, False),
        ({"title": "Song", "isrc": "X"}, SONG | {"title": "Song (Single Edit)", "isrc": "X"}, True),
        (SONG | {"isrc": "X"}, {"title": "Unlike", "artist": "Zoe", "isrc": "X"}, False),
        (SONG, {}, True),
    ],
)
def test_an_offer_is_taken_only_if_it_is_the_track(
    wanted: dict[str, object], offer: dict[str, object], same: bool
) -> None:
    verdict = judge(Wanted(1, **wanted), Offer("deezer", "1", "isrc", "", "u", **offer))
    assert verdict.same is same
    assert verdict.reason
