"""Who listens to whom: which artists share more listeners than chance would give them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import CatalogueError
from soundglass.recommend.filters import artists

FALSE_DISCOVERIES = 0.01
"""At most this share of the pairs of artists that are called related is so by chance."""

_NAMES = ("lastfm2k_artists_id_name.tsv", "artists.dat")
_REMEDY = "Give a table of users and the artists they listen to, with columns user and artist"

Pairs = NDArray[np.int64]


class _Tabs(csv.excel_tab):
    quoting = csv.QUOTE_NONE


def read_listeners(path: Path) -> list[tuple[str, str]]:
    """Read who listens to whom.

    Parameters
    ----------
    path : Path
        Rows of user, artist and perhaps further columns, separated by tabs or commas: with a header that
        names columns ``user…`` and ``artist…``, or without one in that order. Artists are names, or numbers
        whose names stand in ``lastfm2k_artists_id_name.tsv`` or ``artists.dat`` beside the table, the
        layouts of HetRec 2011's Last.fm data.

    Returns
    -------
    list of (user, artist)

    Raises
    ------
    CatalogueError
        The file is missing or no such table.
    """
    records = _records(path)
    first = next(records, [])
    heads = [name.strip().casefold() for name in first]
    user, artist = (
        next((at for at, head in enumerate(heads) if head.startswith(name)), None)
        for name in ("user", "artist")
    )
    has_header = user is not None and artist is not None
    columns = (user or 0, artist or 0) if has_header else (0, 1)
    found = []
    for record in [*([] if has_header else [first]), *records]:
        if len(record) <= max(columns):
            raise CatalogueError("has a row without user or artist", path=path, remedy=_REMEDY)
        found.append((record[columns[0]].strip(), record[columns[1]].strip()))
    if not found:
        raise CatalogueError("is empty", path=path, remedy=_REMEDY)
    if not all(name.isdecimal() for _, name in found):
        return found
    names = _names(path)
    return [(who, names[number]) for who, number in found if number in names]


def related(listening: list[tuple[str, str]], known: Mapping[str, int]) -> tuple[NDArray[np.bool_], Pairs]:
    """Say which artists of a library belong together by their listeners.

    Parameters
    ----------
    listening : list of (user, artist)
        As :func:`read_listeners` gives it.
    known : mapping of str to int
        Folded name of each artist of the library to its number from 0.

    Returns
    -------
    heard : ndarray of bool, shape (n_artists,)
        Who has listeners.
    pairs : ndarray of int, shape (n_pairs, 2)
        Numbers of related artists, the smaller first.

    Notes
    -----
    Two artists are related if they share more listeners than two of so many listeners each would by chance:
    hypergeometric test, false discoveries among all pairs held to 1 % (Benjamini & Hochberg, 1995). Play
    counts are not used: they differ by a factor of thousands between users.
    """
    from scipy import sparse, stats

    users = {user: number for number, user in enumerate(dict.fromkeys(user for user, _ in listening))}
    hears = {
        (users[user], known[name]) for user, text in listening for name in artists(text) if name in known
    }
    at = np.array(sorted(hears), dtype=np.int64).reshape(-1, 2)
    table = sparse.csr_matrix((np.ones(len(at), np.int64), (at[:, 0], at[:, 1])), (len(users), len(known)))
    listeners = np.asarray(table.sum(axis=0)).ravel()
    shared = sparse.triu(table.T @ table, k=1).tocoo()
    one, other = shared.row, shared.col
    p = stats.hypergeom.sf(shared.data - 1, len(users), listeners[one], listeners[other])
    heard = listeners > 0
    n_heard = int(heard.sum())
    ranked = np.sort(p)
    allowed = FALSE_DISCOVERIES * np.arange(1, len(p) + 1) / (n_heard * (n_heard - 1) / 2)
    limit = ranked[ranked <= allowed].max(initial=-1)
    return heard, np.stack([one, other], axis=1)[p <= limit].astype(np.int64)


def _names(path: Path) -> dict[str, str]:
    """Read the names that belong to the artists' numbers."""
    for name in _NAMES:
        beside = path.parent / name
        if beside.is_file():
            return {record[0]: record[1].strip() for record in _records(beside) if len(record) > 1}
    raise CatalogueError(
        "names artists by number", path=path, remedy=f"Put their names beside it, in {' or '.join(_NAMES)}"
    )


def _records(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.readline()
            file.seek(0)
            dialect = _Tabs if "\t" in head else csv.excel
            yield from filter(None, csv.reader(file, dialect))
    except OSError as error:
        raise CatalogueError(
            f"cannot be read ({error.strerror})", path=path, remedy="Check the path"
        ) from None
    except csv.Error as error:
        raise CatalogueError(f"cannot be read as a table: {error}", path=path, remedy=_REMEDY) from None
