"""A table that says more of tracks than their tags do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from soundglass.core.errors import CatalogueError
from soundglass.library.delimited import TextFile
from soundglass.library.store import Store

_NO_LABELS = frozenset({"id", "path", "title", "duration_s"})
"""Columns that name a track instead of saying where it belongs."""


def read_labels(path: Path, store: Store) -> Mapping[str, list[str]]:
    """Read labels of tracks.

    Parameters
    ----------
    path : Path
        Comma-separated, with a column ``id`` (as in the library) or ``path`` (relative to the table's
        folder); every other column is a kind of label.

    Returns
    -------
    mapping of str to list of str
        Column to the labels of the library's tracks by row, empty where the table has none.

    Raises
    ------
    CatalogueError
        There is no such table, or it names none of the tracks.
    """
    table = TextFile(path, "utf-8").read()
    key = next((name for name in ("id", "path") if name in table.column_names), None)
    if key is None:
        raise CatalogueError(
            "has neither a column id nor path", path=path, remedy="Name the tracks by one of them"
        )
    folder = path.parent.resolve()
    texts = [text or "" for text in table[key].to_pylist()]
    named = {text if key == "id" else str(folder / text): at for at, text in enumerate(texts) if text}
    places = _places(store, key, named)
    if not any(place is not None for place in places):
        raise CatalogueError(
            "names no track of the library", path=path, remedy=f"Its column {key} must be that of the library"
        )
    return {
        name: ["" if place is None else column[place] or "" for place in places]
        for name in table.column_names
        if name not in _NO_LABELS
        for column in [table[name].to_pylist()]
    }


def _places(store: Store, key: str, named: Mapping[str, int]) -> list[int | None]:
    """Find the place of each track in the table; one of its files is enough."""
    if key == "id":
        return [named.get(text) for text in store.columns(["id"])["id"].to_pylist()]
    found = []
    for files in store.columns(["files"])["files"].to_pylist():
        paths = (os.path.realpath(os.fsdecode(file["path"])) for file in files or ())
        found.append(next((named[path] for path in paths if path in named), None))
    return found
