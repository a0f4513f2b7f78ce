"""Simulated participants on a real server, side by side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study import tones
from soundglass.evaluate.study.conditions import CELLS
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.orders import slot_order
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.simulated.policies import POLICIES
from soundglass.evaluate.study.steps import steps
from soundglass.library.study.records import StudyRecord
from soundglass.surfaces.library import Library
from soundglass.surfaces.study.server import running
from soundglass.surfaces.study.simulate import TookPart, count_tones, simulate

WHO = ("informed", "impatient", "quitter", "returner", "double-submitter", "withdrawer")
STAYED = WHO[:-1]


@pytest.fixture(scope="module")
def library(studied_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    copy = tmp_path_factory.mktemp("simulated") / "studied.lance"
    shutil.copytree(studied_library.uri, copy)
    return Library(str(copy))


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with running(library.uri) as address:
        yield address


@pytest.fixture(scope="module")
def study(library: Library) -> StudyRecord:
    """The study of the library with fewer questions, to be done sooner."""
    full = library.studies.study()
    plan = Plan.from_json(full.plan)
    short = replace(plan, design=replace(plan.design, background=(), scales=("trust",)))
    made = [stimulus for one in (*plan.sets, plan.practice) for stimulus in one.of.values()]
    keys = {
        shown.material
        for stimulus in made
        for shown in (*stimulus.evidence.pictures, *stimulus.evidence.sounds)
    }
    materials = [library.studies.material(full.id, key) for key in sorted(keys)]
    return library.studies.add(
        "Short", plan=short.to_json(), instruments=full.instruments, materials=materials
    )


@pytest.fixture(scope="module")
def fared(library: Library, study: StudyRecord, address: str) -> dict[str, TookPart]:
    policies = [POLICIES[name] for name in WHO]
    left: list[tuple[int, int]] = []
    took = simulate(library.studies, study, policies, address=address, progress=lambda *at: left.append(at))
    assert left == [(n, len(WHO)) for n in range(1, len(WHO) + 1)]
    return {one.policy: one for one in took}


def test_all_get_as_far_as_they_mean_to(fared: dict[str, TookPart]) -> None:
    assert [one.problem for one in fared.values()] == [""] * len(WHO)
    assert {name for name in WHO if not fared[name].finished} == {"quitter", "withdrawer"}
    assert fared["quitter"].answered < fared["informed"].answered


def test_what_is_refused(fared: dict[str, TookPart]) -> None:
    assert not fared["informed"].refused
    pages = 9 * 2 + 9  # in nine blocks expectation, impression and one trial wait for listening
    assert fared["impatient"].refused == {"listening": pages, "tones": 1}
    assert fared["returner"].refused == {"seat": 1}
    assert fared["double-submitter"].refused == {"answered": 9}
    assert fared["withdrawer"].refused == {"nobody": 1}


def test_nobody_is_taken_for_a_person(
    library: Library, study: StudyRecord, fared: dict[str, TookPart]
) -> None:
    assert library.studies.participants(study, "people") == []
    assert list(library.studies.given(study, "people")) == []
    simulated = library.studies.participants(study, "simulated")
    assert {one.pseudonym for one in simulated} == {fared[name].pseudonym for name in STAYED}


def test_of_who_withdrew_nothing_is_left(
    library: Library, study: StudyRecord, fared: dict[str, TookPart]
) -> None:
    gone = fared["withdrawer"]
    assert gone.answered > 0
    assert gone.pseudonym not in {one.participant for one in library.studies.given(study, "simulated")}


def test_who_joins_how_many_th_is_the_same_every_time(
    library: Library, study: StudyRecord, fared: dict[str, TookPart]
) -> None:
    joined = library.studies.participants(study, "simulated")
    assert [one.pseudonym for one in joined] == [fared[name].pseudonym for name in STAYED]
    order = slot_order(Plan.from_json(study.plan).design.seed)
    assert tuple(one.slot for one in joined) == order[: len(STAYED)]


def test_every_page_is_kept_once_in_order_whoever_answers(
    library: Library, study: StudyRecord, fared: dict[str, TookPart]
) -> None:
    plan, words = Plan.from_json(study.plan), Instruments.from_json(study.instruments)
    given = list(library.studies.given(study, "simulated"))
    for one in library.studies.participants(study, "simulated"):
        kept = [answer.step for answer in given if answer.participant == one.pseudonym]
        way = [step.id for step in steps(plan, words, one.slot, one.seed)]
        took = next(took for took in fared.values() if took.pseudonym == one.pseudonym)
        assert kept == way[: took.answered]
        assert (one.finished is not None) == took.finished == (len(kept) == len(way))


def test_what_is_kept_is_what_was_meant(
    library: Library, study: StudyRecord, fared: dict[str, TookPart]
) -> None:
    mine = [
        one
        for one in library.studies.given(study, "simulated")
        if one.participant == fared["impatient"].pseudonym
    ]
    trial = next(one for one in mine if one.step == "1-trial-1")
    assert trial.heard_s == {"left": 0.5, "right": 0.5}
    assert trial.facts["refused"] == {"listening": 1}
    assert mine[-1].answers == {"comment": "A simulated participant: impatient"}
    assert len({one.step for one in mine if one.step.endswith("expectation")}) == len(CELLS) + 1


def test_a_study_that_is_closed_takes_nobody(library: Library, study: StudyRecord, address: str) -> None:
    library.studies.set_open(study.name, False)
    try:
        (took,) = simulate(library.studies, study, [POLICIES["informed"]], address=address)
    finally:
        library.studies.set_open(study.name, True)
    assert took.problem.startswith("joining: 403")
    assert took.answered == 0


def test_a_server_that_cannot_start_says_so(
    library: Library, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOUNDGLASS_TOKEN", "short")
    with pytest.raises(SoundglassError, match="did not start"), running(library.uri):
        pass
    assert "token is too short" in capfd.readouterr().err


@pytest.mark.parametrize("seed", range(12))
def test_tones_are_counted_by_ear(seed: int) -> None:
    assert count_tones(tones.wav(seed)) == len(tones.places(seed))
