"""The ``blend`` recommender: a weighted mean of likeness of features and of spectrograms (DESIGN 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.recommend.base import Proposer, Recommender

_SAMPLE = 48


class BlendRecommender:
    """Scores by ``weight`` · spectrogram + (1 − ``weight``) · features.

    Both scores mean the same at 1 and at 0, so their mean does, too. A pair that one of the two cannot
    compare is not compared: the mean of one score would stand beside means of two.

    Parameters
    ----------
    features : Recommender
    spectrogram : Proposer
    weight : float, optional
        The share of the spectrogram, 0 to 1. If left out, the one at which both have the same say in this
        library (:func:`balanced`).

    Attributes
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library that both can compare, ascending.
    weight : float

    Raises
    ------
    SoundglassError
        The weight is not within 0 to 1.
    """

    name = "blend"

    def __init__(self, features: Recommender, spectrogram: Proposer, weight: float | None = None) -> None:
        if weight is not None and not 0 <= weight <= 1:
            raise SoundglassError(
                f"the weight of the spectrogram is {weight:g}", remedy="Give 0 (features only) to 1"
            )
        self.features = features
        self.spectrogram = spectrogram
        self.rows, *self._own = np.intersect1d(
            features.rows, spectrogram.rows, assume_unique=True, return_indices=True
        )
        self.weight = balanced(features, spectrogram, self.rows) if weight is None else float(weight)

    @property
    def terms(self) -> tuple[tuple[Recommender, float], tuple[Recommender, float]]:
        """What is added up: each recommender with its factor."""
        return (self.features, 1 - self.weight), (self.spectrogram, self.weight)

    def scores(self, query: int) -> NDArray[np.float32]:
        """Score all rows to the query row; NaN where one of the two cannot compare them."""
        total = np.zeros(len(self.rows), dtype=np.float32)
        for (recommender, factor), own in zip(self.terms, self._own, strict=True):
            total += np.float32(factor) * recommender.scores(query)[own]
        return total

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score some rows in double precision."""
        total = np.zeros(len(matches))
        for recommender, factor in self.terms:
            total += factor * recommender.exact_scores(query, matches)
        return total

    def guesses(self, query: int) -> NDArray[np.float32]:
        """Guess the scores of all rows: those by features are known, those by spectrogram guessed."""
        of_features, of_spectrogram = self._own
        known = np.float32(1 - self.weight) * self.features.scores(query)[of_features]
        return known + np.float32(self.weight) * self.spectrogram.guesses(query)[of_spectrogram]

    def propose(self, query: int, n: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Name what the spectrogram proposes, and as many that are best by features."""
        of_features, of_spectrogram = self._own
        heard = np.zeros(len(self.spectrogram.rows), dtype=np.bool_)
        heard[of_spectrogram[allowed]] = True
        scores = np.where(allowed, self.features.scores(query)[of_features], np.float32(np.nan))
        best = np.argsort(-scores)[: min(n, int(np.isfinite(scores).sum()))]
        return np.union1d(self.spectrogram.propose(query, n, heard), self.rows[best])


def balanced(features: Recommender, spectrogram: Recommender, rows: NDArray[np.int64]) -> float:
    """Find the share of the spectrogram at which both terms of a blend vary equally.

    Scores by features spread several times wider than those by spectrogram. In a plain mean of both, which
    track comes first is all but decided by the features.

    Parameters
    ----------
    rows : ndarray of int
        Rows that both can compare; up to 48 of them, evenly spread, are scored to one another.

    Returns
    -------
    float
        Half where either never varies.
    """
    sample = rows[np.unique(np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows))).astype(np.intp))]
    spreads = []
    for recommender in (features, spectrogram):
        scores = [recommender.exact_scores(row, sample[sample != row]) for row in sample.tolist()]
        known = np.concatenate([np.empty(0), *scores])
        known = known[np.isfinite(known)]
        spreads.append(float(known.std()) if len(known) else 0.0)
    return spreads[0] / sum(spreads) if min(spreads) > 0 else 0.5
