"""Multi-scale structural similarity of two pictures.

Method: Wang, Simoncelli & Bovik, 2003, *Multi-scale structural similarity for image quality assessment*.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float64]

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the scales, finest first, as Wang et al. fitted them to what people see."""

WINDOW, SIGMA = 11, 1.5
"""Of the Gaussian that weighs a neighbourhood, in pixels."""

K1, K2 = 0.01, 0.03


def ms_ssim(one: Image, other: Image, data_range: float = 1.0) -> float:
    """Compare two grey pictures at several scales.

    Each scale is half as large as the one before: means of two by two pixels, of which an odd last row or
    column is no part. Contrast and structure are compared at every scale, luminance at the coarsest. Only
    neighbourhoods that lie wholly inside the picture count, so that scales too small for the window are left
    out, and the weights of the others then sum to 1: all five need 176 pixels each way, four 88.

    Parameters
    ----------
    one, other : ndarray, shape (height, width)
    data_range : float
        Difference between the lightest and the darkest pixel there can be.

    Returns
    -------
    float
        0 to 1; 1 only for equal pictures. Structure that is opposite on average at some scale makes it 0.

    Raises
    ------
    ValueError
        The shapes differ, or a side is shorter than the window.
    """
    if one.shape != other.shape or min(one.shape) < WINDOW:
        raise ValueError(f"pictures of {one.shape} and {other.shape} pixels cannot be compared")
    n_scales = min(len(WEIGHTS), 1 + int(np.log2(min(one.shape) // WINDOW)))
    weights = np.array(WEIGHTS[:n_scales]) * sum(WEIGHTS) / sum(WEIGHTS[:n_scales])
    pair = np.stack([one, other]).astype(np.float64)
    factors = np.empty(n_scales)
    for scale in range(n_scales):
        luminance, structure = _compared(pair, data_range)
        coarsest = scale == n_scales - 1
        factors[scale] = (luminance * structure if coarsest else structure).mean()
        pair = _halved(pair)
    return float(np.prod(np.maximum(factors, 0.0) ** weights))


def _compared(pair: Image, data_range: float) -> tuple[Image, Image]:
    """Compare luminance, and contrast with structure, around every pixel (SSIM, Wang et al., 2004)."""
    from scipy.ndimage import gaussian_filter

    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    x, y = pair
    maps = np.stack([x, y, x * x + y * y, x * y])
    inside = slice(WINDOW // 2, -(WINDOW // 2))
    means = gaussian_filter(maps, SIGMA, radius=WINDOW // 2, axes=(1, 2))[:, inside, inside]
    mean_x, mean_y, squares, product = means
    both, apart = mean_x * mean_y, mean_x**2 + mean_y**2
    return (2 * both + c1) / (apart + c1), (2 * (product - both) + c2) / (squares - apart + c2)


def _halved(pair: Image) -> Image:
    height, width = (side // 2 * 2 for side in pair.shape[1:])
    rows = pair[:, 0:height:2] + pair[:, 1:height:2]
    return (rows[:, :, 0:width:2] + rows[:, :, 1:width:2]) / 4
