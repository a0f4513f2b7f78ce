from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from soundglass.recommend.distribution import Distribution

values = st.lists(st.integers(0, 6), min_size=1, max_size=30)


@given(values, st.integers(-1, 7))
def test_percentile_is_scipys_mean_percentile(library: list[int], value: int) -> None:
    wanted = stats.percentileofscore(library, value, kind="mean")
    found = Distribution.of(np.array(library, dtype=np.float32)).percentiles([value])
    assert found[0] == pytest.approx(wanted)


@given(values, st.integers(0, 6))
def test_at_or_beyond_counts_ties(library: list[int], value: int) -> None:
    distribution = Distribution.of(np.array(library, dtype=np.float32))
    weak = stats.percentileofscore(library, value, kind="weak")
    strict = stats.percentileofscore(library, value, kind="strict")
    assert distribution.at_or_beyond(value, high=False) == pytest.approx(weak)
    assert distribution.at_or_beyond(value, high=True) == pytest.approx(100 - strict)


@given(values, st.integers(0, 6), st.integers(0, 6))
def test_nearer_counts_who_lies_between(library: list[int], value: int, other: int) -> None:
    nearer = sum(abs(v - value) < abs(other - value) for v in library)
    found = Distribution.of(np.array(library, dtype=np.float32)).nearer(value, other)
    assert found == pytest.approx(100 * nearer / len(library))


def test_unknown_values_do_not_count() -> None:
    distribution = Distribution.of(np.array([1.0, np.nan, 3.0]))
    assert distribution.ordered.tolist() == [1.0, 3.0]
    assert distribution.spread == pytest.approx(1.0)
    assert distribution.percentiles([2.0, np.nan]).tolist() == pytest.approx([50.0, np.nan], nan_ok=True)


def test_quantile_is_a_value_of_the_library() -> None:
    distribution = Distribution.of(np.arange(11.0))
    assert [distribution.quantile(p) for p in (0, 10, 50, 100)] == [0.0, 1.0, 5.0, 10.0]
