"""What an evaluation finds: sections of tables, charts and targets, the same for terminal, JSON and HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from soundglass.core.statistics import Estimate

Cell: TypeAlias = Estimate | float | int | str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures.

    Attributes
    ----------
    title : str
        What is measured, in a few words.
    columns : tuple of str
        The first names the rows.
    rows : tuple of tuple of Cell
        Each as long as ``columns``.
    caption : str
        How to read it: what is good, what the interval is of.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one set of dots or bars, of a chart.

    Attributes
    ----------
    x : tuple of float or str
        Places; words are categories.
    y : tuple of float
    low, high : tuple of float
        Ends of intervals around ``y``; empty where there are none.
    """

    name: str
    x: tuple[float | str, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures.

    Attributes
    ----------
    kind : {"dots", "bars", "lines"}
        Dots stand in rows, one a category, with their intervals.
    reference : float, optional
        A value that is marked by a line: chance, or a target.
    """

    kind: Literal["dots", "bars", "lines"]
    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    caption: str = ""
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Something that should hold, and what was found.

    Attributes
    ----------
    what : str
        As in ``"spectrogram above bliss, artist P@5"``.
    aim : str
        As people read it: ``"at least 0.70"``.
    found : Estimate or float
    met : bool or None
        ``None`` where this library cannot tell.
    remark : str
        Why it is missed, or cannot be told.
    """

    what: str
    aim: str
    found: Estimate | float
    met: bool | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an evaluation.

    Attributes
    ----------
    name : str
        Its key in the JSON: ``"ranking"``, ``"visual"``, ``"faithfulness"``.
    summary : str
        What was found, in a few sentences.
    notes : tuple of str
        What was left out and why.
    """

    name: str
    title: str
    summary: str
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    targets: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()
