"""Charts as SVG that takes its colours from the page around it: one look, light or dark, wide or narrow."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from soundglass.evaluate.findings import Chart, Series
from soundglass.evaluate.report.figures import number
from soundglass.explain.pictures.style import MARKERS, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

_INK = "#010203"
"""Stands for the colour of the text around; what is drawn in it follows the page."""

_MARKERS = MARKERS[:7]
_DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 3)), "-", "-")
_WIDTH, _HEIGHT, _POINTS = 400, 260, 72
_ROW, _SPREAD, _LINE = 22, 13, 15
_LABEL_LETTERS, _TITLE_LETTERS, _MARGIN = 24, 44, 70
_MOST_TOLD, _MOST_MARKERS = 60, 9

_STYLE: Mapping[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "text.color": _INK,
    "text.parse_math": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": _INK,
    "grid.alpha": 0.15,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.markersize": 6.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend.

    Attributes
    ----------
    colour : str
        As CSS has it.
    marker : str
        Matplotlib's letter; ``"-"`` for a dashed line.
    """

    name: str
    colour: str
    marker: str


def legend(chart: Chart) -> tuple[Key, ...]:
    """Name the series of a chart, where there are several, and the line that marks its reference."""
    markers = "s" * 7 if chart.kind == "bars" else _MARKERS
    keys = [Key(one.name, _css(_colour(at)), markers[at % 7]) for at, one in enumerate(chart.series)]
    if len(keys) == 1:
        keys = []
    if chart.reference is not None:
        keys.append(Key(f"marked: {_place(float(f'{chart.reference:.3g}'))}", "currentColor", "-"))
    return tuple(keys)


def alternative(chart: Chart) -> str:
    """Say what a chart shows to those who do not see it."""
    of_values, of_places = _axis_labels(chart)
    told, left = [], _MOST_TOLD
    for one in chart.series:
        shown = list(zip(one.x, one.y, strict=True))[: max(left, 0)]
        left -= len(shown)
        points = ", ".join(f"{_place(x)} {number(y)}" for x, y in shown)
        rest = len(one.y) - len(shown)
        told.append(f"{one.name}: {points}{f' and {rest} more' if rest else ''}")
    axes = f"{of_values} by {of_places}" if of_places and of_values else of_values or of_places
    return f"{chart.title}. {axes}. {'; '.join(told)}."


def draw(chart: Chart, prefix: str) -> str:
    """Draw a chart.

    Parameters
    ----------
    prefix : str
        Begins every id within, so that charts on one page do not share any.

    Returns
    -------
    str
        An ``svg`` element without title; text is in the page's font and colour, series in the CSS variables
        ``--series-1`` to ``--series-6``.
    """
    with _look(prefix):
        return _inline(_figure(chart), prefix)


def without_styles(svg: str) -> str:
    """Say by attributes what a chart's elements say by styles, for pages that allow no styles."""

    def element(tag: re.Match[str]) -> str:
        return re.sub(r' style="([^"]*)"', lambda style: _attributes(style[1]), tag[0])

    return re.sub(r"<[^<>]*>", element, svg)


def save(chart: Chart, *paths: Path) -> None:
    """Write a chart with its title and legend as files of its own, dark on white.

    Parameters
    ----------
    *paths : Path
        Each ends in ``.png``, ``.svg`` or ``.pdf``.

    Raises
    ------
    SoundglassError
        A name has another ending, or a file cannot be written.
    """
    from soundglass.explain.pictures import style

    with _look(chart.title):
        figure = _figure(chart)
        figure.suptitle(fill(chart.title, _TITLE_LETTERS), fontsize=13)
        named = [(line, one.name) for line, one in zip(_drawn(figure.axes[0]), chart.series, strict=False)]
        if len(named) > 1:
            figure.legend(*zip(*named, strict=True), loc="outside lower center", ncols=2, frameon=False)
        figure.set_facecolor("white")
        figure.set_size_inches(_WIDTH / _POINTS, figure.get_figheight() + _MARGIN / _POINTS)
        for path in paths:
            style.save(figure, path)


def _drawn(axes: Axes) -> list[Any]:
    """Give what a legend shows of each series: dots, lines or bars."""
    markers = [line for line in axes.get_lines() if line.get_marker() not in {"None", "", None}]
    return [*axes.containers, *markers]


