"""Does an explanation point at a stretch that is known to matter: pointing game, relevance mass, overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Region
from soundglass.explain.stretch import stretch

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pointed:
    """How well an explanation points at a stretch of time.

    Attributes
    ----------
    hit : bool
        Whether its strongest point lies there (pointing game: Zhang et al., "Top-down neural attention by
        excitation backprop", 2016).
    mass : float
        Which share of what speaks for the pair lies there (relevance mass accuracy: Arras et al.,
        "CLEVR-XAI", 2022).
    overlap : float
        The stretch it singles out, and the true one: their intersection over their union.
    """

    hit: bool
    mass: float
    overlap: float


def by_profile(profile: Values, step_s: float, truth: tuple[float, float]) -> Pointed:
    """Judge a profile of relevance over time.

    Parameters
    ----------
    profile : ndarray, shape (n,)
        In steps from 0 s on; what is negative counts as nothing.
    truth : (float, float)
        Beginning and end, in seconds.
    """
    profile = np.maximum(profile, 0)
    if not profile.max(initial=0) > 0:
        return Pointed(False, 0.0, 0.0)
    times = (np.arange(len(profile)) + 0.5) * step_s
    within = (times >= truth[0]) & (times < truth[1])
    found = stretch(profile)
    return Pointed(
        hit=bool(within[int(profile.argmax())]),
        mass=float(profile[within].sum() / profile.sum()),
        overlap=intersection_over_union((found.start * step_s, found.stop * step_s), truth),
    )


def by_region(region: Region, truth: tuple[float, float]) -> Pointed:
    """Judge one region, by its middle and its length."""
    one = region.start_s, region.end_s
    return Pointed(
        hit=truth[0] <= sum(one) / 2 < truth[1],
        mass=_shared(one, truth) / (one[1] - one[0]),
        overlap=intersection_over_union(one, truth),
    )


def intersection_over_union(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Give the overlap of two stretches of time, 0 to 1."""
    shared = _shared(one, other)
    return shared / (one[1] - one[0] + other[1] - other[0] - shared)


def _shared(one: tuple[float, float], other: tuple[float, float]) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
