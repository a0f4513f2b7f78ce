"""Activations become directions: centred, whitened and turned so that unlike sounds point different ways."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from soundglass.core.types import FloatArray
from soundglass.models import TOKEN_PROJECTION, read_model

_NOISE = 1e-3


@dataclass(frozen=True, slots=True)
class Projection:
    """Whitened principal components of a layer's activations.

    Attributes
    ----------
    mean : ndarray of float32, shape (n_channels,)
    axes : ndarray of float32, shape (n_channels, n_dimensions)
        Each divided by the standard deviation along it.
    """

    mean: FloatArray
    axes: FloatArray

    @classmethod
    def load(cls) -> Projection:
        """Load the packaged one, which ``tools/fit_projection.py`` fitted.

        Raises
        ------
        ModelError
            It is missing or not the pinned one.
        """
        stacked = np.load(io.BytesIO(read_model(TOKEN_PROJECTION)), allow_pickle=False)
        return cls(stacked[:, 0], stacked[:, 1:])

    @classmethod
    def fit(cls, cells: FloatArray, n_dimensions: int) -> Projection:
        """Fit one to activations of much music.

        Parameters
        ----------
        cells : ndarray, shape (n_cells, n_channels)

        Notes
        -----
        A thousandth of the largest variance is added to each, so that faint directions are not blown up.
        """
        mean = cells.mean(axis=0, dtype=np.float64)
        variances, axes = np.linalg.eigh(np.cov(cells - mean, rowvar=False))
        strongest = slice(-1, -n_dimensions - 1, -1)
        scale = np.sqrt(variances[strongest] + _NOISE * variances[-1])
        return cls(mean.astype(np.float32), (axes[:, strongest] / scale).astype(np.float32))

    def save(self) -> bytes:
        """Lay it out as the file that :meth:`load` reads."""
        file = io.BytesIO()
        np.save(file, np.column_stack([self.mean, self.axes]), allow_pickle=False)
        return file.getvalue()

    def directions(self, cells: FloatArray) -> FloatArray:
        """Turn activations, shape ``(n, n_channels)``, into unit vectors, shape ``(n, n_dimensions)``."""
        found = (cells - self.mean) @ self.axes
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-9), dtype=np.float32)
