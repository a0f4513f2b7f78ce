"""Find the track somebody means by an id, a path or words."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from soundglass.core.errors import TrackNotFound
from soundglass.library.schema import printable
from soundglass.library.store import Store

_GOOD_ENOUGH = 88.0
_SHOWN = 5


def find_row(store: Store, wanted: str) -> int:
    """Find the row of the track that is meant.

    Tried in turn: an id; the path of a file; words, all of which must appear in title, artist or album (those
    in the title count most); the closest spelling.

    Raises
    ------
    TrackNotFound
        Nothing comes close; the message names the nearest tracks.
    """
    wanted = wanted.strip()
    for found in (_by_id(store, wanted), _by_path(store, wanted)):
        if len(found):
            return int(found[0])
    names = store.columns(["title", "artist", "album"])
    row = _by_words(names, wanted)
    return _by_spelling(names, wanted) if row is None else row


def _by_id(store: Store, wanted: str) -> NDArray[np.int64]:
    return store.rows_where(f"id = {quoted(wanted)}")


def _by_path(store: Store, wanted: str) -> NDArray[np.int64]:
    if os.sep not in wanted and not Path(wanted).suffix:
        return np.empty(0, np.int64)
    path = Path(wanted).expanduser().absolute()
    return store.rows_where(
        f"path IN ({quoted(printable(str(path)))}, {quoted(printable(str(path.resolve())))})"
    )


def _by_words(names: pa.Table, wanted: str) -> int | None:
    """Pick the track that holds every word, preferring words in the title, then short names."""
    words = wanted.casefold().split()
    if not words:
        return None
    title, artist, album = (pc.utf8_lower(pc.fill_null(names[c], "")) for c in ("title", "artist", "album"))
    everywhere = pc.binary_join_element_wise(title, artist, album, " ")
    hits = [pc.match_substring(everywhere, word).to_numpy(zero_copy_only=False) for word in words]
    rows = np.flatnonzero(np.logical_and.reduce(hits))
    if not len(rows):
        return None
    titles = title.take(rows)
    in_title = sum(
        pc.match_substring(titles, word).to_numpy(zero_copy_only=False).astype(int) for word in words
    )
    length = pc.utf8_length(titles).to_numpy(zero_copy_only=False)
    return int(rows[np.lexsort((rows, length, -np.asarray(in_title)))[0]])


def _by_spelling(names: pa.Table, wanted: str) -> int:
    labels = [" ".join(filter(None, row.values())) for row in names.to_pylist()]
    close = process.extract(
        wanted, labels, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=_SHOWN
    )
    if close and close[0][1] >= _GOOD_ENOUGH:
        return int(close[0][2])
    nearest = []
    for _, _, row in close:
        title, artist = names["title"][row].as_py(), names["artist"][row].as_py()
        nearest.append(f"{artist} – {title}" if artist else title)
    raise TrackNotFound(
        f"no track is called {wanted!r}",
        remedy=f"Nearest: {'; '.join(dict.fromkeys(nearest))}" if nearest else "The library is empty",
    )


def quoted(text: str) -> str:
    """Quote a SQL string."""
    return "'" + text.replace("'", "''") + "'"
