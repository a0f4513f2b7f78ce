"""How alike pairs look: the measures, their values, and what tells kinds of pairs apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import Estimate, bootstrap_mean, cliffs_delta, holm, paired_difference
from soundglass.evaluate.context import Context
from soundglass.evaluate.visual.earth_mover import earth_mover
from soundglass.evaluate.visual.ms_ssim import ms_ssim
from soundglass.evaluate.visual.pairs import PER_QUERY, Pairs
from soundglass.evaluate.visual.pictures import Picture, laid_on

Values = NDArray[np.float64]
"""Of the pairs of each query, shape (n_queries, PER_QUERY); NaN where there is no such pair."""


def similarity(one: Picture, other: Picture) -> float:
    """Give the MS-SSIM of two pictures, the other one laid on the first."""
    return ms_ssim(one / 255, laid_on(one, other) / 255)


def distance(one: Picture, other: Picture) -> float:
    """Give the earth mover's distance of two pictures' patches."""
    return earth_mover(one / 255, other / 255)


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to say how alike two pictures look.

    Attributes
    ----------
    sign : {1, -1}
        -1 for a distance.
    """

    name: str
    of: Callable[[Picture, Picture], float]
    sign: int


MEASURES = (Measure("MS-SSIM", similarity, 1), Measure("patch EMD", distance, -1))


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more alike pairs of one kind look than those of another, both of the same queries.

    Attributes
    ----------
    mean : Estimate
        Of queries, in the unit of the measure; above 0 where the first kind looks more alike.
    effect : Estimate
        Cliff's delta of single pairs, of the same sign.
    p : float
        Corrected for all differences found together.
    """

    one: str
    other: str
    mean: Estimate
    effect: Estimate
    p: float

    @property
    def is_shown(self) -> bool:
        """Whether the first kind looks more alike, by more than chance explains."""
        return self.mean.value > 0 and self.p < 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """How alike pairs look by one measure.

    Attributes
    ----------
    values : mapping of str to Values
        By kind of pairs.
    groups : sequence of str
        Of each query.
    """

    measure: Measure
    values: Mapping[str, Values]
    groups: Sequence[str]
    resamples: int
    seed: int

    def mean(self, kind: str) -> Estimate:
        """Give the mean over queries of the mean of their pairs."""
        return bootstrap_mean(of_queries(self.values[kind]), self.groups, self.resamples, self.seed)

    def differences(self, pairs: Sequence[tuple[str, str]]) -> list[Difference]:
        """Compare kinds of pairs two by two."""
        found = [self._above(one, other) for one, other in pairs]
        corrected = holm([p for _, p in found]).tolist()
        return [
            Difference(one, other, mean, self._effect(one, other), p)
            for (one, other), (mean, _), p in zip(pairs, found, corrected, strict=True)
        ]

    def _above(self, one: str, other: str) -> tuple[Estimate, float]:
        first, second = (self.measure.sign * of_queries(self.values[kind]) for kind in (one, other))
        return paired_difference(first, second, self.groups, self.resamples, self.seed)

    def _effect(self, one: str, other: str) -> Estimate:
        both = np.isfinite(of_queries(self.values[one]) + of_queries(self.values[other]))
        first, second = (self.measure.sign * self.values[kind][both].ravel() for kind in (one, other))
        groups = np.repeat(np.asarray(self.groups)[both], PER_QUERY)
        return cliffs_delta(first, second, (groups, groups), self.resamples, self.seed)


def of_queries(values: Values) -> NDArray[np.float64]:
    """Average the pairs of each query, shape (n_queries,); NaN where it has none."""
    known = np.isfinite(values)
    sums = np.where(known, values, 0.0).sum(axis=1)
    nothing = np.full(len(values), np.nan)
    means: NDArray[np.float64] = np.divide(sums, known.sum(axis=1), out=nothing, where=known.any(axis=1))
    return means


def look(context: Context, pairs: Pairs, pictures: Mapping[int, Picture]) -> list[Seen]:
    """Measure all pairs of which there are both pictures, by every measure."""
    shape = (len(pairs.queries), PER_QUERY)
    values = [{kind: np.full(shape, np.nan) for kind in pairs.matches} for _ in MEASURES]
    for at, query in enumerate(pairs.queries.tolist()):
        context.progress("compare pictures", at, len(pairs.queries))
        for kind, matches in pairs.matches.items():
            for place, match in enumerate(matches[at]):
                if query in pictures and match in pictures:
                    for measure, found in zip(MEASURES, values, strict=True):
                        found[kind][at, place] = measure.of(pictures[query], pictures[match])
    context.progress("compare pictures", len(pairs.queries), len(pairs.queries))
    settings = context.settings
    return [
        Seen(measure, found, pairs.groups, settings.resamples, settings.seed)
        for measure, found in zip(MEASURES, values, strict=True)
    ]
