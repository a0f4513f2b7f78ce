"""What can be seen on a recording's spectrogram, as numbers: found in the sound, not in its features.

All are independent of gain, as recordings are brought to one level first. Where frames are averaged, those
more than ``RANGE_DB`` below the loudest one do not count. ``statistics.toml`` says what each is and whence.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from soundglass.core.settings import DEFAULTS
from soundglass.core.types import FloatArray
from soundglass.features.rhythm import count_onsets
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram, mel_feet, power_to_db

STATISTICS_VERSION = 1
"""Grows when numbers found before can no longer be compared with new ones."""

SETTINGS = DEFAULTS.spectrogram
LEVEL_RMS = 0.1
"""Recordings are brought to -20 dBFS."""

LOW_HZ, MIDDLE_HZ, HIGH_HZ = 250.0, 1000.0, 4000.0
"""Where one band of energy hands over to the next."""

RANGE_DB = 60.0
VISIBLE_DB = 40.0
"""What lies further below the loudest spot of a spectrogram is hardly seen on it."""

PICTURE_DB = 80.0
KERNEL = 17
"""Frames, and bands, of the medians that tell lines along time from lines along frequency."""

FILTERED_S = 60.0
"""Median filters take longest by far, and hear the middle of a recording only."""

CONTRAST_STEP = 4
"""Spectral contrast is measured on one frame in so many."""

CONTRAST_HZ = 200.0 * 2.0 ** np.arange(6)
MIN_SECONDS = 1.0

_SILENT_RMS = 10 ** (-90 / 20)
_LEAST_POWER = np.float32(1e-4)
"""About 80 dB below the peaks of music at this level."""
_CONTRAST_SHARE = 0.02
_PULSE_FRAMES, _PULSE_S = 512, (0.25, 2.0)
_TINY = 1e-30

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number of a spectrogram.

    Attributes
    ----------
    name : str
    title : str
        What it is, in a few words.
    more, less : str
        How a spectrogram with a higher or a lower value looks.
    method : str
        How it is found, with the source of the method.
    unit : str
        Empty for dimensionless ones.
    """

    name: str
    title: str
    more: str
    less: str
    method: str
    unit: str = ""

    def text(self, value: float) -> str:
        """Write a value with its unit, as people read it."""
        digits = 0 if self.unit == "Hz" else 1 if self.unit else 2
        return f"{value:.{digits}f} {self.unit}".strip().replace("-", "−")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured on one spectrogram.

    Attributes
    ----------
    numbers : ndarray, shape (n_statistics,)
        One for each of ``STATISTICS``; NaN where there is none.
    spectrum : ndarray, shape (n_mels,)
        Mean power of each mel band in dB, the recording being at ``LEVEL_RMS``.
    """

    numbers: Values
    spectrum: Values


def _read() -> dict[str, Statistic]:
    text = resources.files("soundglass.explain.patterns").joinpath("statistics.toml").read_text("utf-8")
    return {name: Statistic(name, **entry) for name, entry in tomllib.loads(text).items()}


STATISTICS: Mapping[str, Statistic] = MappingProxyType(_read())


def see(samples: FloatArray) -> Seen | None:
    """Measure a recording.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        Mono, at 22,050 Hz.

    Returns
    -------
    Seen or None
        ``None`` for silence (no more than -90 dBFS) and for less than a second.
    """
    if len(samples) < MIN_SECONDS * SETTINGS.sample_rate:
        return None
    rms = math.sqrt(float(np.square(samples, dtype=np.float64).mean()))
    if not rms > _SILENT_RMS:
        return None
    level = samples * np.float32(LEVEL_RMS / rms)
    spectrogram = StreamingSpectrogram(SETTINGS)
    blocks = [(b.mel, *_of_block(b)) for b in (*spectrogram.push(level), *spectrogram.flush())]
    mels, frames, contrasts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    mel = mels.T
    found = {
        **_of_frames(frames.astype(np.float64), contrasts),
        **_of_picture(mel),
        **_of_onsets(onset_strength(power_to_db(mel, PICTURE_DB))),
    }
    spectrum = 10 * np.log10(np.maximum(mel.mean(axis=1, dtype=np.float64), 1e-10))
    return Seen(np.array([found[name] for name in STATISTICS]), spectrum)


def bands_hz() -> Values:
    """Give the centres of the mel bands in Hz, shape ``(n_mels,)``."""
    return mel_feet(SETTINGS.n_mels, SETTINGS.f_min, SETTINGS.f_max)[1:-1]


def onset_strength(log_mel: FloatArray) -> Values:
    """Give the mean rise of the bands from the frame before, in dB, shape ``(n_frames,)``; first 0."""
    rise = np.maximum(np.diff(log_mel, axis=1, prepend=log_mel[:, :1]), 0)
    strength: Values = rise.mean(axis=0, dtype=np.float64)
    return strength


def contrast(power: FloatArray) -> FloatArray:
    """Compute how far peaks rise above valleys in each octave from 200 Hz up, and below; the mean, in dB.

    Parameters
    ----------
    power : ndarray, shape (n_frames, n_bins)

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    inner = np.searchsorted(_frequencies(), CONTRAST_HZ) - 1
    edges = [0, *inner.tolist(), power.shape[1]]
    found = []
    for first, end in pairwise(edges):
        ordered = np.sort(power[:, first:end], axis=1)
        n = math.ceil(_CONTRAST_SHARE * (end - first))
        found.append(_decibels(ordered[:, -n:].mean(axis=1)) - _decibels(ordered[:, :n].mean(axis=1)))
    mean: FloatArray = np.mean(found, axis=0)
    return mean


