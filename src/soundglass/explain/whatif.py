"""Counterfactuals: what the score and the rank would be, had the match another value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.claims import leading_feature
from soundglass.recommend.features import FeatureRecommender

_ALTERNATIVES = (10.0, 50.0, 90.0)


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A change of one feature of the match, and what follows for its place.

    Attributes
    ----------
    part, feature : str
    value : float
        What the feature is set to, in its unit.
    label, actual : str
        The imagined and the true value as people read them.
    score : float
        The score that follows.
    rank, actual_rank : int
        Among all tracks of the library, unfiltered.
    """

    part: str
    feature: str
    value: float
    label: str
    actual: str
    score: float
    rank: int
    actual_rank: int

    @property
    def sentence(self) -> str:
        """Say what would happen, as in "With tempo at 120 BPM … it would fall from 2nd to 40th"."""
        move = {-1: "rise", 1: "fall", 0: "stay"}[int(np.sign(self.rank - self.actual_rank))]
        where = f"from {ordinal(self.actual_rank)} to {ordinal(self.rank)}"
        if move == "stay":
            where = ordinal(self.rank)
        return f"With {self.part} at {self.label} instead of {self.actual} it would {move} {where}."


def counterfactuals(
    recommender: FeatureRecommender, query: int, match: int, parts: Sequence[Part]
) -> tuple[Counterfactual, ...]:
    """Ask of each part how much hangs on it.

    A part that speaks for the match is set to the library's 10th, 50th or 90th percentile, whichever lies
    farthest from the query; one that speaks against it is set to the query's own value. The score is computed
    anew from the changed values, never extrapolated.

    Parameters
    ----------
    query, match : int
        Rows of the library.
    parts : sequence of Part
        Those to ask about.
    """
    space = recommender.space
    x, y = recommender.position(query), recommender.position(match)
    others = np.delete(space.exact_scores(x, np.arange(len(space))), [x, y])
    actual_rank = _rank(float(space.exact_scores(x, np.array([y]))[0]), others)
    found = []
    for part in parts:
        change = _change(recommender, part)
        if change is None:
            continue
        value, label = change
        feature = leading_feature(part)
        score = float(space.shares_of_points(x, *space.moved(y, {feature.name: value})).sum())
        actual = part.match.label if isinstance(part.match, FeatureEvidence) else ""
        found.append(
            Counterfactual(
                part.name, feature.name, value, label, actual, score, _rank(score, others), actual_rank
            )
        )
    return tuple(found)


def _change(recommender: FeatureRecommender, part: Part) -> tuple[float, str] | None:
    """Choose the value to imagine; ``None`` where it would change nothing worth saying."""
    query, match = part.query, part.match
    if not isinstance(query, FeatureEvidence) or not isinstance(match, FeatureEvidence):
        return None
    if query.value is None or match.value is None:
        return None
    feature, space, asked = leading_feature(part), recommender.space, query.value
    if part.contribution < 0:
        value = asked
    elif feature.name == "key":
        value = (asked + 6) % 12
    else:
        value = max((space.quantile(feature.name, p) for p in _ALTERNATIVES), key=lambda v: abs(v - asked))
    label = feature.text(value)
    return None if label == feature.text(match.value) else (value, label)


def _rank(score: float, others: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    return 1 + int((others > score).sum())


def ordinal(number: int) -> str:
    """Write a rank: ``1st``, ``2nd``, ``11th``."""
    suffix = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{suffix}"
