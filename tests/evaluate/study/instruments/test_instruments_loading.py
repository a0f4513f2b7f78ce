"""The wording: the English files, translations of them, and everything that can be wrong with those."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from soundglass.core.errors import CatalogueError
from soundglass.evaluate.study.conditions import EXPLANATIONS
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.instruments.loading import check, copy, load
from soundglass.evaluate.study.instruments.questions import Instruments, Kind, Question
from soundglass.evaluate.study.steps import StepKind

Change = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def english() -> Instruments:
    return load()


@pytest.fixture
def translation(tmp_path: Path) -> Path:
    folder = tmp_path / "translation"
    copy(folder)
    return folder


@pytest.fixture
def change(translation: Path) -> Change:
    def change(name: str, old: str, new: str) -> None:
        file = translation / name
        text = file.read_text("utf-8")
        assert text.count(old) == 1, old
        file.write_text(text.replace(old, new), "utf-8")

    return change


def every_question(instruments: Instruments) -> Iterator[Question]:
    for scale in instruments.scales.values():
        yield from scale.questions


# -- the English files -----------------------------------------------------------------------------------


def test_every_question_can_be_answered(english: Instruments) -> None:
    ids = [question.id for question in every_question(english)]
    assert len(ids) == len(set(ids))
    for question in every_question(english):
        assert question.text, question.id
        assert question.kind in get_args(Kind)
        assert (question.low < question.high) == (question.kind in {"rating", "slider", "number"})
        assert bool(question.options) == (question.kind == "choice")
        assert bool(question.low_label and question.high_label) == (question.kind in {"rating", "slider"})
        assert len({option.value for option in question.options}) == len(question.options)
        assert all(option.label for option in question.options)
        if question.kind == "slider":
            assert (question.low, question.high) == (0, 100)
        if question.kind == "rating":
            assert question.low == 1
            assert question.high in {5, 7}


def test_scales_name_their_source_and_licence(english: Instruments) -> None:
    for scale in english.scales.values():
        assert scale.questions, scale.id
        assert scale.source and scale.licence, scale.id
        assert set(scale.not_for) <= set(EXPLANATIONS)
        assert scale.higher_is in {"better", "worse", ""}
        if scale.source != "Soundglass":
            assert re.search(r"\((19|20)\d\d\)", scale.source), scale.id
            assert scale.title and scale.instruction


def test_a_default_study_finds_its_scales_and_pages(english: Instruments) -> None:
    design = Design()
    assert {*design.scales, *design.background} <= english.scales.keys()
    pages = set(get_args(StepKind)) - {"scales"}
    assert pages - {"instructions"} <= english.scales.keys()
    for page in (*pages, "scales", "background", "consent"):
        assert english.words[f"{page}.title"]
    assert english.scales["ess"].not_for == ("none",)


@pytest.mark.parametrize(
    ("scale", "count", "reversed_"),
    [
        ("ess", 8, set()),
        ("trust", 6, {"trust-5"}),
        ("resque", 6, set()),
        ("tlx", 6, set()),
        ("ncs", 6, {"ncs-3", "ncs-4"}),
        ("gold_msi", 7, {"gold_msi-3", "gold_msi-7"}),
    ],
)
def test_published_scales_are_whole(
    english: Instruments, scale: str, count: int, reversed_: set[str]
) -> None:
    questions = english.scales[scale].questions
    assert len(questions) == count
    assert {question.id for question in questions if question.is_reversed} == reversed_


def test_checks_of_attention_can_only_be_answered_by_reading(english: Instruments) -> None:
    checks = english.scales["attention"].questions
    assert len(checks) == 2
    assert len({question.expected for question in checks}) == 2
    for question in checks:
        assert question.low < int(question.expected) < question.high
        assert question.expected in question.text
    assert not any(q.expected for q in every_question(english) if q not in checks)


def test_texts_are_clean(english: Instruments) -> None:
    for key, text in english.words.items():
        assert text == text.strip()
        assert text, key
        assert "  " not in text, key
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names), key


def test_texts_are_filled_in(english: Instruments) -> None:
    assert english.say("progress", number=3, of=61) == "Step 3 of 61"
    paragraphs = english.paragraphs("instructions", seconds=10)
    assert len(paragraphs) == sum(bool(re.fullmatch(r"instructions\.\d", key)) for key in english.words)
    assert paragraphs[0] == english.words["instructions.1"]
    assert "10 seconds" in " ".join(paragraphs)
    assert english.paragraphs("consent.joined") == ()


def test_questions_are_found_by_id(english: Instruments) -> None:
    assert english.question("ess-3").text.endswith("has sufficient detail.")


def test_instruments_survive_json(english: Instruments) -> None:
    text = english.to_json()
    assert Instruments.from_json(text) == english
    assert load().to_json() == text
    with pytest.raises(ValueError, match="language"):
        Instruments.from_json("{}")


def test_a_kept_wording_says_in_english_what_is_new_since(english: Instruments) -> None:
    gone = {"button.next", "end.sure", "consent.7"}
    kept = replace(
        english, language="xx", words={k: f"{v}!" for k, v in english.words.items() if k not in gone}
    )
    read = Instruments.from_json(kept.to_json())
    assert read.words["button.next"] == english.words["button.next"]
    assert read.words["end.sure"] == english.words["end.sure"]
    assert read.words["button.agree"] == english.words["button.agree"] + "!"
    assert read.paragraphs("consent", minutes=1) == kept.paragraphs("consent", minutes=1)
    assert read.sha256 == kept.sha256


# -- translations ----------------------------------------------------------------------------------------


def test_a_copy_is_the_same_wording(translation: Path, english: Instruments) -> None:
    assert check(translation) == ()
    assert load(translation) == english


def test_how_files_are_saved_does_not_matter(translation: Path, english: Instruments) -> None:
    for file in translation.iterdir():
        rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
        turned = [[*row[1:], row[0]] for row in [rows[0], *reversed(rows[1:])]]
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows(turned)
            out.write("\r\n")
    assert load(translation) == english


def test_a_translation_is_used(translation: Path, change: Change, english: Instruments) -> None:
    change("words.csv", "language,en\n", "language,he\n")
    change("words.csv", "direction,ltr\n", "direction,rtl\n")
    change("words.csv", "Step {number} of {of}", "שלב {number} מתוך {of}")
    change("questions.csv", "How sure are you?", "כמה אתם בטוחים?")
    change("options.csv", "unsure,I am not sure", "unsure,אינני בטוח")
    change("scales.csv", "You and thinking", "אתם וחשיבה")
    translated = load(translation)
    assert (translated.language, translated.direction) == ("he", "rtl")
    assert translated.say("progress", number=1, of=2) == "שלב 1 מתוך 2"
    assert translated.question("sure").text == "כמה אתם בטוחים?"
    assert translated.question("known").options[2].label == "אינני בטוח"
    assert translated.scales["ncs"].title == "אתם וחשיבה"
    assert translated.scales["ess"] == english.scales["ess"]
    assert translated.sha256 != english.sha256


WRONG = {
    "unknown id": ("words.csv", "gate.opened,", "gate.open,", ["gate.open'", "'gate.opened' is missing"]),
    "repeated id": ("questions.csv", "ess-2,", "ess-1,", ["'ess-1' stands in line", "'ess-2' is missing"]),
    "unknown option": ("options.csv", "unsure,I am", "maybe,I am", ["'known maybe'", "'known unsure' is"]),
    "no text": ("words.csv", "button.next,Next", "button.next,", ["there is no text of 'button.next'"]),
    "no label": ("options.csv", "known,yes,Yes", "known,yes,", ["there is no label of 'known yes'"]),
    "another range": (
        "questions.csv",
        "not at all,very well,expectation,rating,1,7,",
        "not at all,very well,expectation,rating,1,9,",
        ["'9' cannot be the high of 'expectation'. Put '7' there"],
    ),
    "not reversed": (
        "questions.csv",
        "ncs,rating,1,5,,yes,yes,\nncs-4",
        "ncs,rating,1,5,,no,yes,\nncs-4",
        ["'no' cannot be the reversed of 'ncs-3'"],
    ),
    "nothing to fill in": ("words.csv", "{number} of {of}", "{number}", ["{of} is missing from the text"]),
    "unknown filling": (
        "words.csv",
        "Step {number} of {of}",
        "Step {nummer} of {of}",
        ["nothing can be filled in for {nummer}"],
    ),
    "reaching into what is filled in": (
        "words.csv",
        "Step {number} of {of}",
        "Step {number.__class__} of {of}",
        ["nothing can be filled in for {number.__class__}"],
    ),
    "formatting": (
        "words.csv",
        "Step {number} of {of}",
        "Step {number:9999999999} of {of}",
        ["nothing can be filled in for {number:9999999999}"],
    ),
    "half a brace": ("words.csv", "Step {number} of {of}", "Step {number of {of}", ["braces do not match"]),
    "a comma too many": ("words.csv", "button.cancel,Cancel", "button.cancel,No,", ["3 cells"]),
    "no language": ("words.csv", "language,en\n", "language,English please\n", ["the language's code"]),
    "no direction": ("words.csv", "direction,ltr\n", "direction,left\n", ["Put 'ltr' there, or 'rtl'"]),
    "attention without its number": ("questions.csv", "please choose 2.", "please.", ["2 is missing"]),
    "other columns": ("options.csv", "set,value,label", "set;value;label", ["columns have to be set, value"]),
    "an open quote": ("words.csv", "button.next,Next", 'button.next,"Next', ["it is not CSV from here on"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_its_place(translation: Path, change: Change, case: str) -> None:
    name, old, new, said = WRONG[case]
    change(name, old, new)
    problems = check(translation)
    text = "\n".join(map(str, problems))
    assert all(part in text for part in said), text
    assert all(problem.remedy for problem in problems)
    assert problems[0].file == str(translation / name)
    where = re.compile(rf"{re.escape(str(translation / name))}: line {problems[0].line}: ")
    with pytest.raises(CatalogueError, match=where) as caught:
        load(translation)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_the_line_is_that_of_the_file(translation: Path, change: Change) -> None:
    change("words.csv", "button.next,Next", 'button.begun,"Ne\nxt"\nbutton.next,')
    lines = (translation / "words.csv").read_text("utf-8-sig").splitlines()
    unknown, empty = check(translation)
    assert lines[unknown.line - 1] == 'button.begun,"Ne'
    assert lines[empty.line - 1] == "button.next,"


def test_many_problems_are_counted(translation: Path, change: Change) -> None:
    change("words.csv", "button.next,Next", "button.next,")
    change("words.csv", "button.play,Play", "button.play,")
    with pytest.raises(CatalogueError, match=f"--check {re.escape(str(translation))}' lists all 2 problems"):
        load(translation)


def test_files_that_cannot_be_read(translation: Path, tmp_path: Path) -> None:
    (translation / "words.csv").write_bytes("id,text\nlanguage,日本語".encode("utf-16"))
    (translation / "scales.csv").unlink()
    (translation / "options.csv").unlink()
    (translation / "options.csv").mkdir()
    said = [f"{Path(problem.file).name}: {problem.message}" for problem in check(translation)]
    assert said == [
        "scales.csv: there is no such file",
        "options.csv: it cannot be read (Is a directory)",
        "words.csv: it is not UTF-8 text",
    ]
    with pytest.raises(CatalogueError, match="there is no such folder"):
        load(tmp_path / "nowhere")


def test_an_empty_file_is_one_problem(translation: Path) -> None:
    (translation / "words.csv").write_text("")
    (problem,) = check(translation)
    assert (problem.line, problem.message) == (1, "the columns have to be id, text")


def test_copying_never_overwrites(translation: Path, tmp_path: Path) -> None:
    (translation / "words.csv").write_text("mine")
    with pytest.raises(CatalogueError, match="is there already"):
        copy(translation)
    assert (translation / "words.csv").read_text() == "mine"
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueError, match="cannot be written"):
        copy(tmp_path / "file" / "below")
