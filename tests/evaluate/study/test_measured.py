"""One number for each participant and condition, against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.evaluate.study.conditions import EXPLANATIONS, RECOMMENDERS
from soundglass.evaluate.study.measured import items, measures, table
from study_answers import records_of

RECORDS = records_of(4)
NAMES = [person.pseudonym for person in RECORDS.people]
BY_ID = {measure.id: measure for measure in measures(RECORDS)}


def test_what_is_measured() -> None:
    assert list(BY_ID) == ["accuracy", "effectiveness", "overselling", "ess", "trust", "resque", "tlx"]
    assert BY_ID["ess"].explanations == ("fixed", "bars", "regions")
    assert BY_ID["tlx"].unit == "0 to 100, less is better"
    assert BY_ID["overselling"].unit == "−6 to 6"
    assert (BY_ID["trust"].low, BY_ID["trust"].high, BY_ID["trust"].n_items) == (1, 5, 6)


@pytest.mark.parametrize("at", [(0, 0, 0), (1, 2, 1), (3, 3, 0)])
def test_accuracy_is_the_share_of_right_answers(
    at: tuple[int, int, int],
) -> None:
    person, explanation, by = at
    own = [
        one.is_correct
        for one in RECORDS.simulations
        if one.participant == NAMES[person] and one.cell == (RECOMMENDERS[by], EXPLANATIONS[explanation])
    ]
    assert len(own) == 3
    assert table(RECORDS, BY_ID["accuracy"], NAMES)[at] == pytest.approx(sum(own) / 3)


def test_ratings_and_scales_stand_where_they_belong() -> None:
    for measure, rows, get in (
        ("effectiveness", RECORDS.ratings, lambda one: one.error),
        ("overselling", RECORDS.ratings, lambda one: one.overselling),
        ("trust", [one for one in RECORDS.scores if one.scale == "trust"], lambda one: one.score),
    ):
        found = table(RECORDS, BY_ID[measure], NAMES)
        assert found.shape == (4, 4, 2)
        for one in rows:
            at = NAMES.index(one.participant), EXPLANATIONS.index(one.cell.explanation)
            assert found[at][RECOMMENDERS.index(one.cell.by)] == get(one)


def test_what_is_not_asked_is_nan_and_who_is_not_counted_is_not_there() -> None:
    found = table(RECORDS, BY_ID["ess"], NAMES[1:3])
    assert found.shape == (2, 4, 2)
    assert np.isnan(found[:, 0]).all()
    assert np.isfinite(found[:, 1:]).all()


def test_items_are_one_row_a_time() -> None:
    rows, who = items(RECORDS, BY_ID["ess"], NAMES[:2])
    assert rows.shape == (2 * 6, 8)
    assert who == [name for name in NAMES[:2] for _ in range(6)]
    nothing, nobody = items(RECORDS, BY_ID["ess"], [])
    assert nothing.shape == (0, 8)
    assert nobody == []
