"""What a rectangle of a recording sounds like, measured by another transform than the words' own.

Power is taken from STFTs of 32 ms every 8 ms, padded to 1024 points, and summed between the edges of 96 equal
steps of O'Shaughnessy's mel (2595 log10(1 + f/700)); the words rest on steps of 16 ms, 512 points and
Slaney's triangles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Region

Values: TypeAlias = NDArray[np.float64]

RATE = 16_000
"""Hz; what the words are about ends at 8 kHz."""

AROUND_S = 3.0
"""Seconds in which the pulse of a region is looked for."""

_WINDOW, _HOP, _N_FFT = 512, 128, 1024
_FRAMES_PER_S = RATE / _HOP
_TRACK_WINDOW = 4096
_N_BANDS = 96
_MAIN_SHARE = 0.6
_FLOOR_DB = 40.0
_SMOOTH_S, _RISE_S, _NEAR_PEAK_DB = 0.08, 0.032, 10.0
_NEIGHBOURS = 5
_SLOWEST, _FAST, _FASTEST = 1.0, 3.0, 10.0
_CLEAR = 0.8
_PROFILE = 24


@dataclass(frozen=True, slots=True)
class Heard:
    """What is measured of a region; the words for each are those of the traits of tokens.

    Attributes
    ----------
    low_hz, high_hz : float
        The narrowest band that holds 60 % of its A-weighted energy.
    level_db : float
        Of that band, against the whole recording.
    fluctuation_db, attack_db : float
        Standard deviation of its level from means over 80 ms; its steepest rise in 32 ms up to near its peak.
    prominence_db : float
        How far it stands out from its neighbours.
    regularity, fast_regularity : float
        The highest autocorrelation of its onsets over the 3 s around the region, at 1 to 10 a second, and at
        3 to 10 a second.
    slope : float
        Octaves a second by which the centroid moves; 0 unless evenly.
    below_500, above_1400, within_150_4000 : float
        Shares of the region's A-weighted energy.
    profile : tuple of float
        Mean and spread over time of the level in 24 bands, in dB; silent outside the region.
    """

    low_hz: float
    high_hz: float
    level_db: float
    fluctuation_db: float
    attack_db: float
    prominence_db: float
    regularity: float
    fast_regularity: float
    slope: float
    below_500: float
    above_1400: float
    within_150_4000: float
    profile: tuple[float, ...]

    @classmethod
    def unpack(cls, packed: Sequence[float]) -> Heard:
        """Read what :meth:`packed` gave."""
        n = len(fields(cls)) - 1
        names = [field.name for field in fields(cls)]
        values: dict[str, Any] = dict(zip(names, (*packed[:n], tuple(packed[n:])), strict=True))
        return cls(**values)

    def packed(self) -> list[float]:
        """Give all numbers in a row, as JSON."""
        *numbers, profile = (getattr(self, field.name) for field in fields(self))
        return [round(float(value), 4) for value in (*numbers, *profile)]


def listen(samples: FloatArray, regions: Sequence[Region], around_s: float = AROUND_S) -> list[Heard | None]:
    """Measure regions of one recording.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Mono at ``RATE``.
    regions : sequence of Region
    around_s : float
        Seconds around each region in which its pulse is looked for; with less than the region itself, which
        takes a quarter of the time, it has none.

    Returns
    -------
    list of (Heard or None)
        ``None`` where there is nothing to hear.
    """
    from scipy.signal import welch

    size = min(_TRACK_WINDOW, len(samples))
    density = welch(samples, RATE, "hann", size, noverlap=0)[1]
    track = float(density.astype(np.float64) @ _a_weighting(size)) * RATE / size
    return [_heard(samples, region, track, around_s) for region in regions]


def _heard(samples: FloatArray, region: Region, track: float, around_s: float) -> Heard | None:
    around, first_s = _cut(samples, region, around_s)
    plain, power = _power(around)
    times = first_s + np.arange(len(power)) / _FRAMES_PER_S
    half = _WINDOW / 2 / RATE
    inside = (times >= region.start_s + half) & (times <= region.end_s - half)
    edges = _edges()
    bands = (edges[1:] > region.low_hz) & (edges[:-1] < region.high_hz)
    box = power[np.ix_(inside, bands)]
    if box.size == 0 or not box.any() or track <= 0:
        return None
    energy, lows, highs = box.sum(axis=0), edges[:-1][bands], edges[1:][bands]
    first, end = _narrowest(energy)
    level = box[:, first:end].sum(axis=1)
    whole = around_s > region.end_s - region.start_s
    onsets = _onsets(_decibels(power[:, bands][:, first:end].sum(axis=1)))
    return Heard(
        low_hz=float(lows[first]),
        high_hz=float(highs[end - 1]),
        level_db=10 * math.log10(max(float(level.mean()) / track, 1e-12)),
        fluctuation_db=float(_decibels(_means(level)).std()),
        attack_db=_attack(_decibels(level)),
        prominence_db=_prominence(plain[np.ix_(inside, bands)].mean(axis=0) / (highs - lows), first, end),
        regularity=_regularity(onsets, _SLOWEST) if whole else 0.0,
        fast_regularity=_regularity(onsets, _FAST) if whole else 0.0,
        slope=_slope(box, np.log2(np.sqrt(np.maximum(lows, edges[1] / 2) * highs))),
        below_500=_share(energy, lows, highs, 0, 500),
        above_1400=_share(energy, lows, highs, 1400, RATE / 2),
        within_150_4000=_share(energy, lows, highs, 150, 4000),
        profile=_profile(box, bands),
    )


def distance(one: Heard, other: Heard) -> float:
    """Say how unlike two regions are: Euclidean, between their profiles, in dB."""
    return math.dist(one.profile, other.profile)


def _cut(samples: FloatArray, region: Region, around_s: float) -> tuple[FloatArray, float]:
    """Take what is around a region, moved to lie within the recording; also say where it begins."""
    centre, length = (region.start_s + region.end_s) / 2, max(around_s, region.end_s - region.start_s)
    start = max(0, min(round((centre - length / 2) * RATE), len(samples) - round(length * RATE)))
    return samples[start : start + round(length * RATE)], start / RATE


def _power(samples: FloatArray) -> tuple[Values, Values]:
    """Give power by frame and band, plain and A-weighted; a frame's time is its centre."""
    from scipy.signal import stft

    spectrum = stft(
        samples.astype(np.float64),
        RATE,
        "hann",
        _WINDOW,
        _WINDOW - _HOP,
        _N_FFT,
        boundary="zeros",
        padded=True,
        scaling="psd",
    )[2]
    both_sides = 2 * np.abs(spectrum.T) ** 2 * RATE / _N_FFT
    return both_sides @ _bands(), (both_sides * _a_weighting(_N_FFT)) @ _bands()


