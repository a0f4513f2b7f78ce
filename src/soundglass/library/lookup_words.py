"""All words of a library in order: those that begin so, hold a piece, or are spelt nearly so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

_LAST = "\U0010ffff"


class Vocabulary:
    """The different words of a library, sorted, with what their letters are.

    Parameters
    ----------
    words : Arrow array of str
        Folded, different, not empty, in the order of their code points.

    Notes
    -----
    A word's letters are 64 bits, a bit for each letter's code modulo 64. An edit (a letter more, less or
    another, or two neighbours swapped) changes at most one bit on either side, so that few words are left
    whose distance has to be measured. The distance is optimal string alignment.
    """

    def __init__(self, words: pa.Array) -> None:
        self._words = words
        self._lengths = np.asarray(pc.utf8_length(words), dtype=np.int64)
        self._letters = _letters(words.to_pylist(), self._lengths)

    def __len__(self) -> int:
        return len(self._words)

    def beginning(self, start: str) -> range:
        """Give the numbers of the words that begin so; the word itself, where it is one, comes first."""
        return beginning(self._words, start)

    def has(self, word: str) -> bool:
        """Tell whether this is one of the words."""
        return len(exactly(self._words, word)) > 0

    def holding(self, piece: str) -> NDArray[np.int64]:
        """Give the numbers of the words that hold a piece anywhere."""
        (wanted,) = _letters([piece], np.array([len(piece)]))
        may = np.flatnonzero((wanted & ~self._letters == 0) & (self._lengths >= len(piece)))
        holds: NDArray[np.bool_] = np.asarray(pc.match_substring(self._words.take(may), piece), dtype=bool)
        return may[holds]

    def near(self, word: str, *, as_start: bool) -> list[NDArray[np.int64]]:
        """Give the numbers of the words spelt nearly so, by how many edits away they are.

        Parameters
        ----------
        word : str
        as_start : bool
            Whether a word's start may be what is near, because the word is still being typed.

        Returns
        -------
        list of ndarray of int
            The words at distance 1, 2, … up to :func:`allowance` of ``word``.
        """
        most = allowance(word)
        if not most:
            return []
        (wanted,) = _letters([word], np.array([len(word)]))
        may = np.bitwise_count(wanted & ~self._letters) <= most
        may &= self._lengths >= len(word) - most
        if not as_start:
            may &= np.bitwise_count(self._letters & ~wanted) <= most
            may &= self._lengths <= len(word) + most
        candidates = np.flatnonzero(may)
        away = self._distances(word, candidates, most, as_start)
        return [candidates[away == distance] for distance in range(1, most + 1)]

    def parted(self, word: str, *, as_start: bool) -> Iterator[tuple[str, str]]:
        """Part a word into two of these, of at least two letters; of the second perhaps only the start."""
        for at in range(2, len(word) - 1):
            first, second = word[:at], word[at:]
            if self.has(first) and (self.beginning(second) if as_start else self.has(second)):
                yield first, second

    def _distances(
        self, word: str, candidates: NDArray[np.int64], most: int, as_start: bool
    ) -> NDArray[np.uint8]:
        words = self._words.take(candidates).to_pylist()
        if not words:
            return np.empty(0, np.uint8)
        lengths = range(len(word) - most, len(word) + most + 1) if as_start else (None,)
        nearest: NDArray[np.uint8] = np.min(
            [
                process.cdist(
                    [word],
                    words if length is None else [each[:length] for each in words],
                    scorer=OSA.distance,
                    score_cutoff=most,
                    dtype=np.uint8,
                )[0]
                for length in lengths
            ],
            axis=0,
        )
        return nearest


def beginning(texts: pa.Array, start: str) -> range:
    """Give the numbers of the texts, which are sorted and different, that begin so."""
    return range(_place(texts, start), _place(texts, start + _LAST))


def exactly(texts: pa.Array, text: str) -> range:
    """Give the number of the one among sorted texts that is this, or none."""
    at = _place(texts, text)
    return range(at, at + (at < len(texts) and texts[at].as_py() == text))


def _place(texts: pa.Array, text: str) -> int:
    return bisect_left(texts, text, key=lambda scalar: str(scalar.as_py()))


def allowance(word: str) -> int:
    """Give how many edits a word may be away: none up to 2 letters, one up to 5, two beyond.

    As Elasticsearch's ``fuzziness: AUTO``.
    """
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def _letters(words: Sequence[str], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Say which letters each word has, a bit for each code modulo 64; no word may be empty."""
    if not len(words):
        return np.empty(0, np.uint64)
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    bits = np.left_shift(np.uint64(1), (codes & 63).astype(np.uint64))
    starts = np.cumsum(lengths) - lengths
    return np.asarray(np.bitwise_or.reduceat(bits, starts), dtype=np.uint64)
