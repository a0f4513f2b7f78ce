"""The space of named features: standardised axes, library statistics, exact scores and their shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import FeatureMismatchError
from soundglass.recommend.scales import FittedScale, Values, fit_scale

_MINOR_THIRD = 3
MIN_COMMON_WEIGHT = 0.5
"""Share of the query's weight two tracks must both know, or they are not compared."""


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """A library's tracks as points, with what is needed to score and explain exactly.

    Attributes
    ----------
    scales : tuple of FittedScale
        One per feature, in catalogue order.
    values : mapping of str to ndarray, shape (n_tracks,)
        Raw values in the catalogue's units; NaN where unknown.
    ordered : mapping of str to ndarray
        The known values of each feature, sorted.
    spreads : mapping of str to float
        Standard deviation of each feature, in its unit.
    axes : ndarray of float32, shape (n_tracks, n_axes)
        Standardised; 0 where unknown.
    known : ndarray of bool, shape (n_tracks, n_axes)
    weights, mean, variance : ndarray, shape (n_axes,)
        Weight of each axis; the library's moments on it.
    owner : ndarray of int, shape (n_axes,)
        Which scale each axis belongs to.
    scaled, norms : ndarray of float32
        For search: axes times √weight, shape (n_tracks, n_axes); squared lengths, shape (n_tracks,).
    incomplete : ndarray of int
        Tracks that lack some axis.
    """

    scales: tuple[FittedScale, ...]
    values: Mapping[str, NDArray[np.float32]]
    ordered: Mapping[str, NDArray[np.float32]]
    spreads: Mapping[str, float]
    axes: NDArray[np.float32]
    known: NDArray[np.bool_]
    weights: Values
    mean: Values
    variance: Values
    owner: NDArray[np.intp]
    scaled: NDArray[np.float32]
    norms: NDArray[np.float32]
    incomplete: NDArray[np.intp]

    @classmethod
    def fit(cls, values: Mapping[str, Values], weights: Mapping[str, float] | None = None) -> FeatureSpace:
        """Build the space of a library.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (n_tracks,)
            Raw values by feature name; NaN where unknown. Features no track has may be left out.
        weights : mapping of str to float, optional
            Factors on the catalogue's weights by group name; 0 takes a group out.

        Raises
        ------
        FeatureMismatchError
            No feature is known of any track.
        """
        names = [name for name in CATALOGUE if name in values and np.isfinite(values[name]).any()]
        if not names:
            raise FeatureMismatchError("there is no feature to compare by")
        scales = tuple(fit_scale(CATALOGUE[name], _coordinate(name, values)) for name in names)
        axes = np.concatenate([s.axes(_coordinate(s.feature.name, values)) for s in scales], axis=1)
        factor = {**dict.fromkeys((s.feature.group for s in scales), 1.0), **(weights or {})}
        axis_weights = np.concatenate([s.weights * factor[s.feature.group] for s in scales])
        known = np.isfinite(axes)
        count = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, axes, 0.0)
        mean = filled.sum(axis=0) / count
        variance = np.where(known, (axes - mean) ** 2, 0.0).sum(axis=0) / count
        scaled = (filled * np.sqrt(axis_weights)).astype(np.float32)
        return cls(
            scales=scales,
            values={name: values[name].astype(np.float32) for name in names},
            ordered={n: np.sort(values[n][np.isfinite(values[n])].astype(np.float32)) for n in names},
            spreads={name: float(np.nanstd(values[name])) for name in names},
            axes=filled.astype(np.float32),
            known=known,
            weights=axis_weights,
            mean=mean,
            variance=variance,
            owner=np.repeat(np.arange(len(scales)), [len(s.weights) for s in scales]),
            scaled=scaled,
            norms=np.einsum("ij,ij->i", scaled, scaled),
            incomplete=np.flatnonzero(~known[:, axis_weights > 0].all(axis=1)),
        )

    def __len__(self) -> int:
        return len(self.axes)

    # -- search ----------------------------------------------------------------------------------------

    def approximate_scores(self, query: int) -> NDArray[np.float32]:
        """Score every track to one in single precision, shape (n_tracks,); NaN where not comparable.

        One matrix-vector product, so 1,000,000 tracks take about 20 ms; see :meth:`exact_scores` for the
        definition.
        """
        has = self.known[query]
        norms, point = self.norms, self.scaled[query] * has
        if not has[self.weights > 0].all():
            norms = np.einsum("ij,ij->i", self.scaled[:, has], self.scaled[:, has])
        scale = self._mean_distance(self.axes[query].astype(np.float64), has[None, :])[0]
        if scale <= 0:
            return np.full(len(self), np.nan, dtype=np.float32)
        squared = norms + np.float32(point @ point) - 2 * (self.scaled @ point)
        scores: NDArray[np.float32] = (1 - squared / np.float32(scale)).astype(np.float32)
        if len(self.incomplete):
            scores[self.incomplete] = self.exact_scores(query, self.incomplete)
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
        return self.shares_of_points(query, self.axes[rows].astype(np.float64), self.known[rows])

    def shares_of_points(self, query: int, points: Values, known: NDArray[np.bool_]) -> Values:
        """Split the scores of arbitrary points, such as a track changed in one feature."""
        x = self.axes[query].astype(np.float64)
        both = known & self.known[query]
        scale = self._mean_distance(x, both)
        common = (both * self.weights).sum(axis=1) / max((self.known[query] * self.weights).sum(), 1e-12)
        scale = np.where((common >= MIN_COMMON_WEIGHT) & (scale > 0), scale, np.nan)
        terms = self.weights * ((x - self.mean) ** 2 + self.variance - (x - points) ** 2)
        return np.where(both, terms, 0.0) / scale[:, None]

    def _mean_distance(self, x: Values, both: NDArray[np.bool_]) -> Values:
        """Mean squared distance from x to the library, over the axes both tracks know; shape (n_rows,)."""
        return both @ (self.weights * ((x - self.mean) ** 2 + self.variance))

    # -- description -----------------------------------------------------------------------------------

    def percentile(self, name: str, value: float) -> float:
        """Place a value among the library's: the share below plus half the ties, 0 to 100."""
        ordered = self.ordered[name]
        left, right = (np.searchsorted(ordered, np.float32(value), side) for side in ("left", "right"))
        return float(50 * (left + right) / len(ordered))

    def quantile(self, name: str, percent: float) -> float:
        """Give the library's value at a percentile."""
        ordered = self.ordered[name]
        return float(ordered[round((len(ordered) - 1) * percent / 100)])

    def moved(self, row: int, changes: Mapping[str, float]) -> tuple[Values, NDArray[np.bool_]]:
        """Place a track as if some of its features had other values; shapes (1, n_axes) each."""
        values = {name: of_all[[row]].astype(np.float64) for name, of_all in self.values.items()}
        values.update({name: np.array([value]) for name, value in changes.items()})
        axes = [scale.axes(_coordinate(scale.feature.name, values)) for scale in self.scales]
        point = np.concatenate(axes, axis=1)
        known = np.isfinite(point)
        return np.where(known, point, 0.0), known


def _coordinate(name: str, values: Mapping[str, Values]) -> Values:
    """Give what a feature's scale is applied to: a minor key stands with its relative major."""
    if name != "key" or "mode" not in values:
        return values[name]
    return np.where(values["mode"] < 0.5, values["key"] + _MINOR_THIRD, values["key"]) % 12
