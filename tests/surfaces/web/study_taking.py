"""A participant who takes part by the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from soundglass.evaluate.study import tones
from soundglass.evaluate.study.conditions import Population
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.library.study.records import Given, Participant, StudyRecord
from soundglass.library.study.studies import Studies

HTML = {"Accept": "text/html"}


@dataclass
class Taking:
    """Somebody who has joined."""

    client: TestClient
    studies: Studies
    address: str
    pseudonym: str
    told: list[Any] = field(default_factory=list)

    @property
    def secret(self) -> str:
        return self.address.rpartition("/")[2]

    @property
    def tones(self) -> int:
        return len(tones.places(self.studies.participant(self.secret)[1].seed))

    def step(self, **query: object) -> dict[str, Any]:
        answer = self.client.get(f"/api{self.address}/step", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def give(self, step: dict[str, Any], /, **other: Any) -> Any:
        """Answer a step, as everybody could, but for what is to be otherwise."""
        body = {
            "step": step["step"],
            "seat": step["seat"],
            "answers": {question["id"]: choose(question) for question in step["questions"]},
            "heard": {sound["name"]: sound["must_hear_s"] for sound in step["sounds"]},
            "times": {"page": 1234.5},
        }
        if step["kind"] == "sound":
            body["answers"]["tones"] = self.tones
        return self.client.post(step["addresses"]["answers"], json={**body, **other})

    def go_to(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Answer whatever comes until a step of a kind is next."""
        while True:
            step = self.step()
            assert not step["finished"], kind
            if step["kind"] == kind and all(step[key] == value for key, value in wanted.items()):
                return step
            assert self.give(step).status_code == 200

    def finish(self) -> None:
        while not (step := self.step())["finished"]:
            answer = self.give(step)
            assert answer.status_code == 200, answer.text
            self.told.append(step)


def join(client: TestClient, studies: Studies, population: Population = "simulated") -> Taking:
    """Agree to take part in the newest study."""
    record = studies.study()
    code = record.join_code if population == "people" else record.simulated_code
    wording = Instruments.from_json(record.instruments).sha256
    answer = client.post(f"/api/study/join/{code}", json={"consent": True, "wording": wording})
    assert answer.status_code == 201, answer.text
    return Taking(client, studies, **answer.json())


def choose(question: dict[str, Any]) -> Any:
    """Give a possible answer."""
    if question["kind"] == "choice":
        return question["options"][0]["value"]
    return {"text": "ok", "slider": 35}.get(question["kind"], question["low"] or 1)


def given_by(taking: Taking) -> list[Given]:
    """All that a simulated participant gave."""
    record = taking.studies.study()
    return [one for one in taking.studies.given(record, "simulated") if one.participant == taking.pseudonym]


def records_of(taking: Taking) -> tuple[StudyRecord, Participant]:
    """What is kept of a participant, and of the study."""
    return taking.studies.participant(taking.secret)
