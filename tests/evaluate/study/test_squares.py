"""Balanced orders, by brute force."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from soundglass.evaluate.study.squares import crossed, williams


@pytest.mark.parametrize("n", [2, 4, 6, 8, 10])
def test_every_treatment_stands_once_in_each_row_and_column(n: int) -> None:
    square = williams(n)
    assert all(sorted(line) == list(range(n)) for line in (*square, *zip(*square, strict=True)))


@pytest.mark.parametrize("n", [2, 4, 6, 8, 10])
def test_every_treatment_follows_every_other_once(n: int) -> None:
    follows = Counter(pair for row in williams(n) for pair in pairwise(row))
    assert follows == {(one, other): 1 for one in range(n) for other in range(n) if one != other}


def test_four_treatments_as_published() -> None:
    """The square that textbooks print for four treatments."""
    assert williams(4) == ((0, 1, 3, 2), (1, 2, 0, 3), (2, 3, 1, 0), (3, 0, 2, 1))


@pytest.mark.parametrize("n", [1, 3, 7, 0])
def test_an_odd_number_needs_two_squares(n: int) -> None:
    with pytest.raises(ValueError, match="Williams"):
        williams(n)


@pytest.mark.parametrize("n", [2, 4, 8])
def test_treatments_items_and_positions_are_balanced_pairwise(n: int) -> None:
    rows = crossed(n)
    met = [(treatment, item, position) for row in rows for position, (treatment, item) in enumerate(row)]
    assert len(rows) == 2 * n
    for one, other in ((0, 1), (0, 2), (1, 2)):
        pairs = Counter((entry[one], entry[other]) for entry in met)
        assert pairs == {(a, b): 2 for a in range(n) for b in range(n)}


@pytest.mark.parametrize("n", [2, 4, 8])
def test_each_row_has_every_treatment_and_item_once(n: int) -> None:
    for row in crossed(n):
        treatments, items = zip(*row, strict=True)
        assert sorted(treatments) == sorted(items) == list(range(n))


def test_each_half_is_a_williams_square() -> None:
    treatments = [tuple(treatment for treatment, _ in row) for row in crossed(8)]
    assert tuple(treatments[:8]) == tuple(treatments[8:]) == williams(8)
