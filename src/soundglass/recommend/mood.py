"""Tracks near a mood: a point that somebody wishes for on some features, whatever the others are."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.recommend.features import FeatureRecommender

WISHES = ("energy", "valence", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness")
"""What may be wished for: features from 0 to 1."""


class Mood:
    """Likeness to a wished point, as DESIGN 3.1 scores it, over the features wished for alone.

    With y a track, x the wished point, and w, μ, σ² of the library,

        score(y) = 1 − Σ w (x − y)² / Σ w ((x − μ)² + σ²)

    so 1 is all that was wished for and 0 no nearer to it than a random track.

    Parameters
    ----------
    recommender : FeatureRecommender
        Whose tracks they are.
    wishes : mapping of str to float
        Some of ``WISHES`` to values from 0 to 1.

    Attributes
    ----------
    wishes : dict of str to float
        Those by which the library's tracks can be told apart.
    idle : tuple of str
        The others.

    Raises
    ------
    SoundglassError
        A wish is no feature, or impossible.
    FeatureMismatchError
        The library's tracks do not differ in anything wished for.
    """

    def __init__(self, recommender: FeatureRecommender, wishes: Mapping[str, float]) -> None:
        _refuse_nonsense(wishes)
        self.recommender = recommender
        space = recommender.space
        told = {
            scale.feature.name: at
            for at, scale in enumerate(space.scales)
            if space.variance[space.owner == at].any()
        }
        self.wishes = {name: float(value) for name, value in wishes.items() if name in told}
        self.idle = tuple(name for name in wishes if name not in told)
        if not self.wishes:
            raise FeatureMismatchError(
                f"the tracks do not differ in {' or '.join(wishes)}", remedy="Wish for something else"
            )
        owners = [told[name] for name in self.wishes]
        self._axes = np.concatenate([np.flatnonzero(space.owner == owner) for owner in owners])
        self._membership = (space.owner[self._axes] == np.array(owners)[:, None]).astype(np.float64)
        points = [
            space.scales[owner].axes(np.array([value]))[0]
            for owner, value in zip(owners, self.wishes.values(), strict=True)
        ]
        self._point = np.concatenate(points) * np.sqrt(space.weights[self._axes])
        self._mean_terms = (self._point - space.mean[self._axes]) ** 2 + space.variance[self._axes]

    def scores(self) -> NDArray[np.float64]:
        """Score every track, shape (n_tracks,); NaN where one of the features wished for is unknown."""
        scores: NDArray[np.float64] = self.shares(np.arange(len(self.recommender.rows))).sum(axis=1)
        return scores

    def shares(self, positions: NDArray[np.intp]) -> NDArray[np.float64]:
        """Split scores into one term per feature wished for, shape (n_positions, n_wishes)."""
        space = self.recommender.space
        patterns: NDArray[np.bool_] = space.patterns[:, self._axes]
        known = np.all(patterns, axis=1)[space.pattern[positions]]
        apart = (space.axes[positions][:, self._axes] - self._point) ** 2
        terms = (self._mean_terms - apart) @ self._membership.T / self._mean_terms.sum()
        return np.where(known[:, None], terms, np.nan)


def _refuse_nonsense(wishes: Mapping[str, float]) -> None:
    for name, value in wishes.items():
        if name not in WISHES:
            raise SoundglassError(f"{name!r} cannot be wished for", remedy=f"Wish for: {', '.join(WISHES)}")
        feature = CATALOGUE[name]
        if not math.isfinite(value) or not feature.low <= value <= feature.high:
            raise SoundglassError(f"{name} is never {value}", remedy="Give 0 to 1")
    if not wishes:
        raise SoundglassError("nothing is wished for", remedy=f"Wish for: {', '.join(WISHES)}")
