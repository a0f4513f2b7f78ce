"""Further answers in JSON: one pair in full, one track's features, what a scan or an import did."""

from __future__ import annotations

from dataclasses import asdict

from soundglass.core.contract import part_json, side_json, track_json
from soundglass.core.types import Json
from soundglass.explain.answer import Pair
from soundglass.explain.profile import Profile


def pair_json(answer: Pair) -> dict[str, Json]:
    """Give one pair in full; its contributions sum to its score."""
    return {
        "query": track_json(answer.query),
        "by": answer.by,
        "match": track_json(answer.match),
        "score": answer.score,
        "rank": answer.rank,
        "of": answer.n_tracks,
        "sentence": answer.sentence,
        "parts": [part_json(part) for part in answer.parts],
        "counterfactuals": [
            {**asdict(change), "sentence": change.sentence} for change in answer.counterfactuals
        ],
    }


def profile_json(answer: Profile) -> dict[str, Json]:
    """Give all features of a track."""
    return {
        "track": {**track_json(answer.track), "flags": list(answer.track.flags)},
        "features": {
            reading.feature.name: {
                **side_json(reading.shown),
                "error": reading.error,
                "confidence": reading.confidence,
                "evidence": dict(reading.support),
                "meaning": reading.feature.says,
                "method": reading.feature.method,
                "trust": reading.feature.trust,
            }
            for reading in answer.readings
        },
    }
