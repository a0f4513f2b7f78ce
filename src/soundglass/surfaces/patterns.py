"""What features look like, in JSON."""

from __future__ import annotations

from dataclasses import asdict

from soundglass.core.contract import finite, track_json
from soundglass.core.types import Json
from soundglass.explain.patterns.association import Association
from soundglass.explain.patterns.claims import Checked
from soundglass.explain.patterns.patterns import Example, Patterns
from soundglass.explain.patterns.statistics import STATISTICS


def patterns_json(answer: Patterns) -> dict[str, Json]:
    """Give all associations, examples and claims, and what the statistics are."""
    return {
        "tracks": answer.n_tracks,
        "clusters": answer.n_clusters,
        "by_artist": answer.by_artist,
        "left_out": dict(answer.left_out),
        "statistics": {key: asdict(statistic) for key, statistic in STATISTICS.items()},
        "features": [
            {
                "feature": pattern.feature,
                "tracks": pattern.n,
                "constant": pattern.constant,
                "associations": [_association_json(one) for one in pattern.associations],
                "example": _example_json(pattern.example),
            }
            for pattern in answer.patterns
        ],
        "claims": [_claim_json(checked) for checked in answer.claims],
        "notes": list(answer.notes),
    }


def _association_json(found: Association) -> dict[str, Json]:
    shape = {key: finite(value) for key, value in asdict(found).items()}
    return {**shape, "direction": found.direction, "stands_out": found.stands_out}


def _example_json(example: Example | None) -> Json:
    if example is None:
        return None
    return {
        "statistic": example.association.statistic,
        **{
            word: {**track_json(track), "value": value, "seen": seen}
            for word, track, value, seen in zip(
                ("low", "high"), example.tracks, example.values, example.seen, strict=True
            )
        },
    }


def _claim_json(checked: Checked) -> dict[str, Json]:
    return {
        "says": checked.claim.says,
        "feature": checked.claim.feature,
        "verdict": checked.verdict.value,
        "phrases": [
            {
                **asdict(phrase),
                "verdict": verdict.value,
                "found": found and _association_json(found),
            }
            for phrase, found, verdict in zip(
                checked.claim.phrases, checked.found, checked.verdicts, strict=True
            )
        ],
    }