@contextmanager
def _look(salt: str) -> Iterator[None]:
    import matplotlib as mpl

    with mpl.rc_context({**_STYLE, "svg.hashsalt": salt}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the page has other fonts
        yield


def _figure(chart: Chart) -> Figure:
    from matplotlib.figure import Figure

    rows = _categories(chart)
    height = _HEIGHT if rows is None else _row_height(chart, rows) * max(len(rows), 1) + 60
    figure = Figure(figsize=(_WIDTH / _POINTS, height / _POINTS), dpi=_POINTS, layout="constrained")
    axes = figure.add_subplot()
    if rows is None:
        _draw_places(axes, chart)
    else:
        _draw_rows(axes, chart, rows)
    return figure


def _attributes(style: str) -> str:
    pairs = (each.partition(":") for each in style.split(";") if each.strip())
    return "".join(f' {name.strip()}="{value.strip()}"' for name, _, value in pairs)


def _categories(chart: Chart) -> list[str] | None:
    """Give the names of the rows of a chart; ``None`` where places are numbers."""
    places = [x for one in chart.series for x in one.x]
    if chart.kind == "lines" or (chart.kind == "bars" and not any(isinstance(x, str) for x in places)):
        return None
    return list(dict.fromkeys(_place(x) for x in places))


def _place(x: float | str) -> str:
    return x if isinstance(x, str) else f"{x:g}".replace("-", "−")


def _row_height(chart: Chart, rows: Sequence[str]) -> float:
    n_lines = max((_label(name).count("\n") + 1 for name in rows), default=1)
    return max(_ROW, _LINE * n_lines + 6, _SPREAD * len(chart.series) + 6)


def _label(name: str) -> str:
    return fill(name, _LABEL_LETTERS)


def _axis_labels(chart: Chart) -> tuple[str, str]:
    """Name what is drawn along the values and along the places; places that are words need no name."""
    if chart.kind == "dots":
        return chart.x_label or chart.y_label, ""
    return (chart.y_label or chart.x_label, "") if _categories(chart) else (chart.y_label, chart.x_label)


def _draw_rows(axes: Axes, chart: Chart, rows: Sequence[str]) -> None:
    """Draw values from left to right, a row for each category, the series of a row below one another."""
    n, step = len(chart.series), _SPREAD / _row_height(chart, rows)
    for at, one in enumerate(chart.series):
        offset = (at - (n - 1) / 2) * step
        where = [rows.index(_place(x)) + offset for x in one.x]
        colour = _colour(at)
        if chart.kind == "bars":
            axes.barh(where, one.y, height=step * 0.8, color=colour)
        else:
            axes.plot(one.y, where, _MARKERS[at % 7], color=colour, clip_on=False)
        ink = _INK if chart.kind == "bars" else colour
        for y, low, high in zip(where if one.low else (), one.low, one.high, strict=True):
            axes.plot([low, high], [y, y], "-", color=ink, linewidth=1.6, clip_on=False)
    axes.set_yticks(range(len(rows)), [_label(name) for name in rows])
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(_axis_labels(chart)[0])
    if chart.reference is not None:
        axes.axvline(chart.reference, color=_INK, linewidth=1.2, linestyle=(0, (4, 3)))


def _draw_places(axes: Axes, chart: Chart) -> None:
    """Draw values upwards over places that are numbers."""
    for at, one in enumerate(chart.series):
        colour, dashes = _colour(at), _DASHES[at % 7]
        if chart.kind == "bars":
            axes.bar(one.x, one.y, width=_bar_width(one), color=colour)
            continue
        if one.low:
            axes.fill_between(one.x, one.low, one.high, color=colour, alpha=0.18, linewidth=0)
        (line,) = axes.plot(one.x, one.y, _MARKERS[at % 7], color=colour, linestyle=dashes, markersize=4.5)
        line.set_markevery(max(1, len(one.x) // _MOST_MARKERS))
    axes.grid(axis="y")
    axes.locator_params(axis="both", nbins=6)
    of_values, of_places = _axis_labels(chart)
    axes.set_xlabel(of_places)
    axes.set_ylabel(of_values)
    if chart.reference is not None:
        axes.axhline(chart.reference, color=_INK, linewidth=1.2, linestyle=(0, (4, 3)))


def _bar_width(series: Series) -> float:
    places = sorted(x for x in series.x if not isinstance(x, str))
    gaps = [after - before for before, after in pairwise(places) if after > before]
    return 0.85 * min(gaps, default=1.0)


def _colour(at: int) -> str:
    return (*SERIES, _INK)[at % 7]


def _css(colour: str) -> str:
    """Give the page's colour that stands for one of these."""
    if colour == _INK:
        return "currentColor"
    return f"var(--series-{SERIES.index(colour) + 1}, {colour})"


def _inline(figure: Figure, prefix: str) -> str:
    """Write a figure as an element of a page."""
    text = StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = text.getvalue()
    svg = re.sub(r"<(metadata|style).*?</\1>|<!--.*?-->", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r"font-family: 'DejaVu Sans'; ", "", svg)
    for colour in (*SERIES, _INK):
        svg = svg.replace(colour, _css(colour))
    width, height = (float(figure.bbox.size[axis]) for axis in (0, 1))
    return re.sub(r"<svg[^>]*>", _opening(width, height), svg, count=1).strip()


def _opening(width: float, height: float) -> str:
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="0 0 {width:g} {height:g}" aria-hidden="true" focusable="false">'
