"""How the values of one feature are spread over a library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Distribution:
    """The known values of one feature, against which single values are placed.

    Attributes
    ----------
    ordered : ndarray of float32, shape (n_known,)
        Ascending, in the feature's unit.
    spread : float
        Standard deviation, in the feature's unit.
    """

    ordered: NDArray[np.float32]
    spread: float

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Distribution:
        """Describe values, shape (n_tracks,), some of which are finite."""
        known = values[np.isfinite(values)].astype(np.float32)
        known.sort()
        return cls(known, float(known.std(dtype=np.float64)))

    def percentiles(self, values: ArrayLike) -> NDArray[np.float64]:
        """Place values: the share of the library below plus half the ties, 0 to 100; NaN stays NaN."""
        wanted = np.asarray(values, dtype=np.float32)
        below, up_to = (np.searchsorted(self.ordered, wanted, side) for side in ("left", "right"))
        return np.where(np.isnan(wanted), np.nan, 50.0 * (below + up_to) / len(self.ordered))

    def quantile(self, percent: float) -> float:
        """Give the library's value at a percentile."""
        return float(self.ordered[round((len(self.ordered) - 1) * percent / 100)])

    def at_or_beyond(self, value: float, *, high: bool) -> float:
        """Give the percentage of the library that has at least as much (``high``), or at most as much."""
        if high:
            return 100.0 - 100.0 * self._count(value, "left") / len(self.ordered)
        return 100.0 * self._count(value, "right") / len(self.ordered)

    def nearer(self, value: float, other: float) -> float:
        """Give the percentage of the library that lies nearer to a value than another value does."""
        apart = abs(other - value)
        below, inside = self._count(value - apart, "right"), self._count(value + apart, "left")
        return 100.0 * max(0, inside - below) / len(self.ordered)

    def _count(self, value: float, side: str) -> int:
        return int(np.searchsorted(self.ordered, np.float32(value), side))  # type: ignore[call-overload]
