"""Where in a recording a score comes from: each token's share, laid on every place that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Region
from soundglass.embeddings.analysis import Cells, Embedder, Excerpt
from soundglass.embeddings.tokens import TokenSet
from soundglass.recommend.spectrogram import Terms
from soundglass.spectrogram import hz_to_mel

Values = NDArray[np.float64]

CONCENTRATION = 7.0
"""How sharply a cell belongs to the nearest tokens. Far sharper, and the map jumps when a recording is
encoded anew, as any of a cluster's cells may become its token; far softer, and it is flat."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """How much of a score is heard at each place of one of its two tracks.

    Attributes
    ----------
    boxes : ndarray, shape (n_places, 4)
        ``start_s, end_s, low_hz, high_hz``; they overlap.
    amounts : ndarray, shape (n_places,)
        Signed; they sum to the terms of this track's tokens, and those of both tracks to the score.
    """

    boxes: FloatArray
    amounts: Values

    def within(self, region: Region) -> float:
        """Sum what lies in a region; a box that lies there in part counts in part, by seconds times mel."""
        return float(self.amounts @ share_within(self.boxes, region))

    def profile(self, times: Sequence[float] | Values) -> Values:
        """Give the relevance per second at some times, each box spread evenly over its length."""
        at, starts, ends = np.asarray(times)[:, None], self.boxes[:, 0], self.boxes[:, 1]
        return np.asarray(((at >= starts) & (at < ends)) @ (self.amounts / (ends - starts)), dtype=np.float64)


def relevance(
    tokens: TokenSet, amounts: Values, embedder: Embedder, excerpts: Sequence[Excerpt]
) -> Relevance:
    """Lay amounts of tokens on all places of a recording, as :func:`spread_over` does.

    Parameters
    ----------
    tokens, amounts
        As there.
    embedder : Embedder
    excerpts : sequence of Excerpt
        What a scan hears of the recording; it is heard again, as the other places are not kept.
    """
    cells = embedder.cells(excerpts)
    return spread_over(cells, embedder.directions(cells), tokens, amounts)


def spread_over(cells: Cells, directions: FloatArray, tokens: TokenSet, amounts: Values) -> Relevance:
    """Lay amounts of tokens on the cells of their recording.

    A token is one cell that stands for a cluster of cells that sound alike. What belongs to it is shared by
    them all: each cell takes its part in every token of the recording, the more the nearer it is.

    Parameters
    ----------
    cells : Cells
    directions : ndarray, shape (n_cells, n_dimensions)
        Of the cells, of unit length.
    tokens : TokenSet
    amounts : ndarray, shape (n_tokens,)
        What belongs to each, such as the contributions of its own side's terms: the maps of both tracks
        then sum to the score.

    Notes
    -----
    Responsibilities of a mixture of von Mises-Fisher distributions (Banerjee et al., 2005) around the tokens,
    of one concentration. Taking away what this map points at changes the score far more than what the
    boxes of the tokens alone point at, since the music goes on in all the other places
    (``soundglass evaluate``, ``docs/decisions/0011``).
    """
    if not len(cells):
        return Relevance(tokens.boxes, amounts)
    near = np.exp(CONCENTRATION * (directions @ tokens.directions().T - 1.0), dtype=np.float64)
    parts = near / near.sum(axis=1, keepdims=True)
    parts /= parts.sum(axis=0)
    return Relevance(cells.boxes, parts @ amounts)


def in_favour(terms: Terms) -> tuple[Values, Values]:
    """Give what of a score speaks for the pair: positive terms, by token of the query and of the match."""
    return np.maximum(terms.query.contributions, 0.0), np.maximum(terms.match.contributions, 0.0)


def share_within(boxes: FloatArray, region: Region) -> Values:
    """Tell which share of each box lies in a region, in seconds times mel, shape ``(n_boxes,)``."""
    starts, ends, lows, highs = boxes.astype(np.float64).T
    shares = _overlap(starts, ends, region.start_s, region.end_s)
    return shares * _overlap(
        hz_to_mel(lows), hz_to_mel(highs), *hz_to_mel(np.array([region.low_hz, region.high_hz])).tolist()
    )


def _overlap(starts: Values, ends: Values, start: float, end: float) -> Values:
    shared: Values = np.clip(np.minimum(ends, end) - np.maximum(starts, start), 0.0, None)
    return shared / (ends - starts)
