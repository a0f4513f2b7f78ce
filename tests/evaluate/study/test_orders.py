"""Who passes which blocks, over all slots and several seeds."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from soundglass.evaluate.study.conditions import CELLS
from soundglass.evaluate.study.orders import N_SLOTS, blocks, slot_order

SEEDS = [0, 1, 2026]


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_sets_and_positions_are_balanced_over_sixteen_slots(seed: int) -> None:
    met = [
        (block.cell, block.item_set, position)
        for slot in range(N_SLOTS)
        for position, block in enumerate(blocks(slot, seed))
    ]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert set(Counter((entry[one], entry[other]) for entry in met).values()) == {2}
        assert len({(entry[one], entry[other]) for entry in met}) == 64


@pytest.mark.parametrize("seed", SEEDS)
def test_every_condition_follows_every_other_equally_often(seed: int) -> None:
    orders = [[block.cell for block in blocks(slot, seed)] for slot in range(N_SLOTS)]
    follows = Counter(pair for order in orders for pair in pairwise(order))
    assert follows == {(one, other): 2 for one in CELLS for other in CELLS if one != other}


def test_the_seed_says_what_stands_where_and_nothing_else_does() -> None:
    assert blocks(3, 5) == blocks(3, 5)
    assert blocks(3, 5) != blocks(3, 6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_eight_to_join_are_a_latin_square(seed: int) -> None:
    order = slot_order(seed)
    assert order != slot_order(seed + 1)
    assert sorted(order) == list(range(N_SLOTS))
    for chosen in (order[:8], order[8:]):
        columns = zip(*([block.cell for block in blocks(slot, seed)] for slot in chosen), strict=True)
        assert all(sorted(column) == sorted(CELLS) for column in columns)
