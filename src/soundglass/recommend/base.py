"""What every recommender offers, and how the best matches are picked from its scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Recommender(Protocol):
    """Scores tracks of a library by their likeness to one of them.

    For every recommender 1 = the same recording and 0 = no more alike than a random track of the library.
    Tracks are named by their row in the library's snapshot.

    Attributes
    ----------
    name : str
        What ``--by`` calls it.
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library it can compare, ascending.
    """

    name: str
    rows: NDArray[np.int64]

    def scores(self, query: int) -> NDArray[np.float32]:
        """Score all of ``rows`` to the query row, fast; NaN where two tracks cannot be compared."""
        ...

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score some rows as the explanation does, in double precision."""
        ...


def best_first(
    recommender: Recommender, query: int, allowed: NDArray[np.bool_] | None = None, chunk: int = 64
) -> Iterator[tuple[int, float]]:
    """Yield rows with their exact scores, the most alike first; ties by row.

    Parameters
    ----------
    recommender : Recommender
    query : int
        Row of the library; never among the results.
    allowed : ndarray of bool, shape (n_tracks,), optional
        Which of the recommender's rows may appear.
    chunk : int
        How many are ranked at first; more follow as they are asked for.
    """
    scores = recommender.scores(query)
    open_ = np.isfinite(scores) & (recommender.rows != query)
    if allowed is not None:
        open_ &= allowed
    remaining = np.flatnonzero(open_)
    while len(remaining):
        size = min(chunk, len(remaining))
        cut = np.partition(-scores[remaining], size - 1)[size - 1] + 1e-5  # single precision decides no tie
        chosen = -scores[remaining] <= cut
        rows = recommender.rows[remaining[chosen]]
        exact = recommender.exact_scores(query, rows)
        for index in np.lexsort((rows, -exact)):
            yield int(rows[index]), float(exact[index])
        remaining = remaining[~chosen]
        chunk *= 4
