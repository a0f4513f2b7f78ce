from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from soundglass.evaluate.study.analysis.wilcoxon import EXACT_UP_TO, signed_ranks, wilcoxon_p

# Of 12 people, to one decimal: three pairs of ties.
RATED = [1.2, -0.6, 1.1, 0.2, -0.4, 1.5, 1.5, 0.3, 1.1, 0.3, -0.3, 1.4]


def by_all_signs(differences: list[float]) -> float:
    """p over every assignment of signs to Pratt's ranks."""
    d = np.array(differences, float)
    ranks = stats.rankdata(np.abs(d))[d != 0]
    seen = abs(float(ranks @ np.sign(d[d != 0])))
    all_signs = np.array(list(product((-1, 1), repeat=len(ranks))))
    return float((np.abs(all_signs @ ranks) >= seen - 1e-9).mean())


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=10))
def test_p_is_that_of_all_signs_with_ties_and_zeros(differences: list[int]) -> None:
    assert wilcoxon_p(differences) == pytest.approx(by_all_signs(differences), abs=1e-12)


def test_p_without_ties_and_zeros_is_that_of_scipy() -> None:
    d = np.random.default_rng(2).normal(0.4, 1, 40)
    assert wilcoxon_p(d) == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, abs=1e-12)


def test_p_with_ties_is_that_of_the_ranks_there_are() -> None:
    """SciPy 1.17's permutation distribution; tables that know no ties (pingouin 0.7.0) give .0522."""
    assert wilcoxon_p(RATED) == pytest.approx(0.04833984375, abs=1e-12)


def test_published_example() -> None:
    """Darwin's maize, crossed and self-fertilised: p = .0413, as in the documentation of SciPy."""
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert wilcoxon_p(eighths) == pytest.approx(0.0413, abs=5e-5)


def test_many_pairs_get_the_normal_distribution_with_pratts_variance() -> None:
    d = np.random.default_rng(4).integers(-3, 5, 400).astype(float)
    assert (d != 0).sum() > EXACT_UP_TO
    theirs = stats.wilcoxon(d, zero_method="pratt", method="asymptotic", correction=False).pvalue
    assert wilcoxon_p(d) == pytest.approx(theirs, rel=1e-9)


def test_exact_and_normal_agree_where_they_meet() -> None:
    d = np.random.default_rng(4).normal(0.1, 1, EXACT_UP_TO)
    theirs = stats.wilcoxon(d, method="asymptotic", correction=False).pvalue
    assert wilcoxon_p(d) == pytest.approx(theirs, rel=0.03)


def test_rounding_does_not_untie() -> None:
    thirds = [(5 + 1 / 3) - (4 + 2 / 3), (2 + 1 / 3) - (1 + 2 / 3), 1 - 1 / 3, 2 - (2 + 2 / 3), 7 / 3 - 7 / 3]
    ranks, signs = signed_ranks(thirds)
    assert ranks.tolist() == [3.5, 3.5, 3.5, 3.5, 1]
    assert signs.tolist() == [1, 1, 1, -1, 0]


def test_nothing_and_nothing_that_differs() -> None:
    assert np.isnan(wilcoxon_p([]))
    assert np.isnan(wilcoxon_p([float("nan")]))
    assert wilcoxon_p([0.0, 0.0]) == 1
    assert wilcoxon_p([3.0]) == 1
    assert wilcoxon_p([3.0, float("nan"), 2.0]) == 0.5
