"""What a sentence may claim of two tracks: typed predicates that can be checked against the data again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from soundglass.core.catalogue import CATALOGUE, Feature
from soundglass.core.types import FeatureEvidence, Part

TAIL = 10.0
THIRD = 100 / 3
NEAR_PERCENTILES = 10.0
SAME_TEMPO = 0.04
_TWO_ESTIMATES = float(np.sqrt(2))


class Kind(Enum):
    """The predicates, strongest first."""

    BOTH_UNUSUAL = "both in the same tenth of the library at one end"
    BOTH_RATHER = "both in the same third of the library at one end"
    SAME_TEMPO = "tempi within 4 %"
    OCTAVE_TEMPO = "one tempo twice the other, within 4 %"
    SAME_KEY = "same tonic and mode"
    RELATED_KEY = "neighbours on the circle of fifths, or relative major and minor"
    SAME_VALUE = "the same whole number"
    ALIKE = "at most 10 percentiles apart, or closer than the error of measurement"
    NEARER = "closer than two tracks of this library are on average"
    DIFFERENT = "further apart than the error of both and than a quarter of the library's spread"
    FARTHER = "further apart than two tracks of this library are on average"


@dataclass(frozen=True, slots=True)
class Claim:
    """One predicate about one part, and which end of the scale it speaks of.

    Attributes
    ----------
    high : bool
        For ``BOTH_…``: the upper end. For ``DIFFERENT``: the match has more of it.
    """

    kind: Kind
    part: Part
    feature: Feature
    high: bool = False

    def holds(self, spread: float) -> bool:
        """Check the claim against the values themselves.

        Parameters
        ----------
        spread : float
            Standard deviation of the feature in the library, in its unit.
        """
        return _CHECKS[self.kind](self, spread)


def claim(part: Part, spread: float) -> Claim | None:
    """Choose the strongest claim that holds for a part; ``None`` where a value is unknown.

    Parameters
    ----------
    part : Part
        Of the ``features`` recommender.
    spread : float
        Standard deviation of the part's leading feature in the library.
    """
    query, match = _sides(part)
    feature = leading_feature(part)
    if query.value is None or match.value is None:
        return None
    order, high = _POSITIVE, (query.percentile or 0.0) > 50
    if part.contribution <= 0:
        order, high = _NEGATIVE, match.value > query.value
    candidates = (Claim(kind, part, feature, high) for kind in order)
    return next((found for found in candidates if found.holds(spread)), None)


def leading_feature(part: Part) -> Feature:
    """Find the feature a part's evidence shows: the first of its group that the library holds."""
    names = {f.name: f for f in CATALOGUE.values() if f.group == part.name}
    shown = {member.name for member in part.members}
    return next(f for name, f in names.items() if name not in shown)


def _sides(part: Part) -> tuple[FeatureEvidence, FeatureEvidence]:
    if not isinstance(part.query, FeatureEvidence) or not isinstance(part.match, FeatureEvidence):
        raise TypeError("claims about features need feature evidence")
    return part.query, part.match


def _values(claim_: Claim) -> tuple[float, float]:
    query, match = _sides(claim_.part)
    return (np.nan if query.value is None else query.value, np.nan if match.value is None else match.value)


def _both_beyond(claim_: Claim, share: float) -> bool:
    ranks = [side.percentile for side in _sides(claim_.part)]
    if claim_.high:
        return all(rank is not None and rank >= 100 - share for rank in ranks)
    return all(rank is not None and rank <= share for rank in ranks)


def _same_tempo(claim_: Claim, _: float) -> bool:
    x, y = _values(claim_)
    return claim_.feature.name == "tempo" and abs(np.log2(y / x)) <= np.log2(1 + SAME_TEMPO)


def _octave_tempo(claim_: Claim, _: float) -> bool:
    x, y = _values(claim_)
    return claim_.feature.name == "tempo" and abs(abs(np.log2(y / x)) - 1) <= np.log2(1 + SAME_TEMPO)


def _same_key(claim_: Claim, _: float) -> bool:
    query, match = _sides(claim_.part)
    return claim_.feature.name == "key" and query.label == match.label


def _related_key(claim_: Claim, _: float) -> bool:
    if claim_.feature.name != "key":
        return False
    fifths = [_fifths_as_major(side) for side in _sides(claim_.part)]
    return min((fifths[0] - fifths[1]) % 12, (fifths[1] - fifths[0]) % 12) <= 1


def _fifths_as_major(side: FeatureEvidence) -> int:
    """Place a key on the circle of fifths; a minor key stands with its relative major."""
    tonic = round(side.value or 0.0) + (3 if side.label.endswith("minor") else 0)
    return tonic * 7 % 12


def _same_value(claim_: Claim, _: float) -> bool:
    x, y = _values(claim_)
    return claim_.feature.name == "time_signature" and round(x) == round(y)


def _alike(claim_: Claim, _: float) -> bool:
    query, match = _sides(claim_.part)
    if query.percentile is None or match.percentile is None:
        return False
    x, y = _values(claim_)
    return abs(query.percentile - match.percentile) <= NEAR_PERCENTILES or abs(x - y) <= _error(claim_, x)


def _different(claim_: Claim, spread: float) -> bool:
    x, y = _values(claim_)
    if claim_.feature.comparatives == ("", "") or (y > x) != claim_.high:
        return False
    return bool(abs(x - y) > max(_TWO_ESTIMATES * _error(claim_, max(x, y)), spread / 4))


def _error(claim_: Claim, value: float) -> float:
    """Error of one value from audio; a table's values are taken as they are."""
    if _sides(claim_.part)[0].source == "csv":
        return 0.0
    feature = claim_.feature
    return feature.error * value if feature.name == "tempo" else feature.error


_CHECKS: dict[Kind, Callable[[Claim, float], bool]] = {
    Kind.BOTH_UNUSUAL: lambda claim_, _: _both_beyond(claim_, TAIL),
    Kind.BOTH_RATHER: lambda claim_, _: _both_beyond(claim_, THIRD),
    Kind.SAME_TEMPO: _same_tempo,
    Kind.OCTAVE_TEMPO: _octave_tempo,
    Kind.SAME_KEY: _same_key,
    Kind.RELATED_KEY: _related_key,
    Kind.SAME_VALUE: _same_value,
    Kind.ALIKE: _alike,
    Kind.NEARER: lambda claim_, _: claim_.part.contribution > 0,
    Kind.DIFFERENT: _different,
    Kind.FARTHER: lambda claim_, _: claim_.part.contribution < 0,
}
_NEGATIVE: tuple[Kind, ...] = (Kind.DIFFERENT, Kind.FARTHER)
_POSITIVE: tuple[Kind, ...] = (
    Kind.SAME_TEMPO,
    Kind.OCTAVE_TEMPO,
    Kind.SAME_KEY,
    Kind.RELATED_KEY,
    Kind.SAME_VALUE,
    Kind.BOTH_UNUSUAL,
    Kind.BOTH_RATHER,
    Kind.ALIKE,
    Kind.NEARER,
)
