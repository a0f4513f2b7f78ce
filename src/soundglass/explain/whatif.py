"""Counterfactuals: what the score and the place would be, had the match another value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.types import FloatArray, Part
from soundglass.explain.claims import group_evidence
from soundglass.explain.parts import reading
from soundglass.recommend.base import Recommender, place
from soundglass.recommend.features import FeatureRecommender

_ALTERNATIVES = (10.0, 50.0, 90.0)
_TRITONE = 6
_MINOR_THIRD = 3


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A change of one feature of the match, and what follows for its score and its place.

    Attributes
    ----------
    part, feature : str
    value : float
        What the feature is set to, in its unit; a key is set with its mode.
    label, actual : str
        The imagined and the true value as people read them.
    score, actual_score : float
        The score that follows, and the true one.
    rank, actual_rank : int
        Among all tracks of the library, unfiltered.
    """

    part: str
    feature: str
    value: float
    label: str
    actual: str
    score: float
    actual_score: float
    rank: int
    actual_rank: int

    @property
    def sentence(self) -> str:
        """Say what would happen, as in "With tempo at 120 BPM … it would fall from 2nd to 40th …"."""
        return f"{self.opening} it would {self.outcome}."

    @property
    def opening(self) -> str:
        """Say what is imagined."""
        return f"With {self.feature.replace('_', ' ')} at {self.label} instead of {self.actual}"

    @property
    def outcome(self) -> str:
        """Say what would follow for the place and, at two digits, for the score."""
        old, new = self.actual_rank, self.rank
        text = f"stay {ordinal(old)}"
        if new != old:
            text = f"{'rise' if new < old else 'fall'} from {ordinal(old)} to {ordinal(new)}"
        before, after = _signed(self.actual_score), _signed(self.score)
        if before != after:
            move = "rising" if self.score > self.actual_score else "falling"
            text += f", its score {move} from {before} to {after}"
        return text

    @property
    def tells(self) -> bool:
        """Whether the place changes, or two digits of the score."""
        return self.rank != self.actual_rank or _signed(self.score) != _signed(self.actual_score)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a match stands among all tracks.

    Attributes
    ----------
    recommender : Recommender
        Whose score and place are told.
    query, match : int
        Rows of the library.
    scores : ndarray of float32
        Of all tracks.
    score : float
    rank : int
    """

    recommender: Recommender
    query: int
    match: int
    scores: FloatArray
    score: float
    rank: int

    @classmethod
    def of(cls, recommender: Recommender, query: int, match: int) -> Standing:
        """Find the place of a match."""
        scores = recommender.scores(query)
        score = float(recommender.exact_scores(query, np.array([match]))[0])
        return cls(recommender, query, match, scores, score, place(recommender, query, score, scores, match))

    def rank_at(self, score: float) -> int:
        """Find the place the match would have with another score."""
        return place(self.recommender, self.query, score, self.scores, self.match)


@dataclass(frozen=True, slots=True)
class _Change:
    """Other values for one track; ``feature`` is the one that is told of."""

    feature: str
    values: Mapping[str, float]
    label: str
    actual: str


def counterfactuals(
    features: FeatureRecommender,
    query: int,
    match: int,
    parts: Sequence[Part],
    whole: Recommender | None = None,
    share: float = 1.0,
) -> tuple[Counterfactual, ...]:
    """Ask of each part how much hangs on it.

    A part that speaks for the match is set to the library's 10th, 50th or 90th percentile, whichever moves
    the score most (a key to the opposite on the circle of fifths); one that speaks against it is set to the
    query's own value. Of a group, the feature that moves the score most is told of. The score is
    computed anew from the changed values, never extrapolated; what changes neither the place nor two digits
    of the score is left out.

    Parameters
    ----------
    features : FeatureRecommender
    query, match : int
        Rows of the library.
    parts : sequence of Part
        Those to ask about, of named features.
    whole : Recommender, optional
        Whose score and place are told, if likeness of features is but a term of its scores.
    share : float
        The factor of that term.
    """
    standing, space = Standing.of(features if whole is None else whole, query, match), features.space
    x, y = features.position(query), features.position(match)
    of_features = float(space.exact_scores(x, np.array([y]))[0])
    found = []
    for part in parts:
        imagined = [
            (float(space.shares_of_points(x, *space.moved(y, change.values)).sum(axis=1)[0]), change)
            for change in _changes(features, part)
        ]
        if not imagined:
            continue
        moved, change = max(imagined, key=lambda entry: abs(entry[0] - of_features))
        score = standing.score + share * (moved - of_features)
        counterfactual = Counterfactual(
            part=part.name,
            feature=change.feature,
            value=change.values[change.feature],
            label=change.label,
            actual=change.actual,
            score=score,
            actual_score=standing.score,
            rank=standing.rank_at(score),
            actual_rank=standing.rank,
        )
        found.append(counterfactual)
    return tuple(change for change in found if change.tells)


def _changes(features: FeatureRecommender, part: Part) -> Iterator[_Change]:
    """Imagine other values for the features of a part, one at a time; a key goes with its mode."""
    distributions = features.space.distributions
    group = {f.name: (f, x, y) for f, x, y in group_evidence(part, distributions)}
    for name, (feature, query, match) in group.items():
        if query.value is None or match.value is None or (name == "mode" and "key" in group):
            continue
        modes = [_or_nan(side.value) for side in group["mode"][1:]] if "mode" in group else []
        others = [query.value]
        if part.contribution > 0:
            library = distributions[name]
            others = [library.quantile(percent) for percent in _ALTERNATIVES]
            others = [_opposite(query.value, modes)] if name == "key" else others
        for other in others:
            values = {name: feature.rounded(other)}  # as it is told
            if name == "key" and modes:
                values["mode"] = modes[part.contribution > 0]
            label = reading(feature, values[name], values.get("mode", math.nan), None, query.source).label
            if label != match.label:
                yield _Change(name, values, label, match.label)


def _opposite(key: float, modes: Sequence[float]) -> float:
    """Find the tonic that, in the match's mode, lies across the circle of fifths from the query's key."""
    relative = _MINOR_THIRD * (modes[1] - modes[0]) if modes else 0.0
    return (key + _TRITONE + relative) % 12


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _signed(score: float) -> str:
    return f"{score:.2f}".replace("-", "−").replace("−0.00", "0.00")


def ordinal(number: int) -> str:
    """Write a rank: ``1st``, ``2nd``, ``11th``."""
    suffix = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{suffix}"
