"""What was shown first, heard most and answered first is what is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from soundglass.core.errors import SoundglassError
from soundglass.library.study.failures import AlreadyAnswered, NotShown, SeatTaken, StudyConflict
from soundglass.library.study.records import Participant, StudyRecord
from soundglass.library.study.studies import Studies


def test_the_first_showing_is_kept_and_shown_again(studies: Studies, somebody: Participant) -> None:
    before = datetime.now(UTC)
    assert studies.first_shown(somebody, "1-trial-1") is None
    first = {"title": "«A» ☾", "options": [{"b": 1, "a": None}], "number": 1.5}
    assert studies.show(somebody, "1-trial-1", first, {"version": "1"}) == first
    at = studies.first_shown(somebody, "1-trial-1")
    assert at is not None
    assert before <= at <= datetime.now(UTC)
    assert studies.show(somebody, "1-trial-1", {"title": "B"}, {"version": "2"}) == first
    assert studies.first_shown(somebody, "1-trial-1") == at
    assert studies.show(somebody, "1-trial-2", {"title": "B"}) == {"title": "B"}


def test_the_most_that_was_heard_is_kept(studies: Studies, somebody: Participant) -> None:
    studies.show(somebody, "1-trial-1", {})
    for heard in ({"left": 4.0}, {"left": 2.5, "right": 1.0}, {"right": 6}, {}):
        studies.hear(somebody, 1, "1-trial-1", heard)
    assert studies.heard(somebody, "1-trial-1") == {"left": 4.0, "right": 6.0}
    assert studies.heard(somebody, "1-trial-2") == {}


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_what_cannot_be_heard_is_refused(studies: Studies, somebody: Participant, seconds: float) -> None:
    studies.show(somebody, "sound", {})
    with pytest.raises(SoundglassError, match="finite and not negative"):
        studies.hear(somebody, 1, "sound", {"tones": 2.0, "query": seconds})
    assert studies.heard(somebody, "sound") == {}


def test_an_answer_is_given_back_with_all_that_is_known(
    studies: Studies, study: StudyRecord, somebody: Participant
) -> None:
    shown = '{"title":"«A» ☾","questions":[]}'
    for _ in range(3):
        studies.show(somebody, "1-trial-1", {"title": "«A» ☾", "questions": []}, {"versions": {"api": "1"}})
    studies.hear(somebody, 1, "1-trial-1", {"left": 11.0})
    for why in ("listening", "listening", "missing"):
        studies.refuse(somebody, "1-trial-1", why)
    assert studies.answer(somebody, 1, "1-trial-1", {"choice": "left", "sure": 4}, {"times": [1.5]})
    (given,) = studies.given(study, "people")
    assert (given.participant, given.step, given.times_shown) == (somebody.pseudonym, "1-trial-1", 3)
    assert given.shown == {"title": "«A» ☾", "questions": []}
    assert given.shown_sha256 == sha256(shown.encode()).hexdigest()
    assert given.answers == {"choice": "left", "sure": 4}
    assert given.heard_s == {"left": 11.0}
    refused = {"listening": 2, "missing": 1}
    assert given.facts == {"versions": {"api": "1"}, "times": [1.5], "refused": refused}
    assert somebody.joined < given.first_shown < given.answered <= datetime.now(UTC)


def test_a_double_submit_is_kept_once(studies: Studies, study: StudyRecord, somebody: Participant) -> None:
    studies.show(somebody, "sound", {})
    assert studies.answer(somebody, 1, "sound", {"tones": 3, "note": "a"}, {"click": 1})
    assert not studies.answer(somebody, 1, "sound", {"note": "a", "tones": 3.0}, {"click": 2})
    (given,) = studies.given(study, "people")
    assert given.facts == {"click": 1}


def test_the_first_answer_counts(studies: Studies, study: StudyRecord, somebody: Participant) -> None:
    studies.show(somebody, "sound", {})
    studies.hear(somebody, 1, "sound", {"tones": 3.0})
    studies.answer(somebody, 1, "sound", {"tones": 3})
    for other in ({"tones": 2}, {}, {"tones": 3, "more": 1}):
        with pytest.raises(AlreadyAnswered, match="the first answer is kept"):
            studies.answer(somebody, 1, "sound", other)
    studies.hear(somebody, 1, "sound", {"tones": 9.0})  # a message of listening that was overtaken
    (given,) = studies.given(study, "people")
    assert (given.answers, given.heard_s) == ({"tones": 3}, {"tones": 3.0})
    assert studies.done(somebody) == {"sound"}


def test_only_the_newest_window_may_answer(studies: Studies, study: StudyRecord) -> None:
    _, secret = studies.join(study, "people", consented={}, n_slots=1, order=[0])
    first = studies.sit(secret)
    studies.show(first, "sound", {})
    second = studies.sit(secret)
    for seat in (first.seat, second.seat + 1):
        with pytest.raises(SeatTaken, match="opened in another window"):
            studies.hear(first, seat, "sound", {"tones": 1.0})
        with pytest.raises(SeatTaken):
            studies.answer(first, seat, "sound", {"tones": 1})
    assert studies.heard(first, "sound") == {}
    assert studies.answer(first, second.seat, "sound", {"tones": 2})
    with pytest.raises(StudyConflict):  # the old window hears of the seat, not of the answer
        studies.answer(first, first.seat, "sound", {"tones": 2})


def test_what_was_not_shown_cannot_be_heard_or_answered(studies: Studies, somebody: Participant) -> None:
    for act in (
        lambda: studies.hear(somebody, 1, "comment", {"query": 1.0}),
        lambda: studies.answer(somebody, 1, "comment", {"comment": ""}),
        lambda: studies.refuse(somebody, "comment", "missing"),
    ):
        with pytest.raises(NotShown, match="was not shown yet"):
            act()
    assert studies.done(somebody) == set()


def test_texts_of_any_kind_are_kept(studies: Studies, study: StudyRecord, somebody: Participant) -> None:
    studies.show(somebody, "comment", {})
    said = "'); DROP TABLE answers;-- \x00 ليل 🎵\n" * 50
    assert studies.answer(somebody, 1, "comment", {"comment": said, "half": "\ud800"})
    assert not studies.answer(somebody, 1, "comment", {"comment": said, "half": "\ud800"})
    (given,) = studies.given(study, "people")
    assert given.answers == {"comment": said, "half": "?"}


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"x"])
def test_what_is_no_json_is_refused(studies: Studies, somebody: Participant, value: object) -> None:
    studies.show(somebody, "comment", {})
    with pytest.raises(SoundglassError, match="cannot be kept as JSON"):
        studies.answer(somebody, 1, "comment", {"comment": value})
    assert studies.done(somebody) == set()


def test_answers_come_by_participant_in_the_order_given(studies: Studies, study: StudyRecord) -> None:
    people = [studies.join(study, "people", consented={}, n_slots=1, order=[0])[0] for _ in range(3)]
    order = [(2, "sound"), (0, "z"), (2, "comment"), (1, "sound"), (0, "a"), (2, "b")]
    for at, step in order:
        studies.show(people[at], step, {"of": at})
        studies.answer(people[at], 0, step, {"of": at})
    numbers = {person.pseudonym: at for at, person in enumerate(people)}
    given = [(numbers[one.participant], one.step) for one in studies.given(study, "people")]
    assert given == [(0, "z"), (0, "a"), (1, "sound"), (2, "sound"), (2, "comment"), (2, "b")]
