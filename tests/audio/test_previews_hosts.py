"""Hosts that are busy, in trouble, or not there."""

from __future__ import annotations

import pytest

from preview_bench import WANTED, Bench, deezer_track, same_title
from preview_host import Host, Reply, as_json
from soundglass.audio.previews.addresses import Gate
from soundglass.audio.previews.catalogues import Deezer, Itunes
from soundglass.audio.previews.client import Bounds, Client
from soundglass.audio.previews.fetch import fetch_previews
from soundglass.audio.previews.wanted import Wanted
from soundglass.core.errors import AudioError


def test_a_busy_host_is_asked_again_when_it_says(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = (Reply(429, headers={"Retry-After": "11"}), Reply(body=sounds["wav"]))
    assert bench.fetch(Wanted(1, title="A", preview_url=f"{bench.host.url}/a")).fetched == 1
    assert bench.clock.slept == [11.0]


def test_a_host_in_trouble_is_asked_four_times(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = (*[Reply(500)] * 3, Reply(body=sounds["wav"]))
    assert bench.fetch(Wanted(1, title="A", preview_url=f"{bench.host.url}/a")).fetched == 1
    assert bench.clock.slept == [1.0, 2.0, 4.0]


def test_deezers_own_way_of_saying_too_often_is_understood(bench: Bench, sounds: dict[str, bytes]) -> None:
    """It answers 200 with an error inside (code 4); code 800 is "no such track"."""
    host = bench.host
    host.replies |= {
        "/track/isrc:USABC2600001": as_json(
            {"error": {"type": "DataException", "message": "no data", "code": 800}}
        ),
        "/search": (
            as_json({"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}),
            as_json({"data": [deezer_track(host)]}),
        ),
        "/7.mp3": Reply(body=sounds["mp3"]),
    }
    assert bench.fetch(WANTED).fetched == 1
    assert bench.clock.slept == [1.0]
    assert bench.records()[0]["offer"]["queried_by"] == "title and artist"


def test_rates_of_the_services_are_kept(host: Host) -> None:
    deezer, itunes = Deezer().rates, Itunes().rates
    assert [(rate.requests, rate.seconds) for rate in (*deezer.values(), *itunes.values())] == [
        (50, 5.0),
        (20, 60.0),
    ]


def test_without_a_network_the_run_ends_with_one_error(bench: Bench) -> None:
    gone = Client(Gate(frozenset({("127.0.0.1", 1)}), plain_http=True), Bounds(max_s=2.0))
    tracks = [Wanted(n, title=f"song {n}") for n in range(50)]
    told: list[int] = []
    with pytest.raises(AudioError, match=r"nothing answers any more .*Is there a network\?"):
        fetch_previews(
            tracks,
            bench.folder,
            (Deezer("http://127.0.0.1:1"),),
            same_title,
            client=gone,
            pace=bench.clock.pace(),
            progress=lambda done, _total: told.append(done),
        )
    assert told == [1, 2, 3, 4]
