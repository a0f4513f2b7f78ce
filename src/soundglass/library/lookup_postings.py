"""Which tracks hold which words in a field: an inverted index in three flat arrays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from soundglass.library.linkage.folding import latin
from soundglass.library.lookup_words import Vocabulary


class Postings:
    """Word number to the rows that hold it, for one field.

    Parameters
    ----------
    words, rows : ndarray of int, shape (n_places,)
        Every place of a word: its number, and the row it is in.
    n_words : int
        How many words there are in all fields.
    """

    def __init__(self, words: NDArray[np.int64], rows: NDArray[np.int64], n_words: int) -> None:
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(words, minlength=n_words))])
        self._rows = rows[np.argsort(words, kind="stable")].astype(np.int32)

    def of(self, words: range | NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the rows that hold any of some words; a row may come more than once."""
        if isinstance(words, range):
            return self._rows[self._starts[words.start] : self._starts[words.stop]]
        return self._rows[_stretches(self._starts[words], self._starts[words + 1])]


def index(fields: list[pa.Array]) -> tuple[Vocabulary, list[Postings]]:
    """Index folded texts, each a row of its field, by their words; other scripts also in Latin letters."""
    split = [_split(texts) for texts in fields]
    own = pc.unique(pa.chunked_array([words for words, _ in split], pa.string()))
    places, transcripts = _in_latin(own)
    every = pc.unique(pa.chunked_array([own, transcripts], pa.string()))
    every = every.take(pc.sort_indices(every))
    numbers, others = _numbers(own, every), _numbers(transcripts, every)
    starts = np.searchsorted(places, np.arange(len(own) + 1))
    postings = []
    for words, rows in split:
        at = _numbers(words, own)
        also = _stretches(starts[at], starts[at + 1])
        again = np.repeat(rows, starts[at + 1] - starts[at])
        everywhere = np.concatenate([numbers[at], others[also]]), np.concatenate([rows, again])
        postings.append(Postings(*everywhere, len(every)))
    return Vocabulary(every), postings


def _split(texts: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """Take texts apart into their words, each with its row."""
    split = pc.split_pattern(texts, " ")
    words, rows = pc.list_flatten(split), pc.list_parent_indices(split)
    some = pc.not_equal(words, "")
    return words.filter(some), np.asarray(rows.filter(some), dtype=np.int64)


def _in_latin(words: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """Write words of other scripts in Latin letters: their places, ascending, and a word for each."""
    other = np.flatnonzero(np.asarray(pc.not_equal(pc.utf8_length(words), pc.binary_length(words))))
    pairs = [(i, part) for i in other.tolist() for part in latin(words[i].as_py()).split()]
    return np.array([i for i, _ in pairs], np.int64), pa.array([part for _, part in pairs], pa.string())


def _numbers(words: pa.Array, among: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.index_in(words, among), dtype=np.int64)


def _stretches(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join the whole numbers from each start up to its end."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    joined: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    return joined
