"""Likeness of spectrogram pictures written out a second time: principal components by singular values."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundglass.embeddings.picture import PICTURE, PICTURE_VERSION
from soundglass.library.store import Store

Values = NDArray[np.float64]

_RANGES = 8
_MOST_FITTED, _MOST_COMPONENTS, _VARIANCE = 1000, 50, 0.8
_TOP_HZ = 11_025.0
_BLOCK = 1024


class PictureReference:
    """Euclidean likeness of pictures that are rebuilt from their principal components.

    Parameters
    ----------
    store : Store
        A library with pictures.
    """

    def __init__(self, store: Store) -> None:
        where = f"picture_version = {PICTURE_VERSION} AND picture IS NOT NULL"
        table = store.columns(["_rowoffset", "picture"], where)
        self.rows = np.asarray(table["_rowoffset"], dtype=np.int64)
        pictures = np.frombuffer(b"".join(table["picture"].to_pylist()), PICTURE)["pixels"]
        self._pixels = pictures.reshape(len(pictures), -1)
        n_bands = pictures.shape[1]
        self._range = np.repeat(np.arange(n_bands) * _RANGES // n_bands, pictures.shape[2])
        fitted = sorted(
            {round(k) for k in np.linspace(0, len(pictures) - 1, min(len(pictures), _MOST_FITTED))}
        )
        images = self._pixels[fitted] / 255
        _, sizes, directions = np.linalg.svd(images - images.mean(axis=0), full_matrices=False)
        explained = np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-9)
        n_kept = min(_MOST_COMPONENTS, int((explained < _VARIANCE).sum()) + 1)
        self._directions = directions[:n_kept][sizes[:n_kept] ** 2 > 1e-9]
        self.edges_hz = [_hz(k * n_bands // _RANGES, n_bands) for k in range(_RANGES + 1)]
        self._last: tuple[int, Values] = -1, np.empty(0)

    def scores(self, query: int) -> Values:
        """Score all tracks to one: 1 - d² / (mean d² to the library)."""
        squares = self._squares(query).sum(axis=1)
        mean = squares.mean()
        scores: Values = 1 - squares / mean if mean > 0 else np.full(len(squares), np.nan)
        return scores

    def shares(self, query: int, match: int) -> Values:
        """Split a score into one term for each range of frequencies, lowest first."""
        squares = self._squares(query)
        mean = squares.mean(axis=0)
        shares: Values = (mean - squares[np.searchsorted(self.rows, match)]) / mean.sum()
        return shares

    def _squares(self, query: int) -> Values:
        """Give squared distances of rebuilt pictures from one of them, by range, (n_tracks, n_ranges)."""
        if self._last[0] != query:
            own = self._rebuilt(slice((at := int(np.searchsorted(self.rows, query))), at + 1))
            blocks = [
                np.stack([apart[:, self._range == k].sum(axis=1) for k in range(_RANGES)], axis=1)
                for first in range(0, len(self.rows), _BLOCK)
                for apart in [(self._rebuilt(slice(first, first + _BLOCK)) - own) ** 2]
            ]
            self._last = query, np.concatenate(blocks)
        return self._last[1]

    def _rebuilt(self, some: slice) -> Values:
        rebuilt: Values = (self._pixels[some] / 255 @ self._directions.T) @ self._directions
        return rebuilt


def _hz(band: int, n_bands: int) -> float:
    """Give the frequency where a band begins: half-way, in Slaney's mel, between two triangles' peaks."""
    if band in (0, n_bands):
        return _TOP_HZ * (band > 0)
    top = 15 + 27 * math.log(_TOP_HZ / 1000) / math.log(6.4)
    mel = top * (band + 0.5) / (n_bands + 1)
    return 200 / 3 * mel if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)
