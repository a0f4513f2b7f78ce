"""The export: every answer once, types that survive, nothing that does not belong in it."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.evaluate.study.exporting import COLUMNS, export, rows
from soundglass.evaluate.study.rows import Records
from study_answers import COMMENT, records_of


@pytest.fixture(scope="module")
def records() -> Records:
    return records_of(3, unfinished=1)


@pytest.fixture(scope="module")
def table(records: Records, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    path = tmp_path_factory.mktemp("export") / "answers.csv"
    assert export(records, path) == sum(len(one.given.answers) for one in records.joined)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_answer_is_one_row(records: Records, table: list[dict[str, str]]) -> None:
    assert list(table[0]) == list(COLUMNS)
    told = {(row["participant"], row["step"], row["question"]): row["answer"] for row in table}
    assert len(told) == len(table)
    for one in records.joined:
        for question, answer in one.given.answers.items():
            if question != "comment":
                assert told[one.participant.pseudonym, one.step.id, question] == str(answer)


def test_conditions_and_truth_stand_beside_the_answers(records: Records, table: list[dict[str, str]]) -> None:
    of_step = {(one.participant.pseudonym, one.step.id): one.step for one in records.joined}
    for row in table:
        step = of_step[row["participant"], row["step"]]
        assert row["recommender"] == (step.cell.by if step.cell else "")
        assert row["explanation"] == (step.cell.explanation if step.cell else "")
        assert row["block"] == ("" if step.block is None else str(step.block))
    choices = [row for row in table if row["question"] == "choice" and row["block"] != "0"]
    assert len(choices) == 3 * 8 * 3
    assert all((row["correct"] == "yes") == (row["answer"] == row["higher_side"]) for row in choices)
    right = sum(row["correct"] == "yes" for row in choices)
    assert right == sum(one.is_correct for one in records.simulations)
    checks = [row for row in table if row["question"].startswith("attention")]
    assert len(checks) == 3 * 2
    assert {row["correct"] for row in checks} == {"yes"}


def test_who_is_left_out_is_in_it_with_the_reason(table: list[dict[str, str]]) -> None:
    assert {row["participant"]: row["left_out"] for row in table} == {
        "PP-00": "did not finish", "PP-01": "", "PP-02": "",
    }  # fmt: skip
    assert {row["finished"] for row in table if row["participant"] == "PP-00"} == {"no"}


def test_cells_cannot_be_formulas(table: list[dict[str, str]]) -> None:
    comments = [row["answer"] for row in table if row["question"] == "comment"]
    assert comments == [f"'{COMMENT}"] * 3
    assert not any(cell.startswith(("=", "+", "@")) for row in table for cell in row.values())


def test_no_track_path_or_secret_is_told(records: Records, table: list[dict[str, str]]) -> None:
    text = repr(table)
    for track in records.plan.tracks.values():
        assert track.title not in text
        assert f"'{track.id}'" not in text
    assert "secret" not in text


def test_every_row_says_whether_its_participant_is_simulated(table: list[dict[str, str]]) -> None:
    assert {row["population"] for row in table} == {"people"}
    assert {row["population"] for row in rows(records_of(1, population="simulated"))} == {"simulated"}


def test_what_else_is_known_stands_beside_each_answer(table: list[dict[str, str]]) -> None:
    row = table[0]
    assert (row["page"], row["program"], row["heard_query_s"]) == ("7", "1", "")
    assert (row["refused"], row["times_ms"]) == ('{"listening": 2}', '{"ready": 12.5}')
    assert row["versions"] == '{"program": "1"}'
    assert (len(row["plan_sha256"]), len(row["shown_sha256"])) == (64, 64)


def test_parquet_keeps_types_and_says_what_columns_are(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    n_answers = export(records, path)
    table = pq.read_table(path)
    assert table.num_rows == n_answers
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert (types["block"], types["correct"], types["answer_number"]) == ("int64", "bool", "double")
    assert types["answered"] == "timestamp[ms, tz=UTC]"
    assert table.schema.field("slot").metadata[b"description"] == b"Which row of the balanced order, from 0"
    assert table.column("answered").to_pylist() == [row["answered"] for row in rows(records)]
    assert COMMENT in table.column("answer").to_pylist()  # no program runs a cell of Parquet
    assert set(table.column("heard_left_s").to_pylist()) == {10.5, None}


@pytest.mark.parametrize("name", ["none.csv", "none.parquet"])
def test_no_answers_make_an_empty_table(name: str, tmp_path: Path) -> None:
    assert export(records_of(0), tmp_path / name) == 0
    path = tmp_path / name
    if path.suffix == ".csv":
        assert path.read_text().strip() == ",".join(COLUMNS)
    else:
        assert pq.read_table(path).column_names == list(COLUMNS)


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundglassError, match=r"no name of a table. End it in .csv or .parquet"):
        export(records_of(0), tmp_path / "answers.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be written"):
        export(records_of(0), tmp_path / "nowhere" / "answers.csv")
    (tmp_path / "answers.csv").mkdir()
    with pytest.raises(LibraryError, match="cannot be written"):
        export(records_of(0), tmp_path / "answers.csv")
    assert os.listdir(tmp_path) == ["answers.csv"]  # noqa: PTH208


def test_half_a_surrogate_pair_in_a_comment_does_no_harm(records: Records, tmp_path: Path) -> None:
    one = records.joined[-1]
    odd = replace(one, given=replace(one.given, answers={"comment": "\ud83d"}))
    for name in ("answers.csv", "answers.parquet"):
        assert export(replace(records, joined=(odd,)), tmp_path / name) == 1
