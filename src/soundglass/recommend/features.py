"""The ``features`` recommender: likeness of named features (DESIGN 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import LibraryError
from soundglass.core.types import FloatArray
from soundglass.library.schema import CONFIDENT
from soundglass.library.store import Store
from soundglass.recommend.base import OfRows
from soundglass.recommend.space import FeatureSpace


class FeatureRecommender(OfRows):
    """Weighted Euclidean likeness on standardised features, within one origin of values.

    Parameters
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    space : FeatureSpace
        The same tracks as points.
    origin : {"audio", "csv"}
        Values found from audio and values from a table are never compared.
    confidences : mapping of str to ndarray, shape (n_tracks,), optional
        How sure the method is of each value, 0 to 1, by feature name; for the words, not for the score.
    """

    name = "features"
    lacking = (
        "features measured from audio and features from a table are not compared",
        "Choose two tracks of one origin",
    )

    def __init__(
        self,
        rows: NDArray[np.int64],
        space: FeatureSpace,
        origin: Literal["audio", "csv"],
        confidences: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> None:
        self.rows = rows
        self.space = space
        self.origin = origin
        self.confidences = confidences or {}

    @classmethod
    def from_store(
        cls, store: Store, origin: Literal["audio", "csv"], weights: Mapping[str, float] | None = None
    ) -> FeatureRecommender:
        """Read the features of all tracks of one origin.

        Raises
        ------
        LibraryError
            The library holds no such track.
        """
        sure = {name: f"{name}_confidence" for name in CONFIDENT}
        table = store.columns(["_rowoffset", *CATALOGUE, *sure.values()], f"origin = '{origin}'")
        if not len(table):
            raise LibraryError(f"holds no track with features from {origin}", path=store.uri)
        values = {name: np.asarray(table[name], dtype=np.float32) for name in CATALOGUE}
        confidences = {name: np.asarray(table[sure[name]], dtype=np.float32) for name in sure}
        rows = np.asarray(table["_rowoffset"], dtype=np.int64)
        return cls(rows, FeatureSpace.fit(values, weights, from_audio=origin == "audio"), origin, confidences)

    @property
    def points(self) -> FloatArray:
        """The tracks in the space of their features, shape (n_tracks, n_axes)."""
        return self.space.axes

    def scores(self, query: int) -> NDArray[np.float32]:
        """Score all rows to the query row; NaN where too little is known of both."""
        return self.space.approximate_scores(self.position(query))

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score some rows in double precision."""
        return self.space.exact_scores(self.position(query), self.positions(matches))
