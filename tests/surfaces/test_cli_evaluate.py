"""``soundglass evaluate``: what it prints and writes, how it goes on, and how it fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line
from rich.console import Console

import soundglass
from evaluations import EVIL, MADE
from soundglass.evaluate import run as running
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.findings import Section
from soundglass.surfaces.cli import show_evaluation
from soundglass.surfaces.library import Library


class Asked:
    """Parts that give made findings, and remember what they were asked with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.contexts: list[Context] = []
        self.made: Counter[str] = Counter()
        self.stop = ""
        of = {section.name: (section.title, self.part(section)) for section in MADE.sections}
        monkeypatch.setattr(running, "_PARTS", of)

    def part(self, section: Section) -> Callable[[Context], Section]:
        def evaluate(context: Context) -> Section:
            self.contexts.append(context)
            for unit in range(2):
                context.progress(section.name, unit, 2)
                context.kept(f"{section.name} {unit}", lambda: self.make(section.name))
            return section

        return evaluate

    def make(self, name: str) -> str:
        if name == self.stop:
            raise KeyboardInterrupt
        self.made[name] += 1
        return name


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three tracks of a table."""
    folder = tmp_path_factory.mktemp("small")
    names = "danceability,energy,loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo"
    rows = [
        f"id{n},Song {n},Singer {n},Album {n},pop," + ",".join([f"0.{n + 1}"] * 8) + ",100" for n in range(3)
    ]
    table = folder / "table.csv"
    head = f"track_id,track_name,artists,album_name,track_genre,{names}"
    table.write_text("\n".join([head, *rows]))
    library = soundglass.open(folder / "small.lance")
    library.import_table(table)
    return library


def test_tables_and_targets_are_printed_and_the_report_is_written(
    run: Callable[..., Ran], small: Library, asked: Asked, tmp_path: Path
) -> None:
    ran = run("evaluate", "-l", small.uri, "-o", tmp_path / "report")
    assert ran.status == 0
    assert ran.err == ""
    assert "\x1b" not in ran.out
    flat = " ".join(ran.out.split())
    for section in MADE.sections:
        assert section.title in flat
        for table in section.tables:
            assert table.title in flat
    for target in MADE.targets:
        assert target.what in flat
        assert target.aim in flat
    for figure in ("0.310", "0.280–0.340", "−0.100 to 0.900", "met", "missed", "can’t tell", EVIL):
        assert figure in flat
    assert "small.lance: 3 tracks, none with audio" in flat
    assert ran.out.rstrip().endswith("evaluation.json")
    assert {file.name for file in (tmp_path / "report").iterdir()} == {
        "evaluation.html",
        "evaluation.json",
        ".kept",
    }


def test_json_is_the_file(run: Callable[..., Ran], small: Library, asked: Asked, tmp_path: Path) -> None:
    printed = run("evaluate", "-l", small.uri, "-o", tmp_path, "--json").json
    assert printed == json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    assert printed["targets"] == {"met": 2, "missed": 1, "unknown": 1}


def test_options_reach_the_parts(
    run: Callable[..., Ran], small: Library, asked: Asked, tmp_path: Path
) -> None:
    listeners = tmp_path / "listeners.csv"
    listeners.write_text("user,artist\nu,Singer 1\n")
    labels = tmp_path / "labels.csv"
    labels.write_text("id,mood\nid1,calm\n")
    sizes = ("--queries", 9, "--visual-queries", 8, "--pairs", 7, "--plants", 6, "--seed", 5)
    ran = run(
        "evaluate",
        "-l",
        small.uri,
        "-o",
        tmp_path,
        "--only",
        "ranking",
        *sizes,
        "--peers",
        "--listeners",
        listeners,
        "--labels",
        labels,
    )
    assert ran.status == 0
    [context] = asked.contexts
    assert context.settings == EvaluationSettings(
        9, 8, 7, 6, listeners=listeners, labels=labels, peers=True, seed=5
    )


def test_it_goes_on_where_it_was_stopped(
    run: Callable[..., Ran], small: Library, asked: Asked, tmp_path: Path
) -> None:
    evaluate = ("evaluate", "-l", small.uri, "-o", tmp_path)
    asked.stop = "visual"
    stopped = run(*evaluate)
    assert stopped.status == 130
    assert stopped.err == "soundglass: stopped; what was found so far is kept, evaluate again to go on\n"
    assert not (tmp_path / "evaluation.html").exists()
    asked.stop = ""
    assert run(*evaluate).status == 0
    assert asked.made == {"ranking": 2, "visual": 2, "faithfulness": 2}
    assert run(*evaluate).status == 0
    assert asked.made.total() == 6
    assert run(*evaluate, "--fresh").status == 0
    assert asked.made.total() == 12


def test_lines_fit_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_evaluation, "console", lambda: Console(width=80, highlight=False))
    show_evaluation.evaluation(MADE, [Path("evaluation/evaluation.html")])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
    for figure in ("0.310", "0.280–0.340", "−0.100 to 0.900", "1,200", "0.0002", "3×10⁻¹⁶"):
        assert figure in out


def test_progress_is_shown_on_terminals_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with show_evaluation.progress("evaluating") as tell:
        tell("rank", 1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with show_evaluation.progress("evaluating") as tell:
        tell("rank \x07", 1, 2)
        tell("plant", 3, 4)
    shown = capsys.readouterr().err
    assert "plant" in shown
    assert "3/4" in shown
    assert "\x07" not in shown


def test_bad_questions_are_one_clear_line(
    run: Callable[..., Ran], small: Library, asked: Asked, tmp_path: Path
) -> None:
    here = ("evaluate", "-l", small.uri, "-o", tmp_path / "report")
    assert_one_clear_line(run("evaluate", "-l", tmp_path / "none", "-o", tmp_path / "r"), "no library here")
    assert_one_clear_line(run(*here, "--queries", 0), "queries: 0 is too small")
    assert_one_clear_line(run(*here, "--pairs", -1), "pairs: -1 is too small")
    assert_one_clear_line(run(*here, "--only", "taste"), "no part 'taste'", "ranking, visual, faithfulness")
    assert_one_clear_line(run(*here, "--only", ","), "nothing is to be evaluated")
    assert_one_clear_line(run(*here, "--listeners", tmp_path / "nowhere.tsv"), "nowhere.tsv")
    assert_one_clear_line(run(*here, "--listeners", tmp_path), "cannot be read")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    assert_one_clear_line(
        run(*here, "--listeners", tmp_path / "picture.png"), "picture.png", "user and artist"
    )
    (tmp_path / "labels.csv").write_text("id,mood\nnobody,calm\n")
    assert_one_clear_line(run(*here, "--labels", tmp_path / "labels.csv"), "names no track of the library")
    assert not (tmp_path / "r").exists()
    (tmp_path / "file").write_text("")
    assert_one_clear_line(run("evaluate", "-l", small.uri, "-o", tmp_path / "file"), "cannot be written to")
    assert not asked.contexts


def test_an_empty_library_is_one_clear_line(run: Callable[..., Ran], asked: Asked, tmp_path: Path) -> None:
    library = soundglass.open(tmp_path / "empty.lance")
    library._store(create=True)
    assert_one_clear_line(run("evaluate", "-l", library.uri, "-o", tmp_path / "report"), "is empty")


def test_a_table_of_features_is_evaluated_as_far_as_it_goes(
    run: Callable[..., Ran], small: Library, tmp_path: Path
) -> None:
    """All real parts: nothing can be measured on three tracks without audio, and the report says so."""
    found = run("evaluate", "-l", small.uri, "-o", tmp_path, "--json").json
    assert [section["name"] for section in found["sections"]] == ["ranking", "visual", "faithfulness"]
    assert all(section["notes"] for section in found["sections"])
    assert found["targets"]["missed"] == 0
