"""Many take part at once, over threads and processes: everyone's answers are kept, nobody's are mixed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter

from soundglass.library.study.records import StudyRecord
from soundglass.library.study.studies import Studies

STEPS = ("sound", "1-expectation")
TAKE_PART = """
import sys
from soundglass.library.study.studies import Studies
studies = Studies(sys.argv[1])
study, population = studies.by_code(sys.argv[2])
for _ in range(4):
    participant, secret = studies.join(study, population, consented={}, n_slots=16, order=range(16))
    for step in ("sound", "comment"):
        participant = studies.sit(secret)
        studies.show(participant, step, {"for": participant.number})
        studies.answer(participant, participant.seat, step, {"from": participant.number})
    studies.finish(participant)
"""


def take_part(studies: Studies, study: StudyRecord) -> None:
    participant, secret = studies.join(study, "people", consented={}, n_slots=16, order=range(16))
    seat = studies.sit(secret).seat
    for step in STEPS:
        studies.show(participant, step, {"for": participant.pseudonym})
        for seconds in (4.0, 11.0):
            studies.hear(participant, seat, step, {"query": seconds + participant.number})
        assert studies.answer(participant, seat, step, {"expectation": participant.number})
        assert not studies.answer(participant, seat, step, {"expectation": participant.number})
    studies.finish(participant)


def test_forty_take_part_at_once(hasty: Studies, study: StudyRecord) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            take_part(hasty, study)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=run) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    people = {p.pseudonym: p for p in hasty.participants(study, "people")}
    assert sorted(p.number for p in people.values()) == [*range(40)]
    assert sorted(Counter(p.slot for p in people.values()).values()) == [2] * 8 + [3] * 8
    given = [*hasty.given(study, "people")]
    assert Counter(one.participant for one in given) == dict.fromkeys(people, len(STEPS))
    for one in given:
        number = people[one.participant].number
        assert one.shown == {"for": one.participant}
        assert (one.answers, one.heard_s) == ({"expectation": number}, {"query": 11.0 + number})
    assert hasty.counts(study)["people"].finished == 40
    assert list(hasty.problems()) == []


def test_two_processes_serve_one_study(studies: Studies, study: StudyRecord) -> None:
    command = [sys.executable, "-c", TAKE_PART, str(studies.path.parent), study.join_code]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    people = {p.pseudonym: p.number for p in studies.participants(study, "people")}
    assert sorted(people.values()) == [*range(8)]
    given = [*studies.given(study, "people")]
    assert len(given) == 16
    for one in given:
        assert one.answers == {"from": people[one.participant]}
        assert one.shown == {"for": people[one.participant]}
    assert studies.counts(study)["people"].finished == 8
    assert [path.name for path in studies.path.parent.iterdir()] == ["study.sqlite"]
