"""True statements are found true, and false ones false, on a library that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.sentences import statements
from soundglass.evaluate.faithfulness.words_of_features import FeatureFacts, check_roles

N = 101


def facts(query: int, match: int, origin: str = "csv") -> FeatureFacts:
    """A library whose energy is 0.00, 0.01, … 1.00, by position; other features follow it or do not."""
    steps = np.arange(N) / 100
    values = {
        "energy": steps,
        "tempo": 60 * 2**steps,
        "brightness": 1000 + 1000 * steps,
        "key": np.arange(N) % 12.0,
        "mode": np.arange(N) % 2.0,
        "duration": 60 + np.arange(N, dtype=float),
    }
    sure = {name: np.where(np.arange(N) < 90, 1.0, 0.5) for name in ("key", "mode", "tempo")}
    return FeatureFacts(FeatureReference(values, origin, confidences=sure), query, match)


def verdicts(sentence: str, query: int, match: int, origin: str = "csv") -> list[bool]:
    said = facts(query, match, origin)
    return [verdict.holds for statement in statements(sentence) for verdict in said.check(statement)]


@pytest.mark.parametrize(
    ("sentence", "query", "match", "wanted"),
    [
        ("Both are unusually energetic.", 92, 99, [True]),
        ("Both are unusually energetic.", 90, 99, [False]),
        ("Both are unusually calm.", 92, 99, [False]),
        ("Both are rather calm.", 0, 32, [True]),
        ("Both are rather calm.", 0, 34, [False]),
        ("They are alike in energy (0.50 and 0.59).", 50, 59, [True, True]),
        ("They are alike in energy (0.50 and 0.61).", 50, 61, [False, True]),
        ("They are alike in energy (0.50 and 0.58).", 50, 59, [True, False]),
        ("They are nearer than most in energy (0.50 and 0.70).", 50, 70, [True, True]),
        ("They are nearer than most in energy (0.50 and 0.80).", 50, 80, [False, True]),
        ("They are further apart than most in energy (0.50 and 0.80).", 50, 80, [True, True]),
        ("They are at nearly the same tempo (60 and 62 BPM).", 0, 5, [True, True]),
        ("They are at nearly the same tempo (60 and 64 BPM).", 0, 10, [False, True]),
        ("They are two to one in tempo (60 and 120 BPM).", 0, 100, [True, True]),
        ("They are nearly two to one in tempo (60 and 105 BPM).", 0, 81, [True, True]),
        ("They are two to one in tempo (60 and 105 BPM).", 0, 81, [False, True]),
        ("They are in the same key (C major).", 24, 48, [True, False]),
        ("They are in the same key (C minor).", 24, 48, [True, True]),
        ("They are in related keys (C minor and G minor).", 0, 7, [False, False]),
        ("They are in related keys (C minor and E♭ major).", 0, 3, [True, True]),
        ("They are in related keys (G major and B♭ minor).", 19, 94, [False, True]),
        ("They are alike in length (1:00 and 1:05).", 0, 5, [True, True]),
        ("They are alike in length (1:00 and 1:06).", 0, 5, [True, False]),
    ],
)
def test_what_tracks_share(sentence: str, query: int, match: int, wanted: list[bool]) -> None:
    assert verdicts(sentence, query, match) == wanted


@pytest.mark.parametrize(
    ("sentence", "query", "match", "wanted"),
    [
        (
            "They are alike in energy (0.1), but the match is brighter in tone (1900 against 1100 Hz).",
            10,
            90,
            True,
        ),
        (
            "They are alike in energy (0.1), but the match is duller in tone (1900 against 1100 Hz).",
            10,
            90,
            False,
        ),
        (
            "They are alike in energy (0.1), but the match is brighter in tone (1160 against 1100 Hz).",
            10,
            16,
            False,
        ),
    ],
)
def test_how_they_differ(sentence: str, query: int, match: int, wanted: bool) -> None:
    assert verdicts(sentence, query, match)[2] is wanted


def test_errors_of_values_from_audio_count() -> None:
    sentence = "They are alike in energy (0.1), but the match is more energetic (0.40 against 0.20)."
    assert verdicts(sentence, 20, 40)[2:] == [True, True]
    assert verdicts(sentence, 20, 40, "audio")[2:] == [False, True]
    assert verdicts("Both are rather calm.", 25, 35, "audio") == [False]
    assert verdicts("They are alike in energy (0.50 and 0.69).", 50, 69, "audio") == [True, True]


def test_keys_found_without_confidence_are_not_told() -> None:
    assert verdicts("They are in the same key (C minor).", 12 * 2, 12 * 8, "audio") == [False, True]


def test_what_is_shared_speaks_for_the_match() -> None:
    said = facts(10, 90)
    sizes = said.reference.parts(10)[90]
    told = statements(
        "They are alike in energy (0.1), but the match is brighter in tone (1900 against 1100 Hz)."
    )
    assert [verdict.holds for verdict in check_roles(said, told, sizes)] == [False, True]
