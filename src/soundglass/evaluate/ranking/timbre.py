"""The ``mfcc-gauss`` baseline: a Gaussian of MFCCs for each track, and the divergence of two.

Method: Mandel & Ellis, Song-level features and support vector machines for music classification (ISMIR 2005).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core.settings import DEFAULTS
from soundglass.core.types import FloatArray, Json
from soundglass.evaluate.ranking.hearing import Hearing, Recording
from soundglass.recommend.base import OfRows
from soundglass.spectrogram import log_mel

N_MFCC = 20

_TOP_DB = 80.0
_LEAST_VARIANCE = 0.01
"""Added on every axis, in dB²: near-silence would leave some without any; music has some 10 on its least."""


class Gaussians(OfRows):
    """Tracks as Gaussians, the more alike the smaller the divergence between them.

    Parameters
    ----------
    name : str
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    means : ndarray, shape (n_tracks, n_dimensions)
    covariances : ndarray, shape (n_tracks, n_dimensions, n_dimensions)
        Positive definite.
    """

    lacking = ("a track whose timbre could not be described is not compared", "Choose another track")

    def __init__(
        self,
        name: str,
        rows: NDArray[np.int64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
    ) -> None:
        self.name = name
        self.rows = rows
        self._means = means
        self._covariances = covariances
        self._precisions = np.linalg.inv(covariances)

    def scores(self, query: int) -> NDArray[np.float64]:
        """Give the negative divergence of all rows from the query row.

        Notes
        -----
        For p and q with means μ and ν, covariances Σ and Τ in d dimensions

            KL(p‖q) + KL(q‖p) = ½ (tr(Τ⁻¹Σ) + tr(Σ⁻¹Τ) + (μ − ν)ᵀ (Σ⁻¹ + Τ⁻¹) (μ − ν)) − d
        """
        own = self.position(query)
        n_dimensions = self._means.shape[1]
        apart = self._means - self._means[own]
        both = self._precisions + self._precisions[own]
        traces = np.einsum("nij,ij->n", self._precisions, self._covariances[own])
        traces += np.einsum("nij,ij->n", self._covariances, self._precisions[own])
        quadratic = np.einsum("ni,nij,nj->n", apart, both, apart, optimize=True)
        divergence: NDArray[np.float64] = (traces + quadratic) / 2 - n_dimensions
        return -divergence


def mfcc(samples: FloatArray) -> NDArray[np.float64]:
    """Compute mel-frequency cepstral coefficients.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Mono, at the sample rate of :class:`soundglass.core.settings.SpectrogramSettings`.

    Returns
    -------
    ndarray, shape (N_MFCC, n_frames)
        The first coefficients of the orthonormal DCT-II of the log-mel, in dB; equal to
        ``librosa.feature.mfcc``.
    """
    from scipy.fft import dct

    coefficients: NDArray[np.float64] = dct(log_mel(samples, top_db=_TOP_DB), axis=0, norm="ortho")[:N_MFCC]
    return coefficients.astype(np.float64)


def describe(recording: Recording) -> Json:
    """Fit a Gaussian to the MFCCs of a track's middle; ``None`` where there are too few for as many axes."""
    coefficients = mfcc(recording.middle(DEFAULTS.spectrogram.sample_rate))
    if coefficients.shape[1] <= N_MFCC:
        return None
    covariance = np.cov(coefficients) + _LEAST_VARIANCE * np.eye(N_MFCC)
    return {"mean": coefficients.mean(axis=1).tolist(), "covariance": covariance.tolist()}


def _compare(name: str, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> Gaussians:
    means, covariances = (np.array([one[of] for one in descriptions]) for of in ("mean", "covariance"))
    return Gaussians(name, rows, means, covariances)


MFCC_GAUSS = Hearing("mfcc-gauss", describe, _compare)
