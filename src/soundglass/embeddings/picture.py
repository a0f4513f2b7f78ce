"""The picture: a coarse log-mel image of ten seconds, all that the classical baseline sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray
from soundglass.spectrogram import SpectrogramBlock, hann_window, mel_feet, power_to_db

PICTURE_VERSION = 1
"""Grows when pictures made before can no longer be compared with new ones."""

N_COLUMNS = 16
RANGE_DB = 80.0
"""Black lies this far below the loudest spot of the clip, white at it."""

CLIP_S = 10.0
"""Seconds of the clip, up to the last whole column."""

PICTURE = np.dtype(
    [("start_s", "<f4"), ("end_s", "<f4"), ("pixels", "u1", (DEFAULTS.spectrogram.n_mels, N_COLUMNS))]
)
"""A stored picture: where in the recording the clip lies, and its pixels, lowest band first."""

_SILENCE_MEAN_SQUARE = 1e-9


class PictureMaker:
    """Takes the picture of one recording from the blocks of its spectrogram.

    The clip is the middle of the recording, or the last of it where it ends before that; after a shorter
    recording the picture stays black.

    Parameters
    ----------
    duration_s : float
        How long the recording is said to be.
    settings : SpectrogramSettings
        Those of the spectrogram.
    """

    def __init__(self, duration_s: float, settings: SpectrogramSettings = DEFAULTS.spectrogram) -> None:
        self._settings = settings
        self._clip_frames = N_COLUMNS * frames_per_column(settings)
        spare = max(0, round(duration_s * settings.frame_rate) - self._clip_frames)
        self._end = spare // 2 + self._clip_frames
        self._heard = 0
        self._frames = np.zeros((0, settings.n_mels), dtype=np.float32)

    def push(self, block: SpectrogramBlock) -> None:
        """Take the next block of the recording's spectrogram."""
        mel = block.mel[: self._end - self._heard]
        if len(mel):
            self._heard += len(mel)
            self._frames = np.concatenate([self._frames, mel])[-self._clip_frames :]

    def finish(self) -> bytes | None:
        """End the recording.

        Returns
        -------
        bytes or None
            One ``PICTURE``, whose pixels are the mean decibels of each band and column, from ``RANGE_DB``
            below the clip's maximum (0) up to it (255). ``None`` for silence: no more, over all bands, than
            white noise at -90 dBFS.
        """
        silence = _band_power_of_noise(_SILENCE_MEAN_SQUARE, self._settings)
        if self._frames.sum(dtype=np.float64) <= silence * self._frames.size:
            return None
        rate = self._settings.frame_rate
        start_s, end_s = (self._heard - len(self._frames)) / rate, self._heard / rate
        return np.array((start_s, end_s, self._pixels()), dtype=PICTURE).tobytes()

    def _pixels(self) -> FloatArray:
        decibels = power_to_db(self._frames, RANGE_DB)
        level = np.zeros((self._clip_frames, decibels.shape[1]), dtype=np.float32)
        level[: len(decibels)] = 1.0 + (decibels - decibels.max()) / RANGE_DB
        columns = level.reshape(N_COLUMNS, -1, decibels.shape[1]).mean(axis=1)
        pixels: FloatArray = np.rint(255.0 * columns.T)
        return pixels


def frames_per_column(settings: SpectrogramSettings = DEFAULTS.spectrogram) -> int:
    """Give how many frames are averaged into a column, so that all columns last about ``CLIP_S``."""
    return round(CLIP_S * settings.frame_rate / N_COLUMNS)


def band_edges(settings: SpectrogramSettings = DEFAULTS.spectrogram) -> NDArray[np.float64]:
    """Give the frequencies at which one band hands over to the next, in Hz, shape ``(n_mels + 1,)``.

    They lie half-way, in mel, between the centres of the triangles; the outermost are the ends of the range.
    """
    edges = mel_feet(2 * settings.n_mels + 1, settings.f_min, settings.f_max)[1::2].copy()
    edges[[0, -1]] = settings.f_min, settings.f_max
    return edges


def _band_power_of_noise(mean_square: float, settings: SpectrogramSettings) -> float:
    """Expect the power of white noise in a band; Slaney's filters have an area of 1 in Hz."""
    window = hann_window(settings.n_fft).astype(np.float64)
    hz_per_bin = settings.sample_rate / settings.n_fft
    return mean_square * float(window @ window) / hz_per_bin
