"""Making, finding, closing and deleting studies, and reading what they show."""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args

from soundglass.core.errors import SoundglassError
from soundglass.library.playlist_rows import folded
from soundglass.library.profiles import valid_name
from soundglass.library.study.failures import StudyNotFound, unknown_link
from soundglass.library.study.file import StudyFile, digest, now_text
from soundglass.library.study.records import Count, Material, Population, StudyRecord

LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
"""What codes are made of: nothing that reads like something else, and no vowels, so no words."""

STUDIES = (
    "SELECT s.id, s.name, s.plan, s.plan_sha256, s.instruments, s.instruments_sha256, "
    "s.people_code, s.simulated_code, s.created, s.is_open FROM studies s"
)

_CODE_LENGTH = 12


class Shelf(StudyFile):
    """The studies of a library."""

    def require_free(self, name: str) -> None:
        """Raise as :meth:`add` does for a name, before anything is made that takes long."""
        name = _valid(name)
        with self.reading() as db:
            _refuse_taken(db, name)

    def add(
        self, name: str, *, plan: str, instruments: str, materials: Iterable[Material] = ()
    ) -> StudyRecord:
        """Keep a new study, open to all who have its link; of plan, wording and materials nothing changes.

        Parameters
        ----------
        plan, instruments : str
            JSON.

        Raises
        ------
        SoundglassError
            Such a name cannot be given or is taken, or two materials have one key.
        """
        name, things = _valid(name), [*materials]
        twice = [key for key, n in Counter(thing.key for thing in things).items() if n > 1]
        if twice:
            raise SoundglassError(f"two materials are called {twice[0]!r}", remedy="Give each its own key")
        study_id = secrets.token_hex(8)
        names = name, folded(name)
        contents = plan, digest(plan.encode()), instruments, digest(instruments.encode())
        with self.transaction() as db:
            _refuse_taken(db, name)
            db.execute(
                "INSERT INTO studies (id, name, folded, plan, plan_sha256, instruments, instruments_sha256, "
                "people_code, simulated_code, created, is_open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                (study_id, *names, *contents, _code(), _code(), now_text()),
            )
            db.executemany(
                "INSERT INTO joined (study, population, n) VALUES (?, ?, 0)",
                [(study_id, population) for population in get_args(Population)],
            )
            db.executemany(
                "INSERT INTO materials (study, key, media_type, sha256, content) VALUES (?, ?, ?, ?, ?)",
                [(study_id, m.key, m.media_type, digest(m.content), m.content) for m in things],
            )
            return _find(db, name)

    def all(self) -> list[StudyRecord]:
        """Read all studies, the newest first."""
        with self.reading() as db:
            return [study_of(row) for row in db.execute(f"{STUDIES} {_NEWEST}")]

    def study(self, name: str | None = None) -> StudyRecord:
        """Read one study; neither case nor spaces around its name count. Without a name: the newest.

        Raises
        ------
        StudyNotFound
            There is none of this name; the message names those there are.
        """
        with self.reading() as db:
            return _find(db, name)

    def by_code(self, code: str) -> tuple[StudyRecord, Population]:
        """Find the study that a link invites to, and as what.

        Raises
        ------
        UnknownLink
            There is none.
        """
        with self.reading() as db:
            row = db.execute(
                f"{STUDIES} WHERE ? IN (people_code, simulated_code)", (folded(code),)
            ).fetchone()
        if row is None:
            raise unknown_link()
        study = study_of(row)
        return study, "people" if study.join_code == folded(code) else "simulated"

    def set_open(self, name: str | None, is_open: bool) -> StudyRecord:
        """Let somebody new join, or nobody any more; raises as :meth:`study` does."""
        study = self.study(name)  # asking makes no file
        with self.transaction() as db:
            db.execute("UPDATE studies SET is_open = ? WHERE id = ?", (int(is_open), study.id))
            return _find(db, study.name)

    def delete(self, name: str) -> None:
        """Forget a study and all that was answered; raises as :meth:`study` does."""
        study = self.study(name)
        with self._erasing() as db:
            db.execute("DELETE FROM studies WHERE id = ?", (study.id,))

    def material(self, study_id: str, key: str) -> Material:
        """Read a picture or a sound.

        Raises
        ------
        StudyNotFound
            The study has none of this key.
        """
        with self.reading() as db:
            row = db.execute(
                "SELECT key, media_type, content, sha256 FROM materials WHERE study = ? AND key = ?",
                (study_id, key),
            ).fetchone()
        if row is None:
            raise StudyNotFound("the study has no such picture or sound", remedy="Load the page again")
        return Material(*row)

    def counts(self, study: StudyRecord) -> dict[Population, Count]:
        """Count who joined a study, who finished, and what they answered: each population by itself."""
        with self.reading() as db:
            return {population: _count(db, study.id, population) for population in get_args(Population)}


_NEWEST = "ORDER BY s.created DESC, s.rowid DESC"


def study_of(row: tuple[Any, ...]) -> StudyRecord:
    """Read a row of ``STUDIES``."""
    *texts, created, is_open = row
    fields: list[Any] = [*texts, datetime.fromisoformat(created), bool(is_open)]
    return StudyRecord(*fields)


def random_letters(n: int) -> str:
    """Draw some of ``LETTERS`` that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(n))


def _code() -> str:
    return random_letters(_CODE_LENGTH)


def _valid(name: str) -> str:
    """Give the name of a study, which is also part of an address and the name of a file."""
    name = valid_name(name)
    if set(name) & set('/\\?#%:*"<>|') or name.startswith(".") or name.startswith("-"):
        raise SoundglassError(
            f"a study cannot be called {name!r}", remedy="Choose letters, digits, spaces and hyphens"
        )
    return name


def _refuse_taken(db: sqlite3.Connection, name: str) -> None:
    if db.execute("SELECT 1 FROM studies WHERE folded = ?", (folded(name),)).fetchone():
        raise SoundglassError(f"there is a study {name!r} already", remedy="Choose another name")


def _find(db: sqlite3.Connection, name: str | None) -> StudyRecord:
    chosen = "" if name is None else "WHERE s.folded = ?"
    values = () if name is None else (folded(name),)
    row = db.execute(f"{STUDIES} {chosen} {_NEWEST} LIMIT 1", values).fetchone()
    if row is not None:
        return study_of(row)
    known = ", ".join(study_of(other).name for other in db.execute(f"{STUDIES} {_NEWEST} LIMIT 20"))
    wanted = "there is no study yet" if name is None else f"there is no study {name[:60]!r}"
    raise StudyNotFound(
        wanted, remedy=f"There is: {known}" if known else "Make one with 'soundglass study new NAME'"
    )


def _count(db: sqlite3.Connection, study_id: str, population: Population) -> Count:
    of = study_id, population
    found = db.execute("SELECT n FROM joined WHERE study = ? AND population = ?", of).fetchone()
    slots = dict(
        db.execute(
            "SELECT slot, count(*) FROM participants WHERE study = ? AND population = ? GROUP BY slot", of
        )
    )
    (finished,) = db.execute(
        "SELECT count(finished) FROM participants WHERE study = ? AND population = ?", of
    ).fetchone()
    answers, newest = db.execute(
        "SELECT count(*), max(a.answered) FROM answers a JOIN participants p ON p.pseudonym = a.participant "
        "WHERE p.study = ? AND p.population = ?",
        of,
    ).fetchone()
    joined = found[0] if found else 0
    last = datetime.fromisoformat(newest) if newest else None
    return Count(joined, joined - sum(slots.values()), finished, answers, slots, last)
