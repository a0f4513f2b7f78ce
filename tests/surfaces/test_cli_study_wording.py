"""``soundglass study wording``: sources, copies for translation, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ran import Ran, assert_one_clear_line

from soundglass.evaluate.study.instruments.loading import load


def test_sources_are_listed(run: Callable[..., Ran]) -> None:
    shown = run("study", "wording").out
    listed = run("study", "wording", "--json").json["scales"]
    scales = load().scales
    assert [row["id"] for row in listed] == list(scales)
    for row in listed:
        scale = scales[row["id"]]
        assert row["questions"] == len(scale.questions)
        assert (row["source"], row["licence"]) == (scale.source, scale.licence)
        assert row["source"] in shown
        assert row["licence"] in shown
    assert "ess: 8 questions" in shown
    assert "comment: 1 question\n" in shown


def test_a_copy_can_be_used_and_is_not_overwritten(run: Callable[..., Ran], tmp_path: Path) -> None:
    folder = tmp_path / "wording"
    assert "4 files are in" in run("study", "wording", "--copy", folder).out
    assert "can be used; its language is 'en'" in run("study", "wording", "--check", folder).out
    again = run("study", "wording", "--copy", folder)
    assert again.status == 1
    assert_one_clear_line(again)
    assert "is there already" in again.err


def test_all_problems_are_listed(run: Callable[..., Ran], tmp_path: Path) -> None:
    run("study", "wording", "--copy", tmp_path)
    words = tmp_path / "words.csv"
    text = words.read_text("utf-8")
    words.write_text(text.replace("{of}", "").replace("button.next,Next", "button.nxt,Next"), "utf-8")
    checked = run("study", "wording", "--check", tmp_path)
    assert checked.status == 1
    assert "{of} is missing from the text of 'progress'" in checked.out
    assert "there is no 'button.nxt' in the English files" in checked.out
    assert "'button.next' is missing" in checked.out
    assert_one_clear_line(checked)
    assert "3 problems were found" in checked.err


def test_one_thing_at_a_time(run: Callable[..., Ran], tmp_path: Path) -> None:
    both = run("study", "wording", "--copy", tmp_path, "--check", tmp_path)
    assert both.status == 1
    assert_one_clear_line(both)
    assert not list(tmp_path.iterdir())
