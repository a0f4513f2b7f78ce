"""Parts of recordings as workers drew them, kept while there is room, the last used longest."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.surfaces.web.sight.layout import FULL_SCALE, Layout
from soundglass.surfaces.web.workshop import Workshop

MOST_BYTES = 48 << 20
"""About fourteen hours of music."""

_TIMEOUT_S = 180.0
_Key: TypeAlias = tuple[str, float, int]


@dataclass(frozen=True, slots=True)
class Sight:
    """What there is to draw.

    Attributes
    ----------
    track_id : str
    path : str
        The file.
    layout : Layout
    brightest_db : float
        Mel power that has the brightest colour.
    """

    track_id: str
    path: str
    layout: Layout
    brightest_db: float


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """All coarser tiles of a part and its peaks.

    Attributes
    ----------
    tiles : mapping of (int, int) to bytes
        PNGs by level and number.
    peaks : ndarray of int16, shape (n_frames, 2)
        Lowest and highest sample of every frame; full scale is 32767.
    """

    tiles: Mapping[tuple[int, int], bytes]
    peaks: NDArray[np.int16]

    @property
    def n_bytes(self) -> int:
        """What keeping it takes."""
        return self.peaks.nbytes + sum(map(len, self.tiles.values()))


class Parts:
    """Parts by recording and number, drawn when they are first asked for.

    Parameters
    ----------
    workshop : Workshop
    most_bytes : int
        Beyond this the least recently used are forgotten, but never the one just asked for.
    """

    def __init__(self, workshop: Workshop, most_bytes: int = MOST_BYTES) -> None:
        self._workshop = workshop
        self._most_bytes = most_bytes
        self._kept: OrderedDict[_Key, Part] = OrderedDict()
        self._lock = threading.Lock()
        # One at a time: each takes a worker for seconds, and others are to stay free for single tiles.
        self._drawing = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """What is kept at present."""
        return sum(part.n_bytes for part in self._kept.values())

    def part(self, sight: Sight, number: int) -> Part:
        """Give one part.

        Raises
        ------
        AudioError
            The file cannot be decoded.
        """
        key = sight.track_id, sight.brightest_db, number
        if (found := self._found(key)) is not None:
            return found
        with self._drawing:
            if (found := self._found(key)) is not None:
                return found
            made = self._drawn(sight, number)
            self._keep(key, made)
        return made

    def peaks(self, sight: Sight, numbers: Sequence[int], n: int) -> FloatArray:
        """Give the lowest and highest sample of equal steps of some parts of a recording.

        Parameters
        ----------
        numbers : sequence of int
            Parts that follow each other.
        n : int
            How many steps at most; there are no more than the spectrogram has frames.

        Returns
        -------
        ndarray of float32, shape (n_steps, 2)
            From -1 to 1.
        """
        return reduced(np.concatenate([self.part(sight, number).peaks for number in numbers]), n)

    def _found(self, key: _Key) -> Part | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: _Key, made: Part) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > 1 and self.n_bytes > self._most_bytes:
                self._kept.popitem(last=False)

    def _drawn(self, sight: Sight, number: int) -> Part:
        made = self._workshop.ask(
            "part",
            timeout_s=_TIMEOUT_S,
            path=sight.path,
            duration_s=sight.layout.duration_s,
            brightest_db=sight.brightest_db,
            number=number,
        )
        tiles = {}
        for name, text in made["tiles"].items():
            level, _, n = name.partition("/")
            tiles[int(level), int(n)] = b64decode(text)
        return Part(tiles, np.frombuffer(b64decode(made["peaks"]), "<i2").reshape(-1, 2))


def reduced(peaks: NDArray[np.int16], n: int) -> FloatArray:
    """Join the extremes of frames to those of at most ``n`` equal steps, and scale them to 1."""
    edges = np.unique(np.linspace(0, len(peaks), n, endpoint=False).astype(np.intp))
    lowest = np.minimum.reduceat(peaks[:, 0], edges)
    highest = np.maximum.reduceat(peaks[:, 1], edges)
    return np.stack([lowest, highest], axis=1).astype(np.float32) / np.float32(FULL_SCALE)
