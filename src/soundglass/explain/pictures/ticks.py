"""Where ticks stand on axes of time and of mel bands: as many as have room, at numbers people count by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter, Locator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERTZ = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)
STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)

_LETTERS_APART = 1.25
_TIME_LETTERS = 5.5


class HertzLocator(Locator):
    """Ticks at ``HERTZ``, left out from above downwards where they would touch.

    Parameters
    ----------
    position : callable
        Turns Hz into a place on the axis.
    """

    def __init__(self, position: Callable[[float], float]) -> None:
        self._position = position

    def __call__(self) -> Sequence[float]:
        """Give the places of the ticks."""
        low, high = sorted(self.axis.get_view_interval())  # type: ignore[union-attr]
        return self.tick_values(low, high)

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Give the places of the ticks between two others."""
        apart = (vmax - vmin) * _LETTERS_APART / max(1.0, _letters_along(self.axis))
        kept: list[float] = []
        for place in map(self._position, reversed(HERTZ)):
            if vmin <= place <= vmax and (not kept or kept[-1] - place >= apart):
                kept.append(place)
        return kept


class TimeLocator(Locator):
    """Ticks at whole multiples of one of ``STEPS_S``."""

    def __call__(self) -> Sequence[float]:
        """Give the times of the ticks."""
        low, high = sorted(self.axis.get_view_interval())  # type: ignore[union-attr]
        return self.tick_values(low, high)

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Give the times of the ticks between two others, in seconds."""
        most = max(1.0, _letters_along(self.axis) / _TIME_LETTERS)
        step = next((step for step in STEPS_S if (vmax - vmin) / step <= most), STEPS_S[-1])
        return [n * step for n in range(math.ceil(vmin / step), math.floor(vmax / step) + 1)]


def label_hertz(axes: Axes, position: Callable[[float], float]) -> None:
    """Label the vertical axis, on which a frequency lies at ``position(hz)``."""
    names = {round(position(hz), 6): f"{hz // 1000}k" if hz >= 1000 else str(hz) for hz in HERTZ}
    axes.yaxis.set_major_locator(HertzLocator(position))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda place, _: names.get(round(place, 6), "")))
    axes.set_ylabel("frequency (Hz)")


def label_seconds(axes: Axes) -> None:
    """Label the horizontal axis, which counts seconds, as minutes and seconds."""
    axes.xaxis.set_major_locator(TimeLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: minutes(seconds)))
    axes.set_xlabel("time (m:ss)")


def minutes(seconds: float) -> str:
    """Write a time as people read it: ``1:05``, and ``0:02.5`` where it is no whole second."""
    tenths = round(seconds * 10)
    whole, rest = divmod(tenths, 10)
    text = f"{whole // 60}:{whole % 60:02d}"
    return f"{text}.{rest}" if rest else text


def _letters_along(axis: object) -> float:
    """Count how many letters fit along an axis, as high or wide as they are."""
    from matplotlib.axis import XAxis, YAxis

    assert isinstance(axis, XAxis | YAxis)  # noqa: S101
    figure, panel = axis.figure, axis.axes
    assert figure is not None  # noqa: S101
    box = panel.get_window_extent()
    points = (box.width if isinstance(axis, XAxis) else box.height) * 72 / figure.dpi
    return float(points / 8.5)
