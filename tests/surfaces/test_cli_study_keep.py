"""Studies on the command line: made, listed, shown, closed, deleted, and refused in one line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study.plan import Plan
from soundglass.library.study.records import Participant, Population
from soundglass.surfaces.library import Library

NAME = "Trial run"
There = tuple[str, str]


@pytest.fixture
def own(studied_library: Library, tmp_path: Path) -> Library:
    shutil.copytree(studied_library.uri, tmp_path / "studied.lance")
    return soundglass.open(tmp_path / "studied.lance")


@pytest.fixture
def there(own: Library) -> There:
    return "--library", own.uri


def joined(library: Library, population: Population = "people") -> Participant:
    study = library.studies.study(NAME)
    return library.studies.join(
        study,
        population,
        consented={"wording": "x"},
        n_slots=16,
        order=range(16),
    )[0]


def test_a_study_is_shown_with_links_length_trials_and_who_took_part(
    run: Callable[..., Ran], own: Library, there: There
) -> None:
    joined(own)
    joined(own, "simulated")
    joined(own, "simulated")
    said = run("study", "show", *there).out
    record = own.studies.study(NAME)
    assert said.startswith(f"{NAME}: open, made ")
    assert f"/study/join/{record.join_code}\n" in said
    assert f"/study/join/{record.simulated_code} (simulated participants only)" in said
    assert re.search(r"about \d+ minutes, \d+ pages", said)
    assert "people     1 joined, 0 finished, 1 of 16 orders used, 96 planned" in said
    assert "SIMULATED  2 joined, 0 finished, 2 of 16 orders used" in said
    trials = re.findall(r"8 by (\w+), ([\d.]+) to ([\d.]+) SD apart \(mean ([\d.]+)\)", said)
    assert [by for by, *_ in trials] == ["features", "spectrogram"]
    assert all(0.3 <= float(least) <= float(mean) <= float(most) for _, least, most, mean in trials)


def test_a_study_without_a_contact_says_so(run: Callable[..., Ran], own: Library, there: There) -> None:
    assert "nobody is named" not in run("study", "show", *there).out
    record = own.studies.study(NAME)
    plan = Plan.from_json(record.plan)
    alone = replace(plan, design=replace(plan.design, contact=""))
    own.studies.add("Alone", plan=alone.to_json(), instruments=record.instruments)
    assert "nobody is named" in run("study", "show", "Alone", *there).out


def test_what_is_shown_is_also_json(run: Callable[..., Ran], own: Library, there: There) -> None:
    joined(own)
    told = run("study", "show", "--json", *there).json
    assert (told["name"], told["trials"], told["people"]["joined"]) == (NAME, 1, 1)
    assert told["margins"]["features"]["n"] == 8
    listed = run("study", "list", "--json", *there).json["studies"]
    assert [one["name"] for one in listed] == [NAME]
    assert listed[0].items() <= told.items()


def test_studies_are_listed(
    run: Callable[..., Ran], own: Library, there: There, demo_library: Library
) -> None:
    assert run("study", "list", *there).out == f"{NAME}: open, 0 of 96 people finished\n"
    joined(own, "simulated")
    assert run("study", "list", *there).out == f"{NAME}: open, 0 of 96 people finished, 1 simulated\n"
    said = run("study", "list", "--library", demo_library.uri)
    assert (said.status, said.out) == (
        0,
        "There is no study yet. Make one with 'soundglass study new NAME'\n",
    )


def test_a_study_of_another_version_is_told_in_one_line(
    run: Callable[..., Ran], own: Library, there: There
) -> None:
    own.studies.add("From tomorrow", plan='{"version": 9}', instruments="{}")
    listed = run("study", "list", *there).out.splitlines()
    assert listed[0].startswith(f"{NAME}: open")
    assert listed[1] == "From tomorrow: made by another version of Soundglass, which can read it"
    for command in (("show",), ("results",), ("simulate",), ("export", "From tomorrow", "all.csv")):
        name = () if command[0] == "export" else ("From tomorrow",)
        assert_one_clear_line(run("study", *command, *name, *there), "another version of Soundglass")


def test_a_closed_study_lets_nobody_join_until_it_is_opened(
    run: Callable[..., Ran], own: Library, there: There
) -> None:
    assert "nobody new can join" in run("study", "close", *there).out
    assert "closed" in run("study", "list", *there).out
    with pytest.raises(SoundglassError):
        joined(own)
    assert "can join" in run("study", "open", NAME, *there).out
    joined(own)


def test_one_participant_is_forgotten_on_request(run: Callable[..., Ran], own: Library, there: There) -> None:
    one, other = joined(own), joined(own)
    assert run("study", "forget", NAME, one.pseudonym, *there).out == (
        f"Deleted {one.pseudonym} from {NAME}\n"
    )
    left = own.studies.participants(own.studies.study(NAME), "people")
    assert [participant.pseudonym for participant in left] == [other.pseudonym]
    assert "1 deleted on request" in run("study", "show", *there).out
    assert_one_clear_line(run("study", "forget", NAME, one.pseudonym, *there), one.pseudonym)


def test_a_study_is_deleted_when_that_is_meant(run: Callable[..., Ran], own: Library, there: There) -> None:
    asked = run("study", "delete", NAME, *there)
    assert asked.status != 0
    assert "Traceback" not in asked.err
    assert len(own.studies.all()) == 1
    assert run("study", "delete", NAME, "--yes", *there).out == f"Deleted {NAME} with 0 answers\n"
    assert own.studies.all() == []


def test_a_study_is_made_by_its_options(run: Callable[..., Ran], own: Library, there: There) -> None:
    options = "--seed 4 --trials 1 --listen 2.5 --planned 16 --show-names --organiser Us --contact a@b.org"
    options += " --scale tlx --scale ess --accuracy-of-interest 0.2 --effect-of-interest 0.4"
    said = run("study", "new", "Second", *options.split(), *there)
    assert said.status == 0, said.err
    assert said.out.startswith("Second: open")
    told = run("study", "show", "second", "--json", *there).json
    chosen = {"seed": 4, "trials": 1, "listen_s": 2.5, "planned": 16, "show_names": True}
    assert {**chosen, "organiser": "Us", "contact": "a@b.org"}.items() <= told.items()
    design = Plan.from_json(own.studies.study("Second").plan).design
    assert design.scales == ("tlx", "ess")
    assert (design.accuracy_of_interest, design.effect_of_interest) == (0.2, 0.4)
    assert [study.name for study in own.studies.all()] == ["Second", NAME]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("new", NAME), ("there is a study", "another name")),
        (("new", "a/b"), ("cannot be called", "letters")),
        (("new", "X", "--trials", "9"), ("9 trials", "1 to 8")),
        (("new", "X", "--trials", "8"), ("92 tracks are needed", "50 of its 51", "36 tracks")),
        (("new", "X", "--listen", "0.1"), ("0.1 s", "0.5 to 30")),
        (("new", "X", "--wording", "nowhere"), ("nowhere",)),
        (("show", "Nobody's"), ("there is no study", NAME)),
        (("close", "Nobody's"), ("there is no study", NAME)),
        (("delete", "Nobody's", "--yes"), ("there is no study", NAME)),
        (("forget", NAME, "AAAA-22"), ("AAAA-22",)),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    run: Callable[..., Ran], there: There, arguments: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert_one_clear_line(run("study", *arguments, *there), *expected)
