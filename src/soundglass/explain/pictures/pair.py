"""Two spectrograms one over the other: where they match, and where and how much of the likeness is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Track
from soundglass.explain.answer import Pair
from soundglass.explain.heard import THROUGHOUT, HeardMost, Stretch, heard_in
from soundglass.explain.pictures.marks import CIRCLED, MOST, Mark, account, marks
from soundglass.explain.pictures.panels import Outlined, Panels, Reader, draw_panels
from soundglass.explain.pictures.style import FOR, INK, lines, look, name_of, new_figure, rows_of, signed
from soundglass.explain.pictures.ticks import label_seconds
from soundglass.explain.relevance import Relevance
from soundglass.explain.stretch import intensity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

_WIDTH, _MEL, _STRIP, _LINE = 10.0, 2.1, 0.75, 0.17
_LETTERS, _TITLE_LETTERS = 142, 110
_STEPS, _FINEST_S, _NEAR, _LABEL_SHARE = 1200, 0.05, 0.03, 0.08

LEGEND = "Bars: how much of what speaks for the pair is heard each second."
HATCHED = "Hatched: what is not listened to."


class _Side(NamedTuple):
    """One of the two tracks."""

    name: str
    track: Track
    regions: Outlined
    relevance: Relevance | None
    heard: Stretch | None


def draw_pair(
    pair: Pair, read: Reader, relevance: tuple[Relevance, Relevance] | None = None, n_regions: int = MOST
) -> Figure:
    """Draw a pair of recordings with their matched regions, numbered alike.

    Parameters
    ----------
    pair : Pair
        By a recommender that compares regions.
    read : callable
        As :data:`Reader`; where it raises, the figure says so in place of a spectrogram.
    relevance : (Relevance, Relevance), optional
        What speaks for the pair in either recording, drawn over time below each.
    n_regions : int
        At most.
    """
    marked = marks(pair.parts, n_regions)
    heard = HeardMost(*map(heard_in, relevance)) if relevance else None
    maps, stretches = relevance or (None, None), heard or (None, None)
    sides = [
        _Side("Query", pair.query, [(m.query, m.number, m.colour) for m in marked], maps[0], stretches[0]),
        _Side("Match", pair.match, [(m.match, m.number, m.colour) for m in marked], maps[1], stretches[1]),
    ]
    said = _caption(pair, marked, heard, sides)
    height = (_MEL + _STRIP) if relevance else _MEL
    with look():
        figure = new_figure(
            _WIDTH, 2 * height + _LINE * len(said) + 0.6, f"Where two tracks are alike, by {pair.by}"
        )
        rows = rows_of(figure, [height, height, 0.1 + _LINE * len(said)])
        highest = _highest(sides)
        for row, side in zip(rows, sides, strict=False):
            _draw_side(row, side, read, highest)
        rows[2].text(0.01, 0.98, "\n".join(said), va="top", fontsize=9)
    return figure


def _caption(
    pair: Pair, marked: Sequence[Mark], heard: HeardMost | None, sides: Sequence[_Side]
) -> list[str]:
    score = signed(pair.score).removeprefix("+")
    said = lines(f"Score {score} = {account(pair.parts, marked)}", _LETTERS)
    said += lines(f"{pair.sentence} {heard.sentence if heard else ''}", _LETTERS)
    if heard:
        hatched = any(side.relevance and _unheard(_times(side), side.relevance) for side in sides)
        said += lines(f"{LEGEND} {HATCHED if hatched else ''}", _LETTERS)
    return said


def _highest(sides: Sequence[_Side]) -> float:
    """Find the largest relevance per second on either side, for one scale on both."""
    profiles = [_profile(side.relevance, _times(side)) for side in sides if side.relevance is not None]
    return max((float(profile.max()) for profile in profiles), default=0.0) or 1.0


def _profile(relevance: Relevance, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give relevance per second as if equally many places were heard at all times that are heard at all.

    More places are heard in the middle of each piece that the network hears than at its ends, which says
    nothing of the music.
    """
    even = intensity(relevance, times)
    total = relevance.profile(times).sum()
    return even * (total / even.sum()) if even.sum() > 0 else even


