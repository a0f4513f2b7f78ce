"""DESIGN 3.1 written out a second time, plainly, from the raw columns, to check what is recommended.

Shares no code with the recommender; the catalogue of features is all that both read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, GROUPS
from soundglass.library.store import Store

Values: TypeAlias = NDArray[np.float64]
Origin: TypeAlias = Literal["audio", "csv"]

_KNOTS = 1025
_LEAST_OF_OWN, _LEAST_OF_ALL = 0.5, 0.2
_TEMPO_OCTAVES = 0.5


class FeatureReference:
    """Likeness of named features by definition, slowly.

    Parameters
    ----------
    values : mapping of str to ndarray, shape (n_tracks,)
        Raw columns by feature name, NaN where unknown.
    origin : {"audio", "csv"}
        Values from audio carry the catalogue's errors.
    rows : ndarray of int, optional
        Which rows of the library these tracks are; their positions if left out.
    confidences : mapping of str to ndarray, optional
        How sure the method was of each value.
    """

    def __init__(
        self,
        values: Mapping[str, Values],
        origin: Origin,
        rows: NDArray[np.int64] | None = None,
        confidences: Mapping[str, Values] | None = None,
    ) -> None:
        self.origin = origin
        self.values = {n: v for n, v in values.items() if n in CATALOGUE and np.isfinite(v).any()}
        self.rows = np.arange(len(next(iter(values.values())))) if rows is None else rows
        self.confidences = confidences or {}
        self._axes: dict[str, Callable[[Values], Values]] = {}
        self._weights: dict[str, Values] = {}
        self._moments: dict[str, tuple[Values, Values]] = {}
        self._places: dict[str, Values] = {}
        for name in self.values:
            self._fit(name)
        self.groups = {
            group: held
            for group, features in GROUPS.items()
            if (held := [f.name for f in features if f.name in self.values and self._counts(f.name)])
        }

    @classmethod
    def of(cls, store: Store, origin: Origin) -> FeatureReference:
        """Read the raw columns of all tracks of one origin."""
        sure = [name for name in CATALOGUE if name in ("tempo", "key", "mode", "time_signature")]
        names = ["_rowoffset", *CATALOGUE, *(f"{name}_confidence" for name in sure)]
        table = store.columns(names, f"origin = '{origin}'")
        values = {name: np.asarray(table[name], dtype=np.float64) for name in CATALOGUE}
        confidences = {name: np.asarray(table[f"{name}_confidence"], dtype=np.float64) for name in sure}
        return cls(values, origin, np.asarray(table["_rowoffset"], dtype=np.int64), confidences)

    def __len__(self) -> int:
        return len(self.rows)

    def position(self, row: int) -> int:
        """Find a row of the library among these tracks."""
        return int(np.flatnonzero(self.rows == row)[0])

    def parts(
        self, query: int, changes: Mapping[str, Values] | None = None, match: int | None = None
    ) -> Values:
        """Split scores to one track into a term for each group.

        Parameters
        ----------
        query : int
            Position among the tracks.
        changes : mapping of str to ndarray, shape (n,), optional
            Other values for some features of ``match``; the library stays as it was.
        match : int, optional
            Position; without one, all tracks are scored.

        Returns
        -------
        ndarray, shape (n, n_groups)
            In the order of ``groups``; NaN where two tracks cannot be compared.
        """
        n = len(self) if match is None else len(next(iter((changes or {"": np.zeros(1)}).values())))
        terms, usual = np.zeros((2, n, len(self.groups)))
        both_weight, own_weight, whole = np.zeros(n), 0.0, 0.0
        moved = self._moved(changes or {}, match, n)
        for index, names in enumerate(self.groups.values()):
            for name in names:
                x, y = self._places[name][query], moved[name]
                mean, variance = self._moments[name]
                mean_term = float(self._weights[name] @ ((x - mean) ** 2 + variance))
                known = np.isfinite(y[:, 0]) & np.isfinite(x[0])
                weight = float(self._weights[name].sum())
                terms[known, index] += mean_term - ((y[known] - x) ** 2) @ self._weights[name]
                usual[known, index] += mean_term
                both_weight += weight * known
                own_weight += weight * float(np.isfinite(x[0]))
                whole += weight
        total = usual.sum(axis=1)
        enough = (both_weight >= max(_LEAST_OF_OWN * own_weight, _LEAST_OF_ALL * whole)) & (total > 0)
        shares: Values = terms / np.where(enough, total, np.nan)[:, None]
        return shares

    def scores(
        self, query: int, changes: Mapping[str, Values] | None = None, match: int | None = None
    ) -> Values:
        """Score all tracks to one, or one match as it would be with other values; as :meth:`parts` does."""
        scores: Values = self.parts(query, changes, match).sum(axis=1)
        return scores

    def distance_from_mean(self, position: int, name: str) -> float:
        """Say how many standard deviations, on the feature's scale, a track lies from the library's mean."""
        mean, variance = self._moments[name]
        apart = self._places[name][position] - mean
        return float(np.sqrt((apart**2).sum() / max(variance.sum(), 1e-12)))

    def weight(self, group: str) -> float:
        """Add up the weights of a group's axes."""
        return float(sum(self._weights[name].sum() for name in self.groups[group]))

    def _moved(self, changes: Mapping[str, Values], match: int | None, n: int) -> dict[str, Values]:
        if match is None:
            return self._places
        values = {name: np.full(n, column[match]) for name, column in self.values.items()}
        values.update(
            {name: of_all.astype(np.float32).astype(np.float64) for name, of_all in changes.items()}
        )
        return {name: axes(self._coordinates(name, values)) for name, axes in self._axes.items()}

    def _counts(self, name: str) -> bool:
        return bool((self._moments[name][1] > 0).any())

    def _fit(self, name: str) -> None:
        coordinates = self._coordinates(name, self.values)
        feature, known = CATALOGUE[name], coordinates[np.isfinite(coordinates)]
        bends = _SCALES[feature.scale.value]
        warp = _normal_scores(known) if bends is None else bends
        warped = warp(known)
        warped = warped[np.isfinite(warped)]
        center, spread = (warped.mean(), warped.std()) if len(warped) else (0.0, 0.0)
        varies = spread > 1e-6 * max(1.0, abs(center))
        weights = {"tempo": [1.0, 1.0, _TEMPO_OCTAVES], "fifths": [1.0, 1.0]}.get(feature.scale.value, [1.0])
        trust = 1.0
        if self.origin == "audio" and feature.error and name != "tempo":
            trust = min(1.0, (float(np.nanstd(self.values[name])) / feature.error) ** 2)
        self._weights[name] = np.array(weights) * feature.weight * trust * varies
        turns = {"tempo": 1.0, "fifths": 7 / 12}.get(feature.scale.value)

        def axes(values: Values) -> Values:
            straight = (warp(values) - center) / (spread if varies else 1.0)
            if turns is None:
                return straight[:, None]
            angle = 2 * math.pi * turns * warp(values)
            round_about = [math.sqrt(2) * np.cos(angle), math.sqrt(2) * np.sin(angle)]
            return np.stack([*round_about, straight][: len(weights)], axis=1)

        self._axes[name] = axes
        self._places[name] = places = axes(coordinates)
        some = np.isfinite(places[:, 0])
        self._moments[name] = places[some].mean(axis=0), places[some].var(axis=0) * varies

    def _coordinates(self, name: str, values: Mapping[str, Values]) -> Values:
        """Take the raw values; a minor key becomes its relative major, and has no place without its mode."""
        own = values[name]
        if name != "key" or "mode" not in self.values:
            return own
        mode = values["mode"]
        relative = np.where(mode < 0.5, (own + 3) % 12, own % 12)
        return np.where(np.isfinite(mode), relative, np.nan)


