"""Who joins gets a place in the balanced order and a link of their own, and can be forgotten."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from soundglass.library.study.failures import StudyClosed, StudyNotFound, UnknownLink
from soundglass.library.study.records import Participant, Population, StudyRecord
from soundglass.library.study.studies import Studies


def joined(
    studies: Studies, study: StudyRecord, population: Population = "people"
) -> tuple[Participant, str]:
    return studies.join(study, population, consented={}, n_slots=4, order=[2, 0, 3, 1])


def test_who_joins_is_found_again_by_the_secret_alone(studies: Studies, study: StudyRecord) -> None:
    before = datetime.now(UTC)
    agreed = {"consent": True, "wording": "ab12", "language": "עברית"}
    participant, secret = studies.join(study, "people", consented=agreed, n_slots=1, order=[0])
    assert studies.participant(secret) == (study, participant)
    assert (participant.consented, participant.seat, participant.finished) == (agreed, 0, None)
    assert before <= participant.joined <= datetime.now(UTC)
    assert re.fullmatch(r"[2-9B-Z]{4}-[2-9B-Z]{2}", participant.pseudonym)
    assert len(secret) >= 32
    assert secret.encode() not in studies.path.read_bytes()
    for wrong in ("", secret[:-1], participant.pseudonym, study.join_code, "\ud800"):
        with pytest.raises(UnknownLink):
            studies.participant(wrong)


def test_who_asks_again_with_the_same_secret_joins_once(studies: Studies, study: StudyRecord) -> None:
    def ask(secret: str) -> tuple[Participant, str]:
        return studies.join(study, "people", consented={}, n_slots=4, order=range(4), secret=secret)

    first = ask("chosen" * 6)
    studies.set_open(study.name, False)
    assert ask("chosen" * 6) == first
    studies.set_open(study.name, True)
    assert ask("others" * 6)[0].pseudonym != first[0].pseudonym
    assert len(studies.participants(study, "people")) == 2


def test_the_least_used_slot_is_taken_in_the_order_given(studies: Studies, study: StudyRecord) -> None:
    assert [joined(studies, study)[0].slot for _ in range(6)] == [2, 0, 3, 1, 2, 0]
    assert [joined(studies, study, "simulated")[0].slot for _ in range(2)] == [2, 0]


def test_who_withdrew_leaves_the_slot_but_not_the_number(studies: Studies, study: StudyRecord) -> None:
    people = [joined(studies, study) for _ in range(4)]
    studies.withdraw(people[2][1])
    studies.withdraw(people[3][1])
    after = [joined(studies, study)[0] for _ in range(2)]
    assert [p.slot for p in after] == [3, 1]
    assert [p.number for p in after] == [4, 5]
    assert [p.number for p in studies.participants(study, "people")] == [0, 1, 4, 5]


def test_seeds_follow_from_the_plan_and_the_number(studies: Studies, study: StudyRecord) -> None:
    again = studies.add("again", plan=study.plan, instruments="{}")
    other = studies.add("other", plan='{"seed": 1}', instruments="{}")
    drawn = {of.name: [joined(studies, of)[0].seed for _ in range(3)] for of in (study, again, other)}
    simulated = [joined(studies, study, "simulated")[0].seed for _ in range(3)]
    assert drawn["Pilot"] == drawn["again"]
    assert len({*drawn["Pilot"], *drawn["other"], *simulated}) == 9
    assert all(0 <= seed < 2**32 for seed in simulated)


def test_many_who_join_at_once_differ(studies: Studies, study: StudyRecord) -> None:
    people: list[Participant] = []
    threads = [threading.Thread(target=lambda: people.append(joined(studies, study)[0])) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(p.number for p in people) == [*range(12)]
    assert Counter(p.slot for p in people) == dict.fromkeys(range(4), 3)
    assert len({p.pseudonym for p in people}) == 12


def test_nobody_joins_a_closed_study_and_those_who_did_go_on(studies: Studies, study: StudyRecord) -> None:
    _, secret = joined(studies, study)
    studies.set_open("Pilot", is_open=False)
    with pytest.raises(StudyClosed, match="the study 'Pilot' is closed"):
        joined(studies, study)  # although the record still says that it is open
    assert studies.sit(secret).seat == 1
    assert studies.counts(study)["people"].joined == 1


def test_a_seat_is_new_for_each_window(studies: Studies, study: StudyRecord) -> None:
    _, secret = joined(studies, study)
    _, other = joined(studies, study)
    assert [studies.sit(secret).seat for _ in range(3)] == [1, 2, 3]
    assert studies.participant(other)[1].seat == 0


def test_only_the_first_finish_counts(studies: Studies, study: StudyRecord) -> None:
    participant, secret = joined(studies, study)
    studies.finish(participant)
    first = studies.participant(secret)[1].finished
    studies.finish(participant)
    assert first is not None
    assert studies.participant(secret)[1].finished == first


def test_populations_never_mix(studies: Studies, study: StudyRecord) -> None:
    person, robot = joined(studies, study)[0], joined(studies, study, "simulated")[0]
    for participant in (person, robot):
        studies.show(participant, "sound", {})
        studies.answer(participant, 0, "sound", {})
    assert studies.participants(study, "people") == [person]
    assert studies.participants(study, "simulated") == [robot]
    assert [given.participant for given in studies.given(study, "people")] == [person.pseudonym]
    assert [given.participant for given in studies.given(study, "simulated")] == [robot.pseudonym]


def test_a_participant_is_forgotten_on_request(studies: Studies, study: StudyRecord) -> None:
    (gone, secret), (kept, _) = joined(studies, study), joined(studies, study)
    for participant in (gone, kept):
        studies.show(participant, "sound", {})
        studies.hear(participant, 0, "sound", {"tones": 3.0})
        studies.refuse(participant, "sound", "tones")
        studies.answer(participant, 0, "sound", {"tones": 3})
    studies.forget(study, f" {gone.pseudonym.lower()} ")
    with studies.reading() as db:
        for table in ("shown", "heard", "refused", "answers"):
            assert db.execute(f"SELECT DISTINCT participant FROM {table}").fetchall() == [(kept.pseudonym,)]
    with pytest.raises(UnknownLink):
        studies.participant(secret)
    other = studies.add("other", plan="{}", instruments="{}")
    for of, whom in ((study, gone.pseudonym), (other, kept.pseudonym), (study, "")):
        with pytest.raises(StudyNotFound, match="has no participant"):
            studies.forget(of, whom)
    assert studies.participants(study, "people") == [kept]


def test_who_withdrew_can_do_nothing_more(studies: Studies, study: StudyRecord) -> None:
    participant, secret = joined(studies, study)
    studies.show(participant, "sound", {})
    studies.withdraw(secret)
    for act in (
        lambda: studies.withdraw(secret),
        lambda: studies.sit(secret),
        lambda: studies.show(participant, "sound", {}),
        lambda: studies.hear(participant, 0, "sound", {"tones": 1.0}),
        lambda: studies.refuse(participant, "sound", "why"),
        lambda: studies.answer(participant, 0, "sound", {}),
        lambda: studies.done(participant),
        lambda: studies.heard(participant, "sound"),
        lambda: studies.first_shown(participant, "sound"),
    ):
        with pytest.raises(UnknownLink):
            act()
    assert list(studies.problems()) == []
