"""What a sentence may claim of two tracks: typed predicates that can be checked against the data again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from soundglass.core.catalogue import GROUPS, Feature
from soundglass.core.types import FeatureEvidence, Part
from soundglass.recommend.distribution import Distribution

TAIL = 10.0
THIRD = 100 / 3
NEAR_PERCENTILES = 10.0
SAME_TEMPO = 0.04
NEAR_TEMPO = 0.15
FAR_FIFTHS = 4
SURE = 0.9
_WORTH_SAYING = 0.25

Distributions: TypeAlias = Mapping[str, Distribution]


class Kind(Enum):
    """The predicates; of those that hold for a part the first is said."""

    SAME_TEMPO = "tempi within 4 %"
    OCTAVE_TEMPO = "one tempo twice the other, within 4 %"
    NEAR_OCTAVE = "one tempo twice the other, within 15 %"
    SAME_KEY = "same tonic and mode, both found with confidence"
    RELATED_KEY = "neighbours on the circle of fifths or relative keys, both found with confidence"
    SAME_VALUE = "the same whole number, both found with confidence"
    BOTH_UNUSUAL = "both in the same tenth of the library at one end, off its middle by more than the error"
    BOTH_RATHER = "both in the same third of the library at one end, off its middle by more than the error"
    ALIKE = "at most 10 percentiles and half the spread apart, or closer than the error of measurement"
    NEARER = "less than half of the library lies nearer to the query"
    DIFFERENT = "further apart than the error of both and than a quarter of the library's spread"
    FAR_KEYS = "at least four steps apart on the circle of fifths, both found with confidence"
    FARTHER = "more than half of the library lies nearer to the query, and the error of both is smaller"


@dataclass(frozen=True, slots=True)
class Claim:
    """One predicate about one feature of a pair, and which end of the scale it speaks of.

    Attributes
    ----------
    part : Part
        The part of the score it backs.
    feature : Feature
        The feature it speaks of, one of the part's group.
    query, match : FeatureEvidence
        Both tracks' values of it.
    high : bool
        For ``BOTH_…``: the upper end. For ``DIFFERENT``: the match has more of it.
    """

    kind: Kind
    part: Part
    feature: Feature
    query: FeatureEvidence
    match: FeatureEvidence
    high: bool = False

    def holds(self, distributions: Distributions) -> bool:
        """Check the claim against the values and the library, whatever the score says."""
        if self.query.value is None or self.match.value is None:
            return False
        pair = _Pair(self, self.query.value, self.match.value, distributions[self.feature.name])
        return _CHECKS[self.kind](pair)


def claim(part: Part, distributions: Distributions) -> Claim | None:
    """Choose the first claim that holds for a part; ``None`` where no word is safe.

    Parameters
    ----------
    part : Part
        Of the ``features`` recommender. Where it helps the score, what the tracks share is said; where it
        harms, how they differ.
    distributions : mapping of str to Distribution
        The library's, by feature name.
    """
    known = [
        (feature, query, match)
        for feature, query, match in group_evidence(part, distributions)
        if query.value is not None and match.value is not None
    ]
    kinds = _SHARED
    if part.contribution <= 0:
        kinds = _OPPOSED
        known.sort(key=lambda side: -_apart(side[1], side[2]) / (distributions[side[0].name].spread or 1.0))
    for kind in kinds:
        for feature, query, match in known:
            high = (query.percentile or 0.0) > 50
            if kind is Kind.DIFFERENT:
                high = (match.value or 0.0) > (query.value or 0.0)
            found = Claim(kind, part, feature, query, match, high)
            if found.holds(distributions):
                return found
    return None


def group_evidence(
    part: Part, distributions: Distributions
) -> list[tuple[Feature, FeatureEvidence, FeatureEvidence]]:
    """List every feature of a part's group that the library holds, with both tracks' values."""
    held = [feature for feature in GROUPS[part.name] if feature.name in distributions]
    found = []
    for feature, shown in zip(held, (part, *part.members), strict=True):
        if not isinstance(shown.query, FeatureEvidence) or not isinstance(shown.match, FeatureEvidence):
            raise TypeError("claims about features need feature evidence")
        found.append((feature, shown.query, shown.match))
    return found


def _apart(query: FeatureEvidence, match: FeatureEvidence) -> float:
    return abs((match.value or 0.0) - (query.value or 0.0))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A claim with both values known."""

    claim: Claim
    x: float
    y: float
    library: Distribution

    def is_of(self, *names: str) -> bool:
        return self.claim.feature.name in names

    def both_beyond(self, share: float) -> bool:
        if not self.claim.feature.is_ranked:
            return False
        middle, high = self.library.quantile(50), self.claim.high
        return all(
            self.library.at_or_beyond(value, high=high) <= share and abs(value - middle) > self.error(value)
            for value in (self.x, self.y)
        )

    def sure(self) -> bool:
        """Whether neither value is a doubtful one; keys and metres are right nine times in ten from here."""
        sides = (self.claim.query, self.claim.match)
        return all(side.confidence is None or side.confidence >= SURE for side in sides)

    def octaves(self) -> float:
        """Distance in octaves; infinite for what is no tempo."""
        if not self.is_of("tempo") or min(self.x, self.y) <= 0:
            return math.inf
        return abs(math.log2(self.y / self.x))

    def fifths(self) -> int:
        """Count steps on the circle of fifths; a minor key stands with its relative major."""
        places = [
            (round(side.value or 0.0) + (3 if side.label.endswith("minor") else 0)) * 7
            for side in (self.claim.query, self.claim.match)
        ]
        return min((places[0] - places[1]) % 12, (places[1] - places[0]) % 12)

    def alike(self) -> bool:
        if not self.claim.feature.is_ranked:
            return False
        apart, ranks = abs(self.x - self.y), self.library.percentiles([self.x, self.y])
        near = abs(ranks[0] - ranks[1]) <= NEAR_PERCENTILES and apart <= self.library.spread / 2
        return bool(near or apart <= self.error(self.x))

    def exceeds_error(self) -> bool:
        """Whether they differ by more than two values from audio may by chance."""
        return abs(self.x - self.y) > math.hypot(self.error(self.x), self.error(self.y))

    def different(self) -> bool:
        said = self.claim.feature.comparatives[self.claim.high]
        enough = abs(self.x - self.y) > _WORTH_SAYING * self.library.spread
        known = self.claim.feature.is_ranked or self.sure()
        return (
            bool(said) and (self.y > self.x) == self.claim.high and enough and known and self.exceeds_error()
        )

    def nearer(self) -> float:
        """Percentage of the library that is nearer to the query than the match is."""
        return self.library.nearer(self.x, self.y)

    def error(self, value: float) -> float:
        """Error of one value from audio; a table's values are taken as they are."""
        if self.claim.query.source == "csv":
            return 0.0
        feature = self.claim.feature
        return feature.error * value if feature.name == "tempo" else feature.error


