"""Spectrograms on a page: a picture, its axes, and regions outlined on it, all in percent of its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from soundglass.core.types import Region
from soundglass.explain.phrases import phrase, time_text
from soundglass.explain.pictures.image import png
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.regions import Side
from soundglass.surfaces.report.sounds import data_uri
from soundglass.surfaces.shown.ticks import Tick, time_ticks

WIDEST = 900
"""Pixels; a longer recording is drawn with fewer columns than frames."""

_TICKS_HZ = ((200, "200"), (500, "500"), (1000, "1k"), (2000, "2k"), (5000, "5k"), (10_000, "10k"))


@dataclass(frozen=True, slots=True)
class Box:
    """A numbered region on a picture; the same number is on the other track's picture.

    Attributes
    ----------
    left, top, width, height : float
        Percent of the picture.
    colour : str
    title : str
        What it is.
    """

    number: int
    left: float
    top: float
    width: float
    height: float
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The spectrogram of a recording.

    Attributes
    ----------
    uri : str
        A PNG.
    seconds, hertz : tuple of Tick
    duration_s : float
    """

    uri: str
    seconds: tuple[Tick, ...]
    hertz: tuple[Tick, ...]
    duration_s: float

    def percent(self, second: float) -> float:
        """Give the place of a time, in percent from the left."""
        return 100 * min(max(second / self.duration_s, 0.0), 1.0)


def picture(image: MelImage) -> Picture:
    """Draw a recording, or a stretch of it."""
    size = min(image.n_frames, WIDEST), image.settings.n_mels
    seconds = time_ticks(image.start_s, image.end_s)
    hertz = [Tick(_from_top(image, hz), text) for hz, text in _TICKS_HZ if hz < image.settings.f_max]
    length = image.end_s - image.start_s
    return Picture(data_uri(png(image, size), "image/png"), seconds, tuple(hertz), length)


def close_up(image: MelImage, region: Region, length_s: float) -> MelImage:
    """Cut out so much of a recording around a region."""
    n_frames = min(round(length_s / image.hop_s), image.n_frames)
    middle = round((region.start_s + region.end_s) / 2 / image.hop_s)
    first = min(max(0, middle - n_frames // 2), image.n_frames - n_frames)
    cut = image.decibels[:, first : first + n_frames]
    return replace(image, decibels=cut, start_s=image.start_s + first * image.hop_s)


def boxes(image: MelImage, marked: Sequence[Mark], side: Side) -> list[Box]:
    """Outline the matched regions of one track."""
    found = []
    for mark in marked:
        region = mark.query if side == "query" else mark.match
        left, right = (_from_left(image, second) for second in (region.start_s, region.end_s))
        top, bottom = (_from_top(image, hz) for hz in (region.high_hz, region.low_hz))
        title = f"{mark.number}: {phrase(mark.part.name)} at {time_text(region.start_s)}"
        found.append(Box(mark.number, left, top, right - left, bottom - top, mark.colour, title))
    return found


def _from_left(image: MelImage, second: float) -> float:
    """Give the place of a time, in percent from the left."""
    return 100 * min(max((second - image.start_s) / (image.end_s - image.start_s), 0.0), 1.0)


def _from_top(image: MelImage, hz: float) -> float:
    """Give the place of a frequency, in percent from the top; half a band lies below the lowest centre."""
    up = (image.mel_position(hz) + 0.5) / image.settings.n_mels
    return 100 * (1.0 - min(max(up, 0.0), 1.0))
