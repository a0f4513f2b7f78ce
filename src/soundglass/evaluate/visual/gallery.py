"""Pictures of a library's tracks: each is decoded once, drawn once, and kept."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from soundglass.audio.clip import read_clip
from soundglass.core.errors import AudioError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Json
from soundglass.evaluate.context import Context
from soundglass.evaluate.visual.pictures import ENOUGH_S, N_COLUMNS, Picture, beat_aligned
from soundglass.library.search import file_of


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures by row of the library.

    Attributes
    ----------
    pictures : dict of int to Picture
    n_unread : int
        How many tracks' files are gone or cannot be decoded.
    n_unfit : int
        How many are too short or silent.
    """

    pictures: dict[int, Picture]
    n_unread: int
    n_unfit: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out and why."""
        reasons = ((self.n_unread, "their files are gone or damaged"), (self.n_unfit, "too short or silent"))
        total = len(self.pictures) + self.n_unread + self.n_unfit
        return tuple(
            f"{count} of {total} tracks have no picture and are in no pair: {reason}"
            for count, reason in reasons
            if count
        )


def draw(context: Context, rows: Iterable[int]) -> Gallery:
    """Draw pictures of the middle of tracks.

    Parameters
    ----------
    rows : iterable of int
        Rows of the library.
    """
    rows = list(rows)
    about = context.store.take(rows, ["id", "duration", "tempo"]).to_pylist() if rows else []
    pictures, n_unread, n_unfit = dict[int, Picture](), 0, 0
    for done, (row, track) in enumerate(zip(rows, about, strict=True)):
        context.progress("draw pictures", done, len(rows))
        try:
            drawn = context.kept(
                f"beat-aligned picture of {track['id']}", partial(_drawn, context, row, track)
            )
        except AudioError:
            n_unread += 1
            continue
        if drawn is None:
            n_unfit += 1
        else:
            pixels = np.frombuffer(b64decode(drawn), np.uint8)
            pictures[row] = pixels.reshape(-1, N_COLUMNS)
    context.progress("draw pictures", len(rows), len(rows))
    return Gallery(pictures, n_unread, n_unfit)


def _drawn(context: Context, row: int, track: dict[str, Json]) -> str | None:
    start = max(0.0, ((track["duration"] or 0.0) - ENOUGH_S) / 2)
    clip = read_clip(file_of(context.store, row), start, start + ENOUGH_S).spread_over(1)
    samples = clip.resampled(DEFAULTS.spectrogram.sample_rate).samples[:, 0]
    picture = beat_aligned(samples, np.nan if track["tempo"] is None else track["tempo"])
    return None if picture is None else b64encode(picture.tobytes()).decode()
