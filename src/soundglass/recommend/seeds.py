"""More like this, less like that: likeness to several tracks at once, and away from others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.recommend.base import Proposer, Recommender

AWAY = 0.5
"""The share of its likeness to a track turned away from that a match loses."""


class SeededRecommender:
    """Scores by likeness to all that is looked for, less likeness to what is turned away from.

    With W the query and the tracks ``more``, U the tracks ``less``, and s the scores of a recommender,

        score(x) = mean over w in W of s(w, x)  -  AWAY · max(0, max over u in U of s(u, x))

    so 1 is still the same recording as all of W, and 0 what a random track is on average to W. What is more
    like a track of U than a random track is loses a share of that likeness; what is less like it gains
    nothing, or the strangest track would come first. Of several tracks of U the one it is most like counts:
    with each further one turned away from, the others stay in force.

    Tracks of W and U are not among the matches: their scores are NaN, but for the query's.

    Parameters
    ----------
    recommender : Recommender
        Whose scores they are.
    more, less : sequence of int
        Rows of the library that it can compare.

    Raises
    ------
    SoundglassError
        A track is to be both looked for and turned away from.
    """

    def __init__(self, recommender: Recommender, more: Sequence[int] = (), less: Sequence[int] = ()) -> None:
        self.recommender = recommender
        self.name = recommender.name
        self.rows = recommender.rows
        self.more = tuple(dict.fromkeys(more))
        self.less = tuple(dict.fromkeys(less))
        if set(self.more) & set(self.less):
            raise _both()

    def wanted(self, query: int) -> tuple[int, ...]:
        """List all that is looked for, the query first.

        Raises
        ------
        SoundglassError
            The query is among what is turned away from.
        """
        if query in self.less:
            raise _both()
        return tuple(dict.fromkeys((query, *self.more)))

    def scores(self, query: int) -> NDArray[np.float32]:
        """Score all rows to the query row; NaN where it cannot be compared with all that is looked for."""
        wanted = self.wanted(query)
        total = np.zeros(len(self.rows), dtype=np.float32)
        for row in wanted:
            total += self.recommender.scores(row)
        total /= np.float32(len(wanted))
        taken = np.zeros_like(total)
        for row in self.less:
            np.fmax(taken, self.recommender.scores(row), out=taken)
        total -= np.float32(AWAY) * taken
        total[np.isin(self.rows, self._hidden(query))] = np.nan
        return total

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score some rows in double precision."""
        wanted, exact = self.wanted(query), self.recommender.exact_scores
        total = np.zeros(len(matches))
        for row in wanted:
            total += exact(row, matches)
        total = total / len(wanted) - AWAY * np.maximum(self._away(matches).max(axis=0, initial=0.0), 0.0)
        return np.where(np.isin(matches, self._hidden(query)), np.nan, total)

    def factors(self, query: int, matches: NDArray[np.int64]) -> list[tuple[int, NDArray[np.float64]]]:
        """Say how much each track's likeness to the matches counts for their scores.

        Returns
        -------
        list of (int, ndarray of shape (n_matches,))
            Row of a track looked for, or turned away from, and the factor of its score to each match.
        """
        wanted = self.wanted(query)
        found = [(row, np.full(len(matches), 1 / len(wanted))) for row in wanted]
        away = self._away(matches)
        nearest = away.argmax(axis=0) if self.less else None
        for at, row in enumerate(self.less):
            found.append((row, np.where((nearest == at) & (away[at] > 0), -AWAY, 0.0)))
        return found

    def _away(self, matches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score some rows to each track turned away from; 0 where they cannot be compared."""
        scores = [self.recommender.exact_scores(row, matches) for row in self.less]
        return np.nan_to_num(np.stack(scores)) if scores else np.zeros((0, len(matches)))

    def _hidden(self, query: int) -> list[int]:
        return [row for row in (*self.more, *self.less) if row != query]


class SeededProposer(SeededRecommender):
    """The same of a :class:`~soundglass.recommend.base.Proposer`, which is one too."""

    recommender: Proposer

    def __init__(self, recommender: Proposer, more: Sequence[int] = (), less: Sequence[int] = ()) -> None:
        super().__init__(recommender, more, less)

    def guesses(self, query: int) -> NDArray[np.float32]:
        """Guess the scores of all rows, by the guesses of those it adds up."""
        return SeededRecommender(_Guessed(self.recommender), self.more, self.less).scores(query)

    def propose(self, query: int, n: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Name n of more allowed rows, by what their scores are guessed to be."""
        guesses = self.guesses(query)
        guesses[~allowed | np.isnan(guesses)] = -np.inf
        best = np.argpartition(-guesses, n)[:n]
        return self.rows[best[np.isfinite(guesses[best])]]


class _Guessed:
    """A recommender whose scores are guesses."""

    def __init__(self, of: Proposer) -> None:
        self.of = of
        self.name = of.name
        self.rows = of.rows

    def scores(self, query: int) -> NDArray[np.float32]:
        return self.of.guesses(query)

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.of.exact_scores(query, matches)


def seeded(recommender: Recommender, more: Sequence[int] = (), less: Sequence[int] = ()) -> SeededRecommender:
    """Add up the scores of a recommender; what proposes goes on to do so."""
    if isinstance(recommender, Proposer):
        return SeededProposer(recommender, more, less)
    return SeededRecommender(recommender, more, less)


def _both() -> SoundglassError:
    return SoundglassError(
        "a track cannot be both looked for and turned away from", remedy="Name it once: as more or as less"
    )
