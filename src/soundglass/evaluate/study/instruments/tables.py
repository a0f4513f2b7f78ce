"""One data file of the wording: read, with the line of whatever is wrong in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final, TypeAlias

Cells: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """What a file has to look like.

    Attributes
    ----------
    name : str
        Of the file.
    key : tuple of str
        The columns that name a row.
    texts : tuple of str
        The columns to translate.
    fixed : tuple of str
        The columns that are the same in all languages.
    """

    name: str
    key: tuple[str, ...]
    texts: tuple[str, ...]
    fixed: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them, in the order in which they are written."""
        return (*self.key, *self.texts, *self.fixed)


FORMS: Final = (
    Form("scales.csv", ("id",), ("title", "instruction", "source", "licence"), ("not_for", "higher_is")),
    Form(
        "questions.csv",
        ("id",),
        ("text", "low_label", "high_label"),
        ("scale", "kind", "low", "high", "options", "reversed", "required", "expected"),
    ),
    Form("options.csv", ("set", "value"), ("label",)),
    Form("words.csv", ("id",), ("text",)),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, where, and what to do; line 0 stands for the whole file."""

    file: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        where = self.file if self.line == 0 else f"{self.file}, line {self.line}"
        return f"{where}: {self.message}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file that can be read, by key, each with its line; and what is wrong."""

    file: str
    form: Form
    rows: Mapping[tuple[str, ...], Cells]
    lines: Mapping[tuple[str, ...], int]
    problems: tuple[Problem, ...]


def read_table(folder: Traversable, form: Form) -> Table:
    """Read one file.

    Parameters
    ----------
    folder : Traversable
        A folder on disk or in the package.
    form : Form

    Returns
    -------
    Table
        Of a file that cannot be read, an empty one with its problem.
    """
    file = folder / form.name

    def nothing(message: str, remedy: str) -> Table:
        return Table(str(file), form, {}, {}, (Problem(str(file), 0, message, remedy),))

    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return nothing(
            "there is no such file", "Copy all files with 'soundglass study wording --copy FOLDER'"
        )
    except OSError as error:
        return nothing(f"it cannot be read ({error.strerror})", "Check the file and its permissions")
    except UnicodeDecodeError:
        return nothing("it is not UTF-8 text", "Save it as 'CSV UTF-8 (comma delimited)'")
    return _table(str(file), form, text)


def _table(file: str, form: Form, text: str) -> Table:
    rows: dict[tuple[str, ...], Cells] = {}
    lines: dict[tuple[str, ...], int] = {}
    problems: list[Problem] = []
    for line, read in _rows(file, form, text):
        if isinstance(read, Problem):
            problems.append(read)
            continue
        key = tuple(read[column] for column in form.key)
        if key in rows:
            message = f"'{' '.join(key)}' stands in line {lines[key]} already"
            problems.append(Problem(file, line, message, "Remove one of the two lines"))
        else:
            rows[key], lines[key] = read, line
    return Table(file, form, rows, lines, tuple(problems))


def _rows(file: str, form: Form, text: str) -> Iterator[tuple[int, Cells | Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        if sorted(header) != sorted(form.columns):
            message = f"the columns have to be {', '.join(form.columns)}"
            remedy = "Put them into the first line, separated by commas"
            yield 1, Problem(file, 1, message, remedy)
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            elif cells:
                message = f"{len(cells)} cells where there have to be {len(header)}"
                yield line, Problem(file, line, message, 'Put texts that hold commas into double quotes: "…"')
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"it is not CSV from here on ({error})"
        yield line, Problem(file, line, message, "Look for a double quote that is not closed")
