"""One pair put to the test: what its explanation names is taken away, and as much that it does not name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import FeatureMismatchError
from soundglass.core.types import Part
from soundglass.evaluate.faithfulness.feature_orders import Removal
from soundglass.evaluate.faithfulness.reference_features import FeatureReference, Values

N_OTHERS = 100
"""Random tracks whose values take the place of what is taken away."""

MOST_SUBSETS, N_ORDERS = 300, 20
"""All choices of as many features are tried, up to so many; beyond that so many at random. Random orders."""

CLEAR, RARE = 0.005, 0.1
"""A difference that is seen at two digits; a share of random choices that is called few."""

SEED = 0
"""Of all chance here: a pair gets the same answer each time."""

_BATCH = 128

Verdict: TypeAlias = Literal["holds", "leans", "fails"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What the score of a pair does without what its explanation names.

    Attributes
    ----------
    score : float
        With nothing taken away, computed anew for this test.
    listed : float
        As the recommender has it.
    named : tuple of float
        Without what is named; several where chance has a hand in it.
    random : tuple of float
        Without as much that is chosen at random.
    """

    score: float
    listed: float
    named: tuple[float, ...]
    random: tuple[float, ...]

    @property
    def without(self) -> float:
        """The score without what is named, on average."""
        return fmean(self.named)

    @property
    def by_chance(self) -> float:
        """The score without as much at random, on average."""
        return fmean(self.random)

    @property
    def as_low(self) -> int:
        """After how many random choices the score is as low as without what is named, or lower."""
        return sum(other <= self.without for other in self.random)

    @property
    def verdict(self) -> Verdict:
        """Whether the score hangs on what is named.

        It ``holds`` where the score falls, by more than on average at random, and at most one in ten random
        choices does as much; it ``leans`` that way where more of them do; else it ``fails``.
        """
        falls = self.score - self.without >= CLEAR
        if not falls or self.by_chance - self.without < CLEAR:
            return "fails"
        return "holds" if self.as_low <= RARE * len(self.random) else "leans"


@dataclass(frozen=True, slots=True)
class FeaturesTaken:
    """Features of a match replaced by those of random tracks of the library, group by group.

    Attributes
    ----------
    taken : Taken
        Without the groups that are named, and without every other choice of as many.
    order : tuple of str
        All groups that both tracks know, by their part of the score, largest first.
    falling : tuple of float
        The score without the first 0, 1, … of that order.
    at_random : tuple of (float, float, float)
        The same in random orders: the mean, and the middle four fifths.
    """

    taken: Taken
    order: tuple[str, ...]
    falling: tuple[float, ...]
    at_random: tuple[tuple[float, float, float], ...]


def take_features(
    reference: FeatureReference, query: int, match: int, listed: float, parts: Sequence[Part], n_named: int
) -> FeaturesTaken:
    """Take the features of a match away, by a second writing of the score.

    A score of 0 is that of a random track, so what is taken away takes the values of random tracks; the score
    is its mean over them.

    Parameters
    ----------
    reference : FeatureReference
    query, match : int
        Rows of the library.
    listed : float
        Their score as the recommender has it.
    parts : sequence of Part
        All of that score; those of features alone are looked at.
    n_named : int
        How many of the largest are what is named.

    Raises
    ------
    FeatureMismatchError
        The two share too few features for others to be taken away in their stead.
    """
    removal = Removal.of(reference, reference.position(query), reference.position(match))
    sizes = {part.name: part.contribution for part in parts if part.name in removal.groups}
    n = len(removal.groups)
    order = sorted(range(n), key=lambda at: -sizes.get(removal.groups[at], 0.0))
    if not 0 < n_named < n:
        raise FeatureMismatchError(
            "too few features are known of both for others to be taken away instead",
            remedy="Choose other tracks",
        )
    rng = np.random.default_rng(SEED)
    others = _others(removal, rng)
    falling = scores_without(removal, _prefixes(order), others)
    random = scores_without(removal, _subsets(order, n_named, rng), others)
    paths = np.array(
        [scores_without(removal, _prefixes(rng.permutation(n).tolist()), others) for _ in range(N_ORDERS)]
    )
    low, high = np.quantile(paths, (0.1, 0.9), axis=0).tolist()
    return FeaturesTaken(
        Taken(float(falling[0]), listed, (float(falling[n_named]),), tuple(random.tolist())),
        tuple(removal.groups[at] for at in order),
        tuple(falling.tolist()),
        tuple(zip(paths.mean(axis=0).tolist(), low, high, strict=True)),
    )


def scores_without(removal: Removal, removed: NDArray[np.bool_], others: Mapping[str, Values]) -> Values:
    """Score a match with some groups of features as other tracks have them, on average over these.

    Parameters
    ----------
    removal : Removal
    removed : ndarray of bool, shape (n, n_groups)
    others : mapping of str to ndarray, shape (n_others,)
        The values of the other tracks, by feature.

    Returns
    -------
    ndarray, shape (n,)
    """
    reference, found = removal.reference, []
    for rows in np.array_split(removed, -(-len(removed) // _BATCH)):
        changes = {}
        for index, group in enumerate(removal.groups):
            for name in reference.groups[group]:
                own = reference.values[name][removal.match]
                changes[name] = np.where(rows[:, index, None], others[name], own).ravel()
        scores = reference.scores(removal.query, changes, removal.match)
        found.append(scores.reshape(len(rows), -1).mean(axis=1))
    return np.concatenate(found)


def _others(removal: Removal, rng: np.random.Generator) -> dict[str, Values]:
    """Choose random tracks for every group among those that know all of its features."""
    reference, found = removal.reference, {}
    n_others = min(N_OTHERS, len(reference))
    for group in removal.groups:
        names = reference.groups[group]
        known = np.flatnonzero(np.all([np.isfinite(reference.values[name]) for name in names], axis=0))
        drawn = np.resize(rng.permutation(known), n_others)
        found.update({name: reference.values[name][drawn] for name in names})
    return found


def _prefixes(order: Sequence[int]) -> NDArray[np.bool_]:
    """List the first 0, 1, … of an order."""
    return _held([order[:size] for size in range(len(order) + 1)], len(order))


def _subsets(order: Sequence[int], size: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """List the choices of so many but the first ones of an order."""
    every = combinations(range(len(order)), size)
    found = [chosen for chosen in every if set(chosen) != set(order[:size])]
    if len(found) > MOST_SUBSETS:
        found = [found[at] for at in rng.choice(len(found), MOST_SUBSETS, replace=False)]
    return _held(found, len(order))


def _held(sets: Sequence[Sequence[int]], n: int) -> NDArray[np.bool_]:
    held = np.zeros((len(sets), n), dtype=np.bool_)
    for row, chosen in zip(held, sets, strict=True):
        row[list(chosen)] = True
    return held
