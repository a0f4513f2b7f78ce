"""Profiles on the command line and in Python: kept, listed, used, and refused in one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.library.saved import SAVED_FILE
from soundglass.recommend.steering import Steering
from soundglass.surfaces.library import Library

CALM = Steering({"tempo": 0}, {"energy": -1}, 60, 160)


@pytest.fixture(scope="module")
def own(demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    copy = tmp_path_factory.mktemp("profiles") / "demo.lance"
    shutil.copytree(demo_library.uri, copy)
    return soundglass.open(copy)


def test_a_profile_is_saved_listed_shown_used_and_deleted(run: Callable[..., Ran], own: Library) -> None:
    there = "--library", own.uri
    assert "no profile yet" in run("profile", "list", *there).out
    assert not (Path(own.uri) / SAVED_FILE).exists()
    options = "--weight", "tempo=0", "--shift", "energy=-1", "--tempo", "60-160"
    assert run("profile", "save", "Calm", *options, *there).out == (
        "Saved: calmer, not because of tempo, 60 to 160 BPM\n"
    )
    assert own.profiles() == {"Calm": CALM}
    assert run("profile", "list", *there).out == "Calm: calmer, not because of tempo, 60 to 160 BPM\n"
    listed = run("profile", "list", "--json", *there).json["profiles"]
    assert listed == [{"name": "Calm", "steering": CALM.to_json()}]
    assert run("profile", "show", "calm", "--json", *there).json["steering"] == CALM.to_json()
    answer = run("similar", "wesnoth", "-n", 4, "--profile", "calm", "--json", *there).json
    assert answer["steering"] == CALM.to_json()
    assert answer["profile"] == "calm"
    expected = own.similar("wesnoth", n=4, steering=CALM)
    assert [r["id"] for r in answer["results"]] == [r.track.id for r in expected]
    assert [r["score"] for r in answer["results"]] == [r.score for r in expected]
    assert [r["id"] for r in answer["results"]] != [r.track.id for r in own.similar("wesnoth", n=4)]
    for result in answer["results"]:
        assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6
        assert result["sentence"].startswith("You asked for calmer: ")
    assert run("profile", "delete", "CALM", *there).status == 0
    assert own.profiles() == {}


def test_people_see_what_was_asked_for(run: Callable[..., Ran], own: Library) -> None:
    own.save_profile("quick", Steering({}, {"tempo": 1}))
    shown = run("similar", "wesnoth", "-n", 2, "--profile", "quick", "--library", own.uri).out
    assert shown.count("You asked for faster: the match is") == 2
    assert "(steered: faster)" in shown
    pair = run("why", "chaosland", "wesnoth", "--profile", "quick", "--library", own.uri)
    assert "You asked for faster: the match is" in " ".join(pair.out.split())
    assert "asked " in pair.out
    answer = run("why", "chaosland", "wesnoth", "--profile", "quick", "--json", "--library", own.uri).json
    assert answer["steering"] == Steering({}, {"tempo": 1}).to_json()
    assert abs(sum(part["contribution"] for part in answer["parts"]) - answer["score"]) < 1e-6


def test_a_named_recommender_comes_before_the_profiles(own: Library) -> None:
    own.save_profile("calm", CALM)
    blended = own.similar("wesnoth", by="blend", n=3, steering="calm")
    assert blended.by == "blend"
    assert own.similar("wesnoth", n=3, steering="calm").by == "features"
    own.save_profile("both", Steering({"tempo": 0}, by="blend", share=0.3))
    by_profile = own.similar("wesnoth", n=3, steering="both")
    assert by_profile.by == "blend"
    assert by_profile.results == own.similar("wesnoth", by="blend", weight=0.3, n=3, steering="both").results
    with pytest.raises(SoundglassError, match="spectrogram cannot be steered"):
        own.similar("wesnoth", by="spectrogram", steering="calm")


@pytest.mark.parametrize(
    "arguments",
    [
        ("profile", "save", "x", "--weight", "blub=1"),
        ("profile", "save", "x", "--weight", "tempo"),
        ("profile", "save", "x", "--weight", "tempo=4"),
        ("profile", "save", "x", "--weight", "tempo=nan"),
        ("profile", "save", "x", "--shift", "key=1"),
        ("profile", "save", "x", "--tempo", "90"),
        ("profile", "save", "x", "--tempo", "fast-slow"),
        ("profile", "save", "x", "--tempo", "120-80"),
        ("profile", "save", "x", "--by", "spectrogram"),
        ("profile", "save", "x", "--share", "0.5"),
        ("profile", "save", "", "--weight", "tempo=0"),
        ("profile", "show", "nobody"),
        ("profile", "delete", "nobody"),
        ("similar", "wesnoth", "--profile", "nobody"),
        ("why", "wesnoth", "chaosland", "--profile", "nobody"),
        ("similar", "wesnoth", "--profile", "calm", "--weight", "0.5"),
        ("why", "wesnoth", "chaosland", "--profile", "calm", "--listen", "sounds"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Callable[..., Ran], own: Library, arguments: tuple[str, ...]
) -> None:
    own.save_profile("calm", CALM)
    before = own.profiles()
    assert_one_clear_line(run(*arguments, "--library", own.uri))
    assert own.profiles() == before


def test_a_damaged_file_stops_profiles_and_nothing_else(
    run: Callable[..., Ran], own: Library, tmp_path: Path
) -> None:
    copy = tmp_path / "demo.lance"
    shutil.copytree(own.uri, copy)
    (copy / SAVED_FILE).write_bytes(b"torn" * 1000)
    assert_one_clear_line(run("profile", "list", "--library", copy))
    assert_one_clear_line(run("similar", "wesnoth", "--profile", "calm", "--library", copy))
    assert run("similar", "wesnoth", "--library", copy).status == 0
    checked = run("library", "check", "--json", "--library", copy)
    assert checked.status == 1
    assert any(SAVED_FILE in problem for problem in json.loads(checked.out)["problems"])
