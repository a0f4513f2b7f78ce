"""Answers as a table for other programs: one row an answer, without audio, paths or secrets."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.spreadsheets import inert
from soundglass.core.types import Json
from soundglass.evaluate.study.exclusions import why_not_counted
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import Role
from soundglass.evaluate.study.rows import Joined, Records
from soundglass.evaluate.study.truth import truth

if TYPE_CHECKING:
    import pyarrow as pa

Value: TypeAlias = str | int | float | bool | datetime | None

_ROLES: Final[tuple[Role, ...]] = ("query", "match", "left", "right")

SUFFIXES: Final = (".csv", ".parquet")

COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "study": ("text", "The name of the study"),
    "population": ("text", "people or simulated"),
    "participant": ("text", "The pseudonym"),
    "number": ("whole", "Who joined how many-th, from 0"),
    "slot": ("whole", "Which row of the balanced order, from 0"),
    "seed": ("whole", "Of the participant's order"),
    "joined": ("time", "When the participant agreed to take part"),
    "finished": ("yes", "Whether the participant came to the end"),
    "left_out": ("text", "The rule by which the participant is not counted; empty for those who are"),
    "plan_sha256": ("text", "Which plan"),
    "wording_sha256": ("text", "Which wording"),
    "language": ("text", "Of the wording (BCP 47)"),
    "page": ("whole", "Which page of the participant's, from 1"),
    "step": ("text", "Its id"),
    "kind": ("text", "What kind of page"),
    "block": ("whole", "1 to 8 by order of presentation, 0 for the practice"),
    "recommender": ("text", "features or spectrogram"),
    "explanation": ("text", "none, fixed, bars or regions"),
    "item_set": ("text", "Which query and recommendation"),
    "trial": ("whole", "Which of the block's trials, from 1"),
    "higher_side": ("text", "Of a trial: where the track stands that the recommender ranks higher"),
    "margin": ("number", "Of a trial: how far the two scores are apart, in standard deviations"),
    "disagree": ("yes", "Of a trial: whether the other recommender ranks the two the other way round"),
    "question": ("text", "The id of the question"),
    "scale": ("text", "The scale it belongs to"),
    "reversed": (
        "yes",
        "Whether agreeing says the opposite of what the scale measures; answers are as given",
    ),
    "answer": ("text", "As given"),
    "answer_number": ("number", "The same as a number, where it is one"),
    "correct": ("yes", "Of a choice between two tracks or an attention check: whether it is right"),
    "heard_query_s": ("number", "Seconds heard of the track that plays"),
    "heard_match_s": ("number", "Of the recommended one"),
    "heard_left_s": ("number", "Of the left candidate"),
    "heard_right_s": ("number", "Of the right candidate"),
    "first_shown": ("time", "When the page was shown first, by the server's clock"),
    "answered": ("time", "When it was answered"),
    "seconds": ("number", "Between the two"),
    "times_shown": ("whole", "How often the page was shown"),
    "shown_sha256": ("text", "Of all that was shown"),
    "refused": ("text", "Answers that were not taken before this one: how many for which reason, as JSON"),
    "times_ms": ("text", "The browser's own times, as JSON"),
    "program": ("text", "The version that took the answer"),
    "versions": ("text", "Those the plan was made with, as JSON"),
}
"""Every column: what it holds, and what it says."""


def rows(records: Records) -> Iterator[dict[str, Value]]:
    """Give one row an answer, in the order in which the answers came."""
    versions = _json(dict(records.plan.versions))
    left_out = {person.pseudonym: why_not_counted(person) for person in records.people}
    scales = {
        question.id: scale.id for scale in records.instruments.scales.values() for question in scale.questions
    }
    for one in sorted(records.joined, key=lambda one: (one.given.answered, one.participant.number)):
        shared = {
            "study": records.study,
            "population": records.population,
            "plan_sha256": records.plan.sha256,
            "wording_sha256": records.instruments.sha256,
            "language": records.instruments.language,
            "versions": versions,
            "left_out": left_out[one.participant.pseudonym],
            **_who(one),
            **_where(one, records),
            **_how(one),
        }
        for question, answer in one.given.answers.items():
            row = shared | _what(one, question, answer, records.instruments, scales.get(question, ""))
            yield {column: row[column] for column in COLUMNS}


def export(records: Records, path: Path) -> int:
    """Write all answers of one population to a file.

    Parameters
    ----------
    path : Path
        Ends in ``.csv`` or ``.parquet``; an existing file is replaced, whole or not at all.

    Returns
    -------
    int
        How many answers are in it.

    Raises
    ------
    SoundglassError
        The name has another ending.
    LibraryError
        The file cannot be written.
    """
    refuse_other_names(path)
    write = _write_csv if path.suffix.lower() == ".csv" else _write_parquet
    table = list(rows(records))
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    try:
        write(table, draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise LibraryError(
            f"cannot be written ({error.strerror or error})", path=path, remedy="Choose another place"
        ) from error
    return len(table)


def refuse_other_names(path: Path) -> None:
    """Raise if no table can be called so; ask before answers are read."""
    if path.suffix.lower() not in SUFFIXES:
        raise SoundglassError("is no name of a table", path=path, remedy=f"End it in {' or '.join(SUFFIXES)}")


def _who(one: Joined) -> dict[str, Value]:
    participant = one.participant
    return {
        "participant": participant.pseudonym,
        "number": participant.number,
        "slot": participant.slot,
        "seed": participant.seed,
        "joined": participant.joined,
        "finished": participant.finished is not None,
    }


def _where(one: Joined, records: Records) -> dict[str, Value]:
    step = one.step
    true = truth(step, records.plan)
    return {
        "step": step.id,
        "kind": step.kind,
        "block": step.block,
        "recommender": step.cell.by if step.cell else None,
        "explanation": step.cell.explanation if step.cell else None,
        "item_set": step.item_set,
        "trial": None if step.trial is None else step.trial + 1,
        "higher_side": true.higher if true else None,
        "margin": true.margin if true else None,
        "disagree": true.disagree if true else None,
    }


def _how(one: Joined) -> dict[str, Value]:
    given = one.given
    return {
        **{f"heard_{role}_s": given.heard_s.get(role) for role in _ROLES},
        "first_shown": given.first_shown,
        "answered": given.answered,
        "seconds": one.seconds,
        "times_shown": given.times_shown,
        "shown_sha256": given.shown_sha256,
        "page": _page(given.facts.get("number")),
        "refused": _json(given.facts.get("refused")),
        "times_ms": _json(given.facts.get("times_ms")),
        "program": str(given.facts.get("program", "")),
    }


def _page(number: Json) -> int | None:
    return number if isinstance(number, int) else None


def _json(value: Json) -> str | None:
    return _whole(json.dumps(value, ensure_ascii=False, sort_keys=True)) if value else None


def _what(one: Joined, key: str, answer: Json, instruments: Instruments, scale: str) -> dict[str, Value]:
    question = instruments.question(key) if scale else None
    is_correct = None
    if key == "choice" and one.step.kind == "trial":
        is_correct = answer == one.step.higher_side
    elif question is not None and question.expected:
        is_correct = str(answer) == question.expected
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return {
        "question": key,
        "scale": scale or None,
        "reversed": question.is_reversed if question else None,
        "answer": None if answer is None else _whole(str(answer)),
        "answer_number": float(answer) if is_number else None,
        "correct": is_correct,
    }


def _whole(text: str) -> str:
    """Replace half a surrogate pair, which browsers send and UTF-8 has no bytes for."""
    return text.encode("utf-8", "replace").decode()


def _write_csv(table: list[dict[str, Value]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in table)


def _text(value: Value) -> str:
    """Write a value; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return inert(value) if isinstance(value, str) else repr(value)


def _write_parquet(table: list[dict[str, Value]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([_utc(row) for row in table], _schema()), path)


def _utc(row: dict[str, Value]) -> dict[str, Value]:
    return {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()
    }


def _schema() -> pa.Schema:
    import pyarrow as pa

    types: dict[str, Any] = {
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "yes": pa.bool_(),
        "time": pa.timestamp("ms", "UTC"),
    }
    fields = [
        pa.field(name, types[kind], metadata={"description": says}) for name, (kind, says) in COLUMNS.items()
    ]
    return pa.schema(fields)