def _logarithm(values: Values) -> Values:
    return np.log2(np.where(values > 0, values, np.nan))


_SCALES: Mapping[str, Callable[[Values], Values] | None] = {
    "linear": lambda values: values,
    "log2": _logarithm,
    "tempo": _logarithm,
    "fifths": lambda values: values,
    "quantile": None,
}


def _normal_scores(known: Values) -> Callable[[Values], Values]:
    """Map values to the normal quantile of their mid-rank, straight between knots.

    The knots are 1,025 of the different values, evenly by rank among them, those that more than that share
    of the library has with both their neighbours, and ten towards either end, each twice as far as the last.
    """
    from scipy.special import ndtri

    distinct, counts = np.unique(known, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / counts.sum()
    last = len(distinct) - 1
    chosen = (
        {round(last * k / (_KNOTS - 1)) for k in range(_KNOTS)} if last >= _KNOTS else set(range(last + 1))
    )
    for heavy in np.flatnonzero(counts > counts.sum() / _KNOTS).tolist():
        chosen |= {heavy - 1, heavy, heavy + 1}
    for step in (2**k for k in range(10)):
        chosen |= {step, last - step}
    kept = sorted({min(max(k, 0), last) for k in chosen})
    knots, scores = distinct[kept], ndtri(middle[kept])
    return lambda values: np.interp(values, knots, scores)
