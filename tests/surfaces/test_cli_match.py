"""``match`` joins a table with the library or another table: what it prints, writes and refuses."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line

from soundglass.surfaces.library import Library

Run = Callable[..., Ran]

TABLE = """title,artist,duration,country
Escape from Chaosland (Remastered 2011),Sectoid,214,DE
feelings,,,DE
Cave theme - Live,Flare,,
Hey Jude,The Beatles,431,GB
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, "utf-8")
    return path


@pytest.fixture
def asked(demo_library: Library) -> tuple[str, str]:
    return "--library", demo_library.uri


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_is_joined_with_the_library(run: Run, asked: tuple[str, str], table: Path) -> None:
    ran = run("match", table, *asked)
    assert ran.status == 0, ran.err
    assert "4 rows against 51: 1 matched, 1 ambiguous, 2 unmatched" in ran.out
    assert "Sectoid – Escape from Chaosland (Remastered 2011)  =  Sectoid – Escape from chaosland" in ran.out
    assert "feelings  ?  Sectoid – Feelings" in ran.out
    assert "not sure: same title; artist unknown; length unknown" in ran.out
    assert "nothing is called like it" in ran.out


def test_json_holds_every_row_and_parts_that_sum_to_the_score(
    run: Run, asked: tuple[str, str], table: Path
) -> None:
    answer = run("match", table, "--json", *asked).json
    assert {name: answer[name] for name in ("rows", "others", "matched", "ambiguous", "unmatched")} == {
        "rows": 4,
        "others": 51,
        "matched": 1,
        "ambiguous": 1,
        "unmatched": 2,
    }
    first, weak, live, missing = answer["matches"]
    assert (first["row"], first["status"], first["match"]["title"]) == (2, "matched", "Escape from chaosland")
    assert first["match"]["path"].endswith(".ogg")
    assert "one is an excerpt" in first["reason"]
    assert (weak["status"], weak["match"]) == ("ambiguous", None)
    assert live["candidates"][0]["excluded"]
    assert missing["candidates"] == []
    for match in answer["matches"]:
        for candidate in match["candidates"]:
            assert sum(candidate["parts"].values()) == pytest.approx(candidate["score"], abs=1e-9)


def test_tables_are_written_for_programs_and_for_review(
    run: Run, asked: tuple[str, str], table: Path, tmp_path: Path
) -> None:
    matches, review = tmp_path / "matches.csv", tmp_path / "review.csv"
    assert run("match", table, "-o", matches, "--review", review, *asked).status == 0
    written = rows_of(matches)
    assert [row["status"] for row in written] == ["matched", "ambiguous", "unmatched", "unmatched"]
    assert [row["row"] for row in written] == ["2", "3", "4", "5"]
    assert (written[0]["match_artist"], written[0]["match_title"]) == ("Sectoid", "Escape from chaosland")
    assert all(not row["match_id"] for row in written[1:])
    (choice,) = rows_of(review)
    assert (choice["title"], choice["choice"], choice["match_title"]) == ("feelings", "1", "Feelings")


def test_two_tables_are_joined_without_a_library(run: Run, table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Nr,Lied,Wer\n7,HEY JUDE,Beatles\n", "utf-8")
    renamed = ("--map-with", "id=Nr", "--map-with", "title=Lied", "--map-with", "artist=Wer")
    answer = run("match", table, "--with", other, *renamed, "--json", "--library", tmp_path / "none").json
    assert [match["status"] for match in answer["matches"]] == ["unmatched"] * 3 + ["matched"]
    assert answer["matches"][3]["match"]["id"] == "7"


def test_the_review_has_a_header_even_when_nothing_is_ambiguous(
    run: Run, table: Path, tmp_path: Path
) -> None:
    review = tmp_path / "review.csv"
    assert run("match", table, "--with", table, "--review", review).status == 0
    assert review.read_text("utf-8").splitlines()[0].startswith("row,id,title")


def test_a_stricter_threshold_asserts_less(run: Run, asked: tuple[str, str], table: Path) -> None:
    answer = run("match", table, "--threshold", 1.0, "--json", *asked).json
    assert (answer["matched"], answer["threshold"]) == (0, 1.0)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("filename\nx\n", (), ["no column of titles", "--map title=Song"]),
        ("", (), ["is empty"]),
        ("title,duration\nx,long\n", (), ["row 2", "'duration'"]),
        ("title\nx\n", ("--map", "titel"), ["--map"]),
        ("title\nx\n", ("--encoding", "utf-16"), ["is not utf-16 text"]),
    ],
)
def test_bad_tables_are_refused_in_one_line(
    run: Run, asked: tuple[str, str], tmp_path: Path, text: str, options: tuple[str, ...], expected: list[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    assert_one_clear_line(run("match", path, *options, *asked), *expected)


def test_what_is_missing_is_named(run: Run, asked: tuple[str, str], table: Path, tmp_path: Path) -> None:
    assert_one_clear_line(run("match", tmp_path / "no.csv", *asked), "no.csv", "no such file")
    assert_one_clear_line(run("match", table, "--library", tmp_path / "none"), "no library here")
    nowhere = tmp_path / "no" / "matches.csv"
    assert_one_clear_line(run("match", table, "-o", nowhere, *asked), "matches.csv", "cannot be written")
