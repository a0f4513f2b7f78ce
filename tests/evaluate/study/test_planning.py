"""How many are needed: textbook numbers, and that all tables follow the design."""

from __future__ import annotations

import pytest

from soundglass.evaluate.study.comparisons import CONFIRMATORY
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.planning import CORRECTED, planning


def rows(design: Design, table: int) -> dict[object, tuple[object, ...]]:
    return {row[0]: row[1:] for row in planning(design).tables[table].rows}


def test_participants_for_ratings_are_those_of_the_textbook() -> None:
    found = rows(Design(), 0)
    assert found["d = 0.5"][0] == 34  # Cohen, 1988, table 2.4.1 for paired t tests; G*Power gives the same
    assert found["d = 0.4"][0] == 52
    for needed in found.values():
        t_test, once, surer, corrected, corrected_surer, _ = needed
        assert t_test <= once < corrected < corrected_surer  # type: ignore[operator]
        assert once < surer < corrected_surer  # type: ignore[operator]


def test_trials_against_guessing_are_exact() -> None:
    from scipy.stats import binomtest

    trials, _, one_cell, both = rows(Design(trials=3), 1)["0.65 right"]
    assert isinstance(trials, int)
    right = next(k for k in range(trials) if binomtest(k, trials, 0.5).pvalue <= 0.05 and k > trials / 2)
    from scipy.stats import binom

    assert binom.sf(right - 1, trials, 0.65) >= 0.8
    assert 80 < trials < 110
    assert one_cell > both > trials / 6  # type: ignore[operator]


def test_more_trials_need_fewer_participants() -> None:
    few, many = (rows(Design(trials=trials), 2)["0.70 against 0.60"] for trials in (1, 8))
    assert many[1] < few[1]  # type: ignore[operator]
    assert many[0] > few[0]  # type: ignore[operator]


def test_the_correction_is_holms_first_step() -> None:
    assert pytest.approx(0.05 / len(CONFIRMATORY)) == CORRECTED == pytest.approx(0.01)


def test_the_summary_is_of_the_design() -> None:
    told = planning(Design(planned=96, effect_of_interest=0.4, accuracy_of_interest=0.15)).summary
    assert told.startswith("With 96 participants, a difference of 0.4 standard deviations")
    assert "15 percentage points" in told
