"""Scales on which the distance between two values of a feature makes sense."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import Feature, Scale

Values: TypeAlias = NDArray[np.float64]

_OCTAVE_WEIGHT = 0.5
_QUANTILE_KNOTS = 1025
_SEMITONES_PER_FIFTH = 7


@dataclass(frozen=True, slots=True)
class FittedScale:
    """One feature's map from values to axes, fitted to a library.

    Attributes
    ----------
    feature : Feature
    weights : ndarray, shape (n_axes,)
        Weight of each axis in the squared distance; 0 where the library does not vary.
    center, spread : float
        Mean and standard deviation on the standardised axis, before standardising.
    knots : tuple of ndarray or None
        Values and normal quantiles of a quantile scale.
    """

    feature: Feature
    weights: Values
    center: float
    spread: float
    knots: tuple[Values, Values] | None = None

    def axes(self, values: Values) -> Values:
        """Map values, shape (n,), to axes, shape (n, n_axes); NaN stays NaN.

        Circular axes have length √2, so that they vary by 1 when spread evenly, like the others.
        """
        match self.feature.scale:
            case Scale.TEMPO:
                octaves = _log2(values)
                angle = 2 * np.pi * octaves
                return np.stack([*_circle(angle), self._standard(octaves)], axis=1)
            case Scale.FIFTHS:
                angle = 2 * np.pi * ((values * _SEMITONES_PER_FIFTH) % 12) / 12
                return np.stack(_circle(angle), axis=1)
            case _:
                return self._standard(_warp(self.feature.scale, values, self.knots))[:, None]

    def moved(self, value: float, spreads: float) -> float:
        """Give the value that lies so many standard deviations of the library above another, on this scale.

        Examples
        --------
        >>> import numpy as np; from soundglass.core.catalogue import CATALOGUE
        >>> round(fit_scale(CATALOGUE["tempo"], np.array([60.0, 240.0])).moved(120.0, 0.5))
        170
        """
        own = np.array([value])
        warped = float(_warp(self.feature.scale, own, self.knots)[0]) + spreads * self.spread
        if self.feature.scale in {Scale.LOG2, Scale.TEMPO}:
            return float(2**warped)
        if self.feature.scale is Scale.QUANTILE and self.knots is not None:
            return float(np.interp(warped, self.knots[1], self.knots[0]))
        return warped

    def _standard(self, values: Values) -> Values:
        return (values - self.center) / self.spread


def fit_scale(feature: Feature, ordered: Values) -> FittedScale:
    """Fit a feature's scale to the values a library knows, ascending, shape (n,)."""
    knots = _quantile_knots(ordered) if feature.scale is Scale.QUANTILE and len(ordered) else None
    warped = _warp(feature.scale, ordered, knots)
    warped = warped[np.isfinite(warped)]
    center = float(warped.mean()) if len(warped) else 0.0
    spread = float(warped.std()) if len(warped) else 0.0
    varies = spread > 1e-6 * max(1.0, abs(center))
    weights = {
        Scale.TEMPO: [1.0, 1.0, _OCTAVE_WEIGHT],
        Scale.FIFTHS: [1.0, 1.0],
    }.get(feature.scale, [1.0])
    scaled = np.array(weights) * (feature.weight if varies else 0.0)
    return FittedScale(feature, scaled, center, spread if varies else 1.0, knots)


def _circle(angle: Values) -> list[Values]:
    return [math.sqrt(2) * np.cos(angle), math.sqrt(2) * np.sin(angle)]


def _log2(values: Values) -> Values:
    """Take the logarithm; what is not above zero has no place on this scale."""
    return np.log2(np.where(values > 0, values, np.nan))


def _warp(scale: Scale, values: Values, knots: tuple[Values, Values] | None) -> Values:
    if scale in {Scale.LOG2, Scale.TEMPO}:
        return _log2(values)
    if scale is Scale.QUANTILE and knots is not None:
        return np.interp(values, *knots)
    return values


def _quantile_knots(ordered: Values) -> tuple[Values, Values]:
    """Pair ascending values with normal quantiles of their mid-rank; tied values share one knot."""
    first = np.flatnonzero(np.diff(ordered, prepend=-np.inf))
    after = np.append(first[1:], len(ordered))
    even = np.linspace(0, len(first) - 1, min(_QUANTILE_KNOTS, len(first))).round().astype(int)
    heavy = np.flatnonzero(after - first > len(ordered) / _QUANTILE_KNOTS)  # the rank jumps on both sides
    tail = 2 ** np.arange(10)  # the normal curve bends most at its ends
    wanted = np.concatenate([even, heavy - 1, heavy, heavy + 1, tail, len(first) - 1 - tail])
    picked = np.unique(np.clip(wanted, 0, len(first) - 1))
    middle = (first[picked] + after[picked]) / (2 * len(ordered))
    normal = NormalDist()
    return ordered[first[picked]], np.array([normal.inv_cdf(p) for p in middle.tolist()])
