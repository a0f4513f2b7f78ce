"""Previews are found, checked, cut and accounted for; what is wrong with answers stops nothing."""

from __future__ import annotations

import csv
import hashlib

import numpy as np
import pytest
import soundfile

from media_files import music
from preview_bench import RATE, WANTED, Bench, deezer_track
from preview_host import Reply, as_json, redirect
from soundglass.audio.previews.catalogues import Column
from soundglass.audio.previews.fetch import PreviewSummary
from soundglass.audio.previews.wanted import Wanted


def test_a_preview_is_found_by_isrc_checked_cut_and_accounted_for(
    bench: Bench, sounds: dict[str, bytes]
) -> None:
    host = bench.host
    host.replies |= {
        "/track/isrc:USABC2600001": as_json(deezer_track(host)),
        "/7.mp3": Reply(body=sounds["mp3"], headers={"Content-Type": "audio/mpeg"}),
    }
    assert bench.fetch(WANTED) == PreviewSummary(fetched=1)
    assert host.asked == ["/track/isrc:USABC2600001", "/7.mp3"]
    [record] = bench.records()
    preview = bench.folder / "previews" / str(record["file"])
    assert preview.name.startswith("Someone-Una-canción-")
    assert preview.read_bytes() == sounds["mp3"]
    assert record["sha256"] == hashlib.sha256(sounds["mp3"]).hexdigest()
    assert record["bytes"] == len(sounds["mp3"])
    assert record["source"] == "deezer"
    assert record["offer"]["queried_by"] == "isrc"
    assert record["offer"]["id"] == "7"
    assert (record["offer"]["title"], record["offer"]["artist"]) == ("Una canción", "Someone")
    assert record["offer"]["query"] == f"{host.url}/track/isrc:USABC2600001"
    assert record["url"] == f"{host.url}/7.mp3"
    assert record["content_type"] == "audio/mpeg"
    assert record["fetched"] == "Fri, 13 Feb 2026 12:00:00 GMT"
    assert record["score"] == 1.0
    assert record["asked"] == {
        "row": 3,
        "id": "t3",
        "title": "Una canción",
        "artist": "Someone",
        "isrc": "USABC2600001",
        "duration_s": 200.0,
    }
    assert "private research" in str(record["note"])
    assert bench.told == [(1, 1)]


