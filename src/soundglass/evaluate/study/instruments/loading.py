"""From data files to instruments: the English ones, or a folder with a translation of them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from os import PathLike
from pathlib import Path
from typing import Literal, cast

from soundglass.core.errors import CatalogueError
from soundglass.evaluate.study.conditions import Explanation
from soundglass.evaluate.study.instruments.questions import Instruments, Kind, Option, Question, Scale
from soundglass.evaluate.study.instruments.tables import FORMS, Cells, Problem, Table, read_table
from soundglass.evaluate.study.instruments.translation import translation_problems


def load(folder: str | PathLike[str] | None = None) -> Instruments:
    """Read all wording of a study.

    Parameters
    ----------
    folder : path-like, optional
        With a translation of the English files, as :func:`copy` laid them out; English if left out.

    Returns
    -------
    Instruments

    Raises
    ------
    CatalogueError
        Something in the files is wrong: which file, which line, and what to do.
    """
    originals = _read(_english())
    problems = _problems(originals, originals) if folder is None else check(folder)
    if problems:
        raise _error(problems, folder)
    return _build(originals if folder is None else _read(Path(folder)), originals)


@cache
def english() -> Instruments:
    """Give the English wording, read once."""
    return load()


def check(folder: str | PathLike[str]) -> tuple[Problem, ...]:
    """Find everything that is wrong with a translation; nothing if it can be used."""
    if not Path(folder).is_dir():
        remedy = "'soundglass study wording --copy FOLDER' makes one"
        return (Problem(str(folder), 0, "there is no such folder", remedy),)
    return _problems(_read(Path(folder)), _read(_english()))


def copy(folder: str | PathLike[str]) -> tuple[Path, ...]:
    """Lay out the English files for translation.

    Parameters
    ----------
    folder : path-like
        Made if it is not there.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    CatalogueError
        One of the files is there already, or the folder cannot be written.
    """
    target = Path(folder)
    files = tuple(target / form.name for form in FORMS)
    there = [file for file in files if file.exists()]
    if there:
        raise CatalogueError(
            "this file is there already, and it may be somebody's translation",
            path=there[0],
            remedy="Choose another folder",
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            # Spreadsheets take a file for UTF-8 only if it begins like this.
            file.write_bytes(BOM_UTF8 + (_english() / file.name).read_bytes())
    except OSError as error:
        raise CatalogueError(
            f"the files cannot be written ({error.strerror})", path=target, remedy="Choose another folder"
        ) from error
    return files


def _english() -> Traversable:
    return resources.files("soundglass.evaluate.study.instruments") / "en"


def _read(folder: Traversable) -> tuple[Table, ...]:
    return tuple(read_table(folder, form) for form in FORMS)


def _problems(tables: tuple[Table, ...], originals: tuple[Table, ...]) -> tuple[Problem, ...]:
    found = (translation_problems(table, of) for table, of in zip(tables, originals, strict=True))
    return tuple(problem for problems in found for problem in problems)


def _error(problems: tuple[Problem, ...], folder: str | PathLike[str] | None) -> CatalogueError:
    first = problems[0]
    message = first.message if first.line == 0 else f"line {first.line}: {first.message}"
    remedy = first.remedy
    if len(problems) > 1:
        remedy += f"; 'soundglass study wording --check {folder}' lists all {len(problems)} problems"
    return CatalogueError(message, path=first.file, remedy=remedy)


def _build(tables: tuple[Table, ...], originals: tuple[Table, ...]) -> Instruments:
    # In the order of the English files, however a spreadsheet has sorted the others.
    scales, questions, options, words = (
        {key: table.rows[key] for key in of.rows} for table, of in zip(tables, originals, strict=True)
    )
    texts = {key: cells["text"] for (key,), cells in words.items()}
    asked = [_question(cells, _options(options, cells["options"])) for cells in questions.values()]
    of_scale = [cells["scale"] for cells in questions.values()]
    instruments = Instruments(
        language=texts["language"],
        direction=cast("Literal['ltr', 'rtl']", texts["direction"]),
        scales={
            key: _scale(cells, tuple(q for q, scale in zip(asked, of_scale, strict=True) if scale == key))
            for (key,), cells in scales.items()
        },
        words=texts,
        sha256="",
    )
    return replace(instruments, sha256=sha256(instruments.to_json().encode()).hexdigest())


def _scale(cells: Cells, questions: tuple[Question, ...]) -> Scale:
    return Scale(
        id=cells["id"],
        title=cells["title"],
        instruction=cells["instruction"],
        questions=questions,
        source=cells["source"],
        licence=cells["licence"],
        not_for=cast("tuple[Explanation, ...]", tuple(cells["not_for"].split())),
        higher_is=cast("Literal['better', 'worse', '']", cells["higher_is"]),
    )


def _question(cells: Cells, options: tuple[Option, ...]) -> Question:
    return Question(
        id=cells["id"],
        text=cells["text"],
        kind=cast("Kind", cells["kind"]),
        low=int(cells["low"] or 0),
        high=int(cells["high"] or 0),
        low_label=cells["low_label"],
        high_label=cells["high_label"],
        options=options,
        is_reversed=cells["reversed"] == "yes",
        required=cells["required"] == "yes",
        expected=cells["expected"],
    )


def _options(options: Mapping[tuple[str, ...], Cells], wanted: str) -> tuple[Option, ...]:
    return tuple(
        Option(cells["value"], cells["label"])
        for (name, _), cells in options.items()
        if name == wanted and wanted
    )
