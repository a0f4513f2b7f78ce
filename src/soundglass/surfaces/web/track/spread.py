"""How a feature is spread over the library, as a small histogram with one track marked in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, PITCH_CLASSES, Feature, Scale
from soundglass.core.types import Source
from soundglass.explain.profile import Reading
from soundglass.recommend.space import FeatureSpace

WIDTH, HEIGHT = 160.0, 40.0
"""Of a histogram, in the units of its drawing."""

_BINS = 32
_TAILS = (0.5, 99.5)
_LEAST_BAR = 0.8
_GAP = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The histogram of one feature over the library.

    Attributes
    ----------
    feature : Feature
    edges : ndarray, shape (n_bins + 1,)
        In the feature's unit, or its logarithm (base 2) where ``is_log``; beyond the outer ones lies little.
    counts : ndarray of int, shape (n_bins,)
        What lies beyond the outer edges is in the outer bins.
    names : tuple of str
        Of the bins, where each is one value.
    source : {"csv", "measured", "estimated"}
        Of the library's values; tables have units of their own.
    """

    feature: Feature
    edges: NDArray[np.float64]
    counts: NDArray[np.intp]
    names: tuple[str, ...] = ()
    source: Source = "measured"

    @property
    def is_log(self) -> bool:
        """Whether the axis is logarithmic."""
        return self.feature.scale is Scale.LOG2

    @property
    def ends(self) -> tuple[str, str]:
        """What stands at the left and the right of the axis."""
        if self.names:
            return self.names[0], self.names[-1]
        first, last = self.edges[[0, -1]].tolist()
        low, high = (2.0**first, 2.0**last) if self.is_log else (first, last)
        return self.feature.text(low, self.source), self.feature.text(high, self.source)

    @property
    def bars(self) -> str:
        """The bars as the path of an SVG, ``WIDTH`` by ``HEIGHT``."""
        step, most = WIDTH / len(self.counts), max(int(self.counts.max()), 1)
        gap = step * _GAP
        drawn = []
        for at, count in enumerate(self.counts.tolist()):
            if count:
                height = max(_LEAST_BAR, HEIGHT * count / most)
                left, width = at * step + gap / 2, step - gap
                drawn.append(f"M{left:.1f} {HEIGHT:g}v{-height:.1f}h{width:.1f}v{height:.1f}z")
        return "".join(drawn)

    def place(self, value: float) -> float:
        """Give the place of a value, from 0 to ``WIDTH``."""
        if self.names:
            return (round(value) % len(self.names) + 0.5) * WIDTH / len(self.names)
        at = math.log2(max(value, 1e-9)) if self.is_log else value
        first, last = self.edges[[0, -1]].tolist()
        return float(WIDTH * min(max((at - first) / (last - first), 0.0), 1.0))

    def share(self, value: float) -> float:
        """Give the share of the library in the bin of a value, 0 to 1."""
        at = min(int(self.place(value) / WIDTH * len(self.counts)), len(self.counts) - 1)
        return float(self.counts[at] / max(self.counts.sum(), 1))

    def band(self, reading: Reading) -> tuple[float, float] | None:
        """Give the left edge and width of a value's typical error; ``None`` where that would not be seen."""
        if not reading.error or reading.shown.value is None:
            return None
        left, right = (self.place(reading.shown.value + side * reading.error) for side in (-1, 1))
        return (left, right - left) if right - left >= 1.0 else None


def spreads(space: FeatureSpace, *, from_table: bool = False) -> Mapping[str, Spread]:
    """Make the histograms of all features of a library."""
    made = (_spread(CATALOGUE[name], space.distributions[name].ordered) for name in space.distributions)
    return {one.feature.name: replace(one, source="csv") if from_table else one for one in made}


def _spread(feature: Feature, ordered: NDArray[np.float32]) -> Spread:
    names = {"key": PITCH_CLASSES, "mode": ("minor", "major")}.get(feature.name, ())
    if names:
        edges = np.arange(len(names) + 1, dtype=np.float64) - 0.5
        whole = ordered[(ordered >= 0) & (ordered < len(names) - 0.5)]
        return Spread(feature, edges, np.histogram(whole, edges)[0], names)
    values = np.log2(np.maximum(ordered, 1e-9)) if feature.scale is Scale.LOG2 else ordered
    edges = np.linspace(*_ends(feature, values), _BINS + 1, dtype=np.float64)
    # The values are in order already, so that a million take no longer than a thousand.
    inner = np.searchsorted(values, edges[1:-1])
    return Spread(feature, edges, np.diff(np.concatenate([[0], inner, [len(values)]])))


def _ends(feature: Feature, values: NDArray[np.floating]) -> tuple[float, float]:
    """Choose where the axis begins and ends; shares have the whole of theirs."""
    if (feature.low, feature.high) == (0.0, 1.0) and feature.made == "estimated":
        return 0.0, 1.0
    low, high = np.percentile(values, _TAILS).tolist()
    return (low, high) if high > low else (low - 0.5, high + 0.5)
