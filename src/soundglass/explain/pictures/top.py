"""The tracks with most of something: a grid of spectrograms, and their features as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundglass.explain.pictures.mel import draw_mel_on
from soundglass.explain.pictures.panels import Panels, Reader
from soundglass.explain.pictures.profiles import draw_profiles_on
from soundglass.explain.pictures.style import lines, look, name_of, new_figure, quiet_axes, rows_of
from soundglass.explain.top import Top

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

_WIDTH, _CELL, _ROW = 12.4, 1.6, 0.24
_COLUMNS, _LETTERS = 5, 28

NO_AUDIO = "There is no audio to draw: these tracks come from a table."


def draw_top(top: Top, read: Reader) -> Figure:
    """Draw the tracks with most of something.

    Parameters
    ----------
    top : Top
    read : callable
        As :data:`Reader`; where it raises, the figure says so in place of a spectrogram.
    """
    n = len(top.profiles)
    title = f"The {f'{n} with the ' if n > 1 else ''}highest {top.by}, of {top.n_tracks:,} tracks"
    heard = any(profile.track.origin == "audio" for profile in top.profiles)
    rows = -(-n // _COLUMNS) if heard else 0
    heights = [_CELL * rows if heard else 0.3, 0.9 + _ROW * n]
    with look():
        figure = new_figure(_WIDTH, sum(heights) + 0.45, title)
        above, below = rows_of(figure, heights)
        if heard:
            _draw_grid(above, top, read, rows)
        else:
            above.text(0.01, 0.5, NO_AUDIO, va="center")
        draw_profiles_on(below, top.profiles, {top.by: top.values})
    return figure


def _draw_grid(figure: SubFigure, top: Top, read: Reader, rows: int) -> None:
    grid = figure.subplots(rows, _COLUMNS, squeeze=False)
    for axes in grid.flat[len(top.profiles) :]:
        axes.axis("off")
    for at, (axes, profile, value) in enumerate(zip(grid.flat, top.profiles, top.values, strict=False)):
        panels = Panels.of(profile.track, read)
        if panels.images:
            draw_mel_on(axes, panels.images[0], hertz=at % _COLUMNS == 0)
            if at + _COLUMNS < len(top.profiles):
                axes.set_xlabel("")
        else:
            quiet_axes(axes)
            axes.set_facecolor("#ececec")
            said = "\n".join(lines(f"No spectrogram: {panels.missing}", _LETTERS - 4, 4))
            axes.text(0.5, 0.5, said, ha="center", va="center", fontsize=8, transform=axes.transAxes)
        name = lines(f"{at + 1} · {name_of(profile.track, 2 * _LETTERS - 8)}", _LETTERS, 2)
        axes.set_title("\n".join([*name, f"{top.by} {value.label}"]), fontsize=8)