def _times(side: _Side) -> NDArray[np.float64]:
    step = max(_FINEST_S, side.track.duration_s / _STEPS)
    return np.arange(step / 2, side.track.duration_s, step)


def _draw_side(row: SubFigure, side: _Side, read: Reader, highest: float) -> None:
    grid = row.add_gridspec(
        2 if side.relevance else 1, 1, height_ratios=[_MEL, _STRIP][: 2 if side.relevance else 1]
    )
    panels = Panels.of(side.track, read, [region for region, _, _ in side.regions])
    drawn = draw_panels(row, grid[0], panels, side.regions)
    drawn[0].set_title(f"{side.name}: {name_of(side.track, _TITLE_LETTERS)}")
    if side.relevance is None:
        return
    strip = row.add_subplot(grid[1], sharex=drawn[0] if panels.whole else None)
    if not panels.whole:
        strip.set_xlim(0, side.track.duration_s)
    _draw_strip(strip, side, side.relevance, highest)
    for axes in drawn:
        axes.set_xlabel("")
    if panels.whole:
        drawn[0].tick_params(labelbottom=False)
    else:
        _point_at(strip, side.regions)


def _point_at(axes: Axes, regions: Outlined) -> None:
    """Write above a strip of a whole recording where the regions are."""
    from matplotlib.transforms import blended_transform_factory

    above = blended_transform_factory(axes.transData, axes.transAxes)
    near = _NEAR * (axes.get_xlim()[1] - axes.get_xlim()[0])
    written: list[tuple[float, str]] = []
    for start, number in sorted((region.start_s, CIRCLED[number - 1]) for region, number, _ in regions):
        before = written.pop()[1] if written and start - written[-1][0] < near else ""
        written.append((start, before + number))
    for start, numbers in written:
        axes.text(start, 1.0, numbers, ha="center", va="bottom", fontsize=9, transform=above)


def _draw_strip(axes: Axes, side: _Side, relevance: Relevance, highest: float) -> None:
    """Draw how much of the score is heard when, where nothing was heard, and the stretch of most of it."""
    times = _times(side)
    axes.fill_between(times, _profile(relevance, times), step="mid", color=FOR, linewidth=0)
    axes.set_ylim(0, 1.25 * highest)
    for start, end in _unheard(times, relevance):
        axes.axvspan(start, end, facecolor="none", edgecolor="#dcdcdc", hatch="////", linewidth=0)
    if side.heard is not None and side.heard.extent < THROUGHOUT:
        axes.axvspan(side.heard.start_s, side.heard.end_s, color=FOR, alpha=0.15, linewidth=0)
        for edge in (side.heard.start_s, side.heard.end_s):
            axes.axvline(edge, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        _label_stretch(axes, side.heard, 1.22 * highest)
    axes.set_ylabel("score / s")
    axes.locator_params(axis="y", nbins=3)
    label_seconds(axes)


def _label_stretch(axes: Axes, heard: Stretch, y: float) -> None:
    """Write what a stretch is: within it where it is long enough, otherwise beside it."""
    low, high = axes.get_xlim()
    inside = heard.end_s - heard.start_s >= _LABEL_SHARE * (high - low)
    before = not inside and heard.end_s + _LABEL_SHARE * (high - low) > high
    axes.annotate(
        "heard most",
        (heard.start_s if inside or before else heard.end_s, y),
        xytext=(-3 if before else 3, 0),
        textcoords="offset points",
        ha="right" if before else "left",
        va="top",
        fontsize=8,
    )


def _unheard(times: NDArray[np.float64], relevance: Relevance) -> list[tuple[float, float]]:
    """Find the spans of time that no place of a map covers."""
    starts, ends = relevance.boxes[:, 0], relevance.boxes[:, 1]
    deaf = ~((times[:, None] >= starts) & (times[:, None] < ends)).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], deaf, [False]])))
    step = float(times[1] - times[0]) if len(times) > 1 else 0.0
    return [
        (float(times[a]) - step / 2, float(times[b - 1]) + step / 2)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
