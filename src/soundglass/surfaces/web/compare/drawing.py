"""What the pages of a comparison draw: lines between two lists, dots on a scale, bars, and small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.types import Json
from soundglass.embeddings.picture import RANGE_DB
from soundglass.evaluate.visual.pictures import Picture
from soundglass.explain.pictures.image import png
from soundglass.explain.pictures.mel import MelImage
from soundglass.surfaces.web.compare.sides import SideBySide

THUMBNAIL = 128
"""Pixels each way."""

_STEP, _LEAST_ROOM = 0.1, 0.4


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line between the lists begins and ends, in percent from the top."""

    number: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Dots:
    """Values on a scale.

    Attributes
    ----------
    places : tuple of (float, str)
        Percent from the left, and what it is.
    mean : float or None
        In percent from the left.
    """

    name: str
    places: tuple[tuple[float, str], ...]
    mean: float | None
    mean_text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Dots of several kinds on one scale, with its ticks."""

    kinds: tuple[Dots, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram, its height in percent."""

    name: str
    count: int
    height: float


def lines(answer: SideBySide) -> list[Line]:
    """Join the tracks that both lists name."""
    lengths = [max(1, len(of_one)) for of_one in answer.items]
    return [
        Line(
            item.result.rank,
            100 * (item.result.rank - 0.5) / lengths[0],
            100 * (item.there - 0.5) / lengths[1],
        )
        for item in answer.items[0]
        if item.by_both
    ]


def strip(answer: SideBySide) -> Strip | None:
    """Lay out how alike the pictures of both lists look, and those of random tracks."""
    looks = answer.looks
    if looks is None:
        return None
    kinds = [
        (by, [(item.look, item.result.track.label) for item in items if item.look is not None])
        for by, items in zip(answer.by, answer.items, strict=True)
    ]
    kinds.append(("random tracks", [(value, "") for value in looks.random.tolist()]))
    every = [value for _, found in kinds for value, _ in found]
    if not every:
        return None
    low = np.floor(min(every) / _STEP) * _STEP
    high = min(1.0, max(np.ceil(max(every) / _STEP) * _STEP, low + _LEAST_ROOM))
    ticks = np.arange(round(low / _STEP), round(high / _STEP) + 1) * _STEP

    def place(value: float) -> float:
        return float(100 * (value - low) / (high - low))

    return Strip(
        tuple(_dots(name, found, place) for name, found in kinds),
        tuple((place(tick), f"{tick:.1f}") for tick in ticks.tolist()),
    )


def _dots(name: str, found: Sequence[tuple[float, str]], place: Json) -> Dots:
    mean = float(np.mean([value for value, _ in found])) if found else None
    return Dots(
        name,
        tuple((place(value), f"{label}: {value:.2f}" if label else f"{value:.2f}") for value, label in found),
        None if mean is None else place(mean),
        "" if mean is None else f"{mean:.2f}",
    )


def histogram(counts: Sequence[int]) -> list[Bar]:
    """Lay out how many tracks have how many matches in common."""
    highest = max([*counts, 1])
    return [Bar(str(at), count, 100 * count / highest) for at, count in enumerate(counts)]


def thumbnail(picture: Picture) -> bytes:
    """Draw a stored picture as PNG, as wide as high."""
    decibels = picture.astype(np.float32) * np.float32(RANGE_DB / 255) - np.float32(RANGE_DB)
    return png(MelImage(decibels, 0.0, RANGE_DB), (THUMBNAIL, THUMBNAIL))
