"""Scores of scales, against means worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.questions import Question, Scale
from soundglass.evaluate.study.instruments.scoring import points, score, scored

SCALES = load().scales


def answers(scale: str, *values: object) -> dict[str, object]:
    return {question.id: value for question, value in zip(SCALES[scale].questions, values, strict=True)}


@pytest.mark.parametrize(
    ("scale", "given", "expected"),
    [
        ("ess", [1, 2, 3, 4, 5, 5, 5, 5], 3.75),
        ("trust", [5, 5, 5, 5, 1, 5], 5.0),  # the fifth is reversed
        ("trust", [1, 1, 1, 1, 5, 1], 1.0),
        ("ncs", [5, 4, 2, 1, 3, 3], 24 / 6),  # 5 + 4 + (6 - 2) + (6 - 1) + 3 + 3
        ("gold_msi", ["7", "1", 7, "3", "4", "2", 1], 25 / 7),  # 7 + 1 + (8 - 7) + 3 + 4 + 2 + (8 - 1)
        ("tlx", [100, 0, 50, 25, 5, 0], 30.0),
        ("resque", [1, 1, 1, 1, 1, 2], 7 / 6),
        ("expectation", [6], 6.0),
    ],
)
def test_scores_by_hand(scale: str, given: list[object], expected: float) -> None:
    assert score(SCALES[scale], answers(scale, *given)) == pytest.approx(expected)


def test_published_ends_of_the_musical_training_subscale() -> None:
    """Its sum runs from 7 to 49 (Müllensiefen et al., 2014), so its mean from 1 to 7."""
    lowest = answers("gold_msi", "1", "1", 7, "1", "1", "1", 7)
    highest = answers("gold_msi", "7", "7", 1, "7", "7", "7", 1)
    assert (score(SCALES["gold_msi"], lowest), score(SCALES["gold_msi"], highest)) == (1.0, 7.0)


@pytest.mark.parametrize("wrong", [None, "", "often", True, 0, 6, [], float("nan")])
def test_no_score_without_every_answer(wrong: object) -> None:
    complete = answers("ess", *[3] * 8)
    assert score(SCALES["ess"], complete) == 3.0
    assert score(SCALES["ess"], complete | {"ess-4": wrong}) is None
    del complete["ess-8"]
    assert score(SCALES["ess"], complete) is None


def test_questions_that_measure_nothing_together_have_no_score() -> None:
    assert [key for key, scale in SCALES.items() if not scored(scale)] == [
        *("sound", "impression", "trial", "comment", "attention", "about")
    ]
    assert score(SCALES["about"], answers("about", "18-24", "woman", "2", "daily", "never", "in")) is None


def test_checks_of_attention_do_not_count() -> None:
    check = SCALES["attention"].questions[0]
    ess = SCALES["ess"]
    mixed = Scale(ess.id, "", "", (*ess.questions[:4], check, *ess.questions[4:]), "", "")
    assert check not in scored(mixed)
    given = answers("ess", *[2] * 8)
    assert score(mixed, given | {check.id: 5}) == score(mixed, given) == 2.0


@given(st.integers(1, 7))
def test_reversing_twice_is_nothing(value: int) -> None:
    plain = Question("q", "", "rating", 1, 7)
    turned = Question("q", "", "rating", 1, 7, is_reversed=True)
    assert points(plain, value) == value
    assert points(turned, value) == 8 - value
    assert points(turned, points(turned, value)) == value
