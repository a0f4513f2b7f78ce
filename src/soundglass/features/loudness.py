"""Programme loudness and loudness range, by ITU-R BS.1770-4 and EBU Tech 3342.

The K-weighting is re-derived for each sample rate by the bilinear transform from the analogue prototypes
behind the standard's 48 kHz coefficients, with the parameters that libebur128 and FFmpeg publish.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Json, Measurement

Float64Array = NDArray[np.float64]

STEPS_PER_SECOND = 10
"""Gating blocks begin every 100 ms, which is their 75 % overlap."""

_BLOCK_STEPS, _SHORT_TERM_STEPS = 4, 30
_ABSOLUTE_GATE_LUFS = -70.0
_LOUDNESS_GATE_LU, _RANGE_GATE_LU = -10.0, -20.0
_OFFSET_DB = -0.691
_HIGH_PASS_GAIN = 1.0049948987146884  # what makes the numerator at 48 kHz the standard's 1, -2, 1
_SURROUND = 1.41
_CHANNEL_WEIGHTS = {
    4: (1.0, 1.0, _SURROUND, _SURROUND),
    5: (1.0, 1.0, 1.0, _SURROUND, _SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND),
    7: (1.0, 1.0, 1.0, 0.0, 1.0, _SURROUND, _SURROUND),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, _SURROUND, _SURROUND),
}


class LoudnessMeter:
    """Measures one recording, fed in pieces of any length.

    Parameters
    ----------
    sample_rate : int
        Hz, the recording's own.
    channels : int
        In the order of WAV and FFmpeg; 4 to 8 are taken as quad, 5.0, 5.1, 6.1 and 7.1. Mono counts as
        one channel, as in the standard: 3 LU below the same signal on both channels of a stereo file.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._sample_rate = sample_rate
        self._weights = np.array(_CHANNEL_WEIGHTS.get(channels, (1.0,) * channels))
        self._filter = k_weighting(sample_rate)
        self._state = np.zeros((len(self._filter), channels, 2))
        self._pending = np.zeros((0, channels), dtype=np.float32)
        self._received = 0
        self._power: list[Float64Array] = []
        self._peak = 0.0

    def push(self, samples: FloatArray) -> None:
        """Take the next samples.

        Parameters
        ----------
        samples : ndarray, shape (n, channels)
            Full scale at 1.0; any ``n``.
        """
        if samples.size == 0:
            return
        first_step = self._steps_within(self._received - len(self._pending))
        self._received += len(samples)
        self._peak = max(self._peak, float(np.max(samples)), -float(np.min(samples)))
        self._pending = np.concatenate([self._pending, samples])
        steps = np.arange(first_step, self._steps_within(self._received) + 1)
        if steps.size < 2:
            return
        edges = (steps * self._sample_rate + STEPS_PER_SECOND // 2) // STEPS_PER_SECOND
        self._measure(edges - edges[0])
        self._pending = self._pending[edges[-1] - edges[0] :]

    def finish(self) -> list[Measurement]:
        """End the recording.

        Returns
        -------
        list of Measurement
            ``loudness``: integrated, LUFS; NaN below 0.4 s or where nothing passes the gate at -70 LUFS.
            ``dynamic_range``: loudness range, LU; NaN below 3 s or where nothing passes the gate.
        """
        power = np.concatenate(self._power) if self._power else np.zeros(0)
        integrated = integrated_loudness(_moving_mean(power, _BLOCK_STEPS))
        low, high = loudness_range(_moving_mean(power, _SHORT_TERM_STEPS))
        peak: dict[str, Json] = (
            {"sample_peak_dbfs": round(20.0 * math.log10(self._peak), 2)} if self._peak else {}
        )
        ends: dict[str, Json] = (
            {} if math.isnan(low) else {"low_lufs": round(low, 2), "high_lufs": round(high, 2)}
        )
        return [
            Measurement("loudness", integrated, evidence=peak),
            Measurement("dynamic_range", high - low, evidence=ends),
        ]

    def _steps_within(self, n_samples: int) -> int:
        """Count the steps that end at or before a sample; step k ends at sample round(k * rate / 10)."""
        return (STEPS_PER_SECOND * n_samples + STEPS_PER_SECOND // 2 - 1) // self._sample_rate

    def _measure(self, edges: NDArray[np.int64]) -> None:
        from scipy.signal import sosfilt

        signal = np.ascontiguousarray(self._pending[: edges[-1]].T, dtype=np.float64)
        filtered, self._state = sosfilt(self._filter, signal, axis=1, zi=self._state)
        np.square(filtered, out=filtered)
        energy = np.add.reduceat(filtered, edges[:-1], axis=1)
        self._power.append(self._weights @ energy / np.diff(edges))


def k_weighting(sample_rate: int) -> Float64Array:
    """Design the K-weighting filter of ITU-R BS.1770-4 for any sample rate.

    Parameters
    ----------
    sample_rate : int
        Hz.

    Returns
    -------
    ndarray, shape (n_sections, 6)
        Second-order sections: the head's high shelf, left out where it lies beyond half the sample
        rate, and the high-pass.
    """
    sections = []
    if sample_rate > 2 * 1681.974450955533:
        k = math.tan(math.pi * 1681.974450955533 / sample_rate)
        q, gain = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
        root = gain**0.4996667741545416
        a0 = 1.0 + k / q + k * k
        b = (gain + root * k / q + k * k, 2.0 * (k * k - gain), gain - root * k / q + k * k)
        sections.append([*(x / a0 for x in b), 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
    k, q = math.tan(math.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    b0 = _HIGH_PASS_GAIN / a0
    sections.append([b0, -2.0 * b0, b0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
    return np.array(sections)


def integrated_loudness(power: Float64Array) -> float:
    """Gate and average the power of 400 ms blocks (BS.1770-4, annex 1).

    Parameters
    ----------
    power : ndarray, shape (n_blocks,)
        Channel-weighted mean squares.

    Returns
    -------
    float
        LUFS, or NaN where no block passes the absolute gate.
    """
    gated = _gate(power, _LOUDNESS_GATE_LU)
    return float(_lufs(gated.mean())) if gated.size else math.nan


def loudness_range(power: Float64Array) -> tuple[float, float]:
    """Find the 10th and 95th percentile of gated short-term loudness (EBU Tech 3342).

    Parameters
    ----------
    power : ndarray, shape (n_blocks,)
        Channel-weighted mean squares of 3 s blocks.

    Returns
    -------
    low, high : float
        LUFS; NaN where no block passes the absolute gate. Their difference is the loudness range.
    """
    gated = _gate(power, _RANGE_GATE_LU)
    if not gated.size:
        return math.nan, math.nan
    low, high = np.percentile(_lufs(gated), (10.0, 95.0))
    return float(low), float(high)


def _gate(power: Float64Array, relative_lu: float) -> Float64Array:
    loud = power[power > _power_at(_ABSOLUTE_GATE_LUFS)]
    return loud[loud > loud.mean() * 10.0 ** (relative_lu / 10.0)] if loud.size else loud


def _moving_mean(power: Float64Array, length: int) -> Float64Array:
    if power.size < length:
        return power[:0]
    mean: Float64Array = np.lib.stride_tricks.sliding_window_view(power, length).mean(axis=1)
    return mean


def _lufs(power: Float64Array | np.float64) -> Float64Array | np.float64:
    return _OFFSET_DB + 10.0 * np.log10(power)


def _power_at(lufs: float) -> float:
    return math.pow(10.0, (lufs - _OFFSET_DB) / 10.0)
