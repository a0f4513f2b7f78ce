"""Where random intercepts stand, and the curvature by all of them, inverted block by block.

What belongs to one participant touches nothing of another's: those intercepts form blocks, and only those
that participants share, as of items, are left to a matrix as large as there are of them (Schur's complement).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import Floats

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Random intercepts in order: blocks of equal size, some of it unused, then what blocks share.

    Attributes
    ----------
    places : ndarray of int, shape (n_answers, n_groupings)
        Which intercept of each grouping an answer has.
    grouping : ndarray of int, shape (n_intercepts,)
        Which grouping each intercept is of.
    own, shared : tuple of int
        Groupings whose intercepts stand in blocks, and the others.
    n_blocks, block_size, n_shared : int
    """

    places: Places
    grouping: Places
    own: tuple[int, ...]
    shared: tuple[int, ...]
    n_blocks: int
    block_size: int
    n_shared: int


def cross(levels: Sequence[Places]) -> Crossing:
    """Find a place for every level of every grouping.

    Parameters
    ----------
    levels : sequence of ndarray of int, shape (n_answers,)
        One a grouping, numbered from 0. The first makes the blocks; others of which no level is met in two
        blocks stand within them.
    """
    block, n_blocks = levels[0], int(levels[0].max()) + 1
    own = [g for g, level in enumerate(levels) if len({*zip(level, block, strict=True)}) == level.max() + 1]
    shared = [g for g in range(len(levels)) if g not in own]
    slots: dict[int, Places] = {}
    sizes: list[int] = []
    for g in own:
        home = np.zeros(levels[g].max() + 1, np.intp)
        home[levels[g]] = block
        order = np.argsort(home, kind="stable")
        rank = np.empty_like(home)
        rank[order] = np.arange(len(home)) - np.searchsorted(home[order], home[order])
        slots[g] = sum(sizes) + rank[levels[g]]
        sizes.append(int(rank.max()) + 1)
    size = sum(sizes)
    counts = [int(levels[g].max()) + 1 for g in shared]
    starts = n_blocks * size + np.cumsum([0, *counts])
    places = np.empty((len(block), len(levels)), np.intp)
    for g in own:
        places[:, g] = block * size + slots[g]
    for g, start in zip(shared, starts, strict=False):
        places[:, g] = start + levels[g]
    grouping = np.concatenate([np.tile(np.repeat(own, sizes), n_blocks), np.repeat(shared, counts)])
    return Crossing(places, grouping.astype(np.intp), tuple(own), tuple(shared), n_blocks, size, sum(counts))


class Curvature:
    """Minus the second derivative of a log likelihood by all intercepts, inverted.

    Parameters
    ----------
    crossing : Crossing
    weights : ndarray, shape (n_answers,)
        Minus the second derivative by the log odds of each answer.
    scales : ndarray, shape (n_answers, n_groupings)
        What each of an answer's intercepts, which are standard normal, is multiplied by.
    """

    def __init__(self, crossing: Crossing, weights: Floats, scales: Floats) -> None:
        self._crossing, self._scales = crossing, scales
        self._own, self._shared = list(crossing.own), list(crossing.shared)
        n, k, m = crossing.n_blocks, crossing.block_size, crossing.n_shared
        self._places = crossing.places[:, self._own]
        self._columns = crossing.places[:, self._shared] - n * k
        one, other = scales[:, self._own], scales[:, self._shared]
        blocks = _sums(self._places * k, self._places % k, weights, one, one, n * k * k).reshape(n, k, k)
        across = _sums(self._places * m, self._columns, weights, one, other, n * k * m).reshape(n, k, m)
        common = _sums(self._columns * m, self._columns, weights, other, other, m * m).reshape(m, m)
        blocks, common = blocks + np.eye(k), common + np.eye(m)
        self._inverse = np.linalg.inv(blocks)
        self._across = self._inverse @ across
        rest = common - np.tensordot(across, self._across, axes=([0, 1], [0, 1]))
        self._rest = np.linalg.inv(rest)
        self.log_determinant = float(np.linalg.slogdet(blocks)[1].sum() + np.linalg.slogdet(rest)[1])

    def solve(self, values: Floats) -> Floats:
        """Multiply by the inverse; shape (n_intercepts,) to the same."""
        n, k = self._crossing.n_blocks, self._crossing.block_size
        own = values[: n * k].reshape(n, k)
        shared = self._rest @ (values[n * k :] - np.tensordot(own, self._across, axes=2))
        alone = np.einsum("nij,nj->ni", self._inverse, own) - self._across @ shared
        return np.concatenate([alone.ravel(), shared])

    def diagonal(self) -> Floats:
        """Give the inverse's diagonal, shape (n_intercepts,)."""
        own = np.einsum("nii->ni", self._inverse) + ((self._across @ self._rest) * self._across).sum(axis=2)
        return np.concatenate([own.ravel(), np.diag(self._rest)])

    def variances(self) -> Floats:
        """Give that of each answer's log odds given the others, shape (n_answers,)."""
        block, slots = np.divmod(self._places, self._crossing.block_size)
        scales = self._scales[:, self._own]
        pairs = self._inverse[block[:, :, None], slots[:, :, None], slots[:, None, :]]
        toward = -np.einsum("ig,igm->im", scales, self._across[block, slots])
        for column, scale in zip(self._columns.T, self._scales[:, self._shared].T, strict=True):
            toward[np.arange(len(toward)), column] += scale
        alone = np.einsum("ig,igh,ih->i", scales, pairs, scales)
        return np.asarray(alone + ((toward @ self._rest) * toward).sum(axis=1), dtype=np.float64)


def _sums(rows: Places, columns: Places, weights: Floats, one: Floats, other: Floats, size: int) -> Floats:
    """Sum weights times both scales by cell, over all pairs of an answer's intercepts."""
    cells = rows[:, :, None] + columns[:, None, :]
    values = weights[:, None, None] * one[:, :, None] * other[:, None, :]
    return np.bincount(cells.ravel(), values.ravel(), size).astype(np.float64)
