"""The ``features`` recommender steered: weights changed without fitting anew, and the query moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.space import FeatureSpace
from soundglass.recommend.steering import Steering


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for of one feature instead of what the track has.

    Attributes
    ----------
    actual, asked : float
        In the feature's unit.
    """

    actual: float
    asked: float


class SteeredRecommender(FeatureRecommender):
    """Likeness to what somebody asks for: a track, with some of its features moved and weighted otherwise.

    The score stays that of DESIGN 3.1, between the moved query z and a track: 1 − d²(z, y) / D(z), with the
    changed weights. So 1 = exactly what is asked for, 0 = no nearer to it than a random track of the library,
    and the parts sum to the score as ever.

    Parameters
    ----------
    plain : FeatureRecommender
        The same tracks, not steered; it is left as it is.
    steering : Steering
    row : int
        The row of the library that is asked about. Scores to other queries are weighted, not moved.

    Attributes
    ----------
    wanted : mapping of str to Wanted
        By feature name, what the query was moved in. What is unknown of the query cannot be.

    Raises
    ------
    SoundglassError
        No part is left to compare by.
    FeatureMismatchError
        The track is not among those of ``plain``.
    """

    def __init__(self, plain: FeatureRecommender, steering: Steering, row: int) -> None:
        self.plain, self.steering, self.row = plain, steering, row
        position = plain.position(row)
        space = reweighted(plain.space, steering.weights)
        if plain.space.weights.any() and not space.weights.any():
            raise SoundglassError("no part is left to compare by", remedy="Let at least one count")
        self.wanted = _wanted(plain.space, position, steering.shifts)
        if self.wanted:
            space = _with_query(space, position, {name: w.asked for name, w in self.wanted.items()})
        super().__init__(plain.rows, space, plain.origin, plain.confidences)

    def within_range(self) -> NDArray[np.bool_] | None:
        """Tell which tracks have a tempo that is asked for, shape (n_tracks,); none where all are let in.

        Tempi are taken as they are shown, in whole BPM.
        """
        if not self.steering.has_range:
            return None
        slowest, fastest = self.steering.slowest, self.steering.fastest
        known = self.plain.space.values.get("tempo")
        if known is None:
            return np.zeros(len(self.rows), dtype=np.bool_)
        tempi = np.rint(known)
        allowed: NDArray[np.bool_] = np.isfinite(known)
        if slowest is not None:
            allowed &= tempi >= slowest
        if fastest is not None:
            allowed &= tempi <= fastest
        return allowed


def reweighted(space: FeatureSpace, factors: Mapping[str, float]) -> FeatureSpace:
    """Give a space as :meth:`FeatureSpace.fit` does with these weights, without fitting it again.

    An axis times √weight becomes that times √factor; its mean does, too, and its variance is times factor.

    Parameters
    ----------
    factors : mapping of str to float
        By group; groups left out count as before.
    """
    of_scales = np.array([factors.get(scale.feature.group, 1.0) for scale in space.scales])
    by_axis = of_scales[space.owner]
    roots = np.sqrt(by_axis)
    axes = space.axes * roots.astype(np.float32)
    return replace(
        space,
        axes=axes,
        norms=np.einsum("ij,ij->i", axes, axes),
        weights=space.weights * by_axis,
        mean=space.mean * roots,
        variance=space.variance * by_axis,
    )


def _wanted(space: FeatureSpace, position: int, shifts: Mapping[str, float]) -> Mapping[str, Wanted]:
    """Move the known features of shifted groups, no further than to what the library holds."""
    found = {}
    for scale in space.scales:
        name, shift = scale.feature.name, shifts.get(scale.feature.group, 0.0)
        actual = float(space.values[name][position])
        if shift and np.isfinite(actual) and np.isfinite(scale.axes(np.array([actual]))).all():
            library = space.distributions[name]
            ends = library.quantile(0), library.quantile(100)
            found[name] = Wanted(actual, float(np.clip(scale.moved(actual, shift), *ends)))
    return MappingProxyType(found)


def _with_query(space: FeatureSpace, position: int, asked: Mapping[str, float]) -> FeatureSpace:
    """Put the moved query in the place of its track; the library's moments and spreads stay."""
    point = space.moved(position, asked)[0][0]
    space.axes[position] = point  # of the copy that was weighted
    space.norms[position] = point @ point
    values = dict(space.values)
    for name, value in asked.items():
        values[name] = values[name].copy()
        values[name][position] = value
    return replace(space, values=values)