_TEMPO_TOLERANCE = math.log2(1 + SAME_TEMPO)
_CHECKS: Mapping[Kind, Callable[[_Pair], bool]] = {
    Kind.SAME_TEMPO: lambda p: p.octaves() <= _TEMPO_TOLERANCE,
    Kind.OCTAVE_TEMPO: lambda p: abs(p.octaves() - 1) <= _TEMPO_TOLERANCE,
    Kind.NEAR_OCTAVE: lambda p: abs(p.octaves() - 1) <= math.log2(1 + NEAR_TEMPO),
    Kind.SAME_KEY: lambda p: p.is_of("key") and p.sure() and p.claim.query.label == p.claim.match.label,
    Kind.RELATED_KEY: lambda p: p.is_of("key") and p.sure() and p.fifths() <= 1,
    Kind.SAME_VALUE: lambda p: p.is_of("mode", "time_signature") and p.sure() and round(p.x) == round(p.y),
    Kind.BOTH_UNUSUAL: lambda p: p.both_beyond(TAIL),
    Kind.BOTH_RATHER: lambda p: p.both_beyond(THIRD),
    Kind.ALIKE: _Pair.alike,
    Kind.NEARER: lambda p: p.claim.feature.is_ranked and p.nearer() < 50,
    Kind.DIFFERENT: _Pair.different,
    Kind.FAR_KEYS: lambda p: p.is_of("key") and p.sure() and p.fifths() >= FAR_FIFTHS,
    Kind.FARTHER: lambda p: p.claim.feature.is_ranked and p.nearer() > 50 and p.exceeds_error(),
}
_OPPOSED: Sequence[Kind] = (Kind.DIFFERENT, Kind.FAR_KEYS, Kind.FARTHER)
_SHARED: Sequence[Kind] = tuple(kind for kind in Kind if kind not in _OPPOSED)
