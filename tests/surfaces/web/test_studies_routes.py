"""The pages of those who run a study: links, progress, results."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient
from study_taking import Taking, join

from soundglass.library.study.studies import Studies
from soundglass.surfaces.web.study.contract import StudiesShape, StudyShape

NAME = "Trial run"


@pytest.fixture(scope="module")
def taken(asked: TestClient, studies: Studies) -> Taking:
    """A simulated participant who has finished, and one who has begun."""
    join(asked, studies).go_to("expectation")
    one = join(asked, studies)
    one.finish()
    return one


def test_the_page_shows_links_and_progress_of_both_populations(
    asked: TestClient, studies: Studies, taken: Taking
) -> None:
    record = studies.study()
    page = asked.get("/study").text
    assert f"http://127.0.0.1:8765/study/join/{record.join_code}" in page
    assert f"http://127.0.0.1:8765/study/join/{record.simulated_code}" in page
    assert "0 joined, 0 finished of 96 planned" in page
    assert "2 joined, 1 finished" in page
    assert taken.pseudonym not in page
    assert taken.secret not in page


def test_studies_are_told_as_described(asked: TestClient, taken: Taking) -> None:
    told = asked.get("/api/studies").json()
    TypeAdapter(StudiesShape).validate_python(told, strict=True)
    one = asked.get(f"/api/studies/{NAME.upper()}").json()
    TypeAdapter(StudyShape).validate_python(one, strict=True)
    assert told["studies"] == [one]
    assert (one["people"]["joined"], one["simulated"]["finished"]) == (0, 1)
    assert one["pages"] == taken.told[0]["of"]
    assert taken.pseudonym not in str(told)


def test_a_study_of_another_version_hides_no_other(asked: TestClient, studies: Studies) -> None:
    studies.add("From tomorrow", plan='{"version": 9}', instruments="{}")
    try:
        page = asked.get("/study", headers={"accept": "text/html"})
        told = asked.get("/api/studies").json()
        alone = asked.get("/api/studies/From tomorrow")
    finally:
        studies.delete("From tomorrow")
    TypeAdapter(StudiesShape).validate_python(told, strict=True)
    assert ([one["name"] for one in told["studies"]], told["unreadable"]) == ([NAME], ["From tomorrow"])
    assert page.status_code == 200
    assert "Another version of Soundglass made this study" in page.text
    assert (alone.status_code, "another version" in alone.json()["error"]) == (503, True)


def test_results_keep_people_and_simulated_participants_apart(asked: TestClient, taken: Taking) -> None:
    for population, joined in (("people", 0), ("simulated", 2)):
        told = asked.get(f"/api/studies/{NAME}/results", params={"population": population}).json()
        assert told["population"] == population
        assert told["participants"]["joined"] == joined
        assert "not enough" in told["conclusion"]["headline"].lower()
        page = asked.get(f"/study/results/{NAME}", params={"population": population})
        assert page.status_code == 200
        assert told["conclusion"]["headline"] in page.text
        assert ("SIMULATED" in page.text) == (population == "simulated")
    assert asked.get(f"/study/results/{NAME}").text.count("SIMULATED") == 0
    for wrong in ("both", "", "people,simulated"):
        answer = asked.get(f"/api/studies/{NAME}/results", params={"population": wrong})
        assert answer.status_code == 422


def test_results_are_made_once_until_something_new_is_answered(asked: TestClient, studies: Studies) -> None:
    jobs: list[str] = []
    workshop = asked.app.state.web.workshop
    ask = workshop.ask

    def counted(name: str, **job: object) -> object:
        jobs.append(name)
        return ask(name, **job)

    workshop.ask = counted
    try:
        join(asked, studies)
        nonces = set()
        for _ in range(3):
            page = asked.get(f"/study/results/{NAME}?population=simulated")
            allowed = re.search(r"nonce-([^']+)'", page.headers["content-security-policy"])
            assert allowed
            assert set(re.findall(r'<style nonce="([^"]*)"', page.text)) == {allowed[1]}
            nonces.add(allowed[1])
        assert jobs == ["study_results"]
        assert len(nonces) == 3
        one = join(asked, studies)
        one.give(one.step())
        asked.get(f"/study/results/{NAME}?population=simulated")
        assert jobs == ["study_results"] * 2
    finally:
        workshop.ask = ask


def test_a_study_that_is_not_there_is_told_by_name(asked: TestClient) -> None:
    for path in ("/api/studies/Nope", "/api/studies/Nope/results", "/study/results/Nope"):
        answer = asked.get(path)
        assert answer.status_code == 404
        assert answer.json() == {"error": "There is no study 'Nope'", "remedy": "There is: Trial run"}


def test_without_a_study_the_page_says_how_to_make_one(
    client: Callable[..., TestClient], own_demo: Path, tmp_path: Path
) -> None:
    for library in (own_demo, tmp_path / "none.lance"):
        page = client(library).get("/study").text
        assert "soundglass study new NAME" in page
        assert client(library).get("/api/studies").json() == {"studies": [], "unreadable": []}
    assert not (tmp_path / "none.lance").exists()
    assert not (own_demo / "study.sqlite").exists()
