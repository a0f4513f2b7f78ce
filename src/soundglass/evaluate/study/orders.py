"""Which blocks a participant passes, in order, and which slot comes next."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from soundglass.evaluate.study.conditions import CELLS, Cell
from soundglass.evaluate.study.squares import crossed

N_SLOTS: Final = 2 * len(CELLS)
"""Different orders; once each is used equally often, everything is balanced."""


class Block(NamedTuple):
    """One block: its condition, and which of the plan's sets it is about (an index)."""

    cell: Cell
    item_set: int


def blocks(slot: int, seed: int) -> tuple[Block, ...]:
    """Lay out the blocks of one slot.

    Parameters
    ----------
    slot : int
        0 to ``N_SLOTS - 1``.
    seed : int
        The study's: which condition and which set stand where in the square.

    Returns
    -------
    tuple of Block, length 8
        Every condition and every set once.
    """
    rng = np.random.default_rng([seed, 1])
    cells, sets = rng.permutation(len(CELLS)), rng.permutation(len(CELLS))
    return tuple(Block(CELLS[cells[cell]], int(sets[item])) for cell, item in crossed(len(CELLS))[slot])


def slot_order(seed: int) -> tuple[int, ...]:
    """Say in which order slots are filled: first one Latin square whole, then the other; each shuffled.

    Parameters
    ----------
    seed : int
        The study's.

    Returns
    -------
    tuple of int, length ``N_SLOTS``
    """
    rng = np.random.default_rng([seed, 2])
    n = len(CELLS)
    halves = [half * n + rng.permutation(n) for half in range(2)]
    return tuple(int(slot) for half in halves for slot in half)
