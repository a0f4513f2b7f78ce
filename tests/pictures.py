"""Small libraries of spectrogram pictures for tests."""

from __future__ import annotations

import numpy as np

from soundglass.embeddings.picture import PICTURE
from soundglass.recommend.mel_pca import MelPcaRecommender


def random_pictures(n: int, seed: int = 0) -> np.ndarray:
    """Draw pictures of clips of ten seconds: a dozen motifs in different mixtures, and some noise."""
    rng = np.random.default_rng(seed)
    pictures = np.zeros(n, dtype=PICTURE)
    shape = pictures["pixels"].shape[1:]
    motifs = rng.normal(size=(12, *shape)) * 0.7 ** np.arange(12)[:, None, None]
    images = np.tensordot(rng.normal(size=(n, 12)), motifs, 1) + 0.1 * rng.normal(size=(n, *shape))
    pictures["pixels"] = np.clip(128 + 20 * images, 0, 255)
    pictures["start_s"] = rng.uniform(0, 200, n)
    pictures["end_s"] = pictures["start_s"] + 10.03
    return pictures


def mel_pca_of(pictures: np.ndarray, step: int = 1) -> MelPcaRecommender:
    """Make a recommender of every ``step``-th row of a library."""
    return MelPcaRecommender(np.arange(len(pictures)) * step, pictures)
