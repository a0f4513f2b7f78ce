"""Key and mode, from spectral peaks folded into a tuned chroma and compared with key profiles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import PITCH_CLASSES
from soundglass.core.settings import SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.spectrogram import SpectrogramBlock

LOW_HZ, HIGH_HZ = 65.0, 1500.0
PEAK_RANGE_DB = 60.0
STEPS = 20
"""Bins of the pitch histogram in a semitone."""
LOWEST_PITCH, N_PITCHES = 24, 96
"""First MIDI pitch of the histogram and its length in semitones."""
PARTIALS = 6
PARTIAL_DECAY = 0.6
LOUDNESS_EXPONENT = 0.25
CHROMA_EXPONENT = 0.5
MIN_SECONDS = 1.0

MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
"""Share of each scale degree in pieces of known key: Albrecht & Shanahan, Music Perception 31(1), 2013."""

KEY_ODDS = (0.26, 5.5)
"""Logistic regression of "right key" on the root of its lead over the next key (docs/decisions/0002)."""
MODE_ODDS = (0.45, 5.2)
"""Logistic regression of "right mode" on the root of the lead over the best key of the other mode."""

PLAIN_SPREAD = 0.2
"""Below this relative spread of the chroma even noise seems to have a key; confidence falls in proportion."""

_Vector = NDArray[np.float64]


def spectral_peaks(
    power: FloatArray, settings: SpectrogramSettings
) -> tuple[NDArray[np.intp], _Vector, _Vector]:
    """Find the partials of every frame.

    Parabolic interpolation of the log spectrum (Smith & Serra 1987) brings a Hann-windowed partial to
    within a few cents although bins are 10.8 Hz wide.

    Parameters
    ----------
    power : ndarray, shape (n_frames, 1 + n_fft // 2)
        Squared magnitudes.
    settings : SpectrogramSettings

    Returns
    -------
    frame : ndarray of int, shape (n_peaks,)
    frequency : ndarray, shape (n_peaks,)
        Hz, between ``LOW_HZ`` and ``HIGH_HZ``.
    magnitude : ndarray, shape (n_peaks,)
        Linear; at most ``PEAK_RANGE_DB`` below the strongest of its frame.
    """
    width = settings.sample_rate / settings.n_fft
    low = max(1, math.ceil(LOW_HZ / width))
    high = min(power.shape[1] - 1, math.floor(HIGH_HZ / width) + 1)
    band = np.log(np.maximum(power[:, low - 1 : high + 1], np.finfo(np.float32).tiny))
    middle = band[:, 1:-1]
    floor = middle.max(axis=1, keepdims=True) - PEAK_RANGE_DB * math.log(10) / 10
    is_peak = (middle > band[:, :-2]) & (middle >= band[:, 2:]) & (middle > floor)
    frame, index = np.nonzero(is_peak)
    left, top, right = (band[frame, index + k].astype(np.float64) for k in range(3))
    offset = 0.5 * (left - right) / (left - 2 * top + right)
    height = top - 0.25 * (left - right) * offset
    return frame, (index + low + offset) * width, np.exp(0.5 * height)


def tuning(histogram: _Vector) -> float:
    """Deviation of a pitch histogram from A = 440 Hz, in semitones within ±0.5 (circular mean)."""
    turns = np.arange(len(histogram)) / STEPS
    return float(np.angle(np.sum(histogram * np.exp(2j * np.pi * turns))) / (2 * np.pi))


def fold(histogram: _Vector) -> _Vector:
    """Turn a pitch histogram into a chroma.

    Every peak also votes for the fundamentals it may be a partial of, with weight falling by
    ``PARTIAL_DECAY`` a partial (Gómez 2006), so a chord's overtones strengthen its own notes.

    Parameters
    ----------
    histogram : ndarray, shape (STEPS * N_PITCHES,)

    Returns
    -------
    ndarray, shape (12,)
        C first; sums to 1.
    """
    pitch = LOWEST_PITCH + np.arange(len(histogram)) / STEPS - tuning(histogram)
    chroma = np.zeros(12)
    for partial in range(1, PARTIALS + 1):
        fundamental = pitch - 12 * math.log2(partial)
        nearest = np.round(fundamental)
        weight = PARTIAL_DECAY ** (partial - 1) * np.cos(np.pi * (fundamental - nearest)) ** 2
        chroma += np.bincount(nearest.astype(int) % 12, histogram * weight, 12)
    return np.asarray(chroma / chroma.sum())


def profile_matrix(major: Sequence[float], minor: Sequence[float]) -> _Vector:
    """Turn two profiles to all tonics; rows have mean 0 and norm 1, shape (24, 12)."""
    rows = np.array([np.roll(profile, tonic) for profile in (major, minor) for tonic in range(12)])
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


PROFILES = profile_matrix(MAJOR, MINOR)


def key_strengths(chroma: _Vector) -> _Vector:
    """Correlate a chroma with the 24 key profiles (Krumhansl 1990).

    Parameters
    ----------
    chroma : ndarray, shape (12,)

    Returns
    -------
    ndarray, shape (24,)
        Pearson's r: C major to B major, then C minor to B minor; zeros for a flat chroma.
    """
    compressed = chroma**CHROMA_EXPONENT
    centred = compressed - compressed.mean()
    norm = np.linalg.norm(centred)
    return np.asarray(PROFILES @ centred / norm) if norm > 1e-9 else np.zeros(24)


def label(index: int) -> str:
    """Name of the ``index``-th of the 24 keys.

    Examples
    --------
    >>> label(21)
    'A minor'
    """
    return f"{PITCH_CLASSES[index % 12]} {'major' if index < 12 else 'minor'}"


class TonalAnalyser:
    """Finds ``key`` and ``mode`` of a recording from its spectrogram blocks.

    Memory does not grow with the recording: only one pitch histogram is kept.

    Parameters
    ----------
    settings : SpectrogramSettings
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        self._settings = settings
        self._histogram = np.zeros(STEPS * N_PITCHES)
        self._n_frames = 0

    def push(self, block: SpectrogramBlock) -> None:
        """Take the next frames.

        Parameters
        ----------
        block : SpectrogramBlock
        """
        n_frames = len(block.power)
        self._n_frames += n_frames
        frame, frequency, magnitude = spectral_peaks(block.power, self._settings)
        loudness = np.bincount(frame, magnitude, n_frames)[frame]
        weight = magnitude * loudness ** (LOUDNESS_EXPONENT - 1)
        pitch = 69 + 12 * np.log2(frequency / 440)
        step = np.round((pitch - LOWEST_PITCH) * STEPS).astype(int)
        self._histogram += np.bincount(step, weight, len(self._histogram))

    def finish(self) -> list[Measurement]:
        """Give the measurements.

        Returns
        -------
        list of Measurement
            ``key`` (0 to 11, C = 0) with the tried keys and the chroma as evidence, and ``mode``
            (1 major, 0 minor); NaN where less than a second or nothing pitched was heard.
        """
        if self._n_frames < MIN_SECONDS * self._settings.frame_rate or self._histogram.sum() <= 0:
            return [Measurement("key", math.nan), Measurement("mode", math.nan)]
        chroma = fold(self._histogram)
        strengths = key_strengths(chroma)
        order = np.argsort(-strengths, kind="stable")
        best = int(order[0])
        evidence = {
            "label": label(best),
            "alternatives": [
                {"label": label(int(i)), "strength": round(float(strengths[i]), 4)} for i in order[1:4]
            ],
            "chroma": [round(float(value), 4) for value in chroma],
        }
        plain = min(1.0, spread(chroma) / PLAIN_SPREAD)
        lead = strengths[best] - strengths[order[1]]
        mode_lead = strengths[best] - strengths.reshape(2, 12)[int(best < 12)].max()
        return [
            Measurement("key", float(best % 12), plain * _chance(KEY_ODDS, lead), evidence),
            Measurement("mode", float(best < 12), plain * _chance(MODE_ODDS, mode_lead)),
        ]


def spread(chroma: _Vector) -> float:
    """Coefficient of variation of a compressed chroma: 0 for noise, 0.2 and more for music in a key."""
    compressed = chroma**CHROMA_EXPONENT
    return float(compressed.std() / compressed.mean())


def _chance(odds: tuple[float, float], lead: float) -> float:
    return 1 / (1 + math.exp(-odds[0] - odds[1] * math.sqrt(lead)))
