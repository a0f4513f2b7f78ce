"""``soundglass study results``, ``export`` and ``power``: what they print and write, and how they fail."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line

from soundglass.library.study.studies import Studies
from soundglass.surfaces.cli import study_results
from study_answers import Truth, fill, records_of, wording
from study_plans import plan_of

Runner = Callable[..., Ran]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a study of two people and one simulated participant, and one of nobody."""
    folder = tmp_path_factory.mktemp("studies") / "small.lance"
    folder.mkdir()
    studies = Studies(str(folder))
    for name in ("pilot", "empty"):
        studies.add(name, plan=plan_of().to_json(), instruments=wording().to_json())
    fill(studies, "pilot", 2)
    fill(studies, "pilot", 1, "simulated")
    return folder


def test_few_people_get_tables_and_one_clear_line(library: Path, run: Runner) -> None:
    out = run("study", "results", "pilot", "--library", library).out
    assert "2 people are counted; 96 are planned." in out
    assert "Simulation accuracy by condition" in out
    conclusion = " ".join(out.partition("Conclusion\n")[2].split())
    told, _, hint = conclusion.partition(" --output ")
    assert told == (
        "Not enough data: 2 participants are counted. Nothing is tested with fewer than 10; 96 are planned."
    )
    assert hint == "FOLDER writes all tables and plots, and a page of them"
    assert "SIMULATED" not in out


def test_enough_get_a_conclusion_in_words(
    library: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = records_of(16, Truth({"bars": 0.9}), population="simulated")
    monkeypatch.setattr(study_results, "_gathered", lambda *_: records)
    lines = run("study", "results", "pilot", "--library", library).out.splitlines()
    assert lines[0].startswith("SIMULATED")
    told = lines[lines.index("Conclusion") :]
    assert any(line.startswith("Simulated participants, which say nothing about people.") for line in told)
    assert "Sentence + bars: better than no explanation and the fixed sentence." in told
    assert told[-1] == "--output FOLDER writes all tables and plots, and a page of them"
    assert max(map(len, lines)) <= 100


def test_a_study_of_nobody_is_no_error(library: Path, run: Runner) -> None:
    out = run("study", "results", "empty", "--library", library).out
    assert "0 joined, nobody is counted" in out
    assert "Not enough data: nobody is counted yet." in out


def test_the_newest_study_is_meant_without_a_name(library: Path, run: Runner) -> None:
    assert run("study", "results", "--library", library, "--json").json["study"] == "empty"


def test_populations_are_apart_and_simulated_ones_called_so(library: Path, run: Runner) -> None:
    shown = run("study", "results", "pilot", "--simulated", "--library", library).out
    assert shown.startswith("SIMULATED")
    assert "1 simulated participant is counted" in shown
    for option, population, n in ((), "people", 2), (("--simulated",), "simulated", 1):
        answer = run("study", "results", "pilot", *option, "--library", library, "--json").json
        assert (answer["population"], answer["participants"]["counted"]) == (population, n)


def test_the_report_is_written_beside_what_is_shown(library: Path, run: Runner, tmp_path: Path) -> None:
    out = run("study", "results", "empty", "--library", library, "-o", tmp_path / "report").out
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        "results.html", "results.json", "tables", "plots",
    }  # fmt: skip
    assert "results.html" in out
    written = json.loads((tmp_path / "report" / "results.json").read_text("utf-8"))
    assert written == run("study", "results", "empty", "--library", library, "--json").json


def test_an_export_holds_one_population(library: Path, run: Runner, tmp_path: Path) -> None:
    people, simulated = tmp_path / "people.csv", tmp_path / "simulated.csv"
    shown = run("study", "export", "pilot", people, "--library", library).out
    told = run("study", "export", "pilot", simulated, "--simulated", "--library", library, "--json").json
    rows = {}
    for path in (people, simulated):
        with path.open(encoding="utf-8", newline="") as file:
            rows[path] = list(csv.DictReader(file))
    assert {row["population"] for row in rows[people]} == {"people"}
    assert {row["population"] for row in rows[simulated]} == {"simulated"}
    assert shown.startswith(f"{len(rows[people])} answers of 2 people in ")
    assert told == {"file": str(simulated), "population": "simulated", "answers": len(rows[simulated])}
    assert len(rows[people]) == 2 * len(rows[simulated])


def test_what_cannot_be_is_one_clear_line(library: Path, run: Runner, tmp_path: Path) -> None:
    unknown = run("study", "results", "nope", "--library", library)
    assert_one_clear_line(unknown, "there is no study 'nope'", "empty, pilot")
    assert_one_clear_line(
        run("study", "export", "pilot", tmp_path / "a.xlsx", "--library", library), ".csv or .parquet"
    )
    nowhere = run("study", "export", "pilot", tmp_path / "no" / "a.csv", "--library", library)
    assert_one_clear_line(nowhere, "cannot be written")
    (tmp_path / "file").touch()
    taken = run("study", "results", "empty", "--library", library, "-o", tmp_path / "file")
    assert_one_clear_line(taken, "cannot be written to", "--output")
    (tmp_path / "none.lance").mkdir()
    nothing = run("study", "results", "--library", tmp_path / "none.lance")
    assert_one_clear_line(nothing, "there is no study yet", "soundglass study new NAME")


def test_power_is_told_without_a_library(run: Runner) -> None:
    out = run("study", "power").out
    assert "With 96 participants" in out
    assert "Right answers against guessing" in out
    tables = run("study", "power", "--trials", "6", "--planned", "100", "--json").json["tables"]
    (half,) = [row for row in tables[0]["rows"] if row[0] == "d = 0.5"]
    assert half[1] == 34
    assert "6 answers in a condition" in tables[1]["caption"]
    assert run("study", "power", "--trials", "9").status == 2
