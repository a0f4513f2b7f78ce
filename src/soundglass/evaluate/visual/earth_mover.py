"""Earth mover's distance between two pictures as sets of small patches.

Method: Rubner, Tomasi & Guibas, 2000, *The earth mover's distance as a metric for image retrieval*. Between
two sets of equally many patches that all weigh the same, the cheapest transport moves whole patches, so that
the best assignment gives it exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float64]

PATCH_BANDS, PATCH_COLUMNS = 16, 8
"""A patch is as high as an eighth of a picture's 128 bands and lasts one beat."""


def earth_mover(one: Image, other: Image) -> float:
    """Move the patches of one picture to those of another at the least mean cost.

    Moving a patch onto another costs their Euclidean distance: the root mean square difference of their
    pixels on one axis, of their heights on the other, where the lowest and the highest patch are as far apart
    as black and white. Time costs nothing, so that a figure may come earlier or later; height does, lest a
    hi-hat pass as a bass drum.

    Parameters
    ----------
    one, other : ndarray, shape (n_bands, n_columns)
        0 (black) to 1 (white); whole patches both ways.

    Returns
    -------
    float
        0 (the same patches at whatever time) to √2; a metric on sets of patches, as the cost of one is.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    costs = cdist(patches(one), patches(other))
    return float(costs[linear_sum_assignment(costs)].mean())


def patches(picture: Image) -> Image:
    """Cut a picture into patches that do not overlap, as points whose distance is what moving them costs.

    Returns
    -------
    ndarray, shape (n_patches, PATCH_BANDS * PATCH_COLUMNS + 1)
        Pixels, each divided by the root of their number, then the height.

    Raises
    ------
    ValueError
        Some pixels would be left over.
    """
    n_high, n_wide = picture.shape[0] // PATCH_BANDS, picture.shape[1] // PATCH_COLUMNS
    if picture.shape != (n_high * PATCH_BANDS, n_wide * PATCH_COLUMNS):
        raise ValueError(f"{picture.shape} pixels are no whole number of patches")
    cut = picture.reshape(n_high, PATCH_BANDS, n_wide, PATCH_COLUMNS).swapaxes(1, 2)
    pixels = cut.reshape(n_high * n_wide, -1) / np.sqrt(PATCH_BANDS * PATCH_COLUMNS)
    heights = np.repeat(np.arange(n_high) / max(n_high - 1, 1), n_wide)
    return np.column_stack([pixels, heights])
