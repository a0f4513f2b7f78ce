"""Search as you type: the tracks whose names hold what is typed so far, misspelt or not, best first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from soundglass.library.lookup_postings import Postings, index
from soundglass.library.lookup_words import beginning, exactly
from soundglass.library.schema import printable
from soundglass.library.search import folded
from soundglass.library.store import Store

FIELDS = ("title", "artist", "album", "genres")
"""Where words are looked for; the first counts most."""

_MAX_LETTERS, _MAX_WORDS = 200, 12
_BEGINS, _HOLDS, _EDIT, _LACKS = 4, 8, 1 << 8, 1 << 12
_NEVER = np.int32(1 << 17)
_COMPARED = 200
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to what was typed.

    Attributes
    ----------
    rows : ndarray of int
        The best tracks, best first.
    total : int
        How many there are in all.
    respelt : bool
        No track holds all words as they were typed; these come nearest.
    """

    rows: NDArray[np.int64]
    total: int
    respelt: bool = False


class Lookup:
    """The names of all tracks of a snapshot, ready to be searched; nothing in it ever changes.

    Parameters
    ----------
    names : pyarrow.Table
        A row for each track: ``title``, ``artist``, ``album`` (strings), ``genres`` (lists of strings) and
        ``popularity``, which decides between tracks that fit alike.

    Notes
    -----
    An inverted index over the folded words of every field. A track fits where each word is one of its words,
    or begins one; where too few do, a word may lie within one; where still too few do, it may be misspelt
    (:meth:`Vocabulary.near`); where none does, words may be missing. A whole name comes before the start of
    one, that before single words, and those before words that are respelt; among equals title comes before
    artist, album and genre.
    """

    def __init__(self, names: pa.Table) -> None:
        texts = [_plain(names[field]) for field in FIELDS]
        self._names = [_Names.of(text) for text in texts]
        self._words, self._postings = index(texts)
        self._standing = _standing(names["popularity"], texts[0])

    @classmethod
    def of(cls, store: Store) -> Lookup:
        """Read the names of all tracks of a snapshot."""
        return cls(store.columns([*FIELDS, "popularity"]))

    def find(self, typed: str, n: int = 20) -> Found:
        """Find the tracks that are meant by what is typed so far.

        Parameters
        ----------
        typed : str
            Words of title, artist, album or genre, in any order; the last may be incomplete.
        n : int
            How many rows are wanted at most.
        """
        query = _plain(pa.chunked_array([[printable(typed[:_MAX_LETTERS])]]))[0].as_py()
        words = list(dict.fromkeys(query.split()))[:_MAX_WORDS]
        if not words:
            return Found(_NONE, 0)
        cost, respelt = self._cost(words, n)
        for better, whole in enumerate(self._whole(query), start=1):
            cost[whole] = -better
        rows = np.flatnonzero(cost < _NEVER)
        best = _least(cost[rows] * np.int64(len(cost)) + self._standing[rows], max(n, _COMPARED))
        return Found(self._nearest_first(query, rows[best], cost)[:n], len(rows), respelt)

    # -- how well tracks fit; less is better -----------------------------------------------------------

    def _whole(self, query: str) -> Iterator[NDArray[np.int32]]:
        """Find the tracks of which a name begins with all that is typed, or is just that, the best last."""
        for start in (query, f"{query} "):
            for names in reversed(self._names):
                yield names.rows.of(beginning(names.sorted, start))
        for names in reversed(self._names):
            yield names.rows.of(exactly(names.sorted, query))

    def _nearest_first(
        self, query: str, rows: NDArray[np.int64], cost: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Order respelt tracks by how near title, artist, or both come to all that is typed."""
        respelt = cost[rows] >= _EDIT
        if not respelt.any():
            return rows
        titles, artists = (self._names[field].at(rows[respelt]) for field in range(2))
        both = [f"{title} {artist}" for title, artist in zip(titles, artists, strict=True)]
        back = [f"{artist} {title}" for title, artist in zip(titles, artists, strict=True)]
        near = np.max([_likeness(query, names) for names in (titles, artists, both, back)], axis=0)
        return np.concatenate([rows[~respelt], rows[respelt][np.argsort(-near, kind="stable")]])

    def _cost(self, words: list[str], n: int) -> tuple[NDArray[np.int32], bool]:
        """Cost every track, in coarser and coarser ways until enough fit; say whether none fits as typed."""
        costs = [self._as_typed(word) for word in words]
        respelt = False
        for coarser in (self._within, self._misspelt):
            if _n_fitting(costs) >= n:
                break
            respelt = coarser == self._misspelt and not _n_fitting(costs)
            for word, known in zip(words, costs, strict=True):
                np.minimum(known, coarser(word, is_last=word == words[-1]), out=known)
        if not _n_fitting(costs):
            missing = np.sum([known == _NEVER for known in costs], axis=0) * 2 > len(costs)
            costs = [np.where(missing, _NEVER, np.minimum(known, _LACKS)) for known in costs]
        return np.sum(costs, axis=0, dtype=np.int32), respelt

    def _as_typed(self, word: str) -> NDArray[np.int32]:
        """Cost a word that is there as it is, or begins another."""
        found = self._words.beginning(word)
        exact = found[: self._words.has(word)]
        return self._laid([(_BEGINS, found), (0, exact)])

    def _within(self, word: str, *, is_last: bool) -> NDArray[np.int32]:
        """Cost a word that lies within another; a single letter only where letters are words."""
        found = self._words.holding(word) if len(word) > 1 or not word.isascii() else _NONE
        return self._laid([(_HOLDS, found)])

    def _misspelt(self, word: str, *, is_last: bool) -> NDArray[np.int32]:
        """Cost a word that is nearly there; of the last one only the start may be typed."""
        near = self._words.near(word, as_start=is_last)
        cost = self._laid([(_EDIT * edits, near[edits - 1]) for edits in range(len(near), 0, -1)])
        if not self._words.has(word):
            for first, second in self._words.parted(word, as_start=is_last):
                both = self._as_typed(first) + self._as_typed(second) + _EDIT
                np.minimum(cost, both, out=cost)
        return cost

    def _laid(self, kinds: list[tuple[int, range | NDArray[np.int64]]]) -> NDArray[np.int32]:
        """Cost every track by the best field that has any of some words, of several kinds, the best last."""
        cost = np.full(len(self._standing), _NEVER)
        for kind, words in kinds:
            for field in reversed(range(len(FIELDS))):
                cost[self._postings[field].of(words)] = kind + field
        return cost


def _n_fitting(costs: list[NDArray[np.int32]]) -> int:
    """Count the tracks that hold every word."""
    return int(np.count_nonzero(np.max(costs, axis=0) < _NEVER))


@dataclass(frozen=True, slots=True)
class _Names:
    """What a field holds: its different texts, sorted, the rows of each, and the text of each row."""

    sorted: pa.Array
    rows: Postings
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, texts: pa.Array) -> _Names:
        different = pc.unique(texts)
        different = different.take(pc.sort_indices(different))
        codes = np.asarray(pc.index_in(texts, different), dtype=np.int64)
        return cls(different, Postings(codes, np.arange(len(codes)), len(different)), codes)

    def at(self, rows: NDArray[np.int64]) -> list[str]:
        texts: list[str] = self.sorted.take(self.codes[rows]).to_pylist()
        return texts


def _plain(texts: pa.ChunkedArray) -> pa.Array:
    """Fold texts, each different one once; names of signs alone (``!!!``) stay."""
    if pa.types.is_list(texts.type):
        texts = pc.binary_join(texts, " ")
    coded = pc.fill_null(texts, "").combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    plain = folded(coded.dictionary)
    signs = pc.replace_substring_regex(pc.utf8_lower(coded.dictionary), r"\s+", "")
    return pc.if_else(pc.equal(plain, ""), signs, plain).take(coded.indices)


def _least(keys: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Give the places of the least keys, in their order."""
    least = np.argpartition(keys, n)[:n] if len(keys) > n else np.arange(len(keys))
    return least[np.argsort(keys[least])]


def _likeness(query: str, names: list[str]) -> NDArray[np.float32]:
    (likeness,) = process.cdist([query], names, scorer=OSA.normalized_similarity)
    return np.asarray(likeness, dtype=np.float32)


def _standing(popularity: pa.ChunkedArray, titles: pa.Array) -> NDArray[np.int64]:
    """Rank tracks for where they fit alike: the popular, then those with short titles, first."""
    known = np.asarray(pc.fill_null(popularity, 0.0), dtype=np.float64)
    lengths = np.asarray(pc.utf8_length(titles))
    standing = np.empty(len(known), np.int64)
    standing[np.lexsort((lengths, -known))] = np.arange(len(known))
    return standing
