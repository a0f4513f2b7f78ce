"""``soundglass study simulate``: simulated participants from the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from ran import Ran, assert_one_clear_line

from soundglass.evaluate.study.simulated.policies import POLICIES
from soundglass.surfaces.library import Library


@pytest.fixture(scope="module")
def library(studied_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    copy = tmp_path_factory.mktemp("simulating") / "studied.lance"
    shutil.copytree(studied_library.uri, copy)
    return Library(str(copy))


def test_two_quitters_on_a_server_of_their_own(run: Callable[..., Ran], library: Library) -> None:
    told = run("study", "simulate", "-n", 2, "--policy", "quitter", "-l", library.uri).out
    assert "SIMULATED: 2 took part in 'Trial run', 0 finished" in told
    assert "study results 'Trial run' --simulated" in told
    study = library.studies.study()
    joined = library.studies.participants(study, "simulated")
    assert len(joined) == 2
    assert not library.studies.participants(study, "people")
    answered = sum(1 for _ in library.studies.given(study, "simulated"))
    assert f"{answered} pages answered" in told


def test_in_json_with_what_went_wrong(run: Callable[..., Ran], library: Library) -> None:
    away = run("study", "simulate", "-n", 2, "--at", "http://127.0.0.1:9", "-l", library.uri, "--json")
    told = json.loads(away.out)
    assert (told["study"], told["population"], told["seed"]) == ("Trial run", "simulated", 0)
    assert [(one["policy"], one["finished"], one["answered"]) for one in told["participants"]] == [
        ("informed", False, 0),
        ("impatient", False, 0),
    ]
    assert_one_clear_line(away, "2 of 2 could not go on", "no answer from http://127.0.0.1:9")


def test_the_help_names_all_policies(run: Callable[..., Ran]) -> None:
    told = " ".join(run("study", "simulate", "--help").out.replace("│", " ").split())
    assert all(name in told for name in POLICIES)


def test_what_cannot_be_done(run: Callable[..., Ran], library: Library, demo_library: Library) -> None:
    genius = run("study", "simulate", "--policy", "genius", "-l", library.uri)
    assert_one_clear_line(genius, "'genius'", "double-submitter")
    unknown = run("study", "simulate", "Nothing", "-l", library.uri)
    assert_one_clear_line(unknown, "Nothing", "Trial run")
    none = run("study", "simulate", "-l", demo_library.uri)
    assert_one_clear_line(none, "study new")


def test_a_closed_study_is_not_even_tried(run: Callable[..., Ran], library: Library) -> None:
    library.studies.set_open("Trial run", False)
    try:
        closed = run("study", "simulate", "-l", library.uri)
    finally:
        library.studies.set_open("Trial run", True)
    assert_one_clear_line(closed, "'Trial run' is closed", "study open")
