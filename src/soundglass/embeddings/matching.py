"""How alike tokens are: cosines of int8 directions, and the best match of each among other recordings'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray

Floats: TypeAlias = NDArray[np.floating]
Directions: TypeAlias = NDArray[np.int8]

_BLOCK_TRACKS = 128
_BLOCK_TOKENS = 1 << 16
_ONE_THREAD = 1 << 18
"""OpenBLAS multiplies in one thread what takes at most so many multiplications."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tokens of one recording beside those of several others.

    Attributes
    ----------
    tracks, tokens : slice
        Which recordings of a table the others are, and where their tokens are.
    begin : ndarray of int, shape (n_tracks,)
        Where each of the others begins among those tokens.
    alike : ndarray, shape (n, n_tokens)
        Cosine of each of the one's tokens with each of the others'.
    """

    tracks: slice
    tokens: slice
    begin: NDArray[np.intp]
    alike: Floats

    def there(self) -> Floats:
        """Give the cosine of each of the one's tokens with the nearest of each other, (n, n_tracks)."""
        best: Floats = np.maximum.reduceat(self.alike, self.begin, axis=1)
        return best

    def back(self) -> Floats:
        """Give the cosine of each of the others' tokens with the nearest of the one's, (n_tokens,)."""
        best: Floats = self.alike.max(axis=0)
        return best


@dataclass(frozen=True, slots=True)
class TokenTable:
    """The tokens of many recordings, one recording after the other; each has at least one.

    Attributes
    ----------
    vectors : ndarray of int8, shape (n_tokens, n_dimensions)
        Directions; none is zero.
    squares : ndarray of float32, shape (n_tokens,)
        Their squared lengths.
    starts : ndarray of int, shape (n_tracks + 1,)
        Where each recording's tokens begin; where the last one's end.
    """

    vectors: Directions
    squares: FloatArray
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, vectors: Directions, counts: Sequence[int] | NDArray[np.integer]) -> TokenTable:
        """Divide tokens among recordings by how many each has."""
        return cls(vectors, _squares(vectors), _starts(counts))

    @classmethod
    def joined(cls, tables: Sequence[TokenTable]) -> TokenTable:
        """Put the recordings of one or more tables one after the other."""
        counts = np.concatenate([table.counts for table in tables])
        vectors, squares = (
            np.concatenate([getattr(table, name) for table in tables]) for name in ("vectors", "squares")
        )
        return cls(vectors, squares, _starts(counts))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many tokens each recording has."""
        return np.diff(self.starts)

    def span(self, track: int) -> slice:
        """Say where the tokens of one recording are."""
        return slice(int(self.starts[track]), int(self.starts[track + 1]))

    def spans(self) -> Iterator[slice]:
        """Say where the tokens of each recording are."""
        return map(self.span, range(len(self)))

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """Divide the table into parts of some recordings: which they are, and where their tokens are."""
        for first in range(0, len(self), _BLOCK_TRACKS):
            last = min(first + _BLOCK_TRACKS, len(self))
            yield slice(first, last), slice(int(self.starts[first]), int(self.starts[last]))

    def places(self, tracks: NDArray[np.intp]) -> NDArray[np.intp]:
        """Say where the tokens of some recordings are, one recording after the other."""
        counts = self.counts[tracks]
        begin = _starts(counts)
        return np.repeat(self.starts[tracks] - begin[:-1], counts) + np.arange(begin[-1])

    def sums(self, values: Floats) -> NDArray[np.float64]:
        """Sum values of tokens, shape (n_tokens,), over each recording."""
        sums: NDArray[np.float64] = np.add.reduceat(values, self.starts[:-1], dtype=np.float64)
        return sums

    def take(self, tracks: NDArray[np.intp]) -> TokenTable:
        """Copy some recordings."""
        places = self.places(tracks)
        return TokenTable(self.vectors[places], self.squares[places], _starts(self.counts[tracks]))

    def compare(self, vectors: Directions, kind: type[np.floating] = np.float32) -> Iterator[Comparison]:
        """Compare the tokens of one recording with those of all in the table, some recordings at a time.

        Parameters
        ----------
        vectors : ndarray of int8, shape (n, n_dimensions)
        kind : {numpy.float32, numpy.float64}
            Precision of the cosines.
        """
        squares = _squares(vectors)
        for tracks, tokens in self.blocks():
            alike = _cosines(vectors, squares, self.vectors[tokens], self.squares[tokens], kind)
            yield Comparison(tracks, tokens, self.starts[tracks] - tokens.start, alike)


def cosines(one: Directions, other: Directions) -> NDArray[np.float64]:
    """Give the cosine of every pair of vectors, shape (n_one, n_other), in double precision."""
    return _cosines(one, _squares(one), other, _squares(other), np.float64).astype(np.float64, copy=False)


def _cosines(
    one: Directions,
    one_squares: FloatArray,
    other: Directions,
    other_squares: FloatArray,
    kind: type[np.floating],
) -> Floats:
    dots: Floats = _dots(one, other).astype(kind, copy=False)
    dots /= np.sqrt(one_squares.astype(kind))[:, None]
    dots *= 1 / np.sqrt(other_squares.astype(kind))
    return dots


def _dots(one: Directions, other: Directions) -> FloatArray:
    """Multiply: whole numbers below 2**24, which single precision holds exactly.

    In pieces so small that BLAS does not share them among threads: where another program keeps a processor
    busy, waiting for the slower thread made each product take ten times as long.
    """
    width = max(1, _ONE_THREAD // one.size)
    n_pieces = -(-len(other) // width)
    padded = np.zeros((n_pieces * width, other.shape[1]), dtype=np.float32)
    padded[: len(other)] = other
    dots = np.empty((len(one), len(padded)), dtype=np.float32)
    np.matmul(
        one.astype(np.float32),
        padded.reshape(n_pieces, width, -1).transpose(0, 2, 1),
        out=dots.reshape(len(one), n_pieces, width).transpose(1, 0, 2),
    )
    return dots[:, : len(other)]


def _squares(vectors: Directions) -> FloatArray:
    found = np.empty(len(vectors), dtype=np.float32)
    for first in range(0, len(vectors), _BLOCK_TOKENS):
        block = vectors[first : first + _BLOCK_TOKENS].astype(np.float32)
        found[first : first + len(block)] = np.einsum("ij,ij->i", block, block)
    return found


def _starts(counts: Sequence[int] | NDArray[np.integer]) -> NDArray[np.intp]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
