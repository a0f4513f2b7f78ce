"""Sentences are read back as they were meant; what makes no sense is not passed over."""

from __future__ import annotations

import pytest

from soundglass.evaluate.faithfulness.sentences import (
    UNREAD,
    Imagined,
    Statement,
    imagined,
    number,
    statements,
)


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "Both are unusually calm and acoustic, at nearly the same tempo (92 and 90 BPM), but the match "
            "is brighter in tone (3200 against 1400 Hz).",
            [
                Statement("unusually", "calm"),
                Statement("unusually", "acoustic"),
                Statement("at nearly the same", "tempo", ("92", "90 BPM")),
                Statement("the match is", "brighter in tone", ("3200", "1400 Hz")),
            ],
        ),
        (
            "Both are unusually hard to dance to, and rather low in speech and even in loudness, in the same "
            "metre (4 beats a bar), alike in mood (0.10), length (1:16 and 1:20) and bass (0.1 and 0.2).",
            [
                Statement("unusually", "hard to dance to"),
                Statement("rather", "low in speech"),
                Statement("rather", "even in loudness"),
                Statement("in the same", "metre", ("4 beats a bar",)),
                Statement("alike in", "mood", ("0.10",)),
                Statement("alike in", "length", ("1:16", "1:20")),
                Statement("alike in", "bass", ("0.1", "0.2")),
            ],
        ),
        (
            "They are in related keys (A minor and C major), but they are further apart than most in tempo "
            "(60 and 90 BPM).",
            [
                Statement("in related", "key", ("A minor", "C major")),
                Statement("further apart than most in", "tempo", ("60", "90 BPM")),
            ],
        ),
        (
            "They are less alike than tracks picked at random: the match is slower (60 against 107 BPM); "
            "still, the tone and the high noise at 0:10 match 0:11.",
            [
                Statement("alike, against random", "less"),
                Statement("the match is", "slower", ("60", "107 BPM")),
                Statement("matches", "tone", ("0:10", "0:11")),
                Statement("matches", "high noise", ("0:10", "0:11")),
            ],
        ),
        (
            "The mid-range struck tones at 0:02, 0:03 and 1:00:04 match those at 0:06, 0:05 and 0:04, but "
            "little in the query is like the match's steady low drone at 0:00.",
            [
                Statement("matches", "mid-range struck tone", ("0:02", "0:06")),
                Statement("matches", "mid-range struck tone", ("0:03", "0:05")),
                Statement("matches", "mid-range struck tone", ("1:00:04", "0:04")),
                Statement("little in the query is like", "steady low drone", ("0:00",)),
            ],
        ),
        (
            "They are hardly more alike than tracks picked at random: the low pulse at 0:01 is only loosely "
            "like 0:03.",
            [
                Statement("alike, against random", "hardly more"),
                Statement("only loosely like", "low pulse", ("0:01", "0:03")),
            ],
        ),
        (
            "Their pictures look alike most between 0 and 430 Hz, but differ between 4600 and 7100 Hz.",
            [
                Statement("pictures most alike", "", ("0", "430")),
                Statement("pictures differ", "", ("4600", "7100")),
            ],
        ),
    ],
)
def test_statements(sentence: str, wanted: list[Statement]) -> None:
    assert statements(sentence) == wanted


@pytest.mark.parametrize(
    "sentence",
    ["Both are unusually purple.", "They sound great together.", "Both are rather calm, at the same tempo."],
)
def test_what_is_not_understood_is_said(sentence: str) -> None:
    assert statements(sentence)[-1].kind == UNREAD


def test_as_many_times_on_either_side() -> None:
    assert statements("The tones at 0:01 and 0:02 match those at 0:03.")[0].kind == UNREAD


def test_counterfactuals() -> None:
    assert imagined(
        "With bass share at 0.13 instead of 0.84 it would fall from 1st to 1,072nd, its score falling "
        "from 0.88 to −0.49."
    ) == Imagined("bass_share", "", "0.13", "0.84", 1072, 1, "−0.49", "0.88")
    assert imagined("Without its driving low pulse at 1:12 it would stay 3rd.") == Imagined(
        "", "driving low pulse", "", "1:12", 3, 3, None, None
    )
    assert number("−0.49 LU") == -0.49


@pytest.mark.parametrize(
    "sentence",
    [
        "With energy at 0.1 instead of 0.8 it would rise from 1st to 7th.",
        "With key at C instead of F it would fall from 1st to 7th, its score rising from 0.88 to 0.49.",
        "It would fall from 1st to 7th.",
    ],
)
def test_counterfactuals_that_contradict_themselves(sentence: str) -> None:
    assert imagined(sentence) is None
