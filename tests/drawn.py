"""What a figure shows, for tests of pictures: its texts, where they are, and which of them touch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Track
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.pictures.style import look

LONG = "W" * 90 + " " + "a rather long title of many words " * 6
CJK = "日本語のとても長い題名です" * 12
ODD = "$x_1$ & <b>\u202eبسم الله"


def read(track: Track, start_s: float, end_s: float | None) -> MelImage:
    """Stand for the spectrogram of a track without reading any file."""
    settings = DEFAULTS.spectrogram
    seconds = (track.duration_s if end_s is None else end_s) - start_s
    frames = round(seconds * settings.frame_rate)
    decibels = np.linspace(-80, 0, 128 * frames, dtype=np.float32).reshape(128, frames)
    return MelImage(decibels, start_s, 80.0, settings)


def deaf(track: Track, start_s: float, end_s: float | None) -> MelImage:
    """Stand for a file that is gone."""
    raise SoundglassError("cannot be read", path=track.path)


def parts_of(figure: Figure | SubFigure) -> Iterator[Figure | SubFigure]:
    """Give a figure and all figures within."""
    yield figure
    for within in figure.subfigs:
        yield from parts_of(within)


def words(figure: Figure) -> list[Text]:
    """Give every text that is seen, after drawing."""
    if figure.stale:
        with look():
            figure.draw_without_rendering()
    found = [text for part in parts_of(figure) for text in part.texts]
    for axes in [*figure.axes, *(child for parent in figure.axes for child in parent.child_axes)]:
        found += [axes.title, axes._left_title, axes._right_title]
        found += [axes.xaxis.label, axes.yaxis.label, *axes.texts]
        found += [*ticks(axes, "x"), *ticks(axes, "y")]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def ticks(axes: Axes, along: str) -> list[Text]:
    """Give the labels of the ticks that are in view."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    low, high = sorted(axis.get_view_interval())
    return [
        label
        for tick in axis.get_major_ticks()
        if low <= tick.get_loc() <= high
        for label in (tick.label1, tick.label2)
        if label.get_visible()
    ]


def said(figure: Figure) -> str:
    """Give all texts, one a line, with plain spaces."""
    return "\n".join(text.get_text().replace("\u00a0", " ") for text in words(figure))


def touching(figure: Figure) -> list[tuple[str, str]]:
    """Give the pairs of texts whose boxes overlap by more than a pixel each way."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in words(figure)]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if _overlap(one, other)]


def beyond(figure: Figure) -> list[str]:
    """Give the texts that do not lie within the figure."""
    whole = figure.bbox
    return [
        text.get_text()
        for text in words(figure)
        if (box := text.get_window_extent()).x0 < -1
        or box.x1 > whole.x1 + 1
        or box.y0 < -1
        or box.y1 > whole.y1 + 1
    ]


def outlines(axes: Axes) -> dict[str, tuple[tuple[float, float, float, float], str]]:
    """Give the outlined regions of a spectrogram: number to (left, right, low, high) and colour."""
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    numbers = [text for text in axes.texts if text.get_text().isdigit()]
    assert len(boxes) == len(numbers)
    found = {}
    for box, number in zip(boxes, numbers, strict=True):
        edges = (box.get_x(), box.get_x() + box.get_width(), box.get_y(), box.get_y() + box.get_height())
        found[number.get_text()] = edges, str(number.get_color())
    return found


def _overlap(one: Bbox, other: Bbox) -> bool:
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > 1
        and min(one.y1, other.y1) - max(one.y0, other.y0) > 1
    )
