"""Tokens: the few local sounds that stand for a recording, each with its box on the spectrogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Region

MAX_TOKENS = 48
N_DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class TokenSet:
    """The tokens of one recording.

    Attributes
    ----------
    vectors : ndarray of int8, shape (n_tokens, N_DIMENSIONS)
        Directions; :meth:`directions` gives them as unit vectors.
    weights : ndarray of float32, shape (n_tokens,)
        Positive, sum to 1.
    boxes : ndarray of float32, shape (n_tokens, 4)
        ``start_s, end_s, low_hz, high_hz`` of all that the token can have heard.
    traits : ndarray of uint8, shape (n_tokens, n_traits)
        What is measured within the box, as :mod:`soundglass.embeddings.traits` says.
    """

    vectors: NDArray[np.int8]
    weights: FloatArray
    boxes: FloatArray
    traits: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.weights)

    def directions(self) -> FloatArray:
        """Give the vectors as float32 of unit length; equal vectors give equal directions, bit by bit."""
        return directions(self.vectors)

    def region(self, token: int) -> Region:
        """Give the box of one token."""
        start, end, low, high = self.boxes[token].tolist()
        return Region(start, end, low, high)


def directions(vectors: NDArray[np.int8]) -> FloatArray:
    """Scale int8 vectors to unit length, shape kept, float32."""
    found = vectors.astype(np.float32)
    found /= np.linalg.norm(found, axis=-1, keepdims=True)
    return found
