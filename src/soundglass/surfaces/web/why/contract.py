"""The shapes of what is answered about a pair besides :mod:`soundglass.surfaces.web.contract`."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.core.contract import track_json
from soundglass.core.types import Json
from soundglass.surfaces.web.contract import TrackShape
from soundglass.surfaces.web.why.asked import Question
from soundglass.surfaces.web.why.check import Check, Tested

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class CheckStepShape(TypedDict):
    """The score after one more feature is taken away, by part of the score and in random orders."""

    feature: str
    score: float
    at_random: float
    at_random_low: float
    at_random_high: float


@with_config(_EXACT)
class TestedShape(TypedDict):
    """What a score does without what its explanation names, and without as much at random.

    ``listed`` is the score as it is recommended, ``score`` the one that was computed anew for the test;
    ``as_low`` counts the random choices after which the score is as low or lower.
    """

    by: str
    verdict: str
    sentence: str
    listed: float
    score: float
    taken_away: list[str]
    without: list[float]
    at_random: list[float]
    as_low: int
    falling: list[CheckStepShape]


@with_config(_EXACT)
class CheckShape(TypedDict):
    """A pair's explanation, put to the test."""

    query: TrackShape
    match: TrackShape
    by: str
    tested: list[TestedShape]
    notes: list[str]


def check_json(asked: Question, found: Check) -> dict[str, Json]:
    """Give a check as JSON."""
    query, match = asked.tracks
    return {
        "query": track_json(query),
        "match": track_json(match),
        "by": asked.by,
        "tested": [_tested_json(one) for one in found.tested],
        "notes": list(found.notes),
    }


def _tested_json(one: Tested) -> dict[str, Json]:
    taken, features = one.taken, one.features
    falling = []
    if features is not None:
        steps = zip(features.order, features.falling[1:], features.at_random[1:], strict=True)
        falling = [
            {
                "feature": feature,
                "score": score,
                "at_random": mean,
                "at_random_low": low,
                "at_random_high": high,
            }
            for feature, score, (mean, low, high) in steps
        ]
    return {
        "by": one.by,
        "verdict": taken.verdict,
        "sentence": f"{one.finding} {one.conclusion}",
        "listed": taken.listed,
        "score": taken.score,
        "taken_away": list(one.names),
        "without": list(taken.named),
        "at_random": list(taken.random),
        "as_low": taken.as_low,
        "falling": falling,
    }
