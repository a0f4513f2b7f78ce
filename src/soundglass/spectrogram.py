"""Samples become power and mel spectrograms, in blocks, once for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.types import FloatArray


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