@cache
def _a_weighting(n_fft: int) -> Values:
    """IEC 61672-1 at every frequency of a transform, as power."""
    f2 = np.fft.rfftfreq(n_fft, 1 / RATE) ** 2
    poles = (f2 + 20.6**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2)) * (f2 + 12194.0**2)
    weights: Values = (12194.0**2 * f2**2 / poles) ** 2
    return weights


@cache
def _edges() -> Values:
    mels = np.linspace(0, 2595 * math.log10(1 + RATE / 2 / 700), _N_BANDS + 1)
    edges: Values = 700 * (10 ** (mels / 2595) - 1)
    return edges


@cache
def _bands() -> Values:
    """Share every frequency of the transform among the bands it reaches into, (n_frequencies, n_bands)."""
    step = RATE / _N_FFT
    low = (np.fft.rfftfreq(_N_FFT, 1 / RATE) - step / 2)[:, None]
    edges = _edges()
    overlap = np.minimum(low + step, edges[1:]) - np.maximum(low, edges[:-1])
    shares: Values = np.maximum(0, overlap) / step
    return shares


def _narrowest(energy: Values) -> tuple[int, int]:
    """Find the fewest neighbouring bands with the main share of the energy; of several, those with most."""
    wanted = _MAIN_SHARE * energy.sum()
    for width in range(1, len(energy) + 1):
        sums = np.convolve(energy, np.ones(width), mode="valid")
        if sums.max() >= wanted * (1 - 1e-12):
            return int(sums.argmax()), int(sums.argmax()) + width
    return 0, len(energy)


