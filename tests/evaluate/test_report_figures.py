"""How figures read."""

from __future__ import annotations

import math

import pytest

from evaluations import RANKED
from soundglass.core.statistics import Estimate
from soundglass.evaluate.findings import Table
from soundglass.evaluate.report import figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4351, "0.435"),
        (-0.02, "−0.020"),
        (0.0, "0.000"),
        (1.0, "1.000"),
        (12.345, "12.3"),
        (-1234.5, "−1,234"),
        (1500, "1,500"),
        (0, "0"),
        (0.00021, "0.0002"),
        (0.00002, "0.00002"),
        (3.4e-16, "3×10⁻¹⁶"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_has_as_many_digits_as_tell_something(value: float, text: str) -> None:
    assert figures.number(value) == text


def test_an_interval_below_zero_is_no_dash_after_a_minus() -> None:
    assert figures.interval(Estimate(0.3, 0.28, 0.34)) == "0.280–0.340"
    assert figures.interval(Estimate(0.3, -0.1, 0.7)) == "−0.100 to 0.700"
    assert figures.interval(Estimate(0.3)) == ""


def test_cells_of_all_kinds_have_words() -> None:
    assert figures.texts(Estimate(0.3, 0.28, 0.34, 298)) == ("0.300", "0.280–0.340")
    assert figures.texts(Estimate(0.3, 0.28, 0.34, 298), sized=True) == ("0.300", "0.280–0.340 · n 298")
    assert figures.texts(Estimate(0.3, n=5), sized=True) == ("0.300", "n 5")
    assert figures.texts(7, sized=True) == ("7", "")
    assert figures.texts(None) == ("–", "")
    assert figures.texts("rock") == ("rock", "")


def test_the_best_is_the_highest_or_the_lowest_as_the_arrow_says() -> None:
    rows = (("a", 1.0, 1.0, 1.0), ("b", Estimate(3.0), Estimate(3.0), 3.0), ("c", 2, math.nan, None))
    table = Table("", ("", "up ↑", "down ↓", "neither"), rows)
    assert figures.best(table) == {(1, 1), (0, 2)}


def test_equals_are_all_best_and_one_alone_is_not() -> None:
    assert figures.best(Table("", ("", "up ↑"), (("a", 1.0), ("b", 1.0), ("c", 0.5)))) == {(0, 1), (1, 1)}
    assert figures.best(Table("", ("", "up ↑"), (("a", 1.0), ("b", None)))) == frozenset()


def test_the_numbers_behind_figures_are_found() -> None:
    assert figures.sample_sizes(RANKED) == (51, 298)
    assert [figures.is_numeric(RANKED, column) for column in range(4)] == [False, True, True, True]
