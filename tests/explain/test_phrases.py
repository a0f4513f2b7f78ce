"""Clauses about regions."""

from __future__ import annotations

import pytest

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.explain.phrases import clock, matched, unmatched


def part(name: str, query_s: float, match_s: float) -> Part:
    return Part(name, 0.1, Region(query_s, query_s + 1, 60, 180), Region(match_s, match_s + 1, 60, 180))


def test_one_pair_is_told_without_its_details() -> None:
    pulse = part("driving low pulse, 60–180 Hz, 2.0 a second", 41.7, 72)
    assert matched([pulse]) == "the driving low pulse at 0:41 matches 1:12"


def test_pairs_of_different_kinds_follow_one_another() -> None:
    parts = [
        part("low drone, 60–180 Hz", 5, 6),
        part("high hit, 3000–4000 Hz", 65, 3600),
        part("sound, 1–2 Hz", 8, 9),
    ]
    assert matched(parts) == (
        "the low drone at 0:05 matches 0:06, the high hit at 1:05 matches 1:00:00 and "
        "the sound at 0:08 matches 0:09"
    )


def test_pairs_of_one_kind_become_one_clause() -> None:
    parts = [part("low tone, 60–80 Hz", 65, 6), part("high hit", 1, 2), part("low tone", 5, 70)]
    assert (
        matched(parts)
        == "the low tones at 0:05 and 1:05 match those at 1:10 and 0:06 and the high hit at 0:01 matches 0:02"
    )


def test_what_is_at_the_same_times_is_told_together() -> None:
    parts = [part("mid-range tone, 300–400 Hz", 5, 6), part("high hit", 5.5, 6.9)]
    assert matched(parts) == "the mid-range tone and the high hit at 0:05 match 0:06"


def test_nothing_is_said_of_nothing() -> None:
    assert matched([]) == ""


def test_what_is_missed_is_told_of_its_own_track() -> None:
    assert unmatched(part("high hit, little like it in the match", 5, 6)) == (
        "little in the match is like the high hit at 0:05"
    )
    assert unmatched(part("high hit, 2–3 Hz, little like it in the query", 5, 6)) == (
        "little in the query is like the match's high hit at 0:06"
    )
    assert unmatched(part("high hit", 5, 6)) == "the high hit at 0:05 is only loosely like 0:06"


def test_features_have_no_time() -> None:
    with pytest.raises(TypeError, match="region"):
        clock(FeatureEvidence(1.0, "", None, "csv", "1"))
