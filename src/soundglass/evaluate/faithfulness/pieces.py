"""Pieces of a library's recordings, as long as their tokens cover them whole, and what is heard in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip, read_clip
from soundglass.core.errors import AudioError, SoundglassError
from soundglass.core.types import FloatArray
from soundglass.embeddings.analysis import Cells, Embedder, Excerpt
from soundglass.embeddings.matching import TokenTable
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.embeddings.tokens import TokenSet
from soundglass.explain.relevance import Relevance, spread_over
from soundglass.library.background import Background, Standings
from soundglass.library.search import file_of
from soundglass.library.store import Store
from soundglass.library.token_sources import HeldTokens, MeasuredTokens
from soundglass.recommend.spectrogram import SpectrogramRecommender, Terms

Values = NDArray[np.float64]

LONGEST_S = 30.0
"""Twelve patches of three seconds, all that is heard of a recording, cover it."""

_SLACK_S = 0.5
_SILENCE = 1e-3


@dataclass(frozen=True, slots=True)
class Recording:
    """A track of the library whose audio can be read.

    Attributes
    ----------
    artist : str
        Empty if unknown.
    """

    row: int
    id: str
    artist: str
    duration_s: float


def recordings(store: Store, rows: NDArray[np.int64], least_s: float = 0.0) -> list[Recording]:
    """List those of some tracks that have a file and last so long."""
    table = store.take(rows, ["id", "artist", "duration", "path"]).to_pylist()
    return [
        Recording(row, of_row["id"], of_row["artist"] or "", of_row["duration"])
        for row, of_row in zip(rows.tolist(), table, strict=True)
        if of_row["path"] and (of_row["duration"] or 0.0) >= least_s - _SLACK_S
    ]


def read_piece(store: Store, recording: Recording, longest_s: float = LONGEST_S) -> Clip | None:
    """Read the middle of a recording; ``None`` where its file is gone or cannot be read."""
    length = min(longest_s, recording.duration_s)
    start = (recording.duration_s - length) / 2
    try:
        return read_clip(file_of(store, recording.row), start, start + length)
    except (SoundglassError, OSError):
        return None


def mono(clip: Clip) -> FloatArray:
    """Give a clip as the network hears it, shape ``(n_samples,)``."""
    return np.ascontiguousarray(clip.spread_over(1).resampled(SAMPLE_RATE).samples[:, 0])


def is_silent(samples: FloatArray) -> bool:
    """Tell whether there is nothing to hear in a piece (-60 dBFS)."""
    return float(samples.std()) < _SILENCE


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is heard in a piece.

    Attributes
    ----------
    tokens : TokenSet
    standings : Standings
        Of these tokens alone.
    cells : Cells
        All places.
    directions : ndarray, shape (n_cells, N_DIMENSIONS)
        What the cells are compared by.
    """

    tokens: TokenSet
    standings: Standings
    cells: Cells
    directions: FloatArray


@dataclass(frozen=True, slots=True)
class Ear:
    """Hears pieces, and measures them against a background."""

    embedder: Embedder
    background: Background

    @classmethod
    def among(cls, embedder: Embedder, pieces: dict[str, FloatArray]) -> Ear:
        """Make a background of pieces by the ids of their tracks."""
        found = {track: embedder([Excerpt(0.0, samples)]).tokens for track, samples in pieces.items()}
        sets = {track: tokens for track, tokens in found.items() if tokens is not None}
        table = _table(list(sets.values()))
        weights = np.concatenate([tokens.weights for tokens in sets.values()])
        return cls(embedder, Background.of(1, len(sets), list(sets), table, weights))

    def __call__(self, samples: FloatArray, track: str) -> Hearing:
        """Hear a piece of the track with this id, as it was or changed.

        Raises
        ------
        AudioError
            It is silent.
        """
        excerpts = [Excerpt(0.0, samples)]
        tokens = self.embedder(excerpts).tokens
        if tokens is None:
            raise AudioError("nothing can be heard", remedy="Choose a piece that is not silent")
        cells = self.embedder.cells(excerpts)
        standings = self.background.measure([track], _table([tokens]), tokens.weights)
        return Hearing(tokens, standings, cells, self.embedder.directions(cells))


def terms(query: Hearing, match: Hearing) -> Terms:
    """Split the score of two pieces as the recommender does it."""
    sides = (query, match)
    table = _table([side.tokens for side in sides])
    shares, means, scales = (
        np.concatenate([getattr(side.standings, name) for side in sides])
        for name in ("shares", "means", "scales")
    )
    tokens = HeldTokens(MeasuredTokens(table, shares, means))
    recommender = SpectrogramRecommender(np.arange(2), tokens, scales, lambda _: [s.tokens for s in sides])
    return recommender.terms(0, 1)


def spread(side: Hearing, amounts: Values) -> Relevance:
    """Lay amounts of tokens on all places of a piece."""
    return spread_over(side.cells, side.directions, side.tokens, amounts)


def _table(sets: Sequence[TokenSet]) -> TokenTable:
    return TokenTable.of(np.concatenate([one.vectors for one in sets]), [len(one) for one in sets])
