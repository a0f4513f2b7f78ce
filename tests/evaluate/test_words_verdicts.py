"""Verdicts are counted as they are."""

from __future__ import annotations

import math

import pytest
from scipy.stats import binomtest

from soundglass.evaluate.faithfulness.verdicts import Tally, Verdict, wilson


@pytest.mark.parametrize(("n_true", "n"), [(0, 5), (3, 7), (120, 121), (10, 10)])
def test_wilson(n_true: int, n: int) -> None:
    found, wanted = wilson(n_true, n), binomtest(n_true, n).proportion_ci(method="wilson")
    assert (found.value, found.n) == (n_true / n, n)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_of_nothing() -> None:
    assert math.isnan(wilson(0, 0).value)


def test_a_tally_survives_json() -> None:
    one, other = Tally(), Tally()
    one.add([Verdict("“high”", True), Verdict("“high”", False, "it is low"), Verdict("score", True)])
    other.include(one.packed())
    other.include(one.packed())
    assert other.words() == ["“high”"]
    assert other.figures() == ["score"]
    assert other.rate(["“high”"]).value == 0.5
    assert other.rate().n == 6
    assert other.examples() == ["false, “high”: it is low"] * 2
    assert other.rows(["“high”"], "all")[-1][2] == 2
