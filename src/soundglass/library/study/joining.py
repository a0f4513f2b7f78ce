"""Who takes part in a study: joining, coming back, finishing, and being forgotten."""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any

from soundglass.core.types import Json
from soundglass.library.study.failures import StudyNotFound, UnknownLink, closed, unknown_link
from soundglass.library.study.file import StudyFile, now_text, packed
from soundglass.library.study.records import Participant, Population, StudyRecord
from soundglass.library.study.shelf import STUDIES, random_letters, study_of

PARTICIPANTS = (
    "SELECT p.study, p.pseudonym, p.population, p.number, p.slot, p.seed, p.seat, p.consented, p.joined, "
    "p.finished FROM participants p"
)


class Joining(StudyFile):
    """The participants of a library's studies."""

    def join(
        self,
        study: StudyRecord,
        population: Population,
        *,
        consented: Mapping[str, Json],
        n_slots: int,
        order: Sequence[int],
        secret: str | None = None,
    ) -> tuple[Participant, str]:
        """Let somebody new take part.

        Parameters
        ----------
        consented : mapping of str to JSON
            To what, in which words.
        n_slots : int
            How many rows the balanced order has. A participant gets the one with the fewest of the same
            population.
        order : sequence of int
            Which of equally used rows comes first.
        secret : str, optional
            What the participant's link is to hold, if a browser chose it before it asked: when the answer was
            lost and it asks again, nobody joins twice.

        Returns
        -------
        participant : Participant
        secret : str
            What the participant's own link holds; only its hash is kept.

        Raises
        ------
        StudyClosed
            Nobody new may join.
        StudyNotFound
            The study is gone.
        """
        secret, agreed = secret or secrets.token_urlsafe(24), packed(dict(consented))
        with self.transaction() as db:
            with contextlib.suppress(UnknownLink):
                return _by_secret(db, secret), secret
            number = _count_in(db, study, population)
            slot = _least_used(db, study, population, n_slots, order)
            drawn = number, slot, _seed(study.plan_sha256, population, number)
            db.execute(
                "INSERT INTO participants (pseudonym, secret, study, population, number, slot, seed, seat, "
                "consented, joined) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
                (_pseudonym(db), _hash(secret), study.id, population, *drawn, agreed, now_text()),
            )
            return _by_secret(db, secret), secret

    def participant(self, secret: str) -> tuple[StudyRecord, Participant]:
        """Find who a link belongs to, and the study.

        Raises
        ------
        UnknownLink
            It belongs to nobody.
        """
        with self.reading() as db:
            participant = _by_secret(db, secret)
            row = db.execute(f"{STUDIES} WHERE s.id = ?", (participant.study,)).fetchone()
            return study_of(row), participant

    def sit(self, secret: str) -> Participant:
        """Take a new seat: from now on only who knows its number may answer; raises :exc:`UnknownLink`."""
        self.participant(secret)  # a link of nobody changes nothing
        with self.transaction() as db:
            db.execute("UPDATE participants SET seat = seat + 1 WHERE secret = ?", (_hash(secret),))
            return _by_secret(db, secret)

    def finish(self, participant: Participant) -> None:
        """Note that all was answered; only the first time counts."""
        with self.transaction() as db:
            db.execute(
                "UPDATE participants SET finished = ? WHERE pseudonym = ? AND finished IS NULL",
                (now_text(), participant.pseudonym),
            )

    def participants(self, study: StudyRecord, population: Population) -> list[Participant]:
        """Read all participants of one population, in the order in which they joined."""
        with self.reading() as db:
            rows = db.execute(
                f"{PARTICIPANTS} WHERE p.study = ? AND p.population = ? ORDER BY p.number",
                (study.id, population),
            ).fetchall()
        return [participant_of(row) for row in rows]

    def withdraw(self, secret: str) -> None:
        """Delete who a link belongs to, with all that was answered; raises :exc:`UnknownLink`."""
        self.participant(secret)
        with self._erasing() as db:
            if not db.execute("DELETE FROM participants WHERE secret = ?", (_hash(secret),)).rowcount:
                raise unknown_link()

    def forget(self, study: StudyRecord, pseudonym: str) -> None:
        """Delete a participant, with all that was answered.

        Raises
        ------
        StudyNotFound
            The study has nobody of this pseudonym; neither case nor spaces around it count.
        """
        wanted = pseudonym.encode(errors="replace").decode().strip().upper()
        with self._erasing() as db:
            gone = db.execute(
                "DELETE FROM participants WHERE study = ? AND pseudonym = ?", (study.id, wanted)
            )
            if not gone.rowcount:
                raise StudyNotFound(
                    f"the study {study.name!r} has no participant {wanted[:20]!r}",
                    remedy="Pseudonyms look like K7QX-2M; one that was deleted is gone already",
                )


def participant_of(row: tuple[Any, ...]) -> Participant:
    """Read a row of ``PARTICIPANTS``."""
    *plain, consented, joined, finished = row
    ended = datetime.fromisoformat(finished) if finished else None
    fields: list[Any] = [*plain, json.loads(consented), datetime.fromisoformat(joined), ended]
    return Participant(*fields)


def _by_secret(db: sqlite3.Connection, secret: str) -> Participant:
    row = db.execute(f"{PARTICIPANTS} WHERE p.secret = ?", (_hash(secret),)).fetchone()
    if row is None:
        raise unknown_link()
    return participant_of(row)


def _hash(secret: str) -> bytes:
    """Make of a secret what is kept; it is random enough to need no salt."""
    return sha256(secret.encode(errors="replace")).digest()


def _count_in(db: sqlite3.Connection, study: StudyRecord, population: Population) -> int:
    """Count a new participant; give the number, which nobody had before."""
    found = db.execute("SELECT is_open FROM studies WHERE id = ?", (study.id,)).fetchone()
    if found is None:
        raise StudyNotFound(f"the study {study.name!r} is gone", remedy="Ask who sent you the link")
    if not found[0]:
        raise closed(study.name)
    (n,) = db.execute(
        "UPDATE joined SET n = n + 1 WHERE study = ? AND population = ? RETURNING n", (study.id, population)
    ).fetchone()
    return int(n) - 1


def _least_used(
    db: sqlite3.Connection, study: StudyRecord, population: Population, n_slots: int, order: Sequence[int]
) -> int:
    used = Counter(
        slot
        for (slot,) in db.execute(
            "SELECT slot FROM participants WHERE study = ? AND population = ?", (study.id, population)
        )
    )
    place = {slot: at for at, slot in enumerate(order)}
    return min(range(n_slots), key=lambda slot: (used[slot], place.get(slot, n_slots)))


def _seed(plan_sha256: str, population: Population, number: int) -> int:
    named = f"{plan_sha256}/{population}/{number}".encode()
    return int.from_bytes(blake2b(named, digest_size=4).digest())


def _pseudonym(db: sqlite3.Connection) -> str:
    while True:
        drawn = random_letters(6).upper()
        pseudonym = f"{drawn[:4]}-{drawn[4:]}"
        if not db.execute("SELECT 1 FROM participants WHERE pseudonym = ?", (pseudonym,)).fetchone():
            return pseudonym
