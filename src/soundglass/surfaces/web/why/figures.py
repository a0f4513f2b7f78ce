"""The figures of a check: scores as dots on one scale, and how a score falls step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundglass.evaluate.faithfulness.one_pair import FeaturesTaken
from soundglass.explain.bars import Scale, written
from soundglass.surfaces.web.why.check import Tested

MOST_DOTS = 40
WIDTH, HEIGHT = 340, 190
"""Of the curve, in its own units."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 8, 26
_N_TICKS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One score, or several with their mean.

    Attributes
    ----------
    left, width : float
        The bar from 0 to it, in percent.
    dots : tuple of float
        Where single scores lie.
    """

    name: str
    kind: str
    score: str
    left: float
    width: float
    dots: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """How a score falls as features are taken away, in units of the drawing.

    Attributes
    ----------
    own, chance : str
        Points of lines.
    band : str
        Points around the middle four fifths of random orders.
    steps : tuple of (float, float, str, str)
        Where each step lies, what it takes away, and the score that is left.
    ticks : tuple of (float, str)
        On the axis of scores.
    """

    own: str
    chance: str
    band: str
    steps: tuple[tuple[float, float, str, str], ...]
    ticks: tuple[tuple[float, str], ...]

    @property
    def each(self) -> int:
        """Every how manieth step has room for its number."""
        return 1 if len(self.steps) <= 12 else 2


def rows(tested: Tested) -> tuple[list[Row], float]:
    """Draw the scores of a check on one scale; also say where 0 lies, in percent."""
    taken = tested.taken
    every = [0.0, taken.score, *taken.named, *taken.random]
    scale = Scale(min(every), max(every))

    def row(name: str, kind: str, score: float, single: tuple[float, ...] = ()) -> Row:
        left, width = scale.place(score)
        dots = tuple(100 * (one - scale.low) / ((scale.high - scale.low) or 1.0) for one in single)
        return Row(name, kind, written(score), left, width, dots)

    some = np.quantile(taken.random, np.linspace(0, 1, min(MOST_DOTS, len(taken.random)))).tolist()
    drawn = [
        row("as it is", "whole", taken.score),
        row(tested.without, "named", taken.without, taken.named if len(taken.named) > 1 else ()),
        row(tested.instead, "random", taken.by_chance, tuple(some)),
    ]
    return drawn, scale.zero


def curve(found: FeaturesTaken) -> Curve:
    """Draw how a score falls without the first 0, 1, … features."""
    lows, highs = ([step[at] for step in found.at_random] for at in (1, 2))
    every = [0.0, *found.falling, *lows, *highs]
    low, high = min(every), max(every)
    n = len(found.order)

    def x(step: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * step / n, 1)

    def y(score: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - score) / ((high - low) or 1.0), 1)

    def line(scores: list[float]) -> str:
        return " ".join(f"{x(step)},{y(score)}" for step, score in enumerate(scores))

    back = " ".join(f"{x(step)},{y(lows[step])}" for step in reversed(range(n + 1)))
    names = ["nothing", *(name.replace("_", " ") for name in found.order)]
    steps = zip(names, found.falling, strict=True)
    return Curve(
        own=line(list(found.falling)),
        chance=line([step[0] for step in found.at_random]),
        band=f"{line(highs)} {back}",
        steps=tuple((x(at), y(score), name, written(score)) for at, (name, score) in enumerate(steps)),
        ticks=tuple((y(score), written(score, 1)) for score in _ticks(low, high)),
    )


def _ticks(low: float, high: float) -> list[float]:
    """Choose round scores between two others, 0 among them."""
    step = next((s for s in (0.1, 0.2, 0.5, 1, 2, 5) if (high - low) / s <= _N_TICKS), 10)
    first = int(np.ceil(low / step))
    return [step * at for at in range(first, int(high / step) + 1)]
