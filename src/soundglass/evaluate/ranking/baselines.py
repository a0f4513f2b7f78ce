"""What every recommender must beat: chance, the most popular tracks, the cosine of six raw columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.library.store import Store
from soundglass.recommend.base import OfRows

SEED_COSINE = ("danceability", "energy", "acousticness", "valence", "instrumentalness", "tempo")

_LEAST_DEVIATION = 1e-12


@dataclass(frozen=True, slots=True)
class Chance:
    """Scores drawn at random, the same for one query each time."""

    rows: NDArray[np.int64]
    seed: int
    name: str = "random"

    def scores(self, query: int) -> NDArray[np.float64]:
        """Draw a score for all rows."""
        return np.random.default_rng([self.seed, query]).random(len(self.rows))


@dataclass(frozen=True, slots=True)
class Popularity:
    """The same scores for every query: how popular each track is; NaN where nobody says."""

    rows: NDArray[np.int64]
    popularity: NDArray[np.float64]
    name: str = "popularity"

    def scores(self, query: int) -> NDArray[np.float64]:
        """Give the popularity of all rows."""
        return self.popularity


class Points(OfRows):
    """Tracks as points, the more alike the nearer by Euclidean distance.

    Parameters
    ----------
    name : str
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    points : ndarray, shape (n_tracks, n_dimensions)
        NaN for a track that cannot be compared.
    """

    lacking = ("a track that this baseline does not describe is not compared", "Choose another track")

    def __init__(self, name: str, rows: NDArray[np.int64], points: NDArray[np.float64]) -> None:
        self.name = name
        self.rows = rows
        self.points = points

    def scores(self, query: int) -> NDArray[np.float64]:
        """Give the negative squared distance of all rows to the query row."""
        apart = self.points - self.points[self.position(query)]
        squares: NDArray[np.float64] = np.einsum("ij,ij->i", apart, apart)
        return -squares


def seed_cosine(store: Store, rows: NDArray[np.int64]) -> Points:
    """Compare six raw columns by their cosine, an unknown value being 0, as the study did.

    The squared distance of unit vectors is 2 − 2 cos, and tells apart what the cosine rounds to 1: nearly all
    of it is tempo, so that a tenth neighbour scores 0.9999998.
    """
    return Points("seed-cosine", rows, directions(np.nan_to_num(raw_columns(store, rows, SEED_COSINE))))


def raw_columns(store: Store, rows: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.float64]:
    """Read columns of numbers, shape (n_tracks, n_columns); NaN where unknown."""
    table = store.columns(["_rowoffset", *names])
    places = np.searchsorted(np.asarray(table["_rowoffset"], dtype=np.int64), rows)
    return np.stack([np.asarray(table[name], dtype=np.float64)[places] for name in names], axis=1)


def directions(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each vector length 1; NaN where it is 0 and points nowhere."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, np.nan)


def standardised(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each dimension mean 0 and deviation 1 over the tracks; one that does not vary becomes 0."""
    if not len(vectors):
        return vectors
    centred = vectors - vectors.mean(axis=0)
    points: NDArray[np.float64] = centred / np.maximum(vectors.std(axis=0), _LEAST_DEVIATION)
    return points
