"""Every order of removal against brute force over all orders, and games whose answer is known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.evaluate.faithfulness.orderings import Removals, by_relevance

WORTHS = (0.4, 0.1, -0.2, 0.05)
ORDERS = list(permutations(range(4)))

tables = st.lists(st.floats(-1, 1), min_size=16, max_size=16).map(lambda scores: Removals(np.array(scores)))


def additive(worths: tuple[float, ...] = WORTHS, whole: float = 0.9) -> Removals:
    """A score from which every unit takes its own worth, whatever else is gone."""
    taken = np.arange(1 << len(worths))[:, None] >> np.arange(len(worths)) & 1
    return Removals(whole - taken @ np.array(worths))


def dropped(removals: Removals, order: tuple[int, ...]) -> float:
    """Average how far the score falls, set by set."""
    falls = [
        removals.scores[0] - removals.scores[sum(1 << unit for unit in order[:size])] for size in range(1, 5)
    ]
    return float(np.mean(falls))


def test_comprehensiveness_of_an_additive_score_by_hand() -> None:
    # 0.4, 0.5, 0.55 and 0.35 are gone after 1, 2, 3 and 4 units.
    assert additive().comprehensiveness([0, 1, 3, 2]) == pytest.approx((0.4 + 0.5 + 0.55 + 0.35) / 4)


def test_sufficiency_of_an_additive_score_by_hand() -> None:
    # With only unit 0 left the score is 0.9 - (0.1 - 0.2 + 0.05); then 1, 3 and 2 come back.
    left = [0.95, 1.05, 1.1, 0.9]
    assert additive().sufficiency([0, 1, 3, 2]) == pytest.approx(0.9 - np.mean(left))


def test_of_an_additive_score_the_order_of_worths_is_the_best_and_its_opposite_the_worst() -> None:
    order = by_relevance(WORTHS)
    assert order == [0, 1, 3, 2]
    assert additive().normalised(order) == pytest.approx(1)
    assert additive().normalised(order[::-1]) == pytest.approx(0)
    assert additive().normalised_by_chance() == pytest.approx(0.5)


@given(tables)
def test_bounds_and_chance_are_those_over_all_orders(removals: Removals) -> None:
    all_of_them = np.array([dropped(removals, order) for order in ORDERS])
    span = np.ptp(all_of_them)
    if span < 1e-6:
        return
    found = [removals.normalised(order) for order in ORDERS]
    np.testing.assert_allclose(found, (all_of_them - all_of_them.min()) / span, atol=1e-6)
    assert removals.normalised_by_chance() == pytest.approx(np.mean(found), abs=1e-6)


@given(tables)
def test_shapley_values_are_the_mean_gain_over_all_orders(removals: Removals) -> None:
    values = np.zeros(4)
    for order in ORDERS:
        path = removals.insertion(order)
        values[list(order)] += np.diff(path) / len(ORDERS)
    np.testing.assert_allclose(removals.shapley(), values, atol=1e-9)


def test_shapley_values_and_occlusion_of_an_additive_score_are_the_worths() -> None:
    np.testing.assert_allclose(additive().shapley(), WORTHS, atol=1e-12)
    np.testing.assert_allclose(additive().occlusion(), WORTHS, atol=1e-12)


def test_a_part_that_is_there_twice_has_no_occlusion_but_half_the_shapley_value() -> None:
    twice = Removals(np.array([1.0, 1.0, 1.0, 0.0]))
    np.testing.assert_allclose(twice.occlusion(), 0)
    np.testing.assert_allclose(twice.shapley(), 0.5)


def test_deletion_and_insertion_meet_in_the_whole_and_in_nothing() -> None:
    removals = additive()
    deletion, insertion = removals.deletion([2, 0, 1, 3]), removals.insertion([2, 0, 1, 3])
    assert deletion[0] == insertion[-1] == pytest.approx(0.9)
    assert deletion[-1] == insertion[0] == pytest.approx(0.55)


def test_what_nothing_changes_has_no_best_order() -> None:
    assert np.isnan(Removals(np.full(8, 0.3)).normalised([0, 1, 2]))


def test_drop_by_chance_is_the_mean_over_sets_of_that_size() -> None:
    assert additive().drop_by_chance(1) == pytest.approx(np.mean(WORTHS))
    assert additive().drop_by_chance(4) == pytest.approx(sum(WORTHS))
