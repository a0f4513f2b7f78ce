"""The points of a map that words are about."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from soundglass.library.search import folded
from soundglass.surfaces.web.map.ground import Drawn
from soundglass.surfaces.web.state import Snapshot

_MOST_WORDS = 10


def points_with(now: Snapshot, drawn: Drawn, text: str) -> list[int]:
    """Find the points whose title, artist or album holds all words of a text, in the order of rows.

    Case, accents and punctuation do not count. A text without a word finds nothing.
    """
    words = str(folded(pa.array([text]))[0]).split()[:_MOST_WORDS]
    if not words:
        return []
    names = now.kept("map names", lambda: _names(now))
    held = np.ones(len(names), dtype=bool)
    for word in words:
        held &= np.asarray(pc.match_substring(names, word))
    found: list[int] = np.flatnonzero(held[drawn.rows]).tolist()
    return found


def _names(now: Snapshot) -> pa.ChunkedArray:
    columns = now.store.columns(["title", "artist", "album"])
    return pc.binary_join_element_wise(*(folded(columns[name]) for name in columns.column_names), " ")
