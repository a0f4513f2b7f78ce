from __future__ import annotations

import numpy as np
import pytest

from soundglass.evaluate.study.analysis.separation import is_separated

TWO = np.column_stack([np.ones(8), np.repeat([0.0, 1.0], 4)])


@pytest.mark.parametrize(
    ("right", "separated"),
    [
        ([1, 0, 1, 0, 1, 0, 0, 1], False),
        ([1, 0, 1, 0, 1, 1, 1, 1], True),  # all right in one condition
        ([1, 0, 1, 0, 0, 0, 0, 0], True),  # all wrong in one
        ([1, 1, 1, 1, 0, 0, 0, 0], True),
        ([1, 1, 1, 1, 1, 1, 1, 1], True),
    ],
)
def test_a_condition_without_both_answers_is_found(right: list[int], separated: bool) -> None:
    assert is_separated(np.array(right, float), TWO) is separated


def test_a_line_between_right_and_wrong_is_found_that_no_column_shows() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 2))
    design = np.column_stack([np.ones(40), x])
    right = (x @ [1.0, -2.0] > 0.3).astype(float)
    assert is_separated(right, design)
    right[np.abs(x @ [1.0, -2.0] - 0.3).argsort()[:1]] = (
        1 - right[np.abs(x @ [1.0, -2.0] - 0.3).argsort()[:1]]
    )
    right[x[:, 0].argmax()] = 1 - right[x[:, 0].argmax()]
    assert not is_separated(right, design)
