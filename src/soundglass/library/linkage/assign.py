"""One to one: which of the likely pairs are kept when nobody may be taken twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_POSITIVE = 1e-3  # a sparse matrix cannot hold an edge of cost 0


def assign(pairs: ArrayLike, gains: ArrayLike) -> NDArray[np.bool_]:
    """Choose pairs so that no left or right side comes twice and the gains sum to the most possible.

    Parameters
    ----------
    pairs : array_like of int, shape (n_pairs, 2)
        Left and right, each pair once.
    gains : array_like, shape (n_pairs,)
        What a pair is worth; one that is worth nothing or less is never chosen.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)

    Notes
    -----
    The assignment problem on a sparse graph (Jonker & Volgenant, 1987), in which every left side may also
    stay alone at no gain.
    """
    pairs, gains = np.asarray(pairs, dtype=np.intp).reshape(-1, 2), np.asarray(gains, dtype=np.float64)
    worth = np.flatnonzero(gains > 0)
    chosen = np.zeros(len(pairs), dtype=bool)
    if not len(worth):
        return chosen
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    _, left = np.unique(pairs[worth, 0], return_inverse=True)
    _, right = np.unique(pairs[worth, 1], return_inverse=True)
    n_left, n_right = int(left.max()) + 1, int(right.max()) + 1
    most = gains[worth].max() + _POSITIVE
    alone = np.arange(n_left)
    costs = np.concatenate([most - gains[worth], np.full(n_left, most)])
    ends = np.concatenate([left, alone]), np.concatenate([right, n_right + alone])
    rows, columns = min_weight_full_bipartite_matching(csr_matrix((costs, ends), (n_left, n_right + n_left)))
    taken = columns < n_right
    keys = left * n_right + right
    chosen[worth] = np.isin(keys, rows[taken].astype(np.int64) * n_right + columns[taken])
    return chosen
