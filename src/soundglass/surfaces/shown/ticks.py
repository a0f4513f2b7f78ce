"""Where the ticks of a picture's axis of time stand, in percent of its width."""

from __future__ import annotations

import math
from dataclasses import dataclass

from soundglass.explain.phrases import time_text

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
MOST_TICKS = 6
"""As many have room on the narrowest pages."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, in percent from the left or from the top."""

    at: float
    text: str


def time_ticks(start_s: float, end_s: float, most: int = MOST_TICKS) -> tuple[Tick, ...]:
    """Mark whole multiples of as few seconds as there is room for, but nothing at the very end.

    Parameters
    ----------
    start_s, end_s : float
        What the picture shows of a recording.
    most : int
        For how many there is room.
    """
    length = end_s - start_s
    if length <= 0:
        return ()
    step = next((s for s in _STEPS_S if length / s <= most), _STEPS_S[-1])
    first = step * math.ceil(start_s / step)
    times = range(first, math.ceil(end_s - length / 50), step)
    return tuple(Tick(100 * (at - start_s) / length, time_text(at)) for at in times)
