"""What a map of relevance singles out: a stretch of time, and the area that holds half of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundglass.embeddings.network import N_MELS, SAMPLE_RATE
from soundglass.explain.relevance import Relevance
from soundglass.spectrogram import hz_to_mel

Values = NDArray[np.float64]


def stretch(profile: Values) -> slice:
    """Find the one stretch that tells a profile's high part from the rest best.

    Parameters
    ----------
    profile : ndarray, shape (n,)
        Such as relevance over time.

    Returns
    -------
    slice
        At least one step; all of a profile that never changes.

    Notes
    -----
    The step function of one raised stretch that fits by least squares, which circular binary segmentation
    looks for too (Olshen et al., 2004, *Biostatistics* 5): no threshold and no length has to be chosen. All
    n²/2 stretches are tried.
    """
    n = len(profile)
    above = np.concatenate([[0.0], np.cumsum(profile - profile.mean())])
    first, end = np.triu_indices(n + 1, 1)
    length = end - first
    part = length < n
    first, end, length = first[part], end[part], length[part]
    if not len(first) or np.ptp(profile) <= 1e-12 * np.abs(profile).max():
        return slice(0, n)
    best = int(((above[end] - above[first]) / np.sqrt(length * (1 - length / n))).argmax())
    return slice(int(first[best]), int(end[best]))


def intensity(relevance: Relevance, times: Values) -> Values:
    """Give the mean relevance of the places that are heard at some times; 0 where none is.

    Unlike relevance per second it does not sink where fewer places are heard, as at a recording's end.
    """
    heard = Relevance(relevance.boxes, np.ones(len(relevance.amounts))).profile(times)
    found: Values = relevance.profile(times) / np.where(heard > 0, heard, 1.0)
    return found


def density(relevance: Relevance, times: Values) -> Values:
    """Give relevance per second and band, shape ``(len(times), N_MELS)``; each box is spread evenly.

    Parameters
    ----------
    times : ndarray, shape (n_times,)
        Seconds. The bands are as many equal steps in mel, from 0 Hz to what the network hears.
    """
    starts, ends, lows, highs = relevance.boxes.astype(np.float64).T
    top = float(hz_to_mel(np.array([SAMPLE_RATE / 2]))[0])
    bands = (np.arange(N_MELS) + 0.5) * top / N_MELS
    at_time = ((times[:, None] >= starts) & (times[:, None] < ends)) / (ends - starts)
    in_band = (bands >= hz_to_mel(lows)[:, None]) & (bands < hz_to_mel(highs)[:, None])
    amounts = relevance.amounts / np.maximum(in_band.sum(axis=1), 1)
    found: Values = (at_time * amounts) @ in_band
    return found


def holding(densities: Values, share: float = 0.5) -> NDArray[np.bool_]:
    """Find the smallest area that holds a share of all positive relevance, same shape.

    A highest density region (Hyndman, 1996, *The American Statistician* 50). Empty where nothing is positive.
    """
    ordered = np.sort(np.maximum(densities, 0), axis=None)[::-1]
    held = np.cumsum(ordered)
    if not held[-1] > 0:
        return np.zeros(densities.shape, dtype=bool)
    least = ordered[min(int(np.searchsorted(held, share * held[-1])), len(ordered) - 1)]
    found: NDArray[np.bool_] = densities >= max(least, np.finfo(np.float64).tiny)
    return found
