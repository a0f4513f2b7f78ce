from __future__ import annotations

import math
from itertools import count, takewhile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from soundglass.explain.overlap import overlap, rank_biased_overlap, rank_correlation

RANKINGS = st.lists(st.integers(0, 20), min_size=1, max_size=12, unique=True)


def endless(one: list[int], other: list[int], p: float) -> float:
    """The definition summed term by term, the agreement at the end of the lists going on for ever."""
    short, long = sorted((one, other), key=len)
    s, n = len(short), len(long)
    total = 0.0
    for depth in takewhile(lambda d: p**d > 1e-15, count(1)):
        common = len(set(short[:depth]) & set(long[:depth]))
        at_s = len(set(short) & set(long[:s]))
        if depth <= s:
            agreement = common / depth
        elif depth <= n:
            agreement = (common + at_s * (depth - s) / s) / depth
        else:
            agreement = (len(set(short) & set(long)) + at_s * (n - s) / s) / n
        total += (1 - p) * p ** (depth - 1) * agreement
    return total


@pytest.mark.parametrize(
    ("one", "other", "p", "published"),
    [
        ("abcdefg", "zcavwxy", 0.9, 0.28821728571428573),
        ("abcdefg", "zcavwxy", 0.8, 0.2660449523809524),
        ("abcde", "bcdae", 0.9, 0.828),
        ("abcde", "abced", 0.9, 0.981775),
        ("abcde", "abcdefg", 0.9, 1.0),
        ("abcdefghij", "jabcxdefyz", 0.98, 0.6804876231567627),
    ],
)
def test_values_of_other_implementations(one: str, other: str, p: float, published: float) -> None:
    """The first pair is figure 5 of the paper; the values are those of PyPI's rbo 0.1.3."""
    assert rank_biased_overlap(one, other, p) == pytest.approx(published, abs=1e-12)
    assert rank_biased_overlap(other, one, p) == pytest.approx(published, abs=1e-12)


@given(RANKINGS, RANKINGS, st.sampled_from([0.5, 0.9, 0.98]))
def test_it_is_the_endless_sum(one: list[int], other: list[int], p: float) -> None:
    assert rank_biased_overlap(one, other, p) == pytest.approx(endless(one, other, p), abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 10, 50])
def test_closed_forms(n: int) -> None:
    places = list(range(n))
    assert rank_biased_overlap(places, places) == pytest.approx(1, abs=1e-12)
    assert rank_biased_overlap(places, [-1 - place for place in places]) == 0
    assert rank_biased_overlap(places, [1, 0, *places[2:]], 0.7) == pytest.approx(0.7, abs=1e-12)


def test_an_empty_list_has_no_overlap() -> None:
    assert math.isnan(rank_biased_overlap([], [1, 2]))


def test_overlap_counts_whatever_the_order() -> None:
    assert overlap("abcd", "dcxy", 4) == 0.5
    assert overlap("abcd", "dcxy", 2) == 0.0
    assert overlap("abcd", "dcba", 4) == 1.0


@pytest.mark.parametrize("levels", [4, 1000])
def test_the_correlation_is_scipys(levels: int) -> None:
    rng = np.random.default_rng(levels)
    one, other = rng.integers(0, levels, (2, 200)).astype(np.float32)
    wanted = stats.spearmanr(one, one + other).statistic
    assert rank_correlation(one, one + other) == pytest.approx(wanted, abs=1e-12)


def test_equal_scores_have_no_order() -> None:
    assert math.isnan(rank_correlation(np.ones(5), np.arange(5.0)))
