"""The file of the studies: damage is named, a full disk loses nothing, what is deleted cannot be read."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError
from soundglass.library.health import check
from soundglass.library.saved import SAVED_FILE, Saved
from soundglass.library.store import Store
from soundglass.library.study.file import STUDY_FILE
from soundglass.library.study.records import Material, Participant, StudyRecord
from soundglass.library.study.studies import Studies

HERE = Path(__file__).parent


def test_a_library_check_reports_it(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "own.lance"), create=True)
    studies = Studies(store.uri)
    studies.add("Pilot", plan="{}", instruments="{}")
    assert check(store).problems == []
    studies.path.write_bytes(b"no database" * 100)
    assert [STUDY_FILE in problem for problem in check(store).problems] == [True]


def test_a_library_may_hold_it_before_any_track(tmp_path: Path) -> None:
    Studies(str(tmp_path)).add("Pilot", plan="{}", instruments="{}")
    Store(str(tmp_path), create=True)


def test_it_lies_apart_from_what_a_user_keeps(studies: Studies, study: StudyRecord) -> None:
    assert [path.name for path in studies.path.parent.iterdir()] == [STUDY_FILE]
    studies.path.rename(studies.path.parent / SAVED_FILE)
    with (
        pytest.raises(LibraryError, match="not a file of Soundglass"),
        Saved(str(studies.path.parent)).reading(),
    ):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_but_its_owner_may_read_it(studies: Studies, study: StudyRecord) -> None:
    assert studies.path.stat().st_mode & 0o777 == 0o600
    studies.delete(study.name)  # writes it anew
    assert studies.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE studies SET plan = '{\"a\": 1}'", "the plan or wording of the study 'Pilot' was changed"),
        ("UPDATE studies SET instruments = ''", "the plan or wording of the study 'Pilot' was changed"),
        ("UPDATE materials SET content = x'00'", "the material 'picture-1' was changed"),
        ("DELETE FROM participants", "a row of shown has none in participants"),
    ],
)
def test_what_was_changed_by_other_means_is_found(
    studies: Studies, somebody: Participant, change: str, problem: str
) -> None:
    studies.add("other", plan="{}", instruments="{}", materials=[Material("picture-1", "image/png", b"1")])
    studies.show(somebody, "sound", {})
    assert list(studies.problems()) == []
    with closing(sqlite3.connect(studies.path, isolation_level=None)) as db:
        db.execute(change + (" WHERE name = 'Pilot'" if "studies" in change else ""))
    assert list(studies.problems()) == [f"{STUDY_FILE}: {problem}"]


def test_a_damaged_file_is_said_to_be_and_left_alone(
    studies: Studies, study: StudyRecord, somebody: Participant
) -> None:
    content = bytearray(studies.path.read_bytes())
    content[4096:] = random.Random(0).randbytes(len(content) - 4096)
    studies.path.write_bytes(content)
    for act in (studies.all, lambda: studies.show(somebody, "sound", {}), lambda: studies.counts(study)):
        with pytest.raises(LibraryError, match=r"damaged.*your studies and their answers"):
            act()
    assert list(studies.problems()) != []
    assert studies.path.read_bytes() == content


def test_a_full_disk_is_told_and_loses_nothing(studies: Studies, study: StudyRecord) -> None:
    script = HERE / "answer_with_little_room.py"
    ran = subprocess.run(
        [sys.executable, script, studies.path.parent, study.join_code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    kept, said = ran.stdout.splitlines()
    assert STUDY_FILE in said
    assert "cannot be written" in said
    assert int(kept) > 0
    given = [*studies.given(study, "people")]
    assert [one.step for one in given] == [f"step-{at}" for at in range(int(kept))]
    assert list(studies.problems()) == []
    (somebody,) = studies.participants(study, "people")
    studies.show(somebody, "after", {})
    assert studies.answer(somebody, 0, "after", {})


def pages_of_answers(studies: Studies, study: StudyRecord, seed: int) -> Iterator[tuple[str, str]]:
    """Fill the file with answers of many lengths; give a mark of each participant, and the secret."""
    rng, people = random.Random(seed), []
    for at in range(10):
        participant, secret = studies.join(study, "people", consented={}, n_slots=1, order=[0])
        people.append((participant, f"mark-{at:02d}", secret))
    for step in range(8):
        for participant, mark, _ in rng.sample(people, len(people)):
            filled = mark + "x" * rng.choice([10, 300, 3000, 9000]) + mark
            studies.show(participant, f"step-{step}", {"text": filled})
            studies.hear(participant, 0, f"step-{step}", {mark: rng.random()})
            studies.answer(
                participant, 0, f"step-{step}", {"comment": mark + "y" * rng.choice([5, 500, 5000])}
            )
    yield from ((mark, secret) for _, mark, secret in rng.sample(people, len(people)))


@pytest.mark.parametrize("seed", [8, 9])
def test_what_is_deleted_cannot_be_read_from_the_file(hasty: Studies, study: StudyRecord, seed: int) -> None:
    people = [*pages_of_answers(hasty, study, seed)]
    for mark, secret in people[:8]:
        _, participant = hasty.participant(secret)
        assert hasty.path.read_bytes().count(mark.encode()) > 10
        hasty.withdraw(secret)
        assert mark.encode() not in hasty.path.read_bytes()
        assert participant.pseudonym.encode() not in hasty.path.read_bytes()
    assert [path.name for path in hasty.path.parent.iterdir()] == [STUDY_FILE]
    assert len([*hasty.given(study, "people")]) == 16
    assert list(hasty.problems()) == []


def test_who_is_deleted_is_overwritten_even_where_the_file_cannot_be_written_anew(
    studies: Studies, study: StudyRecord, somebody: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    studies.show(somebody, "comment", {"text": "to be overwritten"})
    asked = []

    def authorise(action: int, *_: object) -> int:
        if action != sqlite3.SQLITE_ATTACH:  # what writing the file anew begins with
            return sqlite3.SQLITE_OK
        asked.append(action)
        return sqlite3.SQLITE_DENY

    def connect(self: Studies, place: str) -> sqlite3.Connection:
        db = connect_as_ever(self, place)
        db.set_authorizer(authorise)
        return db

    connect_as_ever = Studies._connect
    monkeypatch.setattr(Studies, "_connect", connect)
    studies.forget(study, somebody.pseudonym)
    assert asked
    assert studies.participants(study, "people") == []
    assert b"to be overwritten" not in studies.path.read_bytes()
