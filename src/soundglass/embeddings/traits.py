"""What is measured within a token's box: where its energy lies, how steady, sharp, tonal and regular it is.

All of it is found on the network's own log-mel, from ratios of power, so that gain changes nothing. Bands are
A-weighted (IEC 61672-1), as the ear hears them; otherwise the bass would be the loudest sound of every box.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.embeddings.network import HOP_LENGTH, N_MELS, SAMPLE_RATE, Field, field_region

N_TRAITS = 9
"""Bytes of one token, in the order of :class:`Traits`' attributes; the band takes the first two."""

FRAMES_PER_S = SAMPLE_RATE / HOP_LENGTH

SLOWEST, FASTEST = 1.0, 10.0
"""Pulses a second; what is slower repeats too seldom within a patch, what is faster is heard as roughness."""

_MAIN_SHARE = 0.6
_FLOOR_DB = 40.0
_SMOOTH_FRAMES = 5
_RISE_FRAMES = 2
_NEAR_PEAK_DB = 10.0
_NEIGHBOURS = 5
_NEARLY_AS_STRONG = 0.85
_CLEAR_MOVEMENT = 0.8
_LEVEL_STEP, _LEVEL_ZERO = 0.5, 200
_FLUCTUATION_STEP, _ATTACK_STEP, _PROMINENCE_STEP = 0.1, 0.25, 0.2
_RATE_STEP, _SLOPE_STEP, _SLOPE_ZERO = 0.05, 1 / 16, 128

_Power = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Traits:
    """What is measured of one token.

    Attributes
    ----------
    low_hz, high_hz : float
        The narrowest band within the box that holds 60 % of its A-weighted energy; 0, 0 in silence.
    level_db : float
        Mean power of that band re the mean power of the track, both A-weighted.
    fluctuation_db : float
        Standard deviation of the band's level over the box, from means over 80 ms.
    attack_db : float
        Steepest rise of the band's level within 32 ms that ends near its peak, at most 40.
    prominence_db : float
        How far the band's energy stands out from neighbouring bands: high for tones, near 0 for noise.
    pulse_rate : float
        Onsets a second at which the band repeats within the patch around the box, 1 to 10; 0 if it does not.
    regularity : float
        Autocorrelation of the onsets at that rate, 0 to 1.
    slope : float
        Octaves a second by which the centroid of the box rises (or falls, if negative); 0 if it does not move
        evenly.
    """

    low_hz: float
    high_hz: float
    level_db: float
    fluctuation_db: float
    attack_db: float
    prominence_db: float
    pulse_rate: float
    regularity: float
    slope: float

    @classmethod
    def unpack(cls, packed: NDArray[np.uint8]) -> Traits:
        """Read what :func:`measure` has packed, shape ``(N_TRAITS,)``."""
        first, end, level, fluctuation, attack, prominence, rate, regularity, slope = packed.tolist()
        edges = _band_edges()
        return cls(
            low_hz=float(edges[min(first, N_MELS)]) if end else 0.0,
            high_hz=float(edges[min(end, N_MELS)]) if end else 0.0,
            level_db=(level - _LEVEL_ZERO) * _LEVEL_STEP,
            fluctuation_db=fluctuation * _FLUCTUATION_STEP,
            attack_db=attack * _ATTACK_STEP,
            prominence_db=prominence * _PROMINENCE_STEP,
            pulse_rate=rate * _RATE_STEP,
            regularity=regularity / 255,
            slope=(slope - _SLOPE_ZERO) * _SLOPE_STEP,
        )


def weighted_power(log_mel: FloatArray) -> _Power:
    """Turn the network's log-mel into A-weighted power of each band.

    Parameters
    ----------
    log_mel : ndarray, shape (n_frames, N_MELS)
        ``log10(1 + 10000 power)``.

    Returns
    -------
    ndarray of float64, shape (n_frames, N_MELS)
        Proportional to power: a gain of the signal multiplies all of it.
    """
    return np.asarray(np.expm1(log_mel.astype(np.float64) * math.log(10.0)) * _weights())


def measure(power: _Power, field: Field, track_power: float) -> NDArray[np.uint8]:
    """Measure one token.

    Parameters
    ----------
    power : ndarray, shape (n_frames, N_MELS)
        :func:`weighted_power` of the patch.
    field : Field
        What the token's cell can see of it.
    track_power : float
        Mean over the track's frames of the power summed over bands.

    Returns
    -------
    ndarray of uint8, shape (N_TRAITS,)
        For :meth:`Traits.unpack`, in steps of a band (twice), 0.5, 0.1, 0.25, 0.2 dB, 0.05 pulses a second,
        1/255 and 1/16 octave a second; what lies beyond a scale is set to its end. All zero in silence.
    """
    box = power[field.first_frame : field.end_frame, field.first_band : field.end_band]
    if not box.any():
        return np.zeros(N_TRAITS, dtype=np.uint8)
    first, end = _main_band(box.sum(axis=0))
    envelope = box[:, first:end].sum(axis=1)
    around = power[:, field.first_band + first : field.first_band + end].sum(axis=1)
    rate, regularity = _pulse(_decibels(around))
    values = (
        field.first_band + first,
        field.first_band + end,
        _LEVEL_ZERO + 10 * math.log10(envelope.mean() / track_power) / _LEVEL_STEP,
        float(_decibels(_smoothed(envelope)).std()) / _FLUCTUATION_STEP,
        _attack(_decibels(envelope)) / _ATTACK_STEP,
        _prominence(box.mean(axis=0) / _weights()[field.first_band : field.end_band], first, end)
        / _PROMINENCE_STEP,
        rate / _RATE_STEP,
        regularity * 255,
        _SLOPE_ZERO + _slope(box, field.first_band) / _SLOPE_STEP,
    )
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _main_band(energy: _Power) -> tuple[int, int]:
    """Find the shortest run of bands with the main share of the energy; of several the one with most."""
    summed = np.concatenate([[0.0], np.cumsum(energy)])
    ends = np.searchsorted(summed, summed[:-1] + _MAIN_SHARE * summed[-1])
    firsts = np.flatnonzero(ends <= len(energy))
    held = summed[ends[firsts]] - summed[firsts]
    best = np.lexsort((-held, ends[firsts] - firsts))[0]
    return int(firsts[best]), int(ends[firsts[best]])


