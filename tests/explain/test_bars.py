"""Bars add up as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.explain.bars import rounded_to_sum


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=30), st.integers(1, 4))
def test_rounded_numbers_add_up_and_stay_near(values: list[float], digits: int) -> None:
    rounded = rounded_to_sum(values, sum(values), digits)
    assert round(sum(rounded), 9) == pytest.approx(round(sum(values), digits), abs=1.01 * 10**-digits / 2)
    assert max(abs(a - b) for a, b in zip(rounded, values, strict=True)) <= 10**-digits * (1 + 1e-9)
