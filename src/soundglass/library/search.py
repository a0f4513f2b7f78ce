"""Find the track somebody means by an id, a path or words."""

from __future__ import annotations

import os
from functools import lru_cache
from os import PathLike
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from soundglass.core.errors import TrackNotFound
from soundglass.library.schema import printable, quoted
from soundglass.library.store import Store

_GOOD_ENOUGH = 80.0
_MAX_WORDS = 50
_SHOWN = 5


def file_of(store: Store, row: int) -> Path:
    """Give the file a track was scanned from, by the exact bytes of its path; ``.`` for a table's row."""
    files = store.take([row], ["files"])["files"][0].as_py()
    return Path(os.fsdecode(files[0]["path"])) if files else Path()


def find_row(store: Store, wanted: str | PathLike[str]) -> int:
    """Find the row of the track that is meant.

    Tried in turn: an id; the path of a file; words, all of which must appear in title, artist or album (those
    in the title count most); the closest spelling of every word. Case, accents and punctuation do not count.

    Raises
    ------
    TrackNotFound
        Nothing comes close; the message names the nearest tracks. Or the file is not in the library.
    """
    wanted = os.fspath(wanted).strip()
    if (row := store.row_of(printable(wanted))) is not None:
        return row
    for look_up in (_by_path, _by_sign):
        if len(found := look_up(store, wanted)):
            return int(found[0])
    table, names = _names(store, store.version)
    found_row = _by_words(names, _words(wanted))
    return _by_spelling(table, names, wanted) if found_row is None else found_row


@lru_cache(maxsize=2)
def _names(store: Store, version: int) -> tuple[pa.Table, dict[str, pa.ChunkedArray]]:
    """Read and fold the names of all tracks of a snapshot; folding takes longer than looking them up."""
    table = store.columns(["title", "artist", "album"])
    return table, {name: folded(table[name]) for name in table.column_names}


def _by_path(store: Store, wanted: str) -> NDArray[np.int64]:
    if os.sep not in wanted and not Path(wanted).suffix:
        return np.empty(0, np.int64)
    try:
        path = Path(wanted).expanduser()
        places = {os.fsencode(place) for place in (path.absolute(), path.resolve())}
        is_file = path.is_file()
    except (OSError, RuntimeError, ValueError):  # no such user, a circle of links, a null character
        return np.empty(0, np.int64)
    files = store.columns(["files"])["files"].combine_chunks()
    paths = pc.struct_field(pc.list_flatten(files), "path")
    rows = pc.list_parent_indices(files).filter(pc.is_in(paths, pa.array(sorted(places), pa.binary())))
    if not len(rows) and is_file:
        raise TrackNotFound("is not in this library", path=path, remedy="Scan it first")
    return np.asarray(rows, dtype=np.int64)


def _by_sign(store: Store, wanted: str) -> NDArray[np.int64]:
    """Find what is called by signs alone, such as ``!!!``, which no words tell of."""
    if _words(wanted) or not wanted:
        return np.empty(0, np.int64)
    name = quoted(printable(wanted))
    return store.rows_where(f"title = {name} OR artist = {name} OR album = {name}")


def _by_words(names: dict[str, pa.ChunkedArray], words: list[str]) -> int | None:
    """Pick the track that holds every word, preferring words in the title, then short titles."""
    if not words:
        return None
    everywhere = pc.binary_join_element_wise(names["title"], names["artist"], names["album"], " ")
    rows = np.flatnonzero(_n_held(everywhere, words) == len(words))
    if not len(rows):
        return None
    titles = names["title"].take(rows)
    length = pc.utf8_length(titles).to_numpy()
    return int(rows[np.lexsort((rows, length, -_n_held(titles, words)))[0]])


def _n_held(texts: pa.ChunkedArray, words: list[str]) -> NDArray[np.int64]:
    """Count how many of the words each text holds."""
    hits = [pc.match_substring(texts, word).to_numpy().astype(np.int64) for word in words]
    return np.asarray(np.sum(hits, axis=0), dtype=np.int64)


def _by_spelling(table: pa.Table, names: dict[str, pa.ChunkedArray], wanted: str) -> int:
    """Pick the track whose words come closest to the wanted ones, each by its best match."""
    shown = wanted if len(wanted) <= 100 else f"{wanted[:100]}…"
    words = _words(wanted)
    if not words:
        raise TrackNotFound(f"no track is called {shown!r}", remedy="Give words of a title, artist or album")
    likeness = _likeness(names, words)
    order = np.argsort(-likeness.sum(axis=0), kind="stable")[:_SHOWN]
    if len(order) and likeness[:, order[0]].min() >= _GOOD_ENOUGH:
        return int(order[0])
    nearest = []
    for row in order.tolist():
        title, artist = table["title"][row].as_py(), table["artist"][row].as_py()
        nearest.append(f"{artist} – {title}" if artist else title)
    raise TrackNotFound(
        f"no track is called {shown!r}",
        remedy=f"Nearest: {'; '.join(dict.fromkeys(nearest))}" if nearest else "The library is empty",
    )


def _likeness(names: dict[str, pa.ChunkedArray], words: list[str]) -> NDArray[np.float64]:
    """Measure how near each track's nearest word comes to each wanted one.

    Returns
    -------
    ndarray, shape (n_words, n_tracks)
        0 to 100.
    """
    texts = pc.binary_join_element_wise(names["title"], names["artist"], names["album"], " ")
    n_tracks = len(texts)
    split = pc.split_pattern(texts, " ").combine_chunks()
    vocabulary = pc.list_flatten(split).dictionary_encode()
    track = np.asarray(pc.list_parent_indices(split))
    likeness = np.zeros((len(words), n_tracks))
    if not len(track):
        return likeness
    near = process.cdist(words, vocabulary.dictionary.to_pylist(), scorer=fuzz.ratio, dtype=np.float32)
    starts = np.flatnonzero(np.diff(track, prepend=-1))
    by_place = near[:, np.asarray(vocabulary.indices)]
    likeness[:, track[starts]] = np.maximum.reduceat(by_place, starts, axis=1)
    return likeness


def folded(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray:
    """Fold case and accents, and turn whatever is neither letter nor digit into single spaces.

    Unicode's NFKD without its marks, in lower case; apostrophes vanish, so that ``don't`` is ``dont``.
    """
    plain = pc.utf8_lower(pc.utf8_normalize(pc.fill_null(texts, ""), "NFKD"))
    plain = pc.replace_substring(pc.replace_substring_regex(plain, r"[\p{M}'’]", ""), "ß", "ss")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"[^\p{L}\p{N}]+", " "))


def _words(text: str) -> list[str]:
    """Split a text into its different words, folded."""
    words = folded(pa.array([printable(text)]))[0].as_py().split()
    return list(dict.fromkeys(words))[:_MAX_WORDS]
