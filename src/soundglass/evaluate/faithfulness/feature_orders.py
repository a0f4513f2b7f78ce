"""Orders in which features can be removed from a match, and what their removal does to its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.evaluate.faithfulness.reference_features import FeatureReference, Values
from soundglass.evaluate.faithfulness.study_table import FEATURES as STUDY

Order: TypeAlias = Sequence[int]

PARTS, RANDOM = "parts of the score", "random"
ORDERS = (
    PARTS,
    RANDOM,
    "catalogue weight",
    "how unusual the query is",
    "smallest raw difference",
    "the study's fixed table",
)
"""The explanation and what it is compared with."""

_UNRANKED = ("key", "mode", "time_signature")


@dataclass(frozen=True, slots=True)
class Removal:
    """One match whose features can be set to the library's mean, group by group.

    Attributes
    ----------
    query, match : int
        Positions in the reference.
    groups : tuple of str
        Those both tracks know.
    """

    reference: FeatureReference
    query: int
    match: int
    groups: tuple[str, ...]

    @classmethod
    def of(cls, reference: FeatureReference, query: int, match: int) -> Removal:
        """List what both tracks know."""
        known = [
            group
            for group, names in reference.groups.items()
            if all(np.isfinite(reference.values[name][[query, match]]).all() for name in names)
        ]
        return cls(reference, query, match, tuple(known))

    def scores(self, removed: NDArray[np.bool_]) -> Values:
        """Score the match anew with some groups set to the mean, shape (n,) for (n, n_groups)."""
        changes = {}
        for index, group in enumerate(self.groups):
            for name in self.reference.groups[group]:
                own = self.reference.values[name][self.match]
                changes[name] = np.where(removed[:, index], mean_value(self.reference, name), own)
        return self.reference.scores(self.query, changes, self.match)

    def losses(self) -> Values:
        """Say what the score loses with each group by itself."""
        alone = np.vstack([np.zeros(len(self.groups), bool), np.eye(len(self.groups), dtype=bool)])
        scores = self.scores(alone)
        losses: Values = scores[0] - scores[1:]
        return losses

    def curves(self, order: Order) -> tuple[Values, Values]:
        """Say what the score loses without the first 1, 2, … groups of an order, and with only those."""
        n = len(self.groups)
        first = np.zeros((n, n), dtype=bool)
        for k in range(n):
            first[k, list(order[: k + 1])] = True
        scores = self.scores(np.vstack([np.zeros((1, n), bool), first, ~first]))
        return scores[0] - scores[1 : n + 1], scores[0] - scores[n + 1 :]

    def orders(self, rng: np.random.Generator, n_random: int) -> dict[str, list[list[int]]]:
        """Give every order, the most important first; several where it is random."""
        reference, groups = self.reference, self.groups
        sizes = reference.parts(self.query, {}, self.match)[0].tolist()
        parts = dict(zip(reference.groups, sizes, strict=True))
        unusual = {
            group: max(reference.distance_from_mean(self.query, name) for name in reference.groups[group])
            for group in groups
        }
        heads = {group: reference.values[reference.groups[group][0]] for group in groups}
        apart = {group: abs(float(head[self.query] - head[self.match])) for group, head in heads.items()}
        fixed = {group: -STUDY.index(group) if group in STUDY else -len(STUDY) for group in groups}
        weights = {group: reference.weight(group) for group in groups}
        near = {group: -distance for group, distance in apart.items()}
        ranked = dict(zip(ORDERS, (parts, None, weights, unusual, near, fixed), strict=True))
        return {
            name: [rng.permutation(len(groups)).tolist() for _ in range(n_random)]
            if worth is None
            else [_descending(worth, groups)]
            for name, worth in ranked.items()
        }


def mean_value(reference: FeatureReference, name: str) -> float:
    """Give the library's mean of a feature; of keys, modes and metres the most frequent."""
    column = reference.values[name]
    known = column[np.isfinite(column)]
    if name in _UNRANKED:
        values, counts = np.unique(known, return_counts=True)
        return float(values[counts.argmax()])
    return float(known.mean())


def area(curve: Values) -> float:
    """Give the mean of a curve: the area over the perturbation curve (AOPC)."""
    return float(curve.mean())


def bounds(losses: Values) -> tuple[float, float]:
    """Give the lowest and the highest AOPC that any order of removal can have.

    Where losses add up, removing the largest first is best and last worst: each loss counts as often as there
    are steps left (rearrangement inequality), so that no order needs to be tried.
    """
    ascending = np.sort(losses)
    return area(np.cumsum(ascending)), area(np.cumsum(ascending[::-1]))


def normalised(found: float, losses: Values) -> float:
    """Place an AOPC between the worst and the best order, 0 to 1; NaN where all orders are equally good.

    Notes
    -----
    NAOPC (Edin et al., "Normalized AOPC", 2024), with exact bounds.
    """
    low, high = bounds(losses)
    return (found - low) / (high - low) if high > low else float("nan")


def _descending(worth: Mapping[str, float], groups: Sequence[str]) -> list[int]:
    return sorted(range(len(groups)), key=lambda index: -worth[groups[index]])
