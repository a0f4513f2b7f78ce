"""Where the tokens of many tracks are: in memory, or in the library and read when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.embeddings.matching import TokenTable
from soundglass.embeddings.tokens import N_DIMENSIONS
from soundglass.library.store import Store
from soundglass.library.token_columns import joined, sound_tokens

_COLUMNS = ("token_vectors", "token_shares", "token_means")
_PIECE = 1024


@dataclass(frozen=True, slots=True)
class MeasuredTokens:
    """The tokens of some tracks, measured against the background of their library.

    Attributes
    ----------
    table : TokenTable
    shares, means : ndarray of float32, shape (n_tokens,)
        As :class:`~soundglass.library.background.Standings` has them.
    """

    table: TokenTable
    shares: FloatArray
    means: FloatArray

    def take(self, tracks: NDArray[np.intp]) -> MeasuredTokens:
        """Copy some tracks."""
        places = self.table.places(tracks)
        return MeasuredTokens(self.table.take(tracks), self.shares[places], self.means[places])

    @classmethod
    def joined(cls, pieces: Sequence[MeasuredTokens]) -> MeasuredTokens:
        """Put the tracks of one or more pieces one after the other."""
        shares, means = (
            np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("shares", "means")
        )
        return cls(TokenTable.joined([piece.table for piece in pieces]), shares, means)


class TokenSource(Protocol):
    """The tokens of many tracks, which are named by their position among them."""

    def take(self, tracks: NDArray[np.intp]) -> MeasuredTokens:
        """Give some tracks, in this order."""
        ...

    def pieces(self) -> Iterator[tuple[NDArray[np.intp], MeasuredTokens]]:
        """Give all tracks whose tokens make sense, piece by piece: their positions, ascending, and they."""
        ...

    def only(self, tracks: NDArray[np.intp]) -> TokenSource:
        """Forget all other tracks."""
        ...


@dataclass(frozen=True, slots=True)
class HeldTokens:
    """Tokens in memory, 3.3 kB a track: a :class:`TokenSource`."""

    tokens: MeasuredTokens

    def take(self, tracks: NDArray[np.intp]) -> MeasuredTokens:
        """Copy some tracks."""
        return self.tokens.take(tracks)

    def pieces(self) -> Iterator[tuple[NDArray[np.intp], MeasuredTokens]]:
        """Give all tracks at once."""
        yield np.arange(len(self.tokens.table)), self.tokens

    def only(self, tracks: NDArray[np.intp]) -> HeldTokens:
        """Copy some tracks."""
        return HeldTokens(self.tokens.take(tracks))


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """Tokens in a library, which are read whenever they are asked for: a :class:`TokenSource`.

    A thousand tracks anywhere in a library of 100,000 take about 15 ms.

    Attributes
    ----------
    store : Store
        At one snapshot.
    rows : ndarray of int, shape (n_tracks,)
        Of tracks with tokens that were measured, ascending.
    """

    store: Store
    rows: NDArray[np.int64]

    def take(self, tracks: NDArray[np.intp]) -> MeasuredTokens:
        """Read some tracks, whose tokens make sense."""
        return _measured(self.store.take(self.rows[tracks], _COLUMNS))[1]

    def pieces(self) -> Iterator[tuple[NDArray[np.intp], MeasuredTokens]]:
        """Read all tracks, a thousand at a time: as fast as a scan, which would read ahead of its user."""
        for first in range(0, len(self.rows), _PIECE):
            sound, tokens = _measured(self.store.take(self.rows[first : first + _PIECE], _COLUMNS))
            yield first + sound, tokens

    def only(self, tracks: NDArray[np.intp]) -> StoredTokens:
        """Forget all other tracks."""
        return StoredTokens(self.store, self.rows[tracks])

    def held(self) -> tuple[NDArray[np.intp], HeldTokens]:
        """Read all tracks into memory: which of them make sense, and these."""
        pieces = list(self.pieces())
        tracks = np.concatenate([np.empty(0, np.intp), *(tracks for tracks, _ in pieces)])
        return tracks, HeldTokens(MeasuredTokens.joined([_NONE, *(tokens for _, tokens in pieces)]))


def _measured(columns: pa.Table) -> tuple[NDArray[np.intp], MeasuredTokens]:
    """Read tokens out of their columns: the positions of those rows in which they make sense, and theirs."""
    columns = columns.append_column("position", pa.array(np.arange(len(columns))))
    columns, table = sound_tokens(columns, "token_shares", "token_means")
    shares, means = (joined(columns[name], np.float32) for name in ("token_shares", "token_means"))
    return np.asarray(columns["position"], dtype=np.intp), MeasuredTokens(table, shares, means)


_NONE = MeasuredTokens(
    TokenTable.of(np.empty((0, N_DIMENSIONS), np.int8), []), np.empty(0, np.float32), np.empty(0, np.float32)
)
