"""How figures read, on paper and on a terminal alike."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from soundglass.core.statistics import Estimate
from soundglass.evaluate.findings import Cell, Table

UNKNOWN = "–"
_DIRECTIONS = {"↑": max, "↓": min}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Write a number with as many digits as tell something.

    Examples
    --------
    >>> [number(value) for value in (0.4351, -0.02, 12.345, 1500, 0.0002, 3e-16)]
    ['0.435', '−0.020', '12.3', '1,500', '0.0002', '3×10⁻¹⁶']
    """
    if isinstance(value, float) and not math.isfinite(value):
        return UNKNOWN if math.isnan(value) else "−∞" if value < 0 else "∞"
    size = abs(value)
    if isinstance(value, int) or (size >= 1000 and math.isfinite(size)):
        text = f"{value:,.0f}"
    elif 0 < size < 1e-5:
        digits, _, power = f"{value:.0e}".partition("e")
        text = f"{digits}×10{str(int(power)).translate(_SUPERSCRIPTS)}"
    elif 0 < size < 5e-4:
        text = f"{value:.1g}" if size >= 1e-4 else f"{value:.5f}"
    else:
        text = f"{value:.{3 if size < 10 else 1}f}"
    return text.replace("-", "−")


def interval(estimate: Estimate) -> str:
    """Write the ends of an interval, or nothing where there is none."""
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return ""
    link = " to " if min(estimate.low, estimate.high) < 0 else "–"
    return f"{number(estimate.low)}{link}{number(estimate.high)}"


def heading(column: str) -> str:
    """Keep the arrow of a column's name beside its last word."""
    return column.replace(" ↑", "\u00a0↑").replace(" ↓", "\u00a0↓")


def texts(cell: Cell, *, sized: bool = False) -> tuple[str, str]:
    """Write a cell: what it says, and the small print beside it, with n or without."""
    if isinstance(cell, Estimate):
        size = f"n {number(cell.n)}" if sized and cell.n else ""
        return number(cell.value), " · ".join(filter(None, (interval(cell), size)))
    if isinstance(cell, bool):
        return ("yes" if cell else "no"), ""
    if isinstance(cell, int | float):
        return number(cell), ""
    return (UNKNOWN if cell is None else cell), ""


def value(cell: Cell) -> float:
    """Give the number in a cell, NaN where there is none."""
    if isinstance(cell, Estimate):
        return cell.value
    return float(cell) if isinstance(cell, int | float) else math.nan


def is_numeric(table: Table, column: int) -> bool:
    """Tell whether a column holds numbers, so that it is set flush right."""
    cells = [row[column] for row in table.rows]
    return any(isinstance(cell, Estimate | int | float) for cell in cells)


def best(table: Table) -> frozenset[tuple[int, int]]:
    """Find the best cells, as row and column, of the columns whose name ends in ``↑`` or ``↓``."""
    return frozenset(_best(table.columns, table.rows))


def _best(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, int]]:
    for column, name in enumerate(columns):
        values = [value(row[column]) for row in rows]
        known = [found for found in values if not math.isnan(found)]
        if name[-1:] in _DIRECTIONS and len(known) > 1:
            wanted = _DIRECTIONS[name[-1]](known)
            yield from ((row, column) for row, found in enumerate(values) if found == wanted)


def sample_sizes(table: Table) -> tuple[int, ...]:
    """Give the numbers of queries, pairs or tracks behind the figures of a table, ascending."""
    cells = (cell for row in table.rows for cell in row)
    return tuple(sorted({cell.n for cell in cells if isinstance(cell, Estimate) and cell.n}))
