"""Studies of a library, and somebody who takes part."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from soundglass.library.study.records import Participant, StudyRecord
from soundglass.library.study.studies import Studies


class Hasty(Studies):
    """Studies that do not wait for the disk, where much is written and no power fails."""

    def _connect(self, place: str) -> sqlite3.Connection:
        db = super()._connect(place)
        db.execute("PRAGMA synchronous = OFF")
        return db


@pytest.fixture
def hasty(tmp_path: Path) -> Studies:
    """The same studies as ``studies``."""
    return Hasty(str(tmp_path))


@pytest.fixture
def studies(tmp_path: Path) -> Studies:
    return Studies(str(tmp_path))


@pytest.fixture
def study(studies: Studies) -> StudyRecord:
    return studies.add("Pilot", plan='{"sets": []}', instruments='{"language": "en"}')


@pytest.fixture
def somebody(studies: Studies, study: StudyRecord) -> Participant:
    """One of the people who take part, with the page open in one window."""
    _, secret = studies.join(study, "people", consented={"consent": True}, n_slots=16, order=range(16))
    return studies.sit(secret)
