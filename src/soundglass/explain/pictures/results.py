"""A query beside its recommendations: where they match, what each match adds, and the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from soundglass.core.types import Recommendation, Recommendations
from soundglass.explain.pictures.marks import MOST, Mark, account, marks
from soundglass.explain.pictures.panels import Panels, Reader, draw_panels
from soundglass.explain.pictures.style import lines, look, name_of, new_figure, rows_of, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

_WIDTH, _ROW, _LINE = 10.0, 1.75, 0.17
_LETTERS, _TITLE_LETTERS = 142, 52

LEGEND = "Outlined and numbered alike on both sides: the regions that match, where most of each match is."


def draw_results(answer: Recommendations, read: Reader, n_regions: int = MOST) -> Figure:
    """Draw a query and its recommendations side by side.

    Each has a row: the query to the left, the recommendation to the right, the regions that carry most of the
    score outlined on both. By features, which have no regions, the query has a row of its own.

    Parameters
    ----------
    answer : Recommendations
    read : callable
        As :data:`Reader`; where it raises, the figure says so in place of a spectrogram.
    n_regions : int
        Regions of each match, at most.
    """
    title = f"Like {name_of(answer.query, _TITLE_LETTERS * 2)}, by {answer.by}"
    marked = [marks(result.parts, n_regions) for result in answer]
    captions = [_caption(result, of_one) for result, of_one in zip(answer, marked, strict=True)]
    with look():
        if not answer.results:
            return _empty(title, answer.notes)
        if not any(marked):
            return _draw_list(answer, captions, read, title)
        heights = [_ROW + _LINE * len(caption) for caption in captions]
        heights[-1] += _LINE
        figure = new_figure(_WIDTH, sum(heights) + 0.75, title)
        rows = rows_of(figure, [*heights, 0.25])
        for row, result, of_one, caption in zip(rows, answer, marked, captions, strict=False):
            _draw_row(row, answer, result, of_one, read)
            row.supxlabel("\n".join(caption), x=0.01, ha="left", fontsize=9)
        rows[-1].text(0.01, 0.5, LEGEND, va="center", fontsize=8.5, color="#4d4d4d")
    return figure


def _caption(result: Recommendation, marked: Sequence[Mark]) -> list[str]:
    score = signed(result.score).removeprefix("+")
    return [
        *lines(f"Score {score} = {account(result.parts, marked)}", _LETTERS),
        *lines(result.sentence, _LETTERS),
    ]


def _draw_row(
    row: SubFigure, answer: Recommendations, result: Recommendation, marked: Sequence[Mark], read: Reader
) -> None:
    grid = row.add_gridspec(1, 3, width_ratios=[1, 0.02, 1])
    query, match = [mark.query for mark in marked], [mark.match for mark in marked]
    sides = [(answer.query, query, 0), (result.track, match, result.rank)]
    for column, (track, regions, rank) in enumerate(sides):
        panels = Panels.of(track, read, regions)
        outlined = [(region, m.number, m.colour) for region, m in zip(regions, marked, strict=True)]
        drawn = draw_panels(row, grid[2 * column], panels, outlined, hertz=column == 0)
        name = name_of(track, _TITLE_LETTERS)
        drawn[0].set_title(f"{rank} · {name}" if rank else name)
        if result is not answer[-1]:
            drawn[0].set_xlabel("")


def _draw_list(
    answer: Recommendations, captions: Sequence[Sequence[str]], read: Reader, title: str
) -> Figure:
    """Draw tracks below one another, each with its words beside it."""
    shown = [answer.query, *(result.track for result in answer)]
    figure = new_figure(_WIDTH, 1.5 * len(shown) + 0.6, title)
    grid = figure.add_gridspec(len(shown), 2, width_ratios=[1, 1])
    for row, track in enumerate(shown):
        (axes,) = draw_panels(figure, grid[row, 0], Panels.of(track, read))
        if row < len(answer):
            axes.set_xlabel("")
        name = name_of(track, _TITLE_LETTERS)
        axes.set_title(f"{row} · {name}" if row else name)
        words = figure.add_subplot(grid[row, 1])
        words.axis("off")
        said = (
            ["The query"]
            if not row
            else [line for text in captions[row - 1] for line in lines(text, _LETTERS // 2, 4)]
        )
        words.text(0, 0.95, "\n".join(said), va="top", fontsize=9, transform=words.transAxes)
    return figure


def _empty(title: str, notes: Sequence[str]) -> Figure:
    figure = new_figure(_WIDTH, 2.0, title)
    figure.text(0.01, 0.3, "\n".join(["There is no such track.", *notes]))
    return figure
