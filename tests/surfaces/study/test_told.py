"""What is told of a study to those who run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.steps import steps
from soundglass.library.study.studies import Studies
from soundglass.surfaces.study.told import studies_json, study_json
from study_plans import plan_of

PLAN = plan_of(trials=2, planned=32, organiser="Us", show_names=True)


@pytest.fixture
def studies(tmp_path: Path) -> Studies:
    studies = Studies(str(tmp_path))
    studies.add("Pilot", plan=PLAN.to_json(), instruments=load().to_json())
    return studies


def test_what_is_fixed_is_told(studies: Studies) -> None:
    record = studies.study()
    told = study_json(studies, record)
    assert (told["name"], told["is_open"], told["planned"], told["trials"]) == ("Pilot", True, 32, 2)
    assert (told["organiser"], told["show_names"], told["language"]) == ("Us", True, "en")
    assert told["pages"] == len(steps(PLAN, load(), 3, 7))
    assert told["plan_sha256"] == PLAN.sha256
    assert told["join"].endswith(record.join_code)
    assert told["join_simulated"].endswith(record.simulated_code)


def test_people_and_simulated_participants_are_counted_apart_and_by_no_name(studies: Studies) -> None:
    record = studies.study()
    joined = [
        studies.join(record, population, consented={}, n_slots=N_SLOTS, order=range(N_SLOTS))
        for population in ("people", "people", "people", "simulated")
    ]
    studies.finish(joined[0][0])
    studies.withdraw(joined[1][1])
    told = study_json(studies, record)
    nothing = {"answers": 0, "orders": 16, "newest": None}
    assert told["people"] == {"joined": 3, "deleted": 1, "finished": 1, "orders_used": 2, **nothing}
    assert told["simulated"] == {"joined": 1, "deleted": 0, "finished": 0, "orders_used": 1, **nothing}
    for participant, secret in joined:
        assert participant.pseudonym not in str(told)
        assert secret not in str(told)


def test_closing_is_told_at_once(studies: Studies) -> None:
    assert study_json(studies, studies.study())["is_open"]
    assert not study_json(studies, studies.set_open("Pilot", False))["is_open"]


def test_a_study_of_another_version_hides_no_other(studies: Studies) -> None:
    studies.add("From tomorrow", plan='{"version": 9}', instruments=load().to_json())
    told = studies_json(studies)
    assert [one["name"] for one in told["studies"]] == ["Pilot"]
    assert told["unreadable"] == ["From tomorrow"]
