"""The report: figures against the rows they are of, one page, files, and nothing pooled or leaked."""

from __future__ import annotations

import csv
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from soundglass.core.errors import LibraryError
from soundglass.evaluate.findings import Section, Table
from soundglass.evaluate.study.conclusion import conclude
from soundglass.evaluate.study.report.contract import results_json
from soundglass.evaluate.study.report.files import write_results
from soundglass.evaluate.study.report.page import fragment, html
from soundglass.evaluate.study.report.sections import sections
from soundglass.evaluate.study.report.tables import likeness
from soundglass.evaluate.study.results import Results, analyse
from study_answers import Truth, records_of
from study_plans import plan_of

EVIL = "<script>alert('a & \"b\"')</script>"
DRAWS = 200


@pytest.fixture(scope="module")
def results() -> Results:
    right = {"none": 0.5, "fixed": 0.55, "bars": 0.8, "regions": 0.7}
    return analyse(records_of(16, Truth(right), unfinished=2, study=EVIL), DRAWS)


@pytest.fixture(scope="module")
def simulated() -> Results:
    return analyse(records_of(12, population="simulated"), DRAWS)


@pytest.fixture(scope="module")
def text(results: Results) -> str:
    return html(results)


@pytest.fixture(scope="module")
def parts(results: Results) -> dict[str, Section]:
    return {section.name: section for section in sections(results)}


def table(section: Section, title: str) -> Table:
    return next(one for one in section.tables if one.title == title)