def _decibels(power: Values) -> Values:
    levels: Values = 10 * np.log10(np.maximum(power / max(power.max(), 1e-300), 10 ** (-_FLOOR_DB / 10)))
    return levels


def _means(level: Values) -> Values:
    width = min(round(_SMOOTH_S * _FRAMES_PER_S), len(level))
    return np.convolve(level, np.full(width, 1 / width), mode="valid")


def _attack(levels: Values) -> float:
    lag = round(_RISE_S * _FRAMES_PER_S)
    rises = [b - a for a, b in zip(levels, levels[lag:], strict=False) if b >= -_NEAR_PEAK_DB]
    return float(max([0.0, *rises]))


def _prominence(density: Values, first: int, end: int) -> float:
    levels = 10 * np.log10(np.maximum(density / density.max(), 1e-8))
    padded = np.pad(levels, _NEIGHBOURS, mode="reflect" if len(levels) > _NEIGHBOURS else "edge")
    floor = [float(np.median(padded[k : k + 2 * _NEIGHBOURS + 1])) for k in range(len(levels))]
    return max(0.0, float(np.average((levels - floor)[first:end], weights=density[first:end])))


def _onsets(levels: Values) -> Values:
    """Give smoothed rises of a level, their mean being 0."""
    lag = round(_RISE_S / 2 * _FRAMES_PER_S)
    rises = np.maximum(0, levels[lag:] - levels[:-lag])
    smoothed: Values = np.convolve(rises, np.hanning(2 * lag + 3)[1:-1], mode="same")
    return smoothed - float(smoothed.mean())


def _regularity(onsets: Values, slowest: float) -> float:
    """Give the highest peak of the normalised autocorrelation at so many a second or more."""
    found = []
    for lag in range(round(_FRAMES_PER_S / _FASTEST) - 1, round(_FRAMES_PER_S / slowest) + 2):
        one, other = onsets[lag:], onsets[:-lag]
        if len(one) < lag:
            break
        norm = math.sqrt(float(one @ one) * float(other @ other))
        found.append(float(one @ other) / norm if norm > 0 else 0.0)
    peaks = [b for a, b, c in zip(found, found[1:], found[2:], strict=False) if b >= max(a, c)]
    return max([0.0, *peaks])


def _slope(box: Values, octaves: Values) -> float:
    weights = box.sum(axis=1)
    heard = weights > weights.max() * 10 ** (-_FLOOR_DB / 20)
    if heard.sum() < max(3, len(box) / 2):
        return 0.0
    times, weights = np.flatnonzero(heard) / _FRAMES_PER_S, weights[heard]
    centroids = (box[heard] @ octaves) / weights
    covariance = np.cov(times, centroids, aweights=weights)
    if covariance[0, 0] <= 0 or covariance[1, 1] <= 0:
        return 0.0
    even = abs(covariance[0, 1]) >= _CLEAR * math.sqrt(covariance[0, 0] * covariance[1, 1])
    return float(covariance[0, 1] / covariance[0, 0]) if even else 0.0


def _share(energy: Values, lows: Values, highs: Values, low: float, high: float) -> float:
    """Give the share of energy between two frequencies; bands across a boundary count in part."""
    parts = np.clip((np.minimum(highs, high) - np.maximum(lows, low)) / (highs - lows), 0, 1)
    return float((energy * parts).sum() / energy.sum())


def _profile(box: Values, bands: NDArray[np.bool_]) -> tuple[float, ...]:
    whole = np.zeros((len(box), _N_BANDS))
    whole[:, bands] = box
    coarse = whole.reshape(len(box), _PROFILE, -1).sum(axis=2)
    levels = 10 * np.log10(
        np.maximum(coarse / max(coarse.mean(axis=0).max(), 1e-300), 10 ** (-_FLOOR_DB / 10))
    )
    return tuple(np.concatenate([levels.mean(axis=0), levels.std(axis=0)]).tolist())
