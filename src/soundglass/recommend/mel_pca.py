"""The ``mel-pca`` recommender: likeness of ten-second spectrogram pictures, the classical baseline.

Method: principal components of mel spectrogram images and the distance between them, as eigenfaces do for
faces (Turk & Pentland, 1991), scaled and split as DESIGN 3.1 says.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import LibraryError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Region
from soundglass.embeddings.picture import N_COLUMNS, PICTURE, PICTURE_VERSION, band_edges, frames_per_column
from soundglass.library.store import Store
from soundglass.recommend.base import OfRows

Values = NDArray[np.float64]

MAX_COMPONENTS = 50
EXPLAINED_VARIANCE = 0.8
"""So many components are kept, or as few as explain this share of the pictures' variance."""

MAX_FITTED = 1000
"""The components are those of at most so many pictures, spread evenly over the library."""

N_RANGES, N_QUARTERS = 8, 4
"""Into how many rectangles a score is split: equal steps in mel, equal steps in time."""

_QUARTER = N_COLUMNS // N_QUARTERS
_QUARTER_S = _QUARTER * frames_per_column() / DEFAULTS.spectrogram.frame_rate
_BLOCK = 2048
_SCAN = "Run 'soundglass scan' on the music"
_LEAST_VARIANCE = 1e-9


class MelPcaRecommender(OfRows):
    """Euclidean likeness of pictures in the space of their principal components.

    Parameters
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    pictures : ndarray of PICTURE, shape (n_tracks,)

    Attributes
    ----------
    points : ndarray, shape (n_tracks, n_components)
        The pictures in the space of the components, white being 1 and the library's mean the origin.
    components : ndarray, shape (n_components, n_bands * n_columns)
        Orthonormal.
    """

    name = "mel-pca"
    lacking = ("a track without a picture of its spectrogram is not compared", _SCAN)

    def __init__(self, rows: NDArray[np.int64], pictures: NDArray[np.void]) -> None:
        self.rows = rows
        self._pictures = pictures
        self.components = principal_components(pictures["pixels"])
        self.points = _projected(pictures["pixels"], self.components)
        self.points -= self.points.mean(axis=0)
        self._variance = float((self.points**2).sum(axis=1).mean())
        covariance = self.points.T @ self.points / len(rows)
        self._pixel_variance = np.einsum(
            "kp,kl,lp->p", self.components, covariance, self.components, optimize=True
        )
        self._edges_hz = band_edges()[:: PICTURE["pixels"].shape[0] // N_RANGES].tolist()

    @classmethod
    def from_store(cls, store: Store) -> MelPcaRecommender:
        """Read the pictures of all tracks that have one.

        Raises
        ------
        LibraryError
            The library holds no picture of the current version, or a damaged one.
        """
        table = store.columns(
            ["_rowoffset", "picture"], f"picture_version = {PICTURE_VERSION} AND picture IS NOT NULL"
        )
        if not len(table):
            raise LibraryError("holds no pictures of spectrograms", path=store.uri, remedy=_SCAN)
        packed = table["picture"].to_pylist()
        if any(len(picture) != PICTURE.itemsize for picture in packed):
            raise LibraryError("holds a picture that makes no sense", path=store.uri, remedy=_SCAN)
        pictures = np.frombuffer(b"".join(packed), dtype=PICTURE)
        return cls(np.asarray(table["_rowoffset"], dtype=np.int64), pictures)

    def scores(self, query: int) -> NDArray[np.float32]:
        """Score all rows to the query row; NaN where all pictures are the same."""
        return self.exact_scores(query, self.rows).astype(np.float32)

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> Values:
        """Score some rows in double precision: 1 - d² / (mean d² to the library)."""
        x = self.points[self.positions(np.array([query]))]
        distances = ((self.points[self.positions(matches)] - x) ** 2).sum(axis=1)
        scores: Values = 1.0 - distances / self._mean_distance(x[0])
        return scores

    def shares(self, query: int, matches: NDArray[np.int64]) -> Values:
        """Split scores into one term per rectangle, shape (n_matches, N_RANGES, N_QUARTERS).

        The terms sum to the score: orthonormal components keep squared lengths, so that the distance between
        two points is that between the pictures they stand for, pixel by pixel.
        """
        x = self.points[self.positions(np.array([query]))]
        apart = (self.points[self.positions(matches)] - x) @ self.components
        terms = (x @ self.components) ** 2 + self._pixel_variance - apart**2
        rectangles: Values = terms.reshape(len(matches), N_RANGES, -1, N_QUARTERS, _QUARTER).sum(axis=(2, 4))
        return rectangles / self._mean_distance(x[0])

    def region(self, row: int, mel_range: int, quarter: int) -> Region:
        """Give a rectangle of one track's picture; it is empty where the recording has ended before."""
        picture = self._pictures[self.positions(np.array([row]))[0]]
        start, end = float(picture["start_s"]), float(picture["end_s"])
        low, high = self._edges_hz[mel_range : mel_range + 2]
        return Region(
            min(end, start + quarter * _QUARTER_S), min(end, start + (quarter + 1) * _QUARTER_S), low, high
        )

    def _mean_distance(self, point: Values) -> float:
        """Give the mean squared distance to the library; NaN where all pictures are the same."""
        mean = float(point @ point) + self._variance
        return mean if mean > 0 else np.nan


def principal_components(pixels: NDArray[np.uint8]) -> Values:
    """Find the directions in which pictures differ most.

    Parameters
    ----------
    pixels : ndarray, shape (n_pictures, n_bands, n_columns)

    Returns
    -------
    ndarray, shape (n_components, n_bands * n_columns)
        Orthonormal, largest variance first: the fewest that explain ``EXPLAINED_VARIANCE``, at most
        ``MAX_COMPONENTS``; none where all pictures are the same.
    """
    fitted = np.unique(np.linspace(0, len(pixels) - 1, min(len(pixels), MAX_FITTED)).round().astype(int))
    images = _levels(pixels[fitted])
    images -= images.mean(axis=0)
    variances, mixtures = np.linalg.eigh(images @ images.T)
    variances, mixtures = variances[::-1], mixtures[:, ::-1]
    explained = np.cumsum(variances) / max(variances.sum(), _LEAST_VARIANCE)
    wanted = min(MAX_COMPONENTS, 1 + int(np.searchsorted(explained, EXPLAINED_VARIANCE)))
    kept = variances[:wanted] > _LEAST_VARIANCE
    orthonormal: Values = np.linalg.qr(images.T @ mixtures[:, :wanted][:, kept])[0].T
    return orthonormal


def _projected(pixels: NDArray[np.uint8], components: Values) -> Values:
    blocks = [_levels(pixels[i : i + _BLOCK]) @ components.T for i in range(0, len(pixels), _BLOCK)]
    return np.concatenate(blocks)


def _levels(pixels: NDArray[np.uint8]) -> Values:
    return pixels.reshape(len(pixels), -1) / 255.0
