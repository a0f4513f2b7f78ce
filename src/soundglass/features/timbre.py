"""Brightness, bass share, noisiness and roughness, from every fourth frame of the power spectrogram.

Every value is independent of gain. Frames more than 60 dB below the loudest one do not count.

References: Hutchinson & Knopoff (1978), The acoustic component of Western consonance; Plomp & Levelt (1965),
Tonal consonance and critical bandwidth; ISO/IEC 15938-4 (MPEG-7), audio spectral flatness; IEC 61672-1,
A-weighting.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.spectrogram import SpectrogramBlock, hann_window

FRAME_STEP = 4
"""One frame in so many is analysed; medians over a track need no more."""

BASS_LIMIT_HZ = 150.0
"""Below lie kick drum and bass fundamentals."""

_LOWEST_HZ = 20.0
_SILENCE_RELATIVE, _SILENCE_MEAN_SQUARE = 1e-6, 1e-9
_HALF_OCTAVES_HZ = 250.0 * 2.0 ** (np.arange(11) / 2.0)
_ROUGHNESS_HZ = (40.0, 5000.0)
_MAIN_LOBE_BINS = 3
_NOISE_FLATNESS = math.exp(-np.euler_gamma)
_TINY = np.float32(1e-30)
_NAMES = ("brightness", "bass_share", "noisiness", "roughness")


class TimbreAnalyser:
    """Measures one recording from the blocks of its spectrogram.

    Parameters
    ----------
    settings : SpectrogramSettings
        Those of the spectrogram.
    """

    def __init__(self, settings: SpectrogramSettings = DEFAULTS.spectrogram) -> None:
        self._frequencies = np.fft.rfftfreq(settings.n_fft, 1.0 / settings.sample_rate).astype(np.float32)
        self._a_weighting = a_weighting(self._frequencies)
        self._audible = slice(int(np.searchsorted(self._frequencies, _LOWEST_HZ)), None)
        self._bass = slice(self._audible.start, int(np.searchsorted(self._frequencies, BASS_LIMIT_HZ)))
        self._bands = np.searchsorted(self._frequencies, _HALF_OCTAVES_HZ)
        self._rough = slice(*(int(edge) for edge in np.searchsorted(self._frequencies, _ROUGHNESS_HZ)))
        self._kernel = dissonance_kernel(settings, self._rough.start, self._rough.stop)
        window = hann_window(settings.n_fft).astype(np.float64)
        self._silence = _SILENCE_MEAN_SQUARE * 0.5 * settings.n_fft * float(window @ window)
        self._frames = [np.zeros((5, 0), dtype=np.float32)]

    def push(self, block: SpectrogramBlock) -> None:
        """Take the next block of the recording's spectrogram."""
        power = block.power[-block.first_frame % FRAME_STEP :: FRAME_STEP]
        weighted = power * self._a_weighting + _TINY
        rows = (
            power[:, self._audible].sum(axis=1),
            power[:, self._bass].sum(axis=1),
            self._centroid(power),
            self._flatness(weighted),
            self._dissonance(weighted),
        )
        self._frames.append(np.stack(rows))

    def finish(self) -> list[Measurement]:
        """End the recording.

        Returns
        -------
        list of Measurement
            All NaN for silence.

            ``brightness``: the spectral centroid, the balance point of the magnitudes from 20 Hz up, in Hz;
            median over frames.
            ``bass_share``: the share of the energy that lies below ``BASS_LIMIT_HZ``, 0 to 1.
            ``noisiness``: how evenly the spectrum is filled within half-octaves, 0 for tones, 1 for noise;
            median over frames.
            ``roughness``: the sensory dissonance of all pairs of frequencies, 0 for none, 1 for that of
            white noise, on a logarithmic scale; median over frames.
        """
        frames = np.concatenate(self._frames, axis=1).astype(np.float64)
        floor = max(self._silence, _SILENCE_RELATIVE * frames[0].max(initial=0.0))
        energy, bass, centroid, flatness, dissonance = frames[:, frames[0] > floor]
        if not energy.size:
            return [Measurement(name, math.nan) for name in _NAMES]
        noise = self._dissonance_of_white_noise()
        values = (
            np.median(centroid),
            bass.sum() / energy.sum(),
            min(1.0, np.median(flatness) / _NOISE_FLATNESS),
            min(1.0, np.log1p(np.median(dissonance)) / np.log1p(noise)),
        )
        return [Measurement(name, float(value)) for name, value in zip(_NAMES, values, strict=True)]

    def _centroid(self, power: FloatArray) -> FloatArray:
        magnitude = np.sqrt(power[:, self._audible])
        total = np.maximum(magnitude.sum(axis=1), _TINY)
        centroid: FloatArray = magnitude @ self._frequencies[self._audible] / total
        return centroid

    def _flatness(self, power: FloatArray) -> FloatArray:
        """Average the flatness of the bands, each weighted by its magnitude: empty bands do not count."""
        inside = slice(self._bands[0], self._bands[-1])
        starts, widths = self._bands[:-1] - self._bands[0], np.diff(self._bands).astype(np.float32)
        arithmetic = np.add.reduceat(power[:, inside], starts, axis=1) / widths
        geometric = np.exp(np.add.reduceat(np.log(power[:, inside]), starts, axis=1) / widths)
        weights = np.sqrt(arithmetic * widths)
        flatness: FloatArray = (weights * geometric / arithmetic).sum(axis=1) / weights.sum(axis=1)
        return flatness

    def _dissonance(self, power: FloatArray) -> FloatArray:
        """Sum A_i A_j g_ij over all pairs and divide by the sum of A_i² (Hutchinson & Knopoff, 1978)."""
        magnitude = np.sqrt(power[:, self._rough])
        pairs = np.einsum("tf,tf->t", magnitude, magnitude @ self._kernel)
        dissonance: FloatArray = pairs / power[:, self._rough].sum(axis=1)
        return dissonance

    def _dissonance_of_white_noise(self) -> float:
        """Take the expectation over independent Rayleigh magnitudes, whose E[A]² / E[A²] is π/4."""
        magnitude = np.sqrt(self._a_weighting[self._rough])
        return math.pi / 4.0 * float(magnitude @ self._kernel @ magnitude / (magnitude @ magnitude))


