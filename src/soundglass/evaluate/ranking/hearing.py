"""Systems that describe tracks from their audio, which is read for all of them at once and described once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip, read_clip
from soundglass.core.errors import AudioError
from soundglass.core.types import FloatArray, Json
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.baselines import Points
from soundglass.features.perceptual import excerpt_windows
from soundglass.library.search import file_of
from soundglass.library.store import Store

MIDDLE_S = 30.0
"""Seconds of the excerpt from the middle of a track, what the published systems were measured on."""

_BATCH = 8


@dataclass(frozen=True)
class Recording:
    """One track's audio, read when it is asked for; its middle is kept for the next system.

    Attributes
    ----------
    path : Path
    duration_s : float
        Of the whole recording; NaN where nobody knows.
    """

    path: Path
    duration_s: float

    def middle(self, sample_rate: int) -> FloatArray:
        """Read the middle ``MIDDLE_S``, or all of a shorter track, as mono at a rate in Hz.

        Raises
        ------
        AudioError
            The file is gone or cannot be decoded.
        """
        return self._middle.resampled(sample_rate).samples[:, 0]

    def excerpts(self, sample_rate: int) -> list[FloatArray]:
        """Read the pieces that a scan hears, as mono at a rate in Hz; raises as :meth:`middle` does."""
        windows = excerpt_windows(self.duration_s)
        return [_mono(self.path, *window).resampled(sample_rate).samples[:, 0] for window in windows]

    @cached_property
    def _middle(self) -> Clip:
        start = max(0.0, (self.duration_s - MIDDLE_S) / 2)
        return _mono(self.path, start, start + MIDDLE_S)


Describe: TypeAlias = Callable[[Recording], Json]
"""Gives what JSON can keep; ``None`` where a recording cannot be described."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """A kind of system that describes tracks one by one, then compares the descriptions.

    Attributes
    ----------
    describe : callable
    compare : callable
        Makes the system from its name, the rows of one or more tracks and their descriptions.
    """

    name: str
    describe: Describe
    compare: Callable[[str, NDArray[np.int64], Sequence[Json]], System]


def heard(context: Context, rows: NDArray[np.int64], kinds: Sequence[Hearing]) -> list[System]:
    """Hear all tracks for some systems; a system can rank those that it could describe."""
    descriptions: dict[str, list[Json]] = {kind.name: [] for kind in kinds}
    for start in range(0, len(rows), _BATCH):
        context.progress("hear tracks", start, len(rows))
        batch = rows[start : start + _BATCH]
        about = context.store.take(batch, ["id", "duration"])
        durations = np.asarray(about["duration"], dtype=np.float64).tolist()
        recordings = [_recording(context.store, *one) for one in zip(batch.tolist(), durations, strict=True)]
        ids = " ".join(about["id"].to_pylist())
        for kind in kinds:
            make = partial(_descriptions, kind.describe, recordings)
            descriptions[kind.name] += context.kept(f"{kind.name} of {ids}", make)
    context.progress("hear tracks", len(rows), len(rows))
    return [_compared(kind, rows, descriptions[kind.name]) for kind in kinds]


def _recording(store: Store, row: int, duration_s: float) -> Recording:
    return Recording(file_of(store, row), duration_s)


def _descriptions(describe: Describe, recordings: Sequence[Recording]) -> list[Json]:
    found = []
    for recording in recordings:
        try:
            found.append(describe(recording))
        except AudioError:
            found.append(None)
    return found


def _compared(kind: Hearing, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> System:
    known = [place for place, description in enumerate(descriptions) if description is not None]
    if not known:
        return Points(kind.name, rows[:0], np.empty((0, 0)))
    return kind.compare(kind.name, rows[known], [descriptions[place] for place in known])


def _mono(path: Path, start_s: float, end_s: float) -> Clip:
    return read_clip(path, start_s, end_s).spread_over(1)
