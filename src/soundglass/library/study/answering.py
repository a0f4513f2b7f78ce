"""What a participant was shown, heard and answered, step by step."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.library.study.failures import already_answered, not_shown, seat_taken, unknown_link
from soundglass.library.study.file import StudyFile, digest, now_text, packed
from soundglass.library.study.records import Given, Participant, Population, StudyRecord

_NO_FACTS: Mapping[str, Json] = {}


class Answering(StudyFile):
    """The answers to a library's studies.

    Every method that takes a participant raises :exc:`UnknownLink` for one that was deleted.
    """

    def show(
        self, participant: Participant, step: str, shown: Json, facts: Mapping[str, Json] = _NO_FACTS
    ) -> Json:
        """Note that a step is shown; what was shown first is kept, later times are only counted.

        Parameters
        ----------
        shown : JSON
            All that is shown, without addresses.
        facts : mapping of str to JSON
            What else is known of the first time, as versions.

        Returns
        -------
        JSON
            What was kept the first time: that is to be shown again.
        """
        with self.transaction() as db:
            _seat(db, participant)
            (kept,) = db.execute(
                "INSERT INTO shown (participant, step, shown, facts, first_shown, times) "
                "VALUES (?, ?, ?, ?, ?, 1) "
                "ON CONFLICT (participant, step) DO UPDATE SET times = times + 1 RETURNING shown",
                (participant.pseudonym, step, packed(shown), packed(dict(facts)), now_text()),
            ).fetchone()
        return json.loads(kept)

    def hear(self, participant: Participant, seat: int, step: str, seconds: Mapping[str, float]) -> None:
        """Keep how much was heard of each sound, if it is more than before; nothing once it was answered.

        Raises
        ------
        SeatTaken
            The page was opened in another window since.
        NotShown
            The step was not shown.
        SoundglassError
            So much cannot be heard.
        """
        if not all(math.isfinite(s) and s >= 0 for s in seconds.values()):
            raise SoundglassError("seconds heard are finite and not negative", remedy="Load the page again")
        with self.transaction() as db:
            _refuse_old(db, participant, seat)
            if _answer(db, participant, step) is not None:
                return
            _require_shown(db, participant, step)
            db.executemany(
                "INSERT INTO heard (participant, step, sound, seconds) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (participant, step, sound) "
                "DO UPDATE SET seconds = max(seconds, excluded.seconds)",
                [(participant.pseudonym, step, sound, float(s)) for sound, s in seconds.items()],
            )

    def refuse(self, participant: Participant, step: str, why: str) -> None:
        """Count an answer that was not taken, as one before listening; raises :exc:`NotShown`."""
        with self.transaction() as db:
            _seat(db, participant)
            _require_shown(db, participant, step)
            db.execute(
                "INSERT INTO refused (participant, step, why, times) VALUES (?, ?, ?, 1) "
                "ON CONFLICT (participant, step, why) DO UPDATE SET times = times + 1",
                (participant.pseudonym, step, why),
            )

    def answer(
        self,
        participant: Participant,
        seat: int,
        step: str,
        answers: Mapping[str, Json],
        facts: Mapping[str, Json] = _NO_FACTS,
    ) -> bool:
        """Keep the answers to a step; only the first count.

        Parameters
        ----------
        answers : mapping of str to JSON
            By question.
        facts : mapping of str to JSON
            What else is known, as the browser's own times.

        Returns
        -------
        bool
            Whether they were kept now; ``False`` where the same answers had been kept before.

        Raises
        ------
        AlreadyAnswered
            Others had been kept before.
        SeatTaken
            The page was opened in another window since.
        NotShown
            The step was not shown.
        """
        given = packed(dict(answers))
        with self.transaction() as db:
            _refuse_old(db, participant, seat)
            _require_shown(db, participant, step)
            kept = _answer(db, participant, step)
            if kept is not None:
                if json.loads(kept) != json.loads(given):
                    raise already_answered()
                return False
            db.execute(
                "INSERT INTO answers (participant, step, answers, facts, answered) VALUES (?, ?, ?, ?, ?)",
                (participant.pseudonym, step, given, packed(dict(facts)), now_text()),
            )
        return True

    def done(self, participant: Participant) -> set[str]:
        """Name the steps that were answered."""
        return {step for (step,) in self._of(participant, "SELECT step FROM answers WHERE participant = ?")}

    def heard(self, participant: Participant, step: str) -> dict[str, float]:
        """Say how many seconds were heard of each sound of a step."""
        heard = "SELECT sound, seconds FROM heard WHERE participant = ? AND step = ?"
        return dict(self._of(participant, heard, step))

    def first_shown(self, participant: Participant, step: str) -> datetime | None:
        """Say when a step was shown first, by the server's clock."""
        first = "SELECT first_shown FROM shown WHERE participant = ? AND step = ?"
        return next((datetime.fromisoformat(at) for (at,) in self._of(participant, first, step)), None)

    def given(self, study: StudyRecord, population: Population) -> Iterator[Given]:
        """Give all steps that one population answered, by participant and in the order of the answers."""
        of = study.id, population
        with self.reading() as db:
            rows = db.execute(_GIVEN, of).fetchall()
            heard = _by_step(db.execute(_HEARD, of))
            refused = _by_step(db.execute(_REFUSED, of))
        for row in rows:
            yield _given(row, heard.get(row[:2], {}), refused.get(row[:2], {}))

    def _of(self, participant: Participant, query: str, *values: str) -> list[Any]:
        with self.reading() as db:
            _seat(db, participant)
            return db.execute(query, (participant.pseudonym, *values)).fetchall()


