"""The real program on real music and real tables: what it prints, and how it fails."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ran import Ran, assert_one_clear_line

import soundglass
from soundglass.demo import demo_music
from soundglass.surfaces.library import Library

# -- answers --------------------------------------------------------------------------------


def test_similar_json_keeps_the_contract(run: Callable[..., Ran], demo_library: Library) -> None:
    answer = run("similar", "wesnoth battle", "-n", 5, "--library", demo_library.uri, "--json").json
    assert list(answer)[:3] == ["query", "by", "results"]
    assert answer["by"] == "features"
    assert [result["rank"] for result in answer["results"]] == [1, 2, 3, 4, 5]
    for result in answer["results"]:
        expected = {"rank", "id", "title", "artist", "album", "path", "score", "sentence", "parts"}
        assert set(result) == expected
        assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6
        for part in result["parts"]:
            assert {"value", "unit", "percentile", "source"} <= set(part["query"]) & set(part["match"])


@pytest.mark.parametrize("table", ["tidytuesday_spotify_songs.csv.gz", "spotify114k_sample_10000.csv"])
def test_parts_sum_on_both_table_layouts(
    run: Callable[..., Ran], shared_data: Path, tmp_path: Path, table: str
) -> None:
    library = tmp_path / "tracks.lance"
    summary = run("import", shared_data / "csv" / table, "--library", library, "--json")
    assert summary.status == 0
    assert summary.json["rows"] == summary.json["tracks"] + summary.json["repeated"]
    answer = run("similar", "love", "-n", 50, "--library", library, "--json").json
    assert len(answer["results"]) == 50
    for result in answer["results"]:
        assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6
        assert all(part["query"]["source"] == "csv" for part in result["parts"])


def test_similar_shows_sentences_and_parts(run: Callable[..., Ran], demo_library: Library) -> None:
    shown = run("similar", "wesnoth battle", "-n", 3, "--library", demo_library.uri).out
    answer = demo_library.similar("wesnoth battle", n=3)
    flat = " ".join(shown.split())
    for result in answer:
        assert result.track.title in shown
        assert result.sentence in flat
        assert f"{result.score:.3f}" in shown
    assert shown.count("everything else") == 3


def test_filters_reach_the_recommender(run: Callable[..., Ran], spotify_library: Library) -> None:
    uri = spotify_library.uri
    wanted = ("similar", "let it be me aoki", "-n", 20, "--library", uri, "--json")
    rock = run(*wanted, "--where", "genre = 'rock' and tempo < 120").json["results"]
    for result in rock:
        tempo = next(part for part in result["parts"] if part["name"] == "tempo")
        assert tempo["match"]["value"] < 120
    single = [r["artist"] for r in run(*wanted, "--per-artist", 1).json["results"]]
    assert len(single) == len(set(single)) == 20
    others = run(*wanted, "--exclude-same", "artist,album").json["results"]
    assert all(result["artist"] != "Steve Aoki" for result in others)


def test_why_shows_all_parts_and_what_would_change(run: Callable[..., Ran], demo_library: Library) -> None:
    other = demo_library.similar("wesnoth battle", n=1)[0].track
    shown = run("why", "wesnoth battle", other.id, "--library", demo_library.uri)
    answer = run("why", "wesnoth battle", other.id, "--library", demo_library.uri, "--json").json
    assert answer["rank"] == 1
    assert abs(sum(part["contribution"] for part in answer["parts"]) - answer["score"]) < 1e-6
    for part in answer["parts"]:
        assert part["name"] in shown.out
        assert part["query"]["label"] in shown.out
    assert answer["counterfactuals"]
    assert "What if:" in shown.out


def test_why_says_where_the_likeness_is_heard(run: Callable[..., Ran], demo_library: Library) -> None:
    asked = ("why", "city blues", "urban bolero", "--by", "spectrogram", "--library", demo_library.uri)
    answer = run(*asked, "--heard", "--json").json["heard_most"]
    assert answer["sentence"] in run(*asked, "--heard").out
    assert 0 <= answer["match"]["start_s"] < answer["match"]["end_s"] < 13
    assert "heard_most" not in run(*asked, "--json").json


def test_features_of_a_file_equal_those_of_the_stored_track(
    run: Callable[..., Ran], demo_library: Library
) -> None:
    file = next(demo_music().glob("*.ogg"))
    of_file = run("features", file, "--library", demo_library.uri, "--json").json["features"]
    track = demo_library.find(str(file))
    stored = run("features", track.id, "--library", demo_library.uri, "--json").json["features"]
    for name, reading in of_file.items():
        assert reading["value"] == pytest.approx(stored[name]["value"], rel=1e-5, nan_ok=True), name
        assert reading["percentile"] == pytest.approx(stored[name]["percentile"], abs=2.0)
    assert stored["tempo"]["evidence"]["alternatives"]
    assert stored["energy"]["source"] == "estimated"
    assert stored["loudness"]["unit"] == "LUFS"


def test_features_need_no_library(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = next(demo_music().glob("*.ogg"))
    ran = run("features", file, "--library", tmp_path / "none.lance")
    assert ran.status == 0
    assert "danceability" in ran.out
    assert not (tmp_path / "none.lance").exists()


def test_library_commands(run: Callable[..., Ran], demo_library: Library) -> None:
    uri = demo_library.uri
    assert f"{len(demo_library)} from audio" in run("library", "info", "--library", uri).out
    assert run("library", "info", "--library", uri, "--json").json["tracks"] == {"audio": len(demo_library)}
    checked = run("library", "check", "--library", uri)
    assert (checked.status, "0 problems" in checked.out) == (0, True)
    assert run("library", "compact", "--library", uri).status == 0


def test_scan_reports_what_it_did(run: Callable[..., Ran], tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    _tone(music / "a.wav", 220.0)
    (music / "broken.mp3").write_bytes(b"this is text")
    library = tmp_path / "library.lance"
    first = run("scan", music, "--library", library)
    assert first.status == 0
    assert first.out.startswith("1 new, 0 changed, 0 moved, 0 copies, 0 unchanged, 1 failed")
    assert "broken.mp3" in first.out
    again = run("scan", music, "--library", library, "--json").json
    assert (again["new"], again["unchanged"], len(again["failed"])) == (0, 1, 1)


def test_the_library_may_be_named_by_the_environment(
    run: Callable[..., Ran], demo_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDGLASS_LIBRARY", demo_library.uri)
    assert run("library", "info").status == 0


# -- failures --------------------------------------------------------------------------------


def test_bad_places_are_one_clear_line(run: Callable[..., Ran], tmp_path: Path) -> None:
    library = ("--library", tmp_path / "library.lance")
    assert_one_clear_line(run("scan", tmp_path / "nowhere", *library), "nowhere")
    (tmp_path / "empty").mkdir()
    assert_one_clear_line(run("scan", tmp_path / "empty", *library), "no audio files")
    assert_one_clear_line(run("similar", "anything", "--library", tmp_path / "none"), "no library here")
    (tmp_path / "text.mp3").write_text("not audio")
    assert_one_clear_line(run("features", tmp_path / "text.mp3", *library), "text.mp3")
    failed = run("scan", tmp_path / "text.mp3", *library)
    assert_one_clear_line(failed, "no file could be analysed")


def test_silence_is_stored_marked_and_compared_with_nothing(run: Callable[..., Ran], tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for name, pitch in (("a.wav", 220.0), ("b.wav", 330.0)):
        _tone(music / name, pitch)
    soundfile.write(music / "hush.wav", np.zeros(5 * 22_050), 22_050)
    library = ("--library", tmp_path / "library.lance")
    assert run("scan", music, *library).out.startswith("3 new")
    answer = run("similar", "hush", "--json", *library).json
    assert answer["results"] == []
    assert answer["notes"] == ["too little is known of this track to compare it (silent)"]
    assert "(silent)" in run("similar", "hush", *library).out
    assert {r["title"] for r in run("similar", "a", "--json", *library).json["results"]} == {"b"}
    assert_one_clear_line(run("why", "a", "hush", *library), "cannot be compared")


def test_bad_questions_are_one_clear_line(run: Callable[..., Ran], demo_library: Library) -> None:
    library = ("--library", demo_library.uri)
    assert_one_clear_line(run("similar", "zzqx unheard of", *library), "no track is called", "Nearest: ")
    assert_one_clear_line(run("similar", "wesnoth", "--by", "magic", *library), "no recommender", "features")
    assert_one_clear_line(run("similar", "wesnoth", "--where", "colour = 3", *library), "colour")
    assert_one_clear_line(run("similar", "wesnoth", "--where", "tempo <", *library), "not understood")
    assert_one_clear_line(run("similar", "wesnoth", "--exclude-same", "mood", *library), "artist and album")
    assert_one_clear_line(run("import", "x.csv", "--map", "tempo", *library), "OURS=THEIRS")


def test_an_unforeseen_error_is_one_line(
    run: Callable[..., Ran], demo_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom\nsecond line")

    monkeypatch.setattr(Library, "similar", broken)
    assert_one_clear_line(run("similar", "x", "--library", demo_library.uri), "ZeroDivisionError: boom")


def test_escape_codes_never_reach_the_terminal(run: Callable[..., Ran], tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for name, pitch in (("a\x1b[31mred\n.wav", 220.0), ("b.wav", 330.0), ("c.wav", 500.0)):
        _tone(music / name, pitch)
    (music / "d\x1b]0;title\x07.mp3").write_text("not audio")
    library = tmp_path / "library.lance"
    shown = [
        run("scan", music, "--library", library),
        run("similar", "red", "--library", library),
        run("features", "red", "--library", library),
        run("similar", "gr\x1b[2Jeen zzz", "--library", library),
    ]
    assert all("\x1b" not in ran.out + ran.err and "\x07" not in ran.out + ran.err for ran in shown)


def test_a_reader_that_leaves_early_is_no_error(demo_library: Library) -> None:
    program_ = f"'{sys.executable}' -m soundglass.surfaces.cli.main"
    command = f"{program_} similar wesnoth --json --library '{demo_library.uri}' | head -n 1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ran.stdout == "{\n"
    assert ran.stderr == ""


def _tone(path: Path, frequency: float) -> None:
    rate, rng = 22_050, np.random.default_rng(int(frequency))
    time = np.arange(4 * rate) / rate
    beat = np.exp(-10 * (time % (110.0 / frequency))) * rng.normal(0, 0.1, len(time))
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * frequency * time) + beat, rate)


def test_a_scan_that_is_stopped_by_hand_keeps_what_it_found(tmp_path: Path) -> None:
    library = tmp_path / "library.lance"
    scan = [sys.executable, "-m", "soundglass.surfaces.cli.main", "scan", str(demo_music())]
    process = subprocess.Popen(
        [*scan, "--workers", "1", "--library", str(library)], stderr=subprocess.PIPE, text=True
    )
    while not (library / "tracks.lance").is_dir() and process.poll() is None:
        time.sleep(0.05)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == "soundglass: stopped; what was analysed so far is kept, scan again to go on\n"
    assert soundglass.open(library).check().problems == []
