"""The files of a report: what programs read, and places that cannot be written to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluations import EVIL, MADE
from soundglass.core.errors import LibraryError
from soundglass.evaluate.report.contract import evaluation_json
from soundglass.evaluate.report.files import prepare, write_report


def test_the_json_keeps_its_shape() -> None:
    shape = json.loads(json.dumps(evaluation_json(MADE), allow_nan=False))
    assert list(shape) == ["contract", "program", "library", "settings", "targets", "sections"]
    assert (shape["contract"], shape["program"]) == (1, "0.1.0")
    assert shape["library"] == {
        "name": "music & more.lance",
        "tracks": 298,
        "with_audio": 290,
        "artists": 41,
        "genres": 1,
        "version": 7,
    }
    assert shape["targets"] == {"met": 2, "missed": 1, "unknown": 1}
    assert shape["settings"]["queries"] == 1500
    assert shape["settings"]["listeners"] == "listening.tsv"
    for section in shape["sections"]:
        assert list(section) == ["name", "title", "summary", "targets", "tables", "charts", "notes"]


def test_figures_keep_their_intervals_and_what_is_unknown_is_null() -> None:
    ranking, _, faithfulness = json.loads(json.dumps(evaluation_json(MADE), allow_nan=False))["sections"]
    table = ranking["tables"][0]
    assert table["columns"] == ["system", "P@10 ↑", "skew ↓", "largest hub"]
    assert table["rows"][0][1] == {"value": 0.31, "low": 0.28, "high": 0.34, "n": 298}
    assert table["rows"][1][2] is None
    assert table["rows"][2] == [EVIL, {"value": None, "low": None, "high": None, "n": 0}, 0.0002, None]
    assert [target["met"] for target in ranking["targets"]] == [True, False, None]
    assert [target["found"] for target in ranking["targets"]][2] is None
    dots, (lines, _) = ranking["charts"][0], faithfulness["charts"]
    assert dots["series"][1]["y"] == [0.35, None, 0.06]
    assert (dots["reference"], lines["reference"]) == (0.055, None)
    assert lines["series"][0] == {
        "name": "explanation",
        "x": [0.1, 0.2, 0.5],
        "y": [0.9, 0.5, 0.2],
        "low": [],
        "high": [],
    }


def test_both_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    page, shape = write_report(MADE, tmp_path)
    assert {page.name, shape.name} == {each.name for each in tmp_path.iterdir()}
    assert json.loads(shape.read_text("utf-8")) == json.loads(json.dumps(evaluation_json(MADE)))
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"cannot be written to.*--output"):
        write_report(MADE, tmp_path / "nowhere")


def test_preparing_makes_folders_and_forgets_only_if_asked(tmp_path: Path) -> None:
    kept = prepare(tmp_path / "a" / "b")
    assert kept == tmp_path / "a" / "b" / ".kept"
    for name in ("found.json", "torn.1.draft", "of mine.txt"):
        (kept / name).write_text("1")
    prepare(tmp_path / "a" / "b")
    assert (kept / "found.json").exists()
    prepare(tmp_path / "a" / "b", fresh=True)
    assert [each.name for each in kept.iterdir()] == ["of mine.txt"]


def test_a_place_that_is_a_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(LibraryError, match="cannot be written to"):
            prepare(folder)