def a_weighting(frequencies: FloatArray) -> FloatArray:
    """Compute the A-weighting of IEC 61672-1 as a gain of power, 1 at 1 kHz.

    Parameters
    ----------
    frequencies : ndarray
        Hz.
    """
    square = np.square(frequencies, dtype=np.float64)
    gain = (12194.0**2 * square**2) / (
        (square + 20.6**2) * np.sqrt((square + 107.7**2) * (square + 737.9**2)) * (square + 12194.0**2)
    )
    weighting: FloatArray = np.square(10.0**0.1 * gain).astype(np.float32)
    return weighting


@lru_cache
def dissonance_kernel(settings: SpectrogramSettings, first_bin: int, end_bin: int) -> FloatArray:
    """Tabulate the dissonance of every pair of STFT bins as if each held a pure tone.

    Parameters
    ----------
    settings : SpectrogramSettings
        Of the spectrogram.
    first_bin, end_bin : int
        The bins, ``first_bin <= k < end_bin``.

    Returns
    -------
    ndarray, shape (n_bins, n_bins)
        0 to 1, symmetric, read-only: Plomp & Levelt's curve in the form ``(4 y exp(1 - 4 y))²`` over the
        distance ``y`` in critical bandwidths of ``1.72 f**0.65`` Hz, up to 1.2 of them. Pairs closer than
        the window's main lobe count 0, since one tone fills them.
    """
    bins = np.arange(first_bin, end_bin)
    gap = np.abs(bins[:, None] - bins)
    hz_per_bin = settings.sample_rate / settings.n_fft
    centre = (bins[:, None] + bins) * (0.5 * hz_per_bin)
    distance = gap * hz_per_bin / (1.72 * centre**0.65)
    kernel: FloatArray = np.square(4.0 * distance * np.exp(1.0 - 4.0 * distance)).astype(np.float32)
    kernel[(gap < _MAIN_LOBE_BINS) | (distance > 1.2)] = 0.0
    kernel.setflags(write=False)
    return kernel
