"""A translation against the English files: nothing missing, nothing more, nothing changed but the texts."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from soundglass.evaluate.study.instruments.tables import Cells, Problem, Table

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def translation_problems(table: Table, english: Table) -> Iterator[Problem]:
    """Find what is wrong with one file.

    Parameters
    ----------
    table, english : Table
        The same file in both languages.

    Yields
    ------
    Problem
        By line; what is missing comes last. Of a file that cannot be read, only that.
    """
    yield from table.problems
    if not table.rows and table.problems:
        return
    for key, cells in table.rows.items():
        line = table.lines[key]
        if key not in english.rows:
            message = f"there is no '{' '.join(key)}' in the English files"
            yield Problem(table.file, line, message, "Correct its name or remove the line")
        else:
            for message, remedy in _differences(table, cells, english.rows[key]):
                yield Problem(table.file, line, f"{message} of '{' '.join(key)}'", remedy)
    for key in (key for key in english.rows if key not in table.rows):
        yield Problem(table.file, 0, f"'{' '.join(key)}' is missing", "Copy its line from the English file")


def _differences(table: Table, cells: Cells, english: Cells) -> Iterator[tuple[str, str]]:
    for column in table.form.fixed:
        if cells[column] != english[column]:
            yield (
                f"'{cells[column]}' cannot be the {column}",
                f"Put {english[column] or 'nothing'!r} there, as in the English file",
            )
    for column in table.form.texts:
        if english[column] and not cells[column]:
            yield f"there is no {column}", "Translate it"
        yield from _filling(column, cells[column], english[column])
    yield from _meanings(cells)


def _meanings(cells: Cells) -> Iterator[tuple[str, str]]:
    if cells.get("id") == "language" and not _LANGUAGE.fullmatch(cells["text"]):
        yield f"'{cells['text']}' cannot be the text", "Put the language's code there, as in 'en' or 'pt-BR'"
    if cells.get("id") == "direction" and cells["text"] not in {"ltr", "rtl"}:
        yield f"'{cells['text']}' cannot be the text", "Put 'ltr' there, or 'rtl' for right to left"
    expected = cells.get("expected", "")
    if expected not in cells.get("text", ""):
        yield f"{expected} is missing from the text", f"Let it say to choose {expected}"


def _filling(column: str, text: str, english: str) -> Iterator[tuple[str, str]]:
    wanted = names(english) or set()
    found = names(text)
    braces = " and ".join(f"{{{name}}}" for name in sorted(wanted)) or "nothing in braces"
    if found is None:
        yield f"the braces do not match in the {column}", f"Keep {braces}, as in the English file"
    elif found - wanted:
        unknown = sorted(found - wanted)[0]
        yield f"nothing can be filled in for {{{unknown}}} in the {column}", f"Keep {braces}"
    elif wanted - found:
        missing = sorted(wanted - found)[0]
        yield f"{{{missing}}} is missing from the {column}", f"Keep {braces}"


def names(text: str) -> set[str] | None:
    """Find what is to be filled in; ``None`` if the braces do not match."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    # A conversion or format is taken for a part of the name: no translation needs one.
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}"
        for _, name, form, conversion in parts
        if name is not None
    }