def test_the_clip_is_the_middle_of_the_preview_to_the_sample(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = Reply(body=sounds["wav"])
    bench.fetch(Wanted(1, title="A", preview_url=f"{bench.host.url}/a"), seconds=1.0)
    [record] = bench.records()
    clip, rate = soundfile.read(bench.folder / "clips" / record["clip"]["file"])
    whole = music(seconds=3.0, rate=RATE, channels=1)[:, 0]
    assert (rate, len(clip)) == (RATE, RATE)
    assert record["clip"]["start_s"] == 1.0
    assert record["clip"]["seconds"] == 1.0
    np.testing.assert_allclose(clip, whole[RATE : 2 * RATE], atol=3 / 2**15)


def test_a_preview_shorter_than_the_clip_is_flagged(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = Reply(body=sounds["brief"])
    bench.fetch(Wanted(1, title="A", preview_url=f"{bench.host.url}/a"), seconds=10.0)
    [record] = bench.records()
    assert "short" in record["audio"]["flags"]
    assert record["clip"]["seconds"] == pytest.approx(1.5)


def test_the_suffix_comes_from_the_bytes_not_from_what_the_host_says(
    bench: Bench, sounds: dict[str, bytes]
) -> None:
    bench.host.replies["/a.mp3"] = Reply(body=sounds["m4a"], headers={"Content-Type": "audio/mpeg"})
    bench.fetch(Wanted(1, title="A", preview_url=f"{bench.host.url}/a.mp3"), suffix=".flac")
    assert [name.rpartition(".")[2] for name in bench.files()] == ["flac", "csv", "json", "m4a"]


def test_titles_are_searched_as_listed_then_bare_then_elsewhere(
    bench: Bench, sounds: dict[str, bytes]
) -> None:
    host = bench.host
    listed = 'Sólo "tú" - Remastered 2011'
    another = {"trackId": 9, "trackName": "Another", "previewUrl": f"{host.url}/no"}
    right = {"trackId": 8, "trackName": listed, "artistName": "Someone", "trackTimeMillis": 181_500}
    right["previewUrl"] = f"{host.url}/8.m4a"
    host.replies |= {
        "/search": as_json({"data": [], "total": 0}),
        "/itunes/search": as_json({"resultCount": 0, "results": []}),
        '/itunes/search Someone Sólo "tú" song 5': as_json({"results": [another, right]}),
        "/8.m4a": Reply(body=sounds["m4a"], headers={"Content-Type": "audio/x-m4a"}),
    }
    bench.fetch(Wanted(1, title=listed, artist="Someone"))
    assert host.asked == [
        '/search?q=artist:"Someone" track:"Sólo tú - Remastered 2011"&limit=5',
        '/search?q=artist:"Someone" track:"Sólo tú"&limit=5',
        f"/itunes/search?term=Someone {listed}&entity=song&limit=5",
        '/itunes/search?term=Someone Sólo "tú"&entity=song&limit=5',
        "/8.m4a",
    ]
    [record] = bench.records()
    assert (record["source"], record["offer"]["duration_s"]) == ("itunes", 181.5)


def test_a_table_says_which_row_has_which_files(bench: Bench, sounds: dict[str, bytes]) -> None:
    host = bench.host
    host.replies |= {
        "/a": Reply(body=sounds["brief"]),
        "/b": Reply(404),
        "/search": as_json({"data": []}),
        "/itunes/search": as_json({"results": []}),
    }
    tracks = (
        Wanted(2, "i1", 'A, "quoted"', "Someone", preview_url=f"{host.url}/a"),
        Wanted(3, "i2", "B", preview_url=f"{host.url}/b"),
        Wanted(4, "i3", "C"),
        Wanted(5, "i1", 'A, "quoted"', "Someone", preview_url=f"{host.url}/a"),
    )
    bench.fetch(*tracks, seconds=2.0)
    with (bench.folder / "previews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["id"], row["title"], row["status"]) for row in rows] == [
        ("2", "i1", 'A, "quoted"', "kept"),
        ("3", "i2", "B", "failed"),
        ("4", "i3", "C", "not found"),
        ("5", "i1", 'A, "quoted"', "kept"),
    ]
    assert rows[0]["clip"] == rows[3]["clip"]
    assert soundfile.info(bench.folder / rows[0]["clip"]).duration == float(rows[0]["seconds"])
    assert (bench.folder / rows[0]["preview"]).read_bytes() == sounds["brief"]
    assert (rows[0]["source"], rows[0]["flags"], rows[2]["clip"]) == ("column", "short", "")


def test_titles_of_any_script_name_files(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = Reply(body=sounds["wav"])
    titles = (
        "夜に駆ける",
        "Группа крови",
        "../../etc/passwd",
        "a/b\\c:d*?",
        "😀" * 300,
        "",
        "x" * 500,
        "ي" * 300,
    )
    done = bench.fetch(*(Wanted(n, title=t, preview_url=f"{bench.host.url}/a") for n, t in enumerate(titles)))
    assert done.fetched == len(titles)
    made = [path.relative_to(bench.folder) for path in bench.folder.rglob("*.wav")]
    assert len(made) == 2 * len(titles)
    assert {path.parts[0] for path in made} == {"previews", "clips"}
    assert all(len(path.name.encode()) < 200 and len(path.parts) == 2 for path in made)
    assert any("夜に駆ける" in path.name for path in made)


# -- what is wrong with answers ------------------------------------------------------------------------


def test_a_track_that_is_another_is_not_taken_and_the_nearest_is_named(bench: Bench) -> None:
    host = bench.host
    host.replies |= {
        "/search": as_json({"data": [deezer_track(host, "Una otra canción")]}),
        "/itunes/search": as_json({"results": []}),
    }
    done = bench.fetch(Wanted(1, title="Una canción", artist="Someone"))
    [missing] = done.not_found
    assert missing.reason == "nearest was Someone – Una otra canción (deezer): another title"
    assert "/7.mp3" not in host.asked
    assert bench.records()[0]["status"] == "not found"


def test_a_known_track_without_preview_is_said_to_be_so(bench: Bench) -> None:
    bench.host.replies |= {
        "/track/isrc:USABC2600001": as_json(deezer_track(bench.host, preview="")),
        "/search": as_json({"data": []}),
        "/itunes/search": as_json({"results": []}),
    }
    [missing] = bench.fetch(WANTED).not_found
    assert missing.reason == "deezer knows it but has no preview"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(body=b"<!doctype html><p>Log in", headers={"Content-Type": "text/html"}), "is not audio"),
        (Reply(body=b"", headers={"Content-Type": "audio/mpeg"}), "is an empty file"),
        (Reply(body=b"\x00" * 50_000), "is not audio"),
        (Reply(body=b"x" * 1_000_001), "is larger than 1 MB"),
        (Reply(body=b"ID3", claims=10**12), "is larger than 1 MB"),
        (Reply(404), "the host answered 404"),
        (redirect("http://169.254.169.254/latest/"), "not on the public internet"),
        (redirect("http://[::1]/"), "not on the public internet"),
        (redirect("file:///etc/passwd"), "only https is fetched"),
        (redirect("/a"), "redirects more than 3 times"),
    ],
)
def test_what_is_no_preview_fails_with_its_reason_and_leaves_nothing(
    bench: Bench, reply: Reply, reason: str
) -> None:
    bench.host.replies["/a"] = reply
    bench.catalogues = (Column(),)
    done = bench.fetch(Wanted(1, title="A", preview_url=f"{bench.host.url}/a"))
    [failure] = done.failed
    assert failure.reason.startswith("preview from column: ")
    assert reason in failure.reason
    assert bench.files() == ["previews.csv"]


