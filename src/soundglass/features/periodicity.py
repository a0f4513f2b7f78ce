"""What repeats in onset strength, and how often: local autocorrelation, tempo salience, bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray

Vector = NDArray[np.float64]

WINDOW_S = 12.0
WINDOWS_AT_ONCE = 64
LAG_SHARE = 0.75
"""Longest lag as a share of the window: beyond it too few pairs are left to average."""
LEAST_SPREAD_DB = 0.1
N_SPECTRUM = 4096
BLUR = np.array([1, 6, 15, 20, 15, 6, 1]) / 64
BEATS = 4
BAR_SPAN = 12
SPECTRUM_SHARE = 0.15
PRIOR_BPM, PRIOR_OCTAVES = 120.0, 1.3
TEMPI = np.geomspace(30.0, 300.0, 461)
"""Candidate tempi in BPM, half a per cent apart."""


@dataclass(frozen=True, slots=True)
class Periodicity:
    """How a recording's onsets repeat.

    Attributes
    ----------
    exact : ndarray, shape (n_lags,)
        Autocorrelation of onset strength; 1 at lag 0. The lag is in frames.
    tolerant : ndarray, shape (n_lags,)
        The same, forgiving onsets that are a frame early or late.
    spectrum : ndarray, shape (1 + N_SPECTRUM // 2,)
        Magnitudes of unit norm; bin k is ``k * frame_rate / N_SPECTRUM`` Hz.
    frame_rate : float
        Frames per second.
    """

    exact: Vector
    tolerant: Vector
    spectrum: Vector
    frame_rate: float

    def beat(self, bpm: float) -> float:
        """Frames per beat."""
        return 60 * self.frame_rate / bpm


def _windows(onsets: FloatArray, length: int) -> FloatArray:
    """Cut half-overlapping stretches, shape (n_windows, n_bands, length); the last touches the end."""
    length = min(length, len(onsets))
    starts = list(range(0, len(onsets) - length + 1, max(1, length // 2)))
    if starts[-1] + length < len(onsets):
        starts.append(len(onsets) - length)
    return np.lib.stride_tricks.sliding_window_view(onsets, length, axis=0)[starts]


def _tolerant(autocorrelation: Vector) -> Vector:
    """Spread onsets over neighbouring frames, then take the highest of three lags.

    Without it, beats that fall between frames look weaker than beats that fall on them.
    """
    margin = len(BLUR) // 2
    blurred = np.convolve(np.pad(autocorrelation, margin, mode="reflect"), BLUR, "valid")
    wide = np.pad(blurred, 1, mode="edge")
    highest = np.maximum(np.maximum(wide[:-2], wide[2:]), blurred)
    return np.asarray(highest / max(float(highest[0]), 1e-12))


def local_periodicity(onsets: FloatArray, frame_rate: float) -> Periodicity:
    """Average autocorrelation and spectrum of onset strength over local windows.

    Local windows keep a drifting tempo sharp; windows and bands count the same however loud they are.

    Parameters
    ----------
    onsets : ndarray, shape (n_frames, n_bands)
        Onset strength of several bands, in dB; at least two frames.
    frame_rate : float
        Frames per second.

    Returns
    -------
    Periodicity
        All zeros where nothing changes.
    """
    spread = np.maximum(onsets.std(axis=0), np.float32(LEAST_SPREAD_DB))
    windows = _windows(onsets / spread, round(WINDOW_S * frame_rate))
    length = windows.shape[-1]
    n_lags = round(LAG_SHARE * length)
    size = 1 << (2 * length - 1).bit_length()
    taper, pairs = np.hanning(length), length - np.arange(n_lags)
    autocorrelation, spectrum = np.zeros(n_lags), np.zeros(1 + N_SPECTRUM // 2)
    for start in range(0, len(windows), WINDOWS_AT_ONCE):
        part = windows[start : start + WINDOWS_AT_ONCE].astype(np.float64)
        part -= part.mean(axis=-1, keepdims=True)
        energy = (np.abs(np.fft.rfft(part, size)) ** 2).sum(axis=1)
        lags = np.fft.irfft(energy, size)[:, :n_lags] / pairs
        sounding = lags[:, 0] > 1e-9
        autocorrelation += (lags[sounding] / lags[sounding, :1]).sum(axis=0)
        magnitude = np.abs(np.fft.rfft(part[sounding] * taper, N_SPECTRUM)).sum(axis=1)
        spectrum += (magnitude / np.linalg.norm(magnitude, axis=1, keepdims=True)).sum(axis=0)
    exact = autocorrelation / max(float(autocorrelation[0]), 1e-12)
    return Periodicity(exact, _tolerant(exact), spectrum, frame_rate)


def at(curve: Vector, positions: Vector | float) -> Vector:
    """Read a curve between its samples; zero beyond its end."""
    return np.asarray(np.interp(positions, np.arange(len(curve)), curve, right=0.0))


def tempo_salience(periodicity: Periodicity) -> Vector:
    """How plainly each of ``TEMPI`` is heard, before any preference for moderate tempi.

    Autocorrelation favours the tempo and its fractions, the spectrum the tempo and its multiples; their
    product is high at the tempo itself (Peeters 2007).

    Returns
    -------
    ndarray, shape (len(TEMPI),)
        At least 0.
    """
    lags = 60 * periodicity.frame_rate / TEMPI
    comb = np.mean([at(periodicity.tolerant, beat * lags) for beat in range(1, BEATS + 1)], axis=0)
    tone = at(periodicity.spectrum, TEMPI / 60 * N_SPECTRUM / periodicity.frame_rate)
    tone /= max(float(tone.max()), 1e-12)
    return np.asarray(np.maximum(comb, 0) ** (1 - SPECTRUM_SHARE) * tone**SPECTRUM_SHARE)


def preference(tempi: Vector) -> Vector:
    """Log-normal resonance around moderate tempi (after van Noorden & Moelants 1999), 1 at its peak."""
    return np.asarray(np.exp(-0.5 * (np.log2(tempi / PRIOR_BPM) / PRIOR_OCTAVES) ** 2))


def peaks(curve: Vector) -> NDArray[np.intp]:
    """Find the local maxima of a curve; indices, highest first."""
    inner = curve[1:-1]
    found = 1 + np.flatnonzero((inner > curve[:-2]) & (inner >= curve[2:]))
    return found[np.argsort(-curve[found], kind="stable")]


def refine(periodicity: Periodicity, tempo: float) -> float:
    """Sharpen a tempo by the lags of many beats, whose position in beats is finer than one frame.

    Parameters
    ----------
    periodicity : Periodicity
    tempo : float
        BPM, right within 2 %.

    Returns
    -------
    float
        BPM.
    """
    tempi = tempo * np.linspace(0.98, 1.02, 161)
    lags = 60 * periodicity.frame_rate / tempi
    n_beats = max(1, int((len(periodicity.exact) - 2) // lags.max()))
    height = np.sum([at(periodicity.exact, beat * lags) for beat in range(1, n_beats + 1)], axis=0)
    return float(tempi[int(np.argmax(height))])


def bar_contrast(periodicity: Periodicity, tempo: float, beats_per_bar: int) -> float:
    """How much more repeats after whole bars than after other numbers of beats.

    Parameters
    ----------
    periodicity : Periodicity
    tempo : float
        BPM.
    beats_per_bar : int

    Returns
    -------
    float
        Mean autocorrelation at multiples of the bar minus that at the other beats, up to ``BAR_SPAN``
        beats; 0 where the autocorrelation is shorter than two bars.
    """
    beat = periodicity.beat(tempo)
    n_beats = min(BAR_SPAN, int((len(periodicity.tolerant) - 1) // beat))
    if n_beats < 2 * beats_per_bar:
        return 0.0
    beats = np.arange(1, n_beats + 1)
    height = at(periodicity.tolerant, beat * beats.astype(np.float64))
    is_bar = beats % beats_per_bar == 0
    return float(height[is_bar].mean() - height[~is_bar].mean())
