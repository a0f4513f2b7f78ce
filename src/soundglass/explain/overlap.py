"""How far two rankings of the same tracks agree."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

PERSISTENCE = 0.9
"""Of rank-biased overlap: the first ten places make up 86 % of it."""


def overlap(one: Sequence[Hashable], other: Sequence[Hashable], depth: int) -> float:
    """Give the share of ``depth`` places whose tracks both lists name, 0 to 1."""
    return len({*one[:depth]} & {*other[:depth]}) / depth


def rank_biased_overlap(one: Sequence[Hashable], other: Sequence[Hashable], p: float = PERSISTENCE) -> float:
    """Compare two ranked lists, the first places counting most; 1 = the same, 0 = nothing in common.

    Parameters
    ----------
    one, other : sequence
        Best first, nothing twice; they may differ in length.
    p : float
        How likely a reader is to go on from one place to the next, between 0 and 1.

    Returns
    -------
    float
        The point estimate for endless lists, RBO_ext; NaN where a list is empty.

    Notes
    -----
    Webber, Moffat & Zobel (2010), A similarity measure for indefinite rankings, ACM TOIS 28(4), eq. 32: the
    agreement seen at the end of the lists is taken to go on.
    """
    short, long = sorted((one, other), key=len)
    s, n = len(short), len(long)
    if not s:
        return float("nan")
    depths = np.arange(1, n + 1)
    common = np.array([len({*short[:d]} & {*long[:d]}) for d in range(1, n + 1)], dtype=np.float64)
    beyond = common[s - 1] * np.maximum(depths - s, 0) / (s * depths)
    seen = (1 - p) / p * float(((common / depths + beyond) * p**depths).sum())
    end = (common[-1] - common[s - 1]) / n + common[s - 1] / s
    return seen + float(end) * p**n


def rank_correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Correlate the orders two sets of scores put the same tracks in, −1 to 1; NaN where there is no order.

    Parameters
    ----------
    one, other : ndarray, shape (n_tracks,)
        Finite scores.

    Notes
    -----
    Spearman's ρ; tied tracks share the mean of their places.
    """
    x, y = (_places(scores) for scores in (one, other))
    spread = float(x @ x) * float(y @ y)
    return float(x @ y) / spread**0.5 if spread else float("nan")


def _places(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the places of scores as offsets from the middle place."""
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    places: NDArray[np.float64] = (np.cumsum(counts) - (counts + 1) / 2)[group] - (len(scores) - 1) / 2
    return places
