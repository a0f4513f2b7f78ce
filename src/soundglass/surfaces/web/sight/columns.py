"""Frames joined to columns of a coarser level: the mean of their power."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Consecutive columns of one level.

    Attributes
    ----------
    sums : ndarray of float32, shape (n_columns, n_mels)
        Mel power summed over the frames of each column.
    counts : ndarray of int, shape (n_columns,)
        How many frames that are; fewer in a recording's last column.
    """

    sums: FloatArray
    counts: NDArray[np.intp]

    @classmethod
    def of(cls, mel: FloatArray, level: int = 0) -> Columns:
        """Join frames, shape (n_frames, n_mels), to columns of a level, ``2 ** level`` frames each."""
        return cls(mel, np.ones(len(mel), np.intp)).coarser(level)

    @classmethod
    def chained(cls, pieces: Sequence[Columns]) -> Columns:
        """Put columns of one level one after another."""
        return cls(np.concatenate([p.sums for p in pieces]), np.concatenate([p.counts for p in pieces]))

    def coarser(self, levels: int) -> Columns:
        """Join columns to those of a level so much coarser."""
        if not levels or not len(self.counts):
            return self
        edges = np.arange(0, len(self.counts), 1 << levels)
        return Columns(np.add.reduceat(self.sums, edges), np.add.reduceat(self.counts, edges))

    def __getitem__(self, columns: slice) -> Columns:
        return Columns(self.sums[columns], self.counts[columns])

    @property
    def power(self) -> FloatArray:
        """Mean power, shape (n_columns, n_mels)."""
        mean: FloatArray = np.divide(self.sums, self.counts[:, None], dtype=np.float32)
        return mean
