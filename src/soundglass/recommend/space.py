"""The space of named features: weighted axes, library statistics, exact scores and their shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, GROUPS, Feature, Scale
from soundglass.core.errors import FeatureMismatchError
from soundglass.recommend.distribution import Distribution
from soundglass.recommend.scales import FittedScale, Values, fit_scale

_MINOR_THIRD = 3
MIN_COMMON_WEIGHT = 0.5
"""Share of the query's weight two tracks must both know, or they are not compared."""
MIN_WEIGHT = 0.2
"""Share of all weight they must both know: of silence only the length is known, and that says nothing."""


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """A library's tracks as points, with what is needed to score and explain exactly.

    Attributes
    ----------
    scales : tuple of FittedScale
        One per feature, in catalogue order.
    values : mapping of str to ndarray of float32, shape (n_tracks,)
        Raw values in the catalogue's units; NaN where unknown.
    distributions : mapping of str to Distribution
        How each feature is spread over the library.
    axes : ndarray of float32, shape (n_tracks, n_axes)
        Standardised and times √weight, so that plain squared distances are d²; 0 where unknown.
    norms : ndarray of float32, shape (n_tracks,)
        Squared lengths.
    weights, mean, variance : ndarray, shape (n_axes,)
        Weight of each axis; the library's moments on it, weight included.
    owner : ndarray of int, shape (n_axes,)
        Which scale each axis belongs to.
    patterns : ndarray of bool, shape (n_patterns, n_axes)
        The different sets of axes that tracks know; most libraries have very few.
    pattern : ndarray of int, shape (n_tracks,)
        Which of them is each track's.
    """

    scales: tuple[FittedScale, ...]
    values: Mapping[str, NDArray[np.float32]]
    distributions: Mapping[str, Distribution]
    axes: NDArray[np.float32]
    norms: NDArray[np.float32]
    weights: Values
    mean: Values
    variance: Values
    owner: NDArray[np.intp]
    patterns: NDArray[np.bool_]
    pattern: NDArray[np.intp]

    @classmethod
    def fit(
        cls,
        values: Mapping[str, NDArray[np.floating]],
        weights: Mapping[str, float] | None = None,
        *,
        from_audio: bool = False,
    ) -> FeatureSpace:
        """Build the space of a library.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (n_tracks,)
            Raw values by feature name; NaN where unknown. Features no track has may be left out.
        weights : mapping of str to float, optional
            Factors on the catalogue's weights by group name, 0 or more; 0 takes a group out.
        from_audio : bool
            The values carry the catalogue's errors: a feature that hardly varies beyond its error counts
            for less (:func:`_reliability`).

        Raises
        ------
        FeatureMismatchError
            No feature is known of any track, or a weight is negative or names no group.
        """
        names = [name for name in CATALOGUE if name in values and np.isfinite(values[name]).any()]
        if not names:
            raise FeatureMismatchError("there is no feature to compare by")
        factors = _factors(weights or {})
        raw = {name: values[name].astype(np.float32) for name in names}
        distributions = {name: Distribution.of(of_all) for name, of_all in raw.items()}
        scales = tuple(fit_scale(CATALOGUE[name], _ordered(name, raw, distributions)) for name in names)
        sizes = [len(scale.weights) for scale in scales]
        trust = [
            _reliability(s.feature, distributions[s.feature.name]) if from_audio else 1.0 for s in scales
        ]
        axis_weights = np.concatenate(
            [s.weights * factors[s.feature.group] * t for s, t in zip(scales, trust, strict=True)]
        )
        axes = np.zeros((len(raw[names[0]]), sum(sizes)), dtype=np.float32)
        moments = np.zeros((2, sum(sizes)))
        knows = []
        for scale, end in zip(scales, np.cumsum(sizes), strict=True):
            own = slice(end - len(scale.weights), end)
            placed = scale.axes(_coordinate(scale.feature.name, raw)) * np.sqrt(axis_weights[own])
            knows.append(np.isfinite(placed[:, 0]))
            axes[:, own] = np.where(knows[-1][:, None], placed, 0.0)
            moments[:, own] = _moments(axes[:, own], knows[-1])
        patterns, pattern = _patterns(knows)
        return cls(
            scales=scales,
            values=raw,
            distributions=distributions,
            axes=axes,
            norms=np.einsum("ij,ij->i", axes, axes),
            weights=axis_weights,
            mean=moments[0],
            variance=moments[1],
            owner=np.repeat(np.arange(len(scales)), sizes),
            patterns=np.repeat(patterns, sizes, axis=1),
            pattern=pattern,
        )

    def __len__(self) -> int:
        return len(self.axes)

    # -- search ----------------------------------------------------------------------------------------

    def approximate_scores(self, query: int) -> NDArray[np.float32]:
        """Score every track to one in single precision, shape (n_tracks,); NaN where not comparable.

        One matrix-vector product; see :meth:`exact_scores` for the definition.
        """
        has, point = self.patterns[self.pattern[query]], self.axes[query]
        squares = point.astype(np.float64) ** 2
        each = self.pattern if len(self.patterns) > 1 else 0
        with np.errstate(invalid="ignore"):  # OpenBLAS may raise the flag for what fills its last lanes
            scores: NDArray[np.float32] = self.axes @ (2 * point)
        scores -= self.norms
        if not has.all():
            unseen = self.axes[:, ~has]
            scores += np.einsum("ij,ij->i", unseen, unseen)
        scores -= (self.patterns @ squares).astype(np.float32)[each]
        scores /= self._mean_distance(query, self.patterns).astype(np.float32)[each]
        scores += 1
        return scores

    def exact_scores(self, query: int, rows: NDArray[np.intp]) -> Values:
        """Score tracks to one in double precision (DESIGN 3.1), shape (n_rows,); NaN where not comparable."""
        scores: Values = self.shares(query, rows).sum(axis=1)
        return scores

    def shares(self, query: int, rows: NDArray[np.intp]) -> Values:
        """Split scores into one term per axis, shape (n_rows, n_axes), which sum to the score.

        Notes
        -----
        Exact interventional Shapley values of an additive game (Lundberg & Lee, 2017), in closed form.
        """
        return self.shares_of_points(query, self.axes[rows], self.patterns[self.pattern[rows]])

    def shares_of_points(self, query: int, points: NDArray[np.float32], known: NDArray[np.bool_]) -> Values:
        """Split the scores of arbitrary points, such as a track changed in one feature."""
        both = known & self.patterns[self.pattern[query]]
        terms = self._mean_terms(query) - (self.axes[query].astype(np.float64) - points) ** 2
        shares: Values = np.where(both, terms, 0.0) / self._mean_distance(query, known)[:, None]
        return shares

    def _mean_terms(self, query: int) -> Values:
        """Mean squared distance from one track to the library, by axis."""
        terms: Values = (self.axes[query] - self.mean) ** 2 + self.variance
        return terms

    def _mean_distance(self, query: int, known: NDArray[np.bool_]) -> Values:
        """Sum the mean squared distances over what both know; NaN where that is too little to compare."""
        has = self.patterns[self.pattern[query]]
        both = known & has
        total = np.where(both, self._mean_terms(query), 0.0).sum(axis=1)
        common = np.where(both, self.weights, 0.0).sum(axis=1)
        least = max(MIN_COMMON_WEIGHT * self.weights[has].sum(), MIN_WEIGHT * self.weights.sum())
        enough = common >= least
        return np.where(enough & (total > 0), total, np.nan)

    # -- description -----------------------------------------------------------------------------------

    def moved(self, row: int, changes: Mapping[str, float]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Place a track as if some of its features had other values; shapes (1, n_axes) each."""
        values = {name: of_all[[row]] for name, of_all in self.values.items()}
        values.update({name: np.array([value], dtype=np.float32) for name, value in changes.items()})
        axes = [scale.axes(_coordinate(scale.feature.name, values)) for scale in self.scales]
        point = (np.concatenate(axes, axis=1) * np.sqrt(self.weights)).astype(np.float32)
        known = np.isfinite(point)
        return np.where(known, point, np.float32(0)), known


def _factors(weights: Mapping[str, float]) -> dict[str, float]:
    for group, factor in weights.items():
        if group not in GROUPS:
            raise FeatureMismatchError(
                f"there is no group of features called {group!r}", remedy=f"Known: {', '.join(GROUPS)}"
            )
        if not 0 <= factor < float("inf"):
            raise FeatureMismatchError(f"the weight of {group} is {factor}", remedy="Give 0 or more")
    return {**dict.fromkeys(GROUPS, 1.0), **weights}


def _reliability(feature: Feature, library: Distribution) -> float:
    """Give the factor on a feature's weight: spread² / error², at most 1.

    Standardising stretches what a library hardly varies in until it counts like anything else; below the
    error of measurement that would stretch noise.
    """
    if feature.scale is Scale.TEMPO or not feature.error:
        return 1.0
    return min(1.0, (library.spread / feature.error) ** 2)


def _moments(axes: NDArray[np.float32], known: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Give mean and variance of the known points; unknown ones are 0 on every axis."""
    share = max(known.mean(), 1 / len(known))
    mean = axes.mean(axis=0, dtype=np.float64) / share
    squares = np.einsum("ij,ij->j", axes, axes, dtype=np.float64) / len(known) / share
    return mean, np.maximum(squares - mean**2, 0.0)


def _patterns(knows: Sequence[NDArray[np.bool_]]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Find the different rows of known features, shape (n_patterns, n_features), and each track's."""
    code = np.zeros(len(knows[0]), dtype=np.int64)
    for bit, known in enumerate(knows):
        code |= known.astype(np.int64) << bit
    codes, pattern = np.unique(code, return_inverse=True)
    return (codes[:, None] >> np.arange(len(knows)) & 1).astype(bool), pattern


def _ordered(
    name: str, values: Mapping[str, NDArray[np.floating]], distributions: Mapping[str, Distribution]
) -> Values:
    """Give the known values of what a feature's scale is applied to, ascending."""
    if name != "key":
        return distributions[name].ordered.astype(np.float64)
    coordinates = np.sort(_coordinate(name, values))
    return coordinates[np.isfinite(coordinates)]


def _coordinate(name: str, values: Mapping[str, NDArray[np.floating]]) -> Values:
    """Give what a feature's scale is applied to: a minor key stands with its relative major.

    Where a library knows modes, a key without its mode has no place on the circle.
    """
    own = values[name].astype(np.float64)
    if name != "key" or "mode" not in values:
        return own
    mode = values["mode"]
    return np.where(np.isnan(mode), np.nan, np.where(mode < 0.5, own + _MINOR_THIRD, own) % 12)
