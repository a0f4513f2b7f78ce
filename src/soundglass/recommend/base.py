"""What every recommender offers, and how the best matches are picked from its scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import FeatureMismatchError

TOLERANCE = 1e-4
"""How far ``scores`` may be from ``exact_scores``, relative to 1 + \\|score\\|."""

PROPOSED = 1024
"""How many tracks a :class:`Proposer` is asked for; as few are scored exactly without."""

_TRUSTED = 1 / 16

_BLOCK = 512


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


@runtime_checkable
class Proposer(Recommender, Protocol):
    """A recommender whose ``scores`` take long enough that most questions are better answered without."""

    def guesses(self, query: int) -> NDArray[np.float32]:
        """Guess the scores of all of ``rows`` to the query row, in a fraction of the time."""
        ...

    def propose(self, query: int, n: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Name n of more allowed rows, nearly all of the best among them."""
        ...


class OfRows:
    """Some tracks of a library, found by their row.

    Attributes
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    lacking : (str, str)
        Why a track may be missing among them, and what helps.
    """

    rows: NDArray[np.int64]
    lacking: ClassVar[tuple[str, str]]

    def position(self, row: int) -> int:
        """Find one row of the library among these tracks; raises as :meth:`positions` does."""
        return int(self.positions(np.array([row]))[0])

    def positions(self, rows: NDArray[np.int64]) -> NDArray[np.intp]:
        """Find rows of the library among these tracks.

        Raises
        ------
        FeatureMismatchError
            One is missing.
        """
        found = np.searchsorted(self.rows, rows)
        if not np.array_equal(self.rows[np.minimum(found, len(self.rows) - 1)], rows):
            message, remedy = self.lacking
            raise FeatureMismatchError(message, remedy=remedy)
        return found


def holds(recommender: Recommender, row: int) -> bool:
    """Tell whether a recommender can compare a row of the library."""
    found = int(np.searchsorted(recommender.rows, row))
    return found < len(recommender.rows) and int(recommender.rows[found]) == row


def best_first(
    recommender: Recommender, query: int, allowed: NDArray[np.bool_] | None = None, chunk: int = 64
) -> Iterator[tuple[int, float]]:
    """Yield rows with their exact scores, the most alike first; ties by row.

    Parameters
    ----------
    recommender : Recommender
        If it is a :class:`Proposer`, the first few dozen are the best of what it proposes; what it missed
        is left out of what follows, so that scores never rise.
    query : int
        Row of the library; never among the results.
    allowed : ndarray of bool, shape (n_tracks,), optional
        Which of the recommender's rows may appear.
    chunk : int
        How many are ranked at first; more follow as they are asked for.
    """
    left = recommender.rows != query
    if allowed is not None:
        left &= allowed
    ceiling = np.inf
    if isinstance(recommender, Proposer):
        few = int(left.sum()) <= PROPOSED
        rows = recommender.rows[left] if few else recommender.propose(query, PROPOSED, left)
        ranked = _ranked(recommender, query, rows)
        if few:
            yield from ranked
            return
        first = ranked[: min(chunk, round(_TRUSTED * PROPOSED))]
        yield from first
        left &= ~np.isin(recommender.rows, [row for row, _ in first])
        ceiling = first[-1][1] if first else ceiling
    for row, score in _all_ranked(recommender, query, left, chunk):
        if score <= ceiling:
            yield row, score


def _ranked(recommender: Recommender, query: int, rows: NDArray[np.int64]) -> list[tuple[int, float]]:
    """Give rows with their exact scores, the most alike first; those that cannot be compared are left out."""
    exact = recommender.exact_scores(query, rows)
    order = np.lexsort((rows, -exact))[: np.isfinite(exact).sum()]
    return list(zip(rows[order].tolist(), exact[order].tolist(), strict=True))


def _all_ranked(
    recommender: Recommender, query: int, left: NDArray[np.bool_], chunk: int
) -> Iterator[tuple[int, float]]:
    """Rank by a pass over all scores, exactly where they are close."""
    scores = recommender.scores(query)
    left = left & np.isfinite(scores)
    scores = np.where(left, scores, np.float32(-np.inf))
    n_left = int(left.sum())
    while n_left:
        size = min(chunk, n_left)
        bound = _lower_bound(scores, size)
        near = np.flatnonzero(scores >= bound - 2 * TOLERANCE * (1 + abs(bound)))
        ranked = _ranked(recommender, query, recommender.rows[near])[:size]
        yield from ranked
        scores[np.searchsorted(recommender.rows, [row for row, _ in ranked])] = -np.inf
        n_left -= size
        chunk *= 4


def place(
    recommender: Recommender, query: int, score: float, scores: NDArray[np.float32], but: int | None = None
) -> int:
    """Count the place a score takes among a query's, 1 for the best; equal scores share a place.

    Parameters
    ----------
    scores : ndarray, shape (n_tracks,)
        ``recommender.scores(query)``; close calls are decided by exact scores.
    but : int, optional
        A row that does not compete; nor does the query.
    """
    margin = TOLERANCE * (1 + abs(score))
    competes = (recommender.rows != query) & (recommender.rows != (query if but is None else but))
    above = competes & (scores > score + margin)
    close = competes & ~above & (scores >= score - margin)
    exact = recommender.exact_scores(query, recommender.rows[close])
    return 1 + int(above.sum()) + int((exact > score).sum())


def _lower_bound(scores: NDArray[np.float32], size: int) -> float:
    """Find a value that at least ``size`` finite scores reach, close to the largest such.

    The maxima of blocks give it in one pass over the scores; sorting out few enough scores is cheap anyway.
    """
    whole = len(scores) - len(scores) % _BLOCK
    tops = scores[:whole].reshape(-1, _BLOCK).max(axis=1)
    if size <= len(tops) and np.isfinite(bound := np.partition(tops, -size)[-size]):
        return float(bound)
    return float(np.partition(scores, -size)[-size])
