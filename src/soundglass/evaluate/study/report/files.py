"""A study's results as files: a page, JSON, tables in CSV, plots as SVG and PNG."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

from soundglass.core.errors import LibraryError
from soundglass.core.spreadsheets import inert
from soundglass.core.statistics import Estimate
from soundglass.evaluate.findings import Cell, Section, Table
from soundglass.evaluate.report import charts
from soundglass.evaluate.study.report.contract import results_json
from soundglass.evaluate.study.report.page import html
from soundglass.evaluate.study.report.sections import sections
from soundglass.evaluate.study.results import Results

HTML_NAME, JSON_NAME, TABLES_NAME, PLOTS_NAME = "results.html", "results.json", "tables", "plots"


def write_results(results: Results, folder: Path) -> tuple[Path, ...]:
    """Write ``results.html``, ``results.json`` and the folders ``tables`` and ``plots`` into a folder.

    Files of these names are replaced, each whole or not at all.

    Returns
    -------
    tuple of Path
        The page, the JSON, and the two folders.

    Raises
    ------
    LibraryError
        They cannot be written.
    """
    made = folder / HTML_NAME, folder / JSON_NAME, folder / TABLES_NAME, folder / PLOTS_NAME
    page, answer, tables, plots = made
    try:
        tables.mkdir(parents=True, exist_ok=True)
        plots.mkdir(exist_ok=True)
        _write(page, html(results))
        _write(answer, json.dumps(results_json(results), ensure_ascii=False, indent=1, allow_nan=False))
        for section in sections(results):
            _write_tables(section, tables)
            for number, chart in enumerate(section.charts, start=1):
                plot = f"{section.name}-{number}-{_slug(chart.title)}"
                charts.save(chart, plots / f"{plot}.svg", plots / f"{plot}.png")
    except OSError as error:
        raise LibraryError(
            f"cannot be written to ({error.strerror})", path=folder, remedy="Name another folder by --output"
        ) from error
    return made


def _write_tables(section: Section, folder: Path) -> None:
    for number, table in enumerate(section.tables, start=1):
        path = folder / f"{section.name}-{number}-{_slug(table.title)}.csv"
        draft = _draft(path)
        with draft.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\r\n").writerows([_heads(table), *map(_cells, _padded(table))])
        draft.replace(path)


def _heads(table: Table) -> list[str]:
    """Name the columns; one with intervals is three."""
    heads = []
    for at, name in enumerate(table.columns):
        ends = [f"{name} low", f"{name} high"] if _has_intervals(table, at) else []
        heads += [inert(name), *map(inert, ends)]
    return heads


def _has_intervals(table: Table, column: int) -> bool:
    return any(isinstance(row[column], Estimate) for row in table.rows)


def _padded(table: Table) -> list[list[Cell]]:
    """Give rows with a figure and its two ends in columns of their own."""
    rows: list[list[Cell]] = []
    for row in table.rows:
        cells: list[Cell] = []
        for at, cell in enumerate(row):
            if isinstance(cell, Estimate):
                cells += [cell.value, cell.low, cell.high]
            else:
                cells += [cell, None, None] if _has_intervals(table, at) else [cell]
        rows.append(cells)
    return rows


def _cells(row: list[Cell]) -> list[str]:
    return [_cell(cell) for cell in row]


def _cell(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124  (NaN)
        return ""
    return inert(cell) if isinstance(cell, str) else repr(cell)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")


def _write(path: Path, text: str) -> None:
    draft = _draft(path)
    draft.write_text(f"{text}\n", encoding="utf-8", errors="replace")
    draft.replace(path)


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.draft")
