"""The parts of one score as a waterfall, from 0 to the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.explain.answer import Pair
from soundglass.explain.named import VISIBLE
from soundglass.explain.phrases import clock, missed_in, phrase
from soundglass.explain.pictures.style import (
    AGAINST,
    FOR,
    INK,
    PALE,
    TOTAL,
    look,
    name_of,
    new_figure,
    short,
    signed,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 14
"""Parts with a bar of their own."""

REST = "everything else"
_DIGITS = 3
_TITLE_LETTERS, _NAME_LETTERS, _DETAIL_LETTERS = 54, 30, 34
_WIDTH, _ROW, _FRAME = 8.6, 0.27, 1.5


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall.

    Attributes
    ----------
    name, detail : str
        The part, and what the two tracks have of it.
    start, end : float
        Where the sum of all bars so far was, and is.
    shown : str
        The number at the bar; those of all bars add up to that of the score, as they are written.
    part : Part or None
        ``None`` for the bar that smaller parts share.
    """

    name: str
    detail: str
    start: float
    end: float
    shown: str
    part: Part | None = None


def waterfall(parts: Sequence[Part], score: float, most: int = MOST) -> tuple[Step, ...]:
    """Lay the parts of a score end to end: the largest first, then what speaks against the pair.

    Parameters
    ----------
    parts : sequence of Part
        They sum to the score.
    most : int
        So many have a bar of their own if they are visible at two digits; the rest shares one.

    Returns
    -------
    tuple of Step
        The last one ends at the score.
    """
    largest = sorted(parts, key=lambda part: -abs(part.contribution))[:most]
    own = [part for part in parts if part in largest and abs(part.contribution) >= VISIBLE]
    own.sort(key=lambda part: -part.contribution)
    ends = list(accumulate((part.contribution for part in own), initial=0.0))
    bars = [
        (phrase(part.name), _detail(part), *edges) for part, edges in zip(own, pairwise(ends), strict=True)
    ]
    if left := len(parts) - len(own):
        said = f"{left} smaller {'part' if left == 1 else 'parts'}"
        bars.append((REST, said, ends[-1], score))
    written = _adding_up([end - start for *_, start, end in bars], score, spread=not left)
    shown = (signed(number, _DIGITS) for number in written)
    return tuple(map(Step, *zip(*bars, strict=True), shown, [*own, *[None] * bool(left)]))


def draw_contributions(pair: Pair, note: str = "") -> Figure:
    """Draw what adds up to the score of a pair.

    Parameters
    ----------
    pair : Pair
        By any recommender.
    note : str
        What else there is to say, in a line below.
    """
    steps = waterfall(pair.parts, pair.score)
    with look():
        both = " and ".join(name_of(track, _TITLE_LETTERS) for track in (pair.query, pair.match))
        title = f"Why {both} score {_plain(pair.score)} by {pair.by}"
        figure = new_figure(_WIDTH, _FRAME + _ROW * (len(steps) + 1) + 0.2 * bool(note), title)
        axes = figure.add_subplot()
        _draw_steps(axes, steps)
        _draw_total(axes, len(steps), pair.score)
        _label(axes, steps, pair.score)
        if note:
            figure.supxlabel(note, x=0.01, ha="left", color=INK, fontsize=9)
    return figure


def _draw_steps(axes: Axes, steps: Sequence[Step]) -> None:
    for row, step in enumerate(steps):
        change, colour = step.end - step.start, FOR if step.end >= step.start else AGAINST
        if step.name == REST:
            axes.barh(
                row, change, left=step.start, height=0.62, color="white", edgecolor=colour, hatch="////"
            )
        else:
            axes.barh(row, change, left=step.start, height=0.62, color=colour)
        axes.plot([step.end, step.end], [row - 0.31, row + 1.31], color=PALE, linewidth=0.8)
        _write(axes, row, max(step.start, step.end) if change >= 0 else min(step.start, step.end), step.shown)


def _draw_total(axes: Axes, row: int, score: float) -> None:
    axes.barh(row, score, height=0.62, color=TOTAL)
    _write(axes, row, score, _plain(score), bold=True)


def _write(axes: Axes, row: int, at: float, text: str, *, bold: bool = False) -> None:
    """Write a number beyond the end of its bar, on the side the bar points to."""
    against = text.startswith("−")
    axes.annotate(
        text,
        (at, row),
        xytext=(-4 if against else 4, 0),
        textcoords="offset points",
        ha="right" if against else "left",
        va="center",
        fontsize=8.5,
        fontweight="bold" if bold else "normal",
    )


def _label(axes: Axes, steps: Sequence[Step], score: float) -> None:
    """Name the rows: the part to the left, what both tracks have of it to the right."""
    rows = range(len(steps) + 1)
    axes.set_yticks(rows, [*(short(step.name, _NAME_LETTERS) for step in steps), "score"])
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_ylim(len(steps) + 0.6, -1.2)
    reach = [0.0, score, *(step.end for step in steps)]
    room = 0.14 * (max(reach) - min(reach) or 1.0)
    axes.set_xlim(min(reach) - room, max(reach) + room)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("score: 1 is the same recording, 0 no more alike than a random track of this library")
    beside = axes.secondary_yaxis("right")
    details = [short(step.detail, _DETAIL_LETTERS) for step in steps]
    beside.set_yticks([-0.9, *rows], ["query | match", *details, ""])
    beside.tick_params(length=0, colors="#595959", labelsize=8)
    beside.spines["right"].set_visible(False)


def _plain(score: float) -> str:
    """Write a score."""
    return signed(score, _DIGITS).removeprefix("+")


def _adding_up(values: Sequence[float], total: float, *, spread: bool) -> list[float]:
    """Round values so that they sum to the rounded total.

    Parameters
    ----------
    spread : bool
        Whether what rounding loses goes to the values nearest to it (largest remainders), a last digit each;
        otherwise to the last value.
    """
    rounded = [round(value, _DIGITS) for value in values]
    missing = round(total, _DIGITS) - sum(rounded)
    if not spread:
        return [*rounded[:-1], rounded[-1] + missing]
    digit = 10.0**-_DIGITS
    units = round(missing / digit)
    losers = sorted(range(len(values)), key=lambda at: (rounded[at] - values[at]) * (1 if units > 0 else -1))
    for at in losers[: abs(units)]:
        rounded[at] += digit if units > 0 else -digit
    return rounded


def _detail(part: Part) -> str:
    """Say what the query and the match have of a part."""
    query, match = part.query, part.match
    if isinstance(query, FeatureEvidence) and isinstance(match, FeatureEvidence):
        return f"{query.label} | {match.label}"
    times = {"query": clock(query), "match": clock(match)}
    if missed := missed_in(part):
        times[missed] = "little like it"
    return f"{times['query']} | {times['match']}" if isinstance(query, Region) else ""
