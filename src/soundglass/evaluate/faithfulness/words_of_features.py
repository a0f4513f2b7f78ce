"""What sentences say of named features, checked against the raw columns of the library."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.catalogue import CATALOGUE, GROUPS, PITCH_CLASSES
from soundglass.core.types import FeatureEvidence, Part
from soundglass.evaluate.faithfulness.reference_features import FeatureReference, Values
from soundglass.evaluate.faithfulness.sentences import (
    ADJECTIVES,
    COMPARATIVES,
    NOUNS,
    Statement,
    number,
    seconds,
)
from soundglass.evaluate.faithfulness.verdicts import Verdict

SAME, NEARLY = 1.04, 1.15
"""Factors two tempi are apart by that are called nearly the same, and nearly two to one."""

UNUSUAL, RATHER = 10.0, 100 / 3
"""Percent of the library at one end."""

NEAR_RANKS, NEAR_SPREAD, FAR_SPREAD = 10.0, 0.5, 0.25
"""What is alike is at most so many percentiles and standard deviations apart; what differs, more than so."""

SURE = 0.9
FAR_FIFTHS = 4

_UNRANKED = {"key", "mode", "time_signature"}
_SLACK = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class FeatureFacts:
    """Two tracks beside the library they are in.

    Attributes
    ----------
    reference : FeatureReference
    query, match : int
        Positions among its tracks.
    """

    reference: FeatureReference
    query: int
    match: int

    def check(self, statement: Statement) -> Iterator[Verdict]:
        """Judge a statement and the numbers it gives; nothing if it is not of features."""
        kind = statement.kind
        if kind not in _MEANINGS:
            return
        feature, high = (
            _MEANT[kind][statement.subject] if kind in _MEANT else (NOUNS[statement.subject], False)
        )
        side = _Side(self, feature, high)
        shown = f"{statement}; {feature} is {side.x:g} and {side.y:g}"
        yield Verdict(f"“{kind} …”", side.known and _MEANINGS[kind](side), shown)
        if statement.values:
            order = (side.match, side.query) if kind == "the match is" else (side.query, side.match)
            one, *other = statement.values
            unit = other[0].partition(" ")[2] if other else ""
            written = (one, *(other or [one]))
            holds = all(map(self._reads, written, (feature, feature), order))
            yield Verdict("“(… and …)”: numbers as stored", holds, f"{shown}{unit and f' {unit}'}")

    def _reads(self, written: str, feature: str, position: int) -> bool:
        """Whether a value is written as it is stored, to the digits that are given."""
        value = float(self.reference.values[feature][position])
        if feature in {"key", "mode"}:
            key, mode = (self.reference.values.get(name) for name in ("key", "mode"))
            of_mode = "" if mode is None or math.isnan(mode[position]) else _mode(mode[position])
            known = key is not None and not math.isnan(key[position])
            tonic = PITCH_CLASSES[round(key[position]) % 12] if key is not None and known else ""
            return written == (f"{tonic} {of_mode}".strip() if tonic else of_mode)
        if feature == "duration":
            return abs(seconds(written) - value) <= 0.5 * _SLACK
        digits = len(written.partition(" ")[0].partition(".")[2])
        return bool(abs(number(written) - value) <= 0.5 * 10**-digits + 1e-6 * abs(value))


@dataclass(frozen=True, slots=True)
class _Side:
    """One feature of two tracks."""

    facts: FeatureFacts
    feature: str
    high: bool

    @property
    def query(self) -> int:
        return self.facts.query

    @property
    def match(self) -> int:
        return self.facts.match

    @property
    def column(self) -> Values:
        return self.facts.reference.values[self.feature]

    @property
    def x(self) -> float:
        return float(self.column[self.query])

    @property
    def y(self) -> float:
        return float(self.column[self.match])

    @property
    def known(self) -> bool:
        return math.isfinite(self.x) and math.isfinite(self.y)

    @property
    def library(self) -> Values:
        return self.column[np.isfinite(self.column)]

    @property
    def apart(self) -> float:
        return abs(self.x - self.y)

    def error(self, value: float) -> float:
        """Typical error of a value found from audio; a table is taken at its word."""
        if self.facts.reference.origin == "csv":
            return 0.0
        error = CATALOGUE[self.feature].error
        return error * value if self.feature == "tempo" else error

    def beyond_errors(self) -> bool:
        return self.apart > math.sqrt(self.error(self.x) ** 2 + self.error(self.y) ** 2)

    def sure(self) -> bool:
        confidences = self.facts.reference.confidences.get(self.feature)
        if confidences is None:
            return True
        stored = [float(confidences[at]) for at in (self.query, self.match)]
        return all(math.isnan(c) or round(c, 4) >= SURE for c in stored)

    def at_end(self, percent: float) -> bool:
        """Whether both are among so many percent at one end, and the middle is further than an error away."""
        library = self.library
        middle = float(np.sort(library)[round((len(library) - 1) / 2)])
        for value in (self.x, self.y):
            beyond = library >= value if self.high else library <= value
            if 100 * beyond.mean() > percent * _SLACK or abs(value - middle) <= self.error(value):
                return False
        return self.feature not in _UNRANKED

    def tempi(self, wanted: float, factor: float) -> bool:
        if self.feature != "tempo" or min(self.x, self.y) <= 0:
            return False
        ratio = max(self.x, self.y) / min(self.x, self.y)
        return wanted / factor / _SLACK <= ratio <= wanted * factor * _SLACK

    def alike(self) -> bool:
        from scipy.stats import percentileofscore

        ranks = [float(percentileofscore(self.library, value, "mean")) for value in (self.x, self.y)]
        near = abs(ranks[0] - ranks[1]) <= NEAR_RANKS * _SLACK
        close = self.apart <= NEAR_SPREAD * float(self.library.std()) * _SLACK
        return self.feature not in _UNRANKED and ((near and close) or self.apart <= self.error(self.x))

    def percent_nearer(self) -> float:
        return 100 * float((np.abs(self.library - self.x) < self.apart).mean())

    def fifths(self) -> int:
        """Count steps between keys on the circle of fifths; a minor key stands with its relative major."""
        mode = self.facts.reference.values.get("mode")
        places = []
        for at, key in ((self.query, self.x), (self.match, self.y)):
            minor = mode is not None and mode[at] < 0.5
            places.append(_CIRCLE.index((round(key) + 3 * bool(minor)) % 12))
        steps = abs(places[0] - places[1])
        return min(steps, 12 - steps)

    def same_key(self) -> bool:
        mode = self.facts.reference.values.get("mode")
        modes = [math.nan if mode is None else float(mode[at]) for at in (self.query, self.match)]
        return self.x == self.y and (modes[0] == modes[1] or all(map(math.isnan, modes)))

    def different(self) -> bool:
        more = self.y > self.x if self.high else self.y < self.x
        enough = self.apart > FAR_SPREAD * float(self.library.std()) / _SLACK
        return more and enough and self.beyond_errors() and (self.feature not in _UNRANKED or self.sure())

    def in_the_same(self) -> bool:
        return self.sure() and (self.same_key() if self.feature == "key" else round(self.x) == round(self.y))


_CIRCLE = tuple(7 * step % 12 for step in range(12))
_MEANINGS: Mapping[str, Callable[[_Side], bool]] = {
    "unusually": lambda s: s.at_end(UNUSUAL),
    "rather": lambda s: s.at_end(RATHER),
    "at the same": lambda s: s.tempi(1, SAME),
    "at nearly the same": lambda s: s.tempi(1, SAME),
    "two to one in": lambda s: s.tempi(2, SAME),
    "nearly two to one in": lambda s: s.tempi(2, NEARLY),
    "in the same": _Side.in_the_same,
    "in related": lambda s: s.feature == "key" and s.sure() and s.fifths() <= 1,
    "alike in": _Side.alike,
    "nearer than most in": lambda s: s.feature not in _UNRANKED and s.percent_nearer() < 50,
    "the match is": _Side.different,
    "far apart in": lambda s: s.feature == "key" and s.sure() and s.fifths() >= FAR_FIFTHS,
    "further apart than most in": lambda s: (
        s.feature not in _UNRANKED and s.percent_nearer() > 50 and s.beyond_errors()
    ),
}
_MEANT = {"unusually": ADJECTIVES, "rather": ADJECTIVES, "the match is": COMPARATIVES}
OPPOSED = ("the match is", "far apart in", "further apart than most in")


def feature_of(statement: Statement) -> str:
    """Name the feature a statement is about; empty if it is not about one."""
    if statement.kind not in _MEANINGS:
        return ""
    meant = _MEANT.get(statement.kind)
    return meant[statement.subject][0] if meant else NOUNS[statement.subject]


def check_roles(facts: FeatureFacts, said: Sequence[Statement], sizes: Values) -> Iterator[Verdict]:
    """Judge whether what is said to be shared speaks for the match, and what follows "but" against it.

    Parameters
    ----------
    sizes : ndarray, shape (n_groups,)
        The terms of the score, in the order of the reference's groups.
    """
    groups = list(facts.reference.groups)
    for statement in said:
        if feature := feature_of(statement):
            size = float(sizes[groups.index(CATALOGUE[feature].group)])
            holds = size < 0 if statement.kind in OPPOSED else size > 0
            yield Verdict("“…, but …”: speaks for or against", holds, f"{statement}; its part is {size:+.4f}")


def check_parts(facts: FeatureFacts, parts: Sequence[Part], sizes: Values) -> Iterator[Verdict]:
    """Judge the parts that features back: their sizes, as in :func:`check_roles`, values and percentiles."""
    by_name = dict(zip(facts.reference.groups, sizes.tolist(), strict=True))
    for part in parts:
        wanted = by_name[part.name]
        holds = abs(part.contribution - wanted) <= 1e-6
        yield Verdict("size of a part", holds, f"{part.name} {part.contribution:+.7f}, not {wanted:+.7f}")
        first = next(f.name for f in GROUPS[part.name] if f.name in facts.reference.values)
        for name, shown in ((first, part), *((member.name, member) for member in part.members)):
            for side, position in ((shown.query, facts.query), (shown.match, facts.match)):
                if isinstance(side, FeatureEvidence):
                    yield from _check_side(facts.reference, name, side, position)


def _check_side(
    reference: FeatureReference, name: str, side: FeatureEvidence, position: int
) -> Iterator[Verdict]:
    from scipy.stats import percentileofscore

    column = reference.values[name]
    value = float(column[position])
    if side.value is None or math.isnan(value):
        yield Verdict("value of a part", side.value is None and math.isnan(value), name)
        return
    same = np.float32(side.value) == np.float32(value)
    yield Verdict("value of a part", bool(same), f"{name} {side.value!r}, not {value!r}")
    if side.percentile is not None:
        wanted = float(percentileofscore(column[np.isfinite(column)], value, "mean"))
        shown = f"{name} {side.percentile:.4f}, not {wanted:.4f}"
        yield Verdict("percentile of a part", abs(side.percentile - wanted) <= 1e-6, shown)


def _mode(value: float) -> str:
    return "major" if value >= 0.5 else "minor"
