"""The system run again, from samples to score, on audio that has been changed.

Nothing here knows of explanations. The network and the choice of tokens are those of a scan; what follows,
the standing of tokens in the library and the score, is written down again from DESIGN 3.2 and
``docs/decisions/0008``, without the code that explanations are made by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.decode import read_mono
from soundglass.core.errors import LibraryError
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.tokens import TokenSet
from soundglass.library.background import SHARPNESS, read_background
from soundglass.library.listening import SAMPLE_RATE, excerpts_of
from soundglass.library.packing import TOKEN_COLUMNS, tokens_from_row
from soundglass.library.search import file_of
from soundglass.library.store import Store

Values: TypeAlias = NDArray[np.float64]

_LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class Sounding:
    """A recording as the recommender knows it.

    Attributes
    ----------
    directions : ndarray, shape (n_tokens, n_dimensions)
        Unit vectors.
    means, shares : ndarray, shape (n_tokens,)
    scale : float
    """

    directions: Values
    means: Values
    shares: Values
    scale: float


class Rerun:
    """Everything between samples and score.

    Parameters
    ----------
    store : Store
    embedder : Embedder, optional
        Another one than the packaged.

    Raises
    ------
    LibraryError
        The library has no background, as it holds no tokens.
    """

    def __init__(self, store: Store, embedder: Embedder | None = None) -> None:
        background = read_background(store)
        if background is None:
            raise LibraryError("holds no tokens", path=store.uri, remedy="Run 'soundglass scan' on the music")
        self._embedder = embedder
        self._store = store
        self._background = background
        self._vectors = _unit(background.table.vectors)
        self._ids: list[str] = store.columns(["id"])["id"].to_pylist()

    @cached_property
    def embedder(self) -> Embedder:
        """What hears; loaded when something is to be heard."""
        return Embedder.load() if self._embedder is None else self._embedder

    def file(self, row: int) -> Path:
        """Name a file of a track; raises as :func:`soundglass.library.search.file_of` does."""
        return file_of(self._store, row)

    def excerpts(self, row: int) -> list[Excerpt]:
        """Read what a scan hears of a track.

        Raises
        ------
        AudioError
            Its file is gone or cannot be read.
        """
        return excerpts_of(read_mono(self.file(row), SAMPLE_RATE))

    def stored(self, row: int) -> Sounding | None:
        """Give a track as it stands in the library."""
        tokens = tokens_from_row(self._store.take([row], TOKEN_COLUMNS).to_pylist()[0])
        return None if tokens is None else self.measured(tokens, row)

    def heard(self, excerpts: Sequence[Excerpt], row: int | None = None) -> Sounding | None:
        """Hear excerpts; ``None`` for silence.

        Parameters
        ----------
        row : int, optional
            The track of the library that they are, as it was or changed.
        """
        tokens = self.embedder(excerpts).tokens
        return None if tokens is None else self.measured(tokens, row)

    def measured(self, tokens: TokenSet, row: int | None = None) -> Sounding:
        """Measure tokens against the library's background."""
        directions = _unit(tokens.vectors)
        best = np.maximum.reduceat(directions @ self._vectors.T, self._background.table.starts[:-1], axis=1)
        itself = self._place(row)
        others = best if itself is None else np.delete(best, itself, axis=1)
        spreads = others.std(axis=1) if others.size else np.zeros(len(best))
        shares = tokens.weights / np.maximum(spreads, _LEAST_SPREAD)
        shares /= shares.sum()
        unlike = shares @ (1 - best)
        unlike /= unlike.mean()
        apart = unlike if itself is None else np.delete(unlike, itself)
        scale = self._background.unit * np.exp(SHARPNESS * (apart.std() if len(apart) else 0.0))
        return Sounding(directions, best.mean(axis=1), shares, float(scale))

    def _place(self, row: int | None) -> int | None:
        """Find a track in the background."""
        if row is None or self._ids[row] not in self._background.ids:
            return None
        return self._background.ids.index(self._ids[row])


def score(query: Sounding, match: Sounding) -> float:
    """Score a pair, as ``docs/decisions/0008`` writes it."""
    alike = query.directions @ match.directions.T
    sides = ((query, alike.max(axis=1)), (match, alike.max(axis=0)))
    unlike = sum(one.shares @ (1 - best) / (one.shares @ (1 - one.means)) / 2 for one, best in sides)
    return float(1 - query.scale * match.scale * unlike)


def _unit(vectors: NDArray[np.int8]) -> Values:
    found = vectors.astype(np.float64)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found