def test_a_damaged_file_fails_or_is_flagged_but_stops_nothing(bench: Bench, sounds: dict[str, bytes]) -> None:
    host = bench.host
    host.replies |= {
        "/bad": Reply(body=sounds["m4a"][:3000]),
        "/good": Reply(body=sounds["wav"]),
    }
    bench.catalogues = (Column(),)
    bad, good = (
        Wanted(n, title=name, preview_url=f"{host.url}/{name}") for n, name in enumerate(("bad", "good"))
    )
    done = bench.fetch(bad, good)
    assert done.fetched == 1
    assert [failure.label for failure in done.failed] == ["bad"]


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1, 2", b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_not_json_fails_the_source_and_the_next_is_asked(
    bench: Bench, sounds: dict[str, bytes], body: bytes
) -> None:
    host = bench.host
    host.replies |= {
        "/search": Reply(body=body),
        "/itunes/search": as_json(
            {"results": [{"trackId": 8, "trackName": "A", "previewUrl": f"{host.url}/8"}]}
        ),
        "/8": Reply(body=sounds["wav"]),
    }
    assert bench.fetch(Wanted(1, title="A")).fetched == 1


@pytest.mark.parametrize(
    "answer",
    [[], None, 5, "x", {}, {"data": None}, {"data": 5}, {"data": [None, 5, [], {}]}, {"data": [{"id": 1}]}],
)
def test_json_of_another_shape_offers_nothing(bench: Bench, answer: object) -> None:
    bench.host.replies |= {"/search": as_json(answer), "/itunes/search": as_json({"results": "none"})}
    done = bench.fetch(Wanted(1, title="A"))
    assert (len(done.not_found), done.failed) == (1, [])