def _decibels(power: _Power) -> _Power:
    """Give levels re the peak, at least ``-_FLOOR_DB``."""
    peak = power.max()
    if peak <= 0:
        return np.full(power.shape, -_FLOOR_DB)
    return np.asarray(10 * np.log10(np.maximum(power / peak, 10 ** (-_FLOOR_DB / 10))))


def _smoothed(envelope: _Power) -> _Power:
    width = min(_SMOOTH_FRAMES, len(envelope))
    return np.convolve(envelope, np.full(width, 1 / width), mode="valid")


def _attack(levels: _Power) -> float:
    if len(levels) <= _RISE_FRAMES:
        return 0.0
    rises = levels[_RISE_FRAMES:] - levels[:-_RISE_FRAMES]
    return float(max(0.0, rises[levels[_RISE_FRAMES:] >= -_NEAR_PEAK_DB].max(initial=0.0)))


def _prominence(density: _Power, first: int, end: int) -> float:
    """Average how far the bands of the main band exceed the median of their neighbours, by energy."""
    levels = 10 * np.log10(np.maximum(density / density.max(), 1e-8))
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(levels, _NEIGHBOURS, mode="reflect"), 2 * _NEIGHBOURS + 1
    )
    above = (levels - np.median(around, axis=-1))[first:end]
    return max(0.0, float(np.average(above, weights=density[first:end])))


def _pulse(levels: _Power) -> tuple[float, float]:
    """Find the fastest rate at which the rises of the level repeat nearly as well as at any."""
    onsets = np.convolve(np.maximum(0.0, np.diff(levels)), (0.25, 0.5, 0.25), mode="same")
    onsets -= onsets.mean()
    shortest, longest = round(FRAMES_PER_S / FASTEST), round(FRAMES_PER_S / SLOWEST)
    if len(onsets) < 2 * longest or not onsets.any():
        return 0.0, 0.0
    lags = np.arange(shortest - 1, longest + 2)
    energy = np.concatenate([[0.0], np.cumsum(onsets**2)])
    before, after = energy[len(onsets) - lags], energy[-1] - energy[lags]
    products = np.correlate(onsets, onsets, mode="full")[len(onsets) - 1 + lags]
    found = products / np.sqrt(np.maximum(before * after, 1e-12))
    peaks = np.flatnonzero((found[1:-1] >= found[:-2]) & (found[1:-1] >= found[2:])) + 1
    peaks = peaks[found[peaks] > 0]
    if not len(peaks):
        return 0.0, 0.0
    best = int(peaks[np.argmax(found[peaks] >= _NEARLY_AS_STRONG * found[peaks].max())])
    left, top, right = found[best - 1 : best + 2].tolist()
    bend = left - 2 * top + right
    lag = float(lags[best]) + (0.5 * (left - right) / bend if bend else 0.0)
    return FRAMES_PER_S / lag, top


def _slope(box: _Power, first_band: int) -> float:
    """Fit a line to the centroid (in octaves) over time, weighted by power; 0 where it fits badly."""
    octaves = np.log2(_band_centres()[first_band : first_band + box.shape[1]])
    weights = box.sum(axis=1)
    heard = weights > weights.max() * 10 ** (-_FLOOR_DB / 20)
    if heard.sum() < len(box) / 2:
        return 0.0
    times, weights = np.flatnonzero(heard) / FRAMES_PER_S, weights[heard]
    centroids = box[heard] @ octaves / weights
    times = times - np.average(times, weights=weights)
    centroids = centroids - np.average(centroids, weights=weights)
    both, spread = float((weights * times) @ centroids), float((weights * times) @ times)
    scatter = float((weights * centroids) @ centroids)
    if spread <= 0 or scatter <= 0 or both**2 < _CLEAR_MOVEMENT**2 * spread * scatter:
        return 0.0
    return both / spread


@cache
def _mel_feet() -> _Power:
    """List the feet of the mel triangles: band ``b`` rises from foot ``b`` and falls to ``b + 2``."""
    lows = [field_region(Field(0, 1, band, band + 1)) for band in range(N_MELS)]
    return np.array([*(region.low_hz for region in lows), lows[-2].high_hz, lows[-1].high_hz])


def _band_centres() -> _Power:
    return _mel_feet()[1:-1]


@cache
def _band_edges() -> _Power:
    """List where neighbouring triangles cross; a band lies between its edge and the next."""
    feet = _mel_feet()
    return np.asarray((feet[:-1] + feet[1:]) / 2)


@cache
def _weights() -> _Power:
    """A-weighting at the centres of the bands, times their widths, which Slaney's filters divide by."""
    squared = _band_centres() ** 2
    response = 12194.0**2 * squared**2
    response /= (squared + 20.6**2) * (squared + 12194.0**2)
    response /= np.sqrt((squared + 107.7**2) * (squared + 737.9**2))
    return np.asarray(response**2 * np.diff(_band_edges()))
