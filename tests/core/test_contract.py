from __future__ import annotations

import json
from dataclasses import replace

from soundglass.core.contract import CONTRACT_VERSION, part_json, recommendations_json, side_json, track_json
from soundglass.core.types import FeatureEvidence, Part, Recommendation, Recommendations, Region, Track

SIDE = FeatureEvidence(0.91, "", 97.0, "estimated", "0.91")
REGION = Region(12.1, 13.2, 180.0, 2400.0)
TRACK = Track("7", "csv", title="T", artist="A", album="L", path="p", year=1999)


def answer(*parts: Part) -> Recommendations:
    found = Recommendation(1, TRACK, sum(p.contribution for p in parts), "Why.", parts)
    return Recommendations(replace(TRACK, id="1"), "features", (found,), ("left out 1 track",))


def test_the_shape_of_an_answer() -> None:
    """The names of DESIGN 4; they change only with the version of the contract."""
    assert CONTRACT_VERSION == 1
    shape = recommendations_json(
        answer(Part("energy", 0.31, SIDE, SIDE), Part("strings", 0.06, REGION, REGION))
    )
    assert list(shape) == ["query", "by", "results", "notes"]
    assert shape["query"] == {"id": "1", "title": "T", "artist": "A", "album": "L", "path": "p"}
    (result,) = shape["results"]
    assert list(result) == ["rank", "id", "title", "artist", "album", "path", "score", "sentence", "parts"]
    assert list(result["parts"][0]) == ["name", "contribution", "query", "match"]
    assert result["parts"][0]["query"] == {
        "value": 0.91,
        "unit": "",
        "percentile": 97.0,
        "source": "estimated",
        "label": "0.91",
        "confidence": None,
    }
    assert result["parts"][1]["match"] == {"start_s": 12.1, "end_s": 13.2, "low_hz": 180.0, "high_hz": 2400.0}


def test_contributions_sum_to_the_score() -> None:
    (result,) = recommendations_json(answer(*(Part(str(i), i / 7, SIDE, SIDE) for i in range(9))))["results"]
    assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6


def test_members_of_a_group_are_listed_within_their_part() -> None:
    assert "members" not in part_json(Part("energy", 0.3, SIDE, SIDE))
    member = Part("loudness", 0.0, SIDE, replace(SIDE, value=None, label="unknown"))
    (shown,) = part_json(Part("energy", 0.3, SIDE, SIDE, (member,)))["members"]
    assert list(shown) == ["name", "query", "match"]
    assert shown["match"]["value"] is None


def test_no_number_is_infinite_in_json() -> None:
    shape = side_json(replace(SIDE, value=float("nan"), percentile=float("inf")))
    assert shape["value"] is None
    assert shape["percentile"] is None
    json.dumps(shape, allow_nan=False)


def test_a_track_is_named_by_five_fields() -> None:
    assert list(track_json(TRACK)) == ["id", "title", "artist", "album", "path"]
