"""The parts of all scores of a list at once: a heat map of parts and results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Recommendation, Recommendations
from soundglass.explain.phrases import phrase
from soundglass.explain.pictures.style import (
    DIVERGING,
    INK,
    lines,
    look,
    name_of,
    new_figure,
    quiet_axes,
    short,
    signed,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 14
"""Rows besides those of everything else and of the score."""

REST = "everything else"
_DIGITS = 2
_COLUMN, _ROW, _NAMES, _LETTERS, _NAME_LETTERS = 1.18, 0.29, 2.5, 16, 30
_TITLE_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Shares:
    """What adds up to each score of a list.

    Attributes
    ----------
    names : tuple of str
        Of the parts; regions that are called the same are one. The last may be ``REST``.
    values : ndarray, shape (n_names, n_results)
        Contributions; each column sums to its score. NaN where a result has no such part.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]


def shares(results: Sequence[Recommendation], most: int = MOST) -> Shares:
    """Gather the parts of results under common names, the largest in any of them first."""
    table: dict[str, NDArray[np.float64]] = {}
    for column, result in enumerate(results):
        for part in result.parts:
            row = table.setdefault(phrase(part.name), np.full(len(results), np.nan))
            row[column] = np.nan_to_num(row[column]) + part.contribution
    ordered = sorted(table, key=lambda name: -float(np.nanmax(np.abs(table[name]))))
    own = sorted(ordered[:most], key=lambda name: -float(np.nansum(table[name])))
    kept = [table[name] for name in own]
    if rest := [np.nan_to_num(table[name]) for name in ordered[most:]]:
        own, kept = [*own, REST], [*kept, np.sum(rest, axis=0)]
    return Shares(tuple(own), np.array(kept).reshape(len(own), len(results)))


def draw_parts(answer: Recommendations, note: str = "") -> Figure:
    """Draw what each part adds to each score of a list.

    Parameters
    ----------
    answer : Recommendations
        By any recommender; without results the figure says so.
    note : str
        What else there is to say, in a line below.
    """
    table = shares(answer.results)
    n_rows, n_columns = table.values.shape
    title = (
        f"What adds up to the scores of tracks like {name_of(answer.query, _TITLE_LETTERS)}, by {answer.by}"
    )
    with look():
        width = max(6.4, _NAMES + _COLUMN * n_columns + 0.9)
        figure = new_figure(width, 2.0 + _ROW * (n_rows + 1) + 0.2 * bool(note), title)
        if not answer.results:
            _say(figure.add_subplot(), "There is no such track.", *answer.notes)
            return figure
        above, below = figure.subplots(2, 1, height_ratios=[n_rows, 1], sharex=True)
        most = float(np.nanmax(np.abs(table.values))) or 1.0
        image = above.imshow(table.values, cmap=DIVERGING, vmin=-most, vmax=most, aspect="auto")
        _write_cells(above, table.values, most)
        above.set_yticks(range(n_rows), [short(name, _NAME_LETTERS) for name in table.names])
        _head(above, answer.results)
        _draw_scores(below, answer.results)
        bar = figure.colorbar(image, ax=[above, below], shrink=0.8, aspect=30, pad=0.02)
        bar.set_label("contribution to the score")
        below_it = [note] if note else []
        if np.isnan(table.values).any():
            below_it.append("· where a result has no part of this name")
        if below_it:
            figure.supxlabel("\n".join(below_it), x=0.01, ha="left", fontsize=9)
    return figure


def _head(axes: Axes, results: Sequence[Recommendation]) -> None:
    names = [
        "\n".join([f"{r.rank}", *lines(name_of(r.track, 4 * _LETTERS - 8), _LETTERS, 4)]) for r in results
    ]
    axes.xaxis.set_ticks_position("top")
    axes.set_xticks(range(len(results)), names, fontsize=8)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_scores(axes: Axes, results: Sequence[Recommendation]) -> None:
    axes.set_facecolor("#ececec")
    axes.set_ylim(-0.5, 0.5)
    for column, result in enumerate(results):
        text = signed(result.score, _DIGITS).removeprefix("+")
        axes.text(column, 0, text, ha="center", va="center", fontsize=9, fontweight="bold")
    axes.set_yticks([0], ["score"], fontweight="bold")
    axes.tick_params(length=0, labeltop=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _write_cells(axes: Axes, values: NDArray[np.float64], most: float) -> None:
    for (row, column), value in np.ndenumerate(values):
        text = "·" if np.isnan(value) else signed(value, _DIGITS)
        ink = "white" if abs(value) > 0.62 * most else INK
        axes.text(column, row, text, ha="center", va="center", fontsize=8.5, color=ink)


def _say(axes: Axes, *said: str) -> None:
    quiet_axes(axes)
    axes.text(0, 0.5, "\n".join(said), va="center", transform=axes.transAxes)