def _seat(db: sqlite3.Connection, participant: Participant) -> int:
    """Give the newest seat of a participant who is still there."""
    row = db.execute("SELECT seat FROM participants WHERE pseudonym = ?", (participant.pseudonym,)).fetchone()
    if row is None:
        raise unknown_link()
    return int(row[0])


def _refuse_old(db: sqlite3.Connection, participant: Participant, seat: int) -> None:
    if seat != _seat(db, participant):
        raise seat_taken()


def _require_shown(db: sqlite3.Connection, participant: Participant, step: str) -> None:
    of = participant.pseudonym, step
    if not db.execute("SELECT 1 FROM shown WHERE participant = ? AND step = ?", of).fetchone():
        raise not_shown()


def _answer(db: sqlite3.Connection, participant: Participant, step: str) -> str | None:
    of = participant.pseudonym, step
    row = db.execute("SELECT answers FROM answers WHERE participant = ? AND step = ?", of).fetchone()
    return None if row is None else str(row[0])


_GIVEN = (
    "SELECT a.participant, a.step, s.shown, a.answers, s.facts, a.facts, s.times, s.first_shown, a.answered "
    "FROM answers a JOIN shown s ON s.participant = a.participant AND s.step = a.step "
    "JOIN participants p ON p.pseudonym = a.participant "
    "WHERE p.study = ? AND p.population = ? ORDER BY p.number, a.rowid"
)
_HEARD = (
    "SELECT h.participant, h.step, h.sound, h.seconds FROM heard h "
    "JOIN participants p ON p.pseudonym = h.participant WHERE p.study = ? AND p.population = ?"
)
_REFUSED = (
    "SELECT r.participant, r.step, r.why, r.times FROM refused r "
    "JOIN participants p ON p.pseudonym = r.participant WHERE p.study = ? AND p.population = ?"
)


def _by_step(rows: Iterable[tuple[str, str, str, float]]) -> dict[tuple[str, str], dict[str, float]]:
    """Gather what is kept of each step of each participant."""
    ordered = groupby(sorted(rows), key=lambda row: row[:2])
    return {step: {name: value for _, _, name, value in of} for step, of in ordered}


def _given(
    row: tuple[str, str, str, str, str, str, int, str, str],
    heard_s: Mapping[str, float],
    refused: Mapping[str, float],
) -> Given:
    participant, step, shown, answers, before, after, times, first_shown, answered = row
    facts = json.loads(before) | json.loads(after) | ({"refused": dict(refused)} if refused else {})
    return Given(
        participant=participant,
        step=step,
        shown=json.loads(shown),
        shown_sha256=digest(shown.encode()),
        answers=json.loads(answers),
        heard_s=heard_s,
        facts=facts,
        times_shown=times,
        first_shown=datetime.fromisoformat(first_shown),
        answered=datetime.fromisoformat(answered),
    )
