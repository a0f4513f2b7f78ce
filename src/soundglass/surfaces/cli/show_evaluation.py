"""How an evaluation looks on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from soundglass.evaluate import findings
from soundglass.evaluate.findings import Section, Target
from soundglass.evaluate.report.figures import best, heading, is_numeric, sample_sizes, texts
from soundglass.evaluate.report.html import facts, headline, verdict_of
from soundglass.evaluate.run import Evaluation
from soundglass.surfaces.cli.show import console, home_as_tilde, plain

_NAME_WIDTH, _GAP = 28, 2
_STYLES = {True: "green", False: "red", None: "dim"}


def evaluation(found: Evaluation, files: Sequence[Path]) -> None:
    """Show the tables of all sections, then the targets, then where the report is."""
    out = console()
    out.print(Text.assemble((plain(found.library.name), "bold"), f": {facts(found.library)}"))
    for part in found.sections:
        section(part)
    if found.targets:
        _targets(found)
    out.print()
    for file in files:
        out.print(plain(home_as_tilde(str(file))), style="dim", markup=False)


def section(section: Section) -> None:
    """Show the tables of one part, as wide as the terminal allows."""
    out = console()
    out.print(f"\n{plain(section.title)}", style="bold", markup=False)
    out.print(plain(section.summary), markup=False)
    for table in section.tables:
        sizes = sample_sizes(table)
        size = f", n = {sizes[0]:,}" if len(sizes) == 1 else ""
        out.print(f"\n{plain(table.title)}{size}", style="italic", markup=False)
        for columns in _that_fit(table, out.width):
            out.print(_rich(table, columns))
    for note in section.notes:
        out.print(f"\n({plain(note)})", style="dim", markup=False)


def _that_fit(table: findings.Table, width: int) -> Iterator[list[int]]:
    """Share columns out among tables no wider than this; each has the first one."""
    widths = [_width(table, column) + _GAP for column in range(len(table.columns))]
    left = list(range(1, len(widths)))
    while left:
        used = accumulate((widths[column] for column in left), initial=widths[0])
        n = max(1, sum(total <= width for total in used) - 1)
        yield [0, *left[:n]]
        left = left[n:]


def _width(table: findings.Table, column: int) -> int:
    """Give how wide a column must be; names and words wrap."""
    words = heading(table.columns[column]).split(" ")
    for row in table.rows:
        words.extend(texts(row[column]))
    longest = max(map(len, words), default=0)
    return longest if is_numeric(table, column) else min(longest, _NAME_WIDTH)


def _rich(table: findings.Table, columns: Sequence[int]) -> Table:
    """Lay out some columns; intervals stand below their figures, the best ones are bold."""
    shown = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    bold = best(table)
    for column in columns:
        justify: Literal["left", "right"] = "right" if column and is_numeric(table, column) else "left"
        title = heading(plain(table.columns[column]))
        shown.add_column(title, justify=justify, max_width=_width(table, column))
    for number, row in enumerate(table.rows):
        cells = []
        for column in columns:
            text, small = map(plain, texts(row[column]))
            cell = Text(text, style="bold" if (number, column) in bold else "")
            cells.append(cell.append(f"\n{small}", style="not bold dim") if small else cell)
        shown.add_row(*cells)
    return shown


def _targets(found: Evaluation) -> None:
    """Show what should hold beside what was found."""
    out = console()
    out.print(f"\n{headline(found.targets)}", style="bold")
    shown = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for title in ("", "target", "aim", "found"):
        shown.add_column(title, justify="right" if title == "found" else "left")
    for target in found.targets:
        verdict = Text(verdict_of(target).word, style=_STYLES[target.met])
        text, small = map(plain, texts(target.found))
        figure = Text(text).append(f"\n{small}", style="dim") if small else Text(text)
        shown.add_row(verdict, _what(target), Text(plain(target.aim)), figure)
    out.print(shown)


def _what(target: Target) -> Text:
    what = Text(plain(target.what))
    return what.append(f"\n{plain(target.remark)}", style="dim") if target.remark else what


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show what is being done and how much of it is, on standard error; nothing where that is no terminal."""
    out = Console(stderr=True)
    if not out.is_terminal:
        yield lambda _, __, ___: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task(title, total=None)
        doing = ""

        def tell(what: str, done: int, of: int) -> None:
            nonlocal doing
            if what != doing:
                doing = what
                bar.reset(task, description=plain(what), total=of)
            bar.update(task, completed=done, total=of)

        yield tell
