"""The seven perceptual features of Spotify's kind, estimated by VibeNet's published network.

Method: an EfficientNet-B0 on a 16 kHz log-mel, distilled from a teacher that was fitted to Echo Nest's
values on the Free Music Archive (VibeNet 0.1.0, Jaeheon Shim, GPL-3.0-or-later). The preprocessing is that
of the package, written anew; ``docs/decisions/0004-perceptual-features.md`` has the evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Measurement
from soundglass.models import open_network
from soundglass.spectrogram import hann_window, mel_filterbank, power_to_db

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SAMPLE_RATE = 16_000
"""Hz, what the network was trained on."""

FEATURES = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
)
"""In the order of the network's outputs."""

EXCERPT_S, MAX_EXCERPTS = 30.0, 3
"""Seconds of one excerpt, the length of the clips the network was trained on, and how many a track gives."""

MINIMUM_S = 1.0
"""Seconds; nothing is estimated from less."""

_MODEL = "vibenet-0.1.0.onnx"
_SILENCE_MEAN_SQUARE = 1e-7
_LIKELIHOODS = np.isin(FEATURES, ("acousticness", "instrumentalness", "liveness"))
_N_FFT, _WINDOW_LENGTH, _HOP_LENGTH, _N_MELS, _TOP_DB = 1024, 640, 320, 128, 80.0


class PerceptualModel:
    """VibeNet's network with its preprocessing; one CPU thread.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The network; :meth:`load` makes it.
    """

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    @classmethod
    def load(cls) -> PerceptualModel:
        """Load the packaged weights.

        Raises
        ------
        ModelError
            They are missing or not the pinned ones.
        """
        return cls(open_network(_MODEL))

    def predict(self, *excerpts: FloatArray) -> list[Measurement]:
        """Estimate the perceptual features of one recording from one or more of its excerpts.

        Parameters
        ----------
        *excerpts : ndarray, shape (n,)
            Mono at ``SAMPLE_RATE``, as :func:`excerpt_windows` cuts them.

        Returns
        -------
        list of Measurement
            One per name in ``FEATURES``, 0 to 1: the mean over the excerpts that last at least
            ``MINIMUM_S`` and are not silent (-70 dBFS); NaN where there is none.
        """
        usable = [excerpt for excerpt in excerpts if _is_usable(excerpt)]
        values = np.full(len(FEATURES), np.nan)
        if usable:
            values = np.mean([self._infer(excerpt) for excerpt in usable], axis=0)
        return [Measurement(name, float(value)) for name, value in zip(FEATURES, values, strict=True)]

    def _infer(self, samples: FloatArray) -> NDArray[np.float64]:
        (outputs,) = self._session.run(None, {"x": network_input(samples)[np.newaxis]})
        logits: NDArray[np.float64] = outputs[0].astype(np.float64)
        return np.where(_LIKELIHOODS, 1.0 / (1.0 + np.exp(-logits)), np.clip(logits, 0.0, 1.0))


def excerpt_windows(duration_s: float) -> list[tuple[float, float]]:
    """Choose the parts of a recording that the network hears.

    Parameters
    ----------
    duration_s : float
        Length of the recording.

    Returns
    -------
    list of (start_s, end_s)
        Up to ``MAX_EXCERPTS`` windows of at most ``EXCERPT_S``, each in the middle of its equal share of
        the recording, in order and without overlap. A recording shorter than one window is used whole.
    """
    n_windows = min(MAX_EXCERPTS, max(1, round(duration_s / EXCERPT_S)))
    share = duration_s / n_windows
    length = min(EXCERPT_S, share)
    starts = ((k + 0.5) * share - length / 2 for k in range(n_windows))
    return [(start, start + length) for start in starts]


def network_input(samples: FloatArray) -> FloatArray:
    """Compute the log-mel the network reads.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Mono at ``SAMPLE_RATE``; padded with zeros to one window if shorter.

    Returns
    -------
    ndarray, shape (128, n_frames)
        Decibels re 1.0 over 0 to 8000 Hz, at most 80 dB below the maximum; frames of 40 ms every
        20 ms, not centred.
    """
    padded = np.pad(samples.astype(np.float32, copy=False), (0, max(0, _WINDOW_LENGTH - samples.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_LENGTH)[::_HOP_LENGTH]
    spectrum = scipy.fft.rfft(frames * hann_window(_WINDOW_LENGTH), n=_N_FFT, axis=-1)
    power = spectrum.real**2 + spectrum.imag**2
    bank = mel_filterbank(SAMPLE_RATE, _N_FFT, _N_MELS, 0.0, SAMPLE_RATE / 2)
    return power_to_db(bank @ power.T, _TOP_DB)


def _is_usable(excerpt: FloatArray) -> bool:
    if excerpt.size < MINIMUM_S * SAMPLE_RATE:
        return False
    return float(np.dot(excerpt, excerpt)) > _SILENCE_MEAN_SQUARE * excerpt.size
