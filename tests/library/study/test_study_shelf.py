"""Studies are kept as they were made, found by name and by link, closed, and deleted whole."""

from __future__ import annotations

from hashlib import sha256

import pytest

from soundglass.core.errors import SoundglassError, TrackNotFound
from soundglass.library.study.failures import StudyNotFound, UnknownLink
from soundglass.library.study.records import Count, Material, StudyRecord
from soundglass.library.study.shelf import LETTERS
from soundglass.library.study.studies import Studies


def test_reading_makes_no_file(studies: Studies) -> None:
    assert studies.all() == []
    for name in (None, "Pilot"):
        with pytest.raises(StudyNotFound, match=r"no study.*Make one with 'soundglass study new NAME'"):
            studies.study(name)
    for act in (studies.by_code, studies.participant, studies.sit, studies.withdraw):
        with pytest.raises(UnknownLink, match="this link belongs to nobody"):
            act("nothing")
    with pytest.raises(StudyNotFound):
        studies.delete("Pilot")
    with pytest.raises(StudyNotFound):
        studies.set_open("Pilot", is_open=False)
    assert not studies.path.exists()


def test_a_study_is_kept_as_it_was_made(studies: Studies) -> None:
    plan, wording = '{"sets": ["ß☾"]}', '{"language": "he"}'
    pictures = [Material("picture-1", "image/png", b"\x89PNG\x00"), Material("sound-1", "audio/mpeg", b"")]
    made = studies.add("  Spring \t study ", plan=plan, instruments=wording, materials=iter(pictures))
    assert (made.name, made.plan, made.instruments, made.is_open) == ("Spring study", plan, wording, True)
    assert made.plan_sha256 == sha256(plan.encode()).hexdigest()
    assert made.instruments_sha256 == sha256(wording.encode()).hexdigest()
    assert studies.study("SPRING  STUDY") == studies.study() == made
    read = studies.material(made.id, "picture-1")
    assert (read.media_type, read.content) == ("image/png", b"\x89PNG\x00")
    assert read.sha256 == sha256(b"\x89PNG\x00").hexdigest()
    assert studies.material(made.id, "sound-1").content == b""
    with pytest.raises(StudyNotFound, match="no such picture or sound"):
        studies.material(made.id, "picture-2")


def test_the_newest_study_comes_first(studies: Studies) -> None:
    for name in ("one", "two", "three"):
        studies.add(name, plan="{}", instruments="{}")
    assert [study.name for study in studies.all()] == ["three", "two", "one"]
    assert studies.study().name == "three"
    with pytest.raises(StudyNotFound, match=r"no study 'four'\. There is: three, two, one"):
        studies.study("four")


def test_people_and_simulated_join_by_codes_of_their_own(studies: Studies, study: StudyRecord) -> None:
    other = studies.add("other", plan="{}", instruments="{}")
    codes = [study.join_code, study.simulated_code, other.join_code, other.simulated_code]
    assert len({*codes}) == 4
    assert all(len(code) == 12 and {*code} <= {*LETTERS} for code in codes)
    assert studies.by_code(study.join_code) == (study, "people")
    assert studies.by_code(study.simulated_code.upper()) == (study, "simulated")
    assert studies.by_code(other.join_code) == (other, "people")
    for wrong in ("", study.join_code[:-1], study.id, "%", "\ud800"):
        with pytest.raises(UnknownLink):
            studies.by_code(wrong)


@pytest.mark.parametrize("name", ["", "x" * 61, "a/b", "..", "-o", "a\x00b", "what?"])
def test_names_that_cannot_be_part_of_an_address_or_a_file_are_refused(studies: Studies, name: str) -> None:
    with pytest.raises(SoundglassError, match=r"cannot be (given|called)"):
        studies.add(name, plan="{}", instruments="{}")
    assert not studies.path.exists()


def test_a_name_or_a_key_cannot_be_used_twice(studies: Studies, study: StudyRecord) -> None:
    studies.require_free("New")
    for act in (
        lambda: studies.add("PILOT", plan="{}", instruments="{}"),
        lambda: studies.require_free("PILOT"),
    ):
        with pytest.raises(SoundglassError, match="a study 'PILOT' already"):
            act()
    same = [Material("a", "image/png", b"1"), Material("a", "image/png", b"2")]
    with pytest.raises(SoundglassError, match="two materials are called 'a'"):
        studies.add("new", plan="{}", instruments="{}", materials=same)
    assert studies.all() == [study]


def test_a_closed_study_is_told_to_be(studies: Studies, study: StudyRecord) -> None:
    assert not studies.set_open("pilot", is_open=False).is_open
    assert not studies.by_code(study.join_code)[0].is_open
    assert studies.set_open("pilot", is_open=True) == study


def test_a_deleted_study_is_gone_with_all_that_was_answered(studies: Studies, study: StudyRecord) -> None:
    kept = studies.add("kept", plan="{}", instruments="{}", materials=[Material("a", "image/png", b"1")])
    for each in (study, kept):
        participant, secret = studies.join(each, "people", consented={}, n_slots=1, order=[0])
        studies.show(participant, "1-trial-1", {})
        studies.answer(participant, 0, "1-trial-1", {"choice": "left"})
    studies.delete("pilot")
    assert studies.all() == [kept]
    assert studies.participant(secret)[0] == kept
    assert studies.material(kept.id, "a").content == b"1"
    with studies.reading() as db:
        left = [
            db.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("participants", "shown", "answers")
        ]
    assert left == [(1,)] * 3
    with pytest.raises(StudyNotFound, match="the study 'Pilot' is gone"):
        studies.join(study, "people", consented={}, n_slots=1, order=[0])
    with pytest.raises(TrackNotFound):  # what is answered by "not found"
        studies.delete("pilot")


def test_populations_are_counted_apart(studies: Studies, study: StudyRecord) -> None:
    assert studies.counts(study)["people"] == Count(0, 0, 0, 0, {}, None)
    secrets = []
    for _ in range(3):
        participant, secret = studies.join(study, "people", consented={}, n_slots=2, order=[1, 0])
        secrets.append(secret)
        for step in ("sound", "comment"):
            studies.show(participant, step, {})
            studies.answer(participant, 0, step, {})
        studies.finish(participant)
    studies.withdraw(secrets[1])
    studies.join(study, "simulated", consented={}, n_slots=2, order=[1, 0])
    counts = studies.counts(study)
    newest = [*studies.given(study, "people")][-1].answered
    assert counts["people"] == Count(joined=3, deleted=1, finished=2, answers=4, slots={1: 2}, newest=newest)
    assert counts["simulated"] == Count(joined=1, deleted=0, finished=0, answers=0, slots={1: 1}, newest=None)
