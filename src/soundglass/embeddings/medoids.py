"""Many directions are summed up by the few that lie in the middle of their likes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray

_ROUNDS = 10
_EQUALLY_NEAR = 1e-5


def medoids(directions: FloatArray, n_most: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Choose medoids by spherical k-means.

    Parameters
    ----------
    directions : ndarray, shape (n, n_dimensions)
        Unit vectors, at least one. The search starts from evenly spaced ones, so the same directions always
        give the same medoids.
    n_most : int
        How many to choose; fewer where directions coincide.

    Returns
    -------
    chosen : ndarray of int, shape (n_chosen,)
        Rows of ``directions``, ascending.
    shares : ndarray, shape (n_chosen,)
        What share of the directions each stands for; they sum to 1.

    Notes
    -----
    Dhillon & Modha, "Concept decompositions for large sparse text data using clustering", Machine Learning
    42 (2001); each centre is in the end replaced by the direction nearest to it, the first of several. Two
    alone are always equally near; rounding, and so the volume of a recording, must not choose between them.
    """
    n = len(directions)
    centres = directions[np.linspace(0, n - 1, min(n_most, n)).round().astype(int)]
    for _ in range(_ROUNDS):
        owners = (directions @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, owners, directions)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 1e-6, sums / np.maximum(lengths, np.float32(1e-6)), centres)
    nearness = directions @ centres.T
    owners = nearness.argmax(axis=1)
    counts = np.bincount(owners, minlength=len(centres))
    used = np.flatnonzero(counts)
    nearness[owners[:, np.newaxis] != np.arange(len(centres))] = -np.inf
    nearness = nearness[:, used]
    chosen = (nearness >= nearness.max(axis=0) - _EQUALLY_NEAR).argmax(axis=0)
    order = np.argsort(chosen)
    return chosen[order], (counts[used][order] / n).astype(np.float32)
