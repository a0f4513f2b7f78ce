"""What orders of removal are worth, where the score after every possible removal is known.

Methods: comprehensiveness and sufficiency (DeYoung et al., ERASER, 2020); area over the perturbation curve
(Samek et al., 2017), normalised by the best and the worst order there is (Edin et al., Normalized AOPC,
2024); Shapley values (Shapley, 1953). With few units none of these has to be sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Removals:
    """The score of a pair after every removal.

    Attributes
    ----------
    scores : ndarray, shape (2 ** n_units,)
        By the set of units taken away, one bit each; the first is the score of what is there.
    """

    scores: Values

    @property
    def n_units(self) -> int:
        """How many units there are."""
        return len(self.scores).bit_length() - 1

    @property
    def drops(self) -> Values:
        """How far the score falls by each removal."""
        drops: Values = self.scores[0] - self.scores
        return drops

    def deletion(self, order: Sequence[int]) -> Values:
        """Give the scores as units are taken away in order, shape ``(n_units + 1,)``."""
        path: Values = self.scores[_prefixes(order)]
        return path

    def insertion(self, order: Sequence[int]) -> Values:
        """Give the scores as units are put back in order into nothing, shape ``(n_units + 1,)``."""
        path: Values = self.scores[(len(self.scores) - 1) ^ _prefixes(order)]
        return path

    def comprehensiveness(self, order: Sequence[int]) -> float:
        """Average, over 1 to all units, how far the score falls without the first of them (AOPC)."""
        return float(self.drops[_prefixes(order)[1:]].mean())

    def sufficiency(self, order: Sequence[int]) -> float:
        """Average, over 1 to all units, how far the score falls with nothing but the first of them."""
        return float(self.scores[0] - self.insertion(order)[1:].mean())

    def normalised(self, order: Sequence[int]) -> float:
        """Place comprehensiveness between the worst order's (0) and the best's (1); NaN if all are one."""
        worst, best = self._bounds()
        return (self.comprehensiveness(order) - worst) / (best - worst) if best > worst else float("nan")

    def normalised_by_chance(self) -> float:
        """Expect the same of a random order, exactly."""
        n = self.n_units
        mean = float(np.mean([self.drop_by_chance(size) for size in range(1, n + 1)]))
        worst, best = self._bounds()
        return (mean - worst) / (best - worst) if best > worst else float("nan")

    def drop_by_chance(self, size: int) -> float:
        """Expect how far the score falls without so many units taken at random, exactly."""
        return float(np.mean([self.drops[sets] for sets in _sets(self.n_units, size)]))

    def occlusion(self) -> Values:
        """Give how far the score falls without each unit alone, shape ``(n_units,)``."""
        alone: Values = self.drops[1 << np.arange(self.n_units)]
        return alone

    def shapley(self) -> Values:
        """Give each unit's Shapley value in the game whose worth is the score, shape ``(n_units,)``."""
        n, everything = self.n_units, len(self.scores) - 1
        values = np.zeros(n)
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for held in _sets(n, size):
                for unit in range(n):
                    if not held >> unit & 1:
                        gain = self.scores[everything ^ (held | 1 << unit)] - self.scores[everything ^ held]
                        values[unit] += weight * gain
        return values

    def _bounds(self) -> tuple[float, float]:
        """Find the lowest and highest comprehensiveness of any order, by dynamic programming over sets."""
        n, drops = self.n_units, self.drops
        lowest, highest = np.zeros(len(drops)), np.zeros(len(drops))
        for size in range(1, n + 1):
            for held in _sets(n, size):
                before = [held ^ 1 << unit for unit in range(n) if held >> unit & 1]
                lowest[held] = lowest[before].min() + drops[held]
                highest[held] = highest[before].max() + drops[held]
        return float(lowest[-1] / n), float(highest[-1] / n)


def by_relevance(relevance: Sequence[float] | Values) -> list[int]:
    """Order units by relevance, most first; equal ones as they come."""
    return [int(unit) for unit in np.argsort(-np.asarray(relevance), kind="stable")]


def _prefixes(order: Sequence[int]) -> NDArray[np.int64]:
    """Give the sets of the first 0, 1, … units of an order."""
    return np.concatenate([[0], np.cumsum(1 << np.asarray(order, dtype=np.int64))])


def _sets(n_units: int, size: int) -> list[int]:
    return [sum(1 << unit for unit in chosen) for chosen in combinations(range(n_units), size)]
