"""The spectrogram of a recording, or of some cuts of it, as one picture with times below."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np

from soundglass.core.types import Region
from soundglass.explain.phrases import time_text
from soundglass.explain.pictures.image import magma, png
from soundglass.explain.pictures.mel import MelImage

if TYPE_CHECKING:
    from PIL.Image import Image

WHOLE_S: Final = 30.0
"""Up to this length a recording is shown as a whole; of a longer one, cuts around its regions."""

CUT_S: Final = 4.0

_WIDTH, _LEAST_WIDTH, _PER_S = 900, 300, 75
_HEIGHT, _LEGEND, _GAP = 200, 32, 10
_LETTERS = 24
"""Pixels: a phone shows a picture at a third of its width, and times are still to be read."""
_QUALITY = 85
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300)
_MOST_TIMES = 6

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strip:
    """A picture of stretches of a recording, side by side.

    Attributes
    ----------
    content : bytes
        WebP.
    width, height : int
        Pixels, with the times below.
    spans : tuple of (float, float)
        What is shown, in seconds from the start of the recording.
    places : tuple of (float, float)
        Where each lies, in pixels from the left.
    image : MelImage
        What it was drawn from.
    """

    content: bytes
    width: int
    height: int
    spans: tuple[Span, ...]
    places: tuple[Span, ...]
    image: MelImage

    @property
    def is_cut(self) -> bool:
        """Whether it shows only stretches of a recording."""
        return sum(end_s - start_s for start_s, end_s in self.spans) < self.image.end_s - 1.0

    def box(self, region: Region) -> tuple[float, float, float, float]:
        """Give left, top, width and height of a region, in percent of the picture."""
        middle = (region.start_s + region.end_s) / 2
        at = min(range(len(self.spans)), key=lambda one: _away(self.spans[one], middle))
        (start_s, end_s), (first, last) = self.spans[at], self.places[at]
        per_s = (last - first) / (end_s - start_s)
        left, right = (
            100 * (first + (min(max(second, start_s), end_s) - start_s) * per_s) / self.width
            for second in (region.start_s, region.end_s)
        )
        top, bottom = (self._from_top(hz) for hz in (region.high_hz, region.low_hz))
        return left, top, right - left, bottom - top

    def _from_top(self, hz: float) -> float:
        """Give the place of a frequency, in percent; half a band lies below the lowest centre."""
        up = (self.image.mel_position(hz) + 0.5) / self.image.settings.n_mels
        return 100 * _HEIGHT / self.height * (1.0 - min(max(up, 0.0), 1.0))


def cuts(regions: Iterable[Region], duration_s: float) -> tuple[Span, ...]:
    """Choose what to show of a recording: all of a short one, else what is around some regions."""
    if duration_s <= WHOLE_S:
        return ((0.0, duration_s),)
    found = list[Span]()
    for region in sorted(regions, key=lambda one: one.start_s):
        length = max(CUT_S, region.end_s - region.start_s + 1.0)
        start_s = min(max(0.0, (region.start_s + region.end_s - length) / 2), duration_s - length)
        if found and start_s <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], start_s + length)
        else:
            found.append((start_s, start_s + length))
    return tuple(found) or ((0.0, duration_s),)


def draw(image: MelImage, spans: Sequence[Span]) -> Strip:
    """Draw stretches of a recording.

    Parameters
    ----------
    image : MelImage
        Of all of it: what is bright in one stretch is as loud as what is as bright in another.
    spans : sequence of (float, float)
        Seconds from its start; one a stretch.
    """
    from PIL import Image as Pillow

    seconds = sum(end_s - start_s for start_s, end_s in spans)
    gaps = _GAP * (len(spans) - 1)
    width = round(min(_WIDTH, max(_LEAST_WIDTH, seconds * _PER_S + gaps)))
    floor = tuple(magma()[0].tolist())
    canvas = Pillow.new("RGB", (width, _HEIGHT + _LEGEND), floor)
    canvas.paste((255, 255, 255), (0, 0, width, _HEIGHT))
    places, at = list[Span](), 0.0
    for start_s, end_s in spans:
        share = (width - gaps) * (end_s - start_s) / seconds
        first, last = round(at), max(round(at) + 1, round(at + share))
        with Pillow.open(BytesIO(png(_cut(image, start_s, end_s), (last - first, _HEIGHT)))) as drawn:
            canvas.paste(drawn.convert("RGB"), (first, 0))
        places.append((float(first), float(last)))
        at += share + _GAP
    _write_times(canvas, spans, places)
    file = BytesIO()
    canvas.save(file, "WEBP", quality=_QUALITY, method=4)
    return Strip(file.getvalue(), width, _HEIGHT + _LEGEND, tuple(spans), tuple(places), image)


def _cut(image: MelImage, start_s: float, end_s: float) -> MelImage:
    first = min(max(0, round(start_s / image.hop_s)), image.n_frames - 1)
    last = max(first + 1, round(end_s / image.hop_s))
    cut = image.decibels[:, first:last]
    missing = last - first - cut.shape[1]  # the last frame may lie a hop before the end
    if missing:
        cut = np.pad(cut, ((0, 0), (0, missing)), mode="edge")
    return replace(image, decibels=cut, start_s=first * image.hop_s)


def _write_times(canvas: Image, spans: Sequence[Span], places: Sequence[Span]) -> None:
    """Write when each cut begins, or times at even steps below a recording that is shown whole."""
    from PIL import ImageDraw, ImageFont

    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(_LETTERS)
    for (start_s, end_s), (first, last) in zip(spans, places, strict=True):
        times = [start_s] if len(spans) > 1 else _even(start_s, end_s)
        for second in times:
            x = first + (second - start_s) / (end_s - start_s) * (last - first)
            pen.line((x, _HEIGHT, x, _HEIGHT + 4), fill="white")
            text = time_text(second)
            room = min(x + 3, canvas.width - pen.textlength(text, font))
            pen.text((room, _HEIGHT + 2), text, fill="white", font=font)


def _even(start_s: float, end_s: float) -> list[float]:
    step = next((s for s in _STEPS_S if (end_s - start_s) / s <= _MOST_TIMES), _STEPS_S[-1])
    return [float(at) for at in np.arange(math.ceil(start_s / step) * step, end_s - step / 4, step)]


def _away(span: Span, second: float) -> float:
    return max(span[0] - second, second - span[1], 0.0)
