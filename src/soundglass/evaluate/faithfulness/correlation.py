"""How alike two maps over the same cells are, beyond what any map of that recording shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundglass.embeddings.analysis import Cells

Values = NDArray[np.float64]


def rank_correlation(one: Values, other: Values) -> float:
    """Give Spearman's ρ of two maps; NaN where one never changes."""
    return partial_rank_correlation(one, other, np.ones((len(one), 1)))


def partial_rank_correlation(one: Values, other: Values, given: Values) -> float:
    """Give Spearman's partial ρ.

    Parameters
    ----------
    one, other : ndarray, shape (n,)
    given : ndarray, shape (n, n_variables)
        What is taken out of the ranks of both by least squares; a constant must be among its span.
    """
    from scipy.stats import rankdata

    left = []
    for values in (one, other):
        ranks = rankdata(values)
        left.append(ranks - given @ np.linalg.lstsq(given, ranks, rcond=None)[0])
    sizes = [float(np.linalg.norm(of_one)) for of_one in left]
    if min(sizes) <= 1e-6 * len(one):
        return float("nan")
    return float(left[0] @ left[1] / (sizes[0] * sizes[1]))


def shared_by_construction(cells: Cells) -> Values:
    """Give what every map of a recording may go with: cells' ranges of frequencies, and loudness there.

    Returns
    -------
    ndarray, shape (n_cells, 2 * n_ranges)
        For each range of frequencies, whether the cell lies there, and its rank by power among those there.
    """
    from scipy.stats import rankdata

    bands, row = np.unique(cells.boxes[:, 2:], axis=0, return_inverse=True)
    columns = []
    for band in range(len(bands)):
        inside = row.ravel() == band
        loudness = np.zeros(len(cells))
        loudness[inside] = rankdata(cells.powers[inside]) - (inside.sum() + 1) / 2
        columns += [inside.astype(np.float64), loudness]
    return np.stack(columns, axis=1)
