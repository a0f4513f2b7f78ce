"""A second run fetches only what the first did not."""

from __future__ import annotations

import pytest
import soundfile

from preview_bench import Bench
from preview_host import Reply, as_json
from soundglass.audio.previews.catalogues import Column
from soundglass.audio.previews.wanted import Wanted
from soundglass.core.errors import AudioError


def test_nothing_is_fetched_twice(bench: Bench, sounds: dict[str, bytes]) -> None:
    host = bench.host
    host.replies |= {
        "/a": Reply(body=sounds["wav"]),
        "/search": as_json({"data": []}),
        "/itunes/search": as_json({"results": []}),
    }
    tracks = (Wanted(1, title="A", preview_url=f"{host.url}/a"), Wanted(2, title="B", artist="Nobody"))
    first = bench.fetch(*tracks)
    assert (first.fetched, len(first.not_found)) == (1, 1)
    asked = len(host.asked)
    second = bench.fetch(*tracks)
    assert (second.kept, second.fetched, len(second.not_found)) == (1, 0, 1)
    assert second.not_found[0].reason == first.not_found[0].reason
    assert len(host.asked) == asked
    bench.fetch(*tracks, again=True)
    assert len(host.asked) == asked + 2


def test_moved_rows_and_repeated_rows_are_known_again(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = Reply(body=sounds["wav"])
    one = Wanted(1, "x", "A", preview_url=f"{bench.host.url}/a")
    later = Wanted(99, "x", "A", preview_url=f"{bench.host.url}/a")
    done = bench.fetch(one, later)
    assert (done.fetched, done.repeated) == (1, 1)
    assert bench.fetch(later).kept == 1


def test_a_torn_or_changed_file_is_fetched_again(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = Reply(body=sounds["wav"])
    wanted = Wanted(1, title="A", preview_url=f"{bench.host.url}/a")
    bench.fetch(wanted)
    [preview] = bench.folder.glob("previews/*.wav")
    preview.write_bytes(b"torn")
    assert bench.fetch(wanted).fetched == 1
    assert preview.read_bytes() == sounds["wav"]
    preview.with_suffix(".json").write_text('{"status": "ke', "utf-8")
    assert bench.fetch(wanted).fetched == 1


def test_other_clips_are_cut_from_what_is_there(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.host.replies["/a"] = Reply(body=sounds["wav"])
    wanted = Wanted(1, title="A", preview_url=f"{bench.host.url}/a")
    bench.fetch(wanted, seconds=1.0)
    asked = len(bench.host.asked)
    assert bench.fetch(wanted, seconds=2.0).kept == 1
    assert len(bench.host.asked) == asked
    [clip] = bench.folder.glob("clips/*.wav")
    assert soundfile.info(clip).duration == 2.0
    clip.unlink()
    assert bench.fetch(wanted, seconds=2.0).kept == 1
    assert clip.exists()


def test_what_failed_is_asked_for_in_the_next_run(bench: Bench, sounds: dict[str, bytes]) -> None:
    bench.catalogues = (Column(),)
    bench.host.replies["/a"] = (Reply(404), Reply(body=sounds["wav"]))
    wanted = Wanted(1, title="A", preview_url=f"{bench.host.url}/a")
    assert len(bench.fetch(wanted).failed) == 1
    assert bench.fetch(wanted).fetched == 1


def test_a_source_that_was_not_asked_before_is_asked(bench: Bench, sounds: dict[str, bytes]) -> None:
    host = bench.host
    host.replies |= {
        "/search": as_json({"data": []}),
        "/itunes/search": as_json(
            {"results": [{"trackId": 8, "trackName": "A", "previewUrl": f"{host.url}/8"}]}
        ),
        "/8": Reply(body=sounds["wav"]),
    }
    both, bench.catalogues = bench.catalogues, bench.catalogues[:2]
    assert len(bench.fetch(Wanted(1, title="A")).not_found) == 1
    bench.catalogues = both
    assert bench.fetch(Wanted(1, title="A")).fetched == 1


def test_a_folder_that_is_a_file_is_refused(bench: Bench) -> None:
    bench.folder.write_text("")
    with pytest.raises(AudioError, match="cannot be made"):
        bench.fetch(Wanted(1, title="A"))