def percussive_share(mel: FloatArray) -> float:
    """Tell how much of the power lies on lines along frequency rather than along time, 0 to 1.

    Parameters
    ----------
    mel : ndarray, shape (n_mels, n_frames)
        Power.
    """
    from scipy.ndimage import median_filter  # a fifth of a second that only this should pay

    magnitude = np.sqrt(mel)
    harmonic, percussive = (
        median_filter(magnitude, size=size, mode="reflect") ** 2 for size in ((1, KERNEL), (KERNEL, 1))
    )
    both = harmonic + percussive
    mask = np.divide(percussive, both, out=np.full_like(mel, 0.5), where=both > 0)
    return float((mask * mel).sum(dtype=np.float64) / mel.sum(dtype=np.float64))


def regularity(strength: Values) -> float:
    """Give the highest autocorrelation of onset strength a quarter to two seconds away, 0 to 1.

    The mean over half-overlapping windows of 12 s, or of the whole where that is shorter; 0 without onsets,
    NaN where less than half a second is heard.
    """
    width = min(_PULSE_FRAMES, len(strength))
    first, last = (round(second * SETTINGS.frame_rate) for second in _PULSE_S)
    lags = np.arange(first, min(last, width // 2) + 1)
    if not len(lags):
        return math.nan
    windows = np.lib.stride_tricks.sliding_window_view(strength, width)[:: width // 2]
    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * width, axis=1)
    products = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, axis=1)
    heights = products[:, lags] / (1 - lags / width) / np.maximum(products[:, :1], _TINY)
    return float(heights.max(axis=1).clip(0, 1).mean())


def _of_block(block: SpectrogramBlock) -> tuple[FloatArray, FloatArray]:
    """Measure frames: power of the four bands, centroid, spread, flatness, sparsity; contrast of some."""
    frequencies, power = _frequencies(), block.power
    edges = np.searchsorted(frequencies, [0.0, LOW_HZ, MIDDLE_HZ, HIGH_HZ])
    moments = np.sqrt(power) @ np.stack([frequencies**k for k in range(3)], axis=1)
    total = np.maximum(moments[:, 0], _TINY)
    centroid = moments[:, 1] / total
    spread = np.sqrt(np.maximum(moments[:, 2] / total - centroid**2, 0))
    flatness = _decibels(power).mean(axis=1) - _decibels(power.mean(axis=1))
    root = math.sqrt(block.mel.shape[1])
    norms = np.sqrt(np.maximum(block.mel.sum(axis=1), _TINY))
    hoyer = (root - np.sqrt(block.mel).sum(axis=1) / norms) / (root - 1)
    bands = np.add.reduceat(power, edges, axis=1)
    # Blocks begin at multiples of the step, so that these are every fourth frame of the recording.
    contrasts = contrast(power[::CONTRAST_STEP])
    return np.column_stack([bands, centroid, spread, flatness, hoyer]), contrasts


def _of_frames(frames: Values, contrasts: FloatArray) -> dict[str, float]:
    total = frames[:, :4].sum(axis=1)
    loud = total > total.max() * 10 ** (-RANGE_DB / 10)
    shares = 10 * np.log10(np.maximum(frames[:, :4].sum(axis=0) / total.sum(), 1e-10))
    low, high = np.percentile(10 * np.log10(total[loud]), (10, 95))
    few = contrasts[loud[::CONTRAST_STEP]]
    return {
        **dict(zip(("low", "low_mid", "mid", "high"), shares.tolist(), strict=True)),
        **dict(
            zip(
                ("centroid", "bandwidth", "flatness", "sparsity"),
                frames[loud, 4:].mean(axis=0).tolist(),
                strict=True,
            )
        ),
        "contrast": float(few.mean()) if len(few) else math.nan,
        "dynamics": float(high - low),
    }


def _of_picture(mel: FloatArray) -> dict[str, float]:
    visible = mel > mel.max() * np.float32(10 ** (-VISIBLE_DB / 10))
    n = round(FILTERED_S * SETTINGS.frame_rate)
    first = max(0, mel.shape[1] - n) // 2
    middle = mel[:, first : first + n]
    return {
        "filled": float(visible.mean()),
        "filled_high": float(visible[bands_hz() >= HIGH_HZ].mean()),
        "percussive": percussive_share(middle) if middle.any() else math.nan,
    }


def _of_onsets(strength: Values) -> dict[str, float]:
    return {
        "flux": float(strength[1:].mean()),
        "onsets": count_onsets(strength) * SETTINGS.frame_rate / len(strength),
        "regularity": regularity(strength),
    }


def _frequencies() -> FloatArray:
    return np.fft.rfftfreq(SETTINGS.n_fft, 1.0 / SETTINGS.sample_rate).astype(np.float32)


def _decibels(power: FloatArray) -> FloatArray:
    decibels: FloatArray = np.float32(10) * np.log10(np.maximum(power, _LEAST_POWER))
    return decibels