class Page(HTMLParser):
    """What is on a page, and whether all is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.within: list[str] = []
        self.feed(text)
        assert self.within == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "link"}:
            self.within.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.within and self.within[-1] != "style":
            self.said.append(data)


def test_what_there_is_to_read_comes_in_order(parts: dict[str, Section]) -> None:
    assert list(parts) == [
        "participants",
        "understanding",
        "expectations",
        "scales",
        "exploratory",
        "planning",
    ]
    assert [len(section.charts) for section in parts.values()] == [0, 2, 2, 4, 1, 0]


def test_who_took_part_adds_up(parts: dict[str, Section]) -> None:
    found = dict(table(parts["participants"], "Joined and counted").rows)
    assert (found["joined"], found["left out: did not finish"], found["counted"]) == (16, 2, 14)
    assert "14 people are counted; 96 are planned." in parts["participants"].summary


def test_orders_that_are_not_balanced_are_said(parts: dict[str, Section]) -> None:
    (note,) = [note for note in parts["participants"].notes if "balanced orders" in note]
    assert "0 to 1 times" in note
    whole = analyse(records_of(16), DRAWS)
    assert not any("balanced orders" in note for note in sections(whole)[0].notes)


def test_accuracies_are_shares_of_the_rows(results: Results, parts: dict[str, Section]) -> None:
    counted = {person.pseudonym for person in results.counted}
    own = [
        one.is_correct
        for one in results.records.simulations
        if one.participant in counted and one.cell == ("spectrogram", "bars")
    ]
    row = table(parts["understanding"], "Simulation accuracy by condition").rows[2]
    assert row[0] == "sentence + bars"
    assert row[2].value == pytest.approx(sum(own) / len(own))  # type: ignore[union-attr]
    assert row[2].n == len(own) == 14 * 3  # type: ignore[union-attr]
    chart = parts["understanding"].charts[0]
    assert chart.series[1].y[2] == row[2].value  # type: ignore[union-attr]


def test_all_measures_are_compared(parts: dict[str, Section]) -> None:
    assert len(table(parts["scales"], "Scales after each block: explanations compared").rows) == 3 * 5 + 2
    assert len(table(parts["expectations"], "Expected less found: explanations compared").rows) == 2 * 5
    assert len(table(parts["understanding"], "The same, by recommender").rows) == 10
    assert [row[0] for row in table(parts["understanding"], "What makes a difference").rows] == [
        "explanation", "recommender", "explanation × recommender",
    ]  # fmt: skip
    reliable = table(parts["scales"], "Reliability of the scales").rows
    assert [row[1] for row in reliable] == [8, 6, 6, 6]
    assert all(0 < row[2].value < 1 for row in reliable)  # type: ignore[union-attr]


def test_the_learning_curve_has_a_point_for_each_block(results: Results, parts: dict[str, Section]) -> None:
    (series,) = parts["exploratory"].charts[0].series
    assert series.x == tuple(map(float, range(1, 9)))
    all_right = [
        one.is_correct for one in results.records.simulations if one.participant not in {"PP-00", "PP-01"}
    ]
    assert sum(series.y) / 8 == pytest.approx(sum(all_right) / len(all_right))


def test_a_page_is_whole_safe_and_says_what_was_concluded(results: Results, text: str) -> None:
    page = Page(text)
    assert not any(tag in {"script", "iframe", "object"} for tag, _ in page.tags)
    assert EVIL in "".join(page.said)
    assert conclude(results).headline in page.said
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not any(str(attributes.get("href", "")).startswith("http") for _, attributes in page.tags)
    labels = [attributes["aria-label"] for _, attributes in page.tags if attributes.get("role") == "region"]
    assert len(labels) == len(set(labels))


def test_simulated_participants_are_called_so_everywhere(simulated: Results, text: str) -> None:
    page = html(simulated)
    assert "<title>SIMULATED: pilot" in page
    assert page.count("<b>SIMULATED</b>") == 1
    assert "SIMULATED" not in text
    answer = results_json(simulated)
    assert answer["population"] == "simulated"
    assert str(answer["conclusion"]).count("Simulated participants, which say nothing about people") == 1  # type: ignore[index]
    assert "12 simulated participants are counted" in sections(simulated)[0].summary


def test_a_fragment_needs_no_styles_in_elements(simulated: Results) -> None:
    page = Page(str(fragment(simulated, "abc")))
    assert "SIMULATED" in page.said
    assert not any("style" in attributes for _, attributes in page.tags)
    assert [attributes for tag, attributes in page.tags if tag == "style"] == [{"nonce": "abc"}]
    assert not any(tag in {"html", "body", "h1", "main"} for tag, _ in page.tags)
    strokes = [attributes.get("stroke", "") for tag, attributes in page.tags if tag == "path"]
    assert any("var(--series-1" in str(stroke) for stroke in strokes)


def test_the_json_is_finite_and_holds_every_finding(results: Results) -> None:
    answer = json.loads(json.dumps(results_json(results), allow_nan=False))
    assert answer["participants"] == {
        "joined": 16,
        "deleted": 0,
        "left_out": {
            "did not finish": 2,
            "failed every attention check": 0,
            "gave one and the same answer to every rating": 0,
        },
        "counted": 14,
    }
    findings = [one for point in answer["conclusion"]["points"] for one in point["findings"]]
    assert len(findings) == len(results.confirmatory)
    assert {one["verdict"] for one in findings} <= {"better", "worse", "higher", "lower", "alike", "open"}
    first = findings[0]
    assert first["difference"]["low"] < first["difference"]["value"] < first["difference"]["high"]
    assert "contact" not in answer["design"]
    assert len(answer["sections"]) == 6


@pytest.fixture(scope="module")
def written(results: Results, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_results(results, tmp_path_factory.mktemp("study") / "out")


def test_files_hold_the_same_figures(results: Results, text: str, written: tuple[Path, ...]) -> None:
    page, answer, tables, plots = written
    assert page.read_text("utf-8") == f"{text}\n"
    assert json.loads(answer.read_text("utf-8")) == json.loads(json.dumps(results_json(results)))
    with (tables / "understanding-1-simulation-accuracy-by-condition.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["explanation", "features", "features low", "features high"]
    value, low, high = map(float, rows[3][1:4])
    assert low < value < high
    names = {path.stem for path in plots.iterdir()}
    assert len(names) == 9
    assert {path.suffix for path in plots.iterdir()} == {".svg", ".png"}
    for path in plots.glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert not list(page.parent.rglob("*.draft"))


def test_cells_of_tables_cannot_be_formulas(written: tuple[Path, ...]) -> None:
    for path in written[2].iterdir():
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                assert not any(re.match(r"[=+@]|-[^\d]", cell) for cell in row)


def test_where_nothing_can_be_written_is_said(results: Results, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="cannot be written to"):
        write_results(results, tmp_path / "file")


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_participants_make_a_whole_page(n: int) -> None:
    results = analyse(records_of(n), DRAWS)
    said = "".join(Page(html(results)).said)
    assert "Not enough data" in said
    assert "nan" not in said
    answer = json.loads(json.dumps(results_json(results), allow_nan=False))
    assert answer["conclusion"]["points"] == []
    assert len(answer["sections"]) == (6 if n else 2)


def test_a_study_without_scales_has_no_part_about_them() -> None:
    bare = analyse(records_of(10, plan=plan_of(scales=(), background=())), DRAWS)
    assert "scales" not in {section.name for section in sections(bare)}
    assert len(bare.confirmatory) == 3 * 5
    assert Page(html(bare)).said


def test_nobody_makes_whole_files(tmp_path: Path) -> None:
    _, _, tables, plots = write_results(analyse(records_of(0), DRAWS), tmp_path)
    assert len(list(tables.iterdir())) == 4
    assert list(plots.iterdir()) == []


def test_a_note_says_what_attention_checks_change(results: Results) -> None:
    people = tuple(
        replace(person, attention=(False, False)) if number == 3 else person
        for number, person in enumerate(results.records.people)
    )
    found = analyse(replace(results.records, people=people), DRAWS)
    notes = sections(found)[0].notes
    assert any(
        re.search(r"counted as well \(n = 14\), (no finding changes|these findings change)", n) for n in notes
    )


def test_who_would_be_left_out_anyway_changes_nothing(results: Results) -> None:
    people = tuple(
        replace(person, attention=(False, False), distinct=1) if number == 3 else person
        for number, person in enumerate(results.records.people)
    )
    found = analyse(replace(results.records, people=people), DRAWS)
    assert found.leniently is not None
    assert any("left out without it, too" in note for note in sections(found)[0].notes)


def test_how_much_alike_answers_are_is_told_beside_what_was_planned_for(results: Results) -> None:
    """Whoever is always right, or never, gives answers that are wholly alike."""
    knowing = {person.pseudonym for person in results.counted[::2]}
    split = tuple(replace(one, is_correct=one.participant in knowing) for one in results.records.simulations)
    found = replace(results, records=replace(results.records, simulations=split))
    assert likeness(found) == 1
    (note,) = [note for note in sections(found)[1].notes if "are alike by" in note]
    assert "are alike by 1.000 " in note
    assert note.endswith("planning took 0.1.")


def test_without_a_model_the_report_says_why(results: Results) -> None:
    records = results.records
    always = tuple(
        replace(one, is_correct=one.is_correct or one.cell.explanation == "bars")
        for one in records.simulations
    )
    found = analyse(replace(records, simulations=always), DRAWS)
    alike, note = sections(found)[1].notes
    assert "are alike by" in alike
    assert note.startswith("Without a mixed logistic model: ")
    assert "each participant’s share" in note
    assert math.isfinite(found.confirmatory[0].found.p)
