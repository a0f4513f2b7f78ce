"""The JSON shape of an evaluation (contract version 1)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from soundglass.core.contract import CONTRACT_VERSION, finite
from soundglass.core.statistics import Estimate
from soundglass.core.types import Json
from soundglass.evaluate.context import EvaluationSettings
from soundglass.evaluate.findings import Cell, Chart, Section, Series, Table, Target
from soundglass.evaluate.run import Evaluation


def evaluation_json(evaluation: Evaluation) -> dict[str, Json]:
    """Give an evaluation; a number that is not known is ``null``, a figure with an interval an object."""
    met = [target.met for target in evaluation.targets]
    return {
        "contract": CONTRACT_VERSION,
        "program": evaluation.program,
        "library": asdict(evaluation.library),
        "settings": _settings_json(evaluation.settings),
        "targets": {"met": met.count(True), "missed": met.count(False), "unknown": met.count(None)},
        "sections": [section_json(section) for section in evaluation.sections],
    }


def _settings_json(settings: EvaluationSettings) -> dict[str, Json]:
    return {
        name: value.name if isinstance(value, Path) else value for name, value in asdict(settings).items()
    }


def section_json(section: Section) -> dict[str, Json]:
    """Give one part of an evaluation; a number that is not known is ``null``."""
    return {
        "name": section.name,
        "title": section.title,
        "summary": section.summary,
        "targets": [_target_json(target) for target in section.targets],
        "tables": [_table_json(table) for table in section.tables],
        "charts": [_chart_json(chart) for chart in section.charts],
        "notes": list(section.notes),
    }


def _target_json(target: Target) -> dict[str, Json]:
    return {**asdict(target), "found": _cell_json(target.found)}


def _table_json(table: Table) -> dict[str, Json]:
    rows = [[_cell_json(cell) for cell in row] for row in table.rows]
    return {**asdict(table), "columns": list(table.columns), "rows": rows}


def _chart_json(chart: Chart) -> dict[str, Json]:
    series = [_series_json(one) for one in chart.series]
    return {**asdict(chart), "series": series, "reference": finite(chart.reference)}


def _series_json(series: Series) -> dict[str, Json]:
    numbers = {name: [finite(each) for each in getattr(series, name)] for name in ("x", "y", "low", "high")}
    return {"name": series.name, **numbers}


def _cell_json(cell: Cell) -> Json:
    if isinstance(cell, Estimate):
        return {name: finite(each) for name, each in asdict(cell).items()}
    return finite(cell)
