"""Samples become power and mel spectrograms, in blocks, once for everybody."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray

SPECTROGRAM_VERSION = 1
"""Grows whenever the numbers change, so that stored results can tell which they came from."""

BLOCK_FRAMES = 128
"""Frames transformed together: few enough to stay in a core's own cache, enough to hide the calls."""

_LINEAR_HZ_PER_MEL = 200.0 / 3.0
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = math.log(6.4) / 27.0


@dataclass(frozen=True, slots=True)
class SpectrogramBlock:
    """Consecutive frames of one recording's STFT.

    Attributes
    ----------
    first_frame : int
        Index of the first frame within the recording.
    power : ndarray, shape (n_frames, 1 + n_fft // 2)
        Squared magnitudes.
    mel : ndarray, shape (n_frames, n_mels)
        Mel band power.
    """

    first_frame: int
    power: FloatArray
    mel: FloatArray


class StreamingSpectrogram:
    """The centred STFT of one recording, fed in pieces of any length.

    Frame ``t`` is centred on sample ``t * hop_length``; beyond both ends the signal is zero
    (librosa's ``center=True, pad_mode="constant"``). The blocks do not depend on how the samples
    were cut.

    Parameters
    ----------
    settings : SpectrogramSettings
        Sample rate, FFT size, hop and mel bank.
    """

    def __init__(self, settings: SpectrogramSettings = DEFAULTS.spectrogram) -> None:
        self._n_fft, self._hop = settings.n_fft, settings.hop_length
        self._window = hann_window(settings.n_fft)
        self._bank = mel_filterbank(
            settings.sample_rate, settings.n_fft, settings.n_mels, settings.f_min, settings.f_max
        )
        self._pending = np.zeros(settings.n_fft // 2, dtype=np.float32)
        self._next_frame = 0
        self._empty = True

    def push(self, samples: FloatArray) -> Iterator[SpectrogramBlock]:
        """Take the next samples and give the blocks that are complete.

        Parameters
        ----------
        samples : ndarray, shape (n,)
            Mono, at the settings' sample rate; any ``n``.

        Returns
        -------
        iterator of SpectrogramBlock
            Each of ``BLOCK_FRAMES`` frames, computed as it is asked for. Blocks left unread come
            first in the next call's iterator.
        """
        self._empty &= samples.size == 0
        self._pending = np.concatenate([self._pending, samples.astype(np.float32, copy=False)])
        return self._drain()

    def flush(self) -> Iterator[SpectrogramBlock]:
        """End the recording and give the rest of its ``1 + n_samples // hop_length`` frames.

        Nothing is given for a recording without samples.
        """
        if self._empty:
            return
        self._pending = np.concatenate([self._pending, np.zeros(self._n_fft // 2, dtype=np.float32)])
        yield from self._drain()
        n_frames = 1 + (self._pending.size - self._n_fft) // self._hop
        if n_frames > 0:
            yield self._take(n_frames)

    def _drain(self) -> Iterator[SpectrogramBlock]:
        while self._pending.size >= self._n_fft + (BLOCK_FRAMES - 1) * self._hop:
            yield self._take(BLOCK_FRAMES)

    def _take(self, n_frames: int) -> SpectrogramBlock:
        frames = np.lib.stride_tricks.sliding_window_view(self._pending, self._n_fft)[:: self._hop][:n_frames]
        import scipy.fft  # a fifth of a second that only analysis should pay

        spectrum = scipy.fft.rfft(frames * self._window, axis=-1, overwrite_x=True)
        power = spectrum.real**2 + spectrum.imag**2
        block = SpectrogramBlock(self._next_frame, power, power @ self._bank.T)
        self._pending = self._pending[n_frames * self._hop :]
        self._next_frame += n_frames
        return block


def log_mel(
    samples: FloatArray, settings: SpectrogramSettings = DEFAULTS.spectrogram, top_db: float | None = None
) -> FloatArray:
    """Compute the log-mel spectrogram of a whole signal.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Mono, at the settings' sample rate.
    settings : SpectrogramSettings
        Sample rate, FFT size, hop and mel bank.
    top_db : float, optional
        Raise everything that lies further below the maximum to this distance, in dB.

    Returns
    -------
    ndarray, shape (n_mels, n_frames)
        Decibels re 1.0, at least -100.
    """
    stream = StreamingSpectrogram(settings)
    blocks = [block.mel.T for block in (*stream.push(samples), *stream.flush())]
    mel = np.concatenate(blocks, axis=1) if blocks else np.zeros((settings.n_mels, 0), dtype=np.float32)
    return power_to_db(mel, top_db)


def power_to_db(power: FloatArray, top_db: float | None = None) -> FloatArray:
    """Convert power to decibels re 1.0; the floor is 1e-10 and, given ``top_db``, that below the maximum."""
    decibels: FloatArray = np.float32(10.0) * np.log10(np.maximum(power, np.float32(1e-10)))
    if top_db is not None and decibels.size:
        np.maximum(decibels, decibels.max() - np.float32(top_db), out=decibels)
    return decibels


@lru_cache
def hann_window(length: int) -> FloatArray:
    """Compute the periodic Hann window, shape ``(length,)``, read-only."""
    window = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)).astype(np.float32)
    window.setflags(write=False)
    return window


@lru_cache
def mel_filterbank(sample_rate: int, n_fft: int, n_mels: int, f_min: float, f_max: float) -> FloatArray:
    """Build triangular mel filters of equal area (Slaney's Auditory Toolbox, 1998).

    Parameters
    ----------
    sample_rate, n_fft, n_mels : int
        Hz, samples, bands.
    f_min, f_max : float
        Hz; the outer feet of the first and the last triangle.

    Returns
    -------
    ndarray, shape (n_mels, 1 + n_fft // 2)
        Weights per Hz of bandwidth, read-only; equal to ``librosa.filters.mel``.
    """
    feet = mel_feet(n_mels, f_min, f_max)
    ramps = feet[:, None] - np.fft.rfftfreq(n_fft, 1.0 / sample_rate)
    widths = np.diff(feet)[:, None]
    triangles = np.maximum(0.0, np.minimum(-ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]))
    bank = (triangles * 2.0 / (feet[2:] - feet[:-2])[:, None]).astype(np.float32)
    bank.setflags(write=False)
    return bank


@lru_cache
def mel_feet(n_mels: int, f_min: float, f_max: float) -> NDArray[np.float64]:
    """Compute where the triangles of :func:`mel_filterbank` stand, in Hz, shape ``(n_mels + 2,)``, read-only.

    Band ``m`` rises from ``feet[m]`` to its peak at ``feet[m + 1]`` and falls to ``feet[m + 2]``.
    """
    lowest, highest = hz_to_mel(np.array([f_min, f_max])).tolist()
    feet = _mel_to_hz(np.linspace(lowest, highest, n_mels + 2))
    feet.setflags(write=False)
    return feet


def hz_to_mel(frequencies: NDArray[np.floating]) -> NDArray[np.float64]:
    """Convert Hz to mel on Slaney's scale: linear below 1000 Hz, logarithmic above."""
    linear = np.asarray(frequencies, dtype=np.float64) / _LINEAR_HZ_PER_MEL
    above = np.maximum(linear, _BREAK_MEL) * _LINEAR_HZ_PER_MEL
    return np.where(linear < _BREAK_MEL, linear, _BREAK_MEL + np.log(above / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mels * _LINEAR_HZ_PER_MEL
    return np.where(mels < _BREAK_MEL, linear, _BREAK_HZ * np.exp(_LOG_STEP * (mels - _BREAK_MEL)))
