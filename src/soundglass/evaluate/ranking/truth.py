"""What belongs together: by artist, album, genre, playlist and listeners, as far as a library tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from soundglass.core.types import Json
from soundglass.evaluate.ranking.labels import read_labels
from soundglass.evaluate.ranking.listeners import read_listeners, related
from soundglass.library.store import Store
from soundglass.recommend.filters import artists

Labels = Sequence[Collection[str]]
"""The labels of each track; none where nobody knows."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What belongs to each track of a library, tracks being named by their place among those compared.

    Attributes
    ----------
    name : str
        As tables call it: ``"artist"``, ``"genre"``.
    says : str
        Which tracks belong together, in a sentence's words.
    measure : str
        The one of ``MEASURES`` that is compared.
    known : ndarray of bool, shape (n_tracks,)
        Of which tracks something is known; the others are neither asked about nor ranked.
    asks : csr_array of bool, shape (n_tracks, n_labels)
        What each track asks for.
    members : csr_array of bool, shape (n_labels, n_tracks)
        Which tracks answer that.
    across_artists : bool
        Whether tracks by other artists than the query's may belong to it.
    """

    name: str
    says: str
    measure: str
    known: NDArray[np.bool_]
    asks: sparse.csr_array
    members: sparse.csr_array
    across_artists: bool = True

    def relevant(self, query: int) -> NDArray[np.bool_]:
        """Tell which tracks belong to one; it belongs to itself where anything is known of it."""
        found = np.zeros(self.members.shape[1], dtype=np.bool_)
        ends = self.asks.indptr[query : query + 2]
        for label in self.asks.indices[ends[0] : ends[1]]:
            found[self.members.indices[self.members.indptr[label] : self.members.indptr[label + 1]]] = True
        return found

    def among(self, places: NDArray[np.int64]) -> Truth:
        """Hold it to some of the tracks."""
        known, asks, members = self.known[places], self.asks[places], self.members[:, places]
        return replace(self, known=known, asks=asks, members=members)


@dataclass(frozen=True, slots=True)
class Truths:
    """All that a library tells.

    Attributes
    ----------
    by_artist : Truth
        Also where it is in no table: tracks by the query's artist can be barred.
    others : tuple of Truth
    artists : ndarray of str, shape (n_tracks,)
        One artist a track, empty where unknown: of several the one with most tracks.
    """

    by_artist: Truth
    others: tuple[Truth, ...]
    artists: NDArray[np.str_]

    def __iter__(self) -> Iterator[Truth]:
        yield self.by_artist
        yield from self.others

    def among(self, places: NDArray[np.int64]) -> Truths:
        """Hold them to some of the tracks, which are named by their places from then on."""
        others = tuple(truth.among(places) for truth in self.others)
        return Truths(self.by_artist.among(places), others, self.artists[places])


def truths(store: Store, listeners: Path | None = None, labels: Path | None = None) -> Truths:
    """Read what belongs together, of all tracks in the order of their rows.

    Parameters
    ----------
    listeners : Path, optional
        A table for :func:`soundglass.evaluate.ranking.listeners.read_listeners`.
    labels : Path, optional
        A table for :func:`soundglass.evaluate.ranking.labels.read_labels`; its columns ``artist`` and
        ``album`` (or ``release``) stand for the tags'.

    Raises
    ------
    CatalogueError
        One of the tables is missing or not one.
    """
    told = dict(read_labels(labels, store)) if labels else {}
    table = store.columns(["id", "artist", "album", "album_artist", "genres", "path"]).to_pylist()
    credited = told.pop("artist", [row["artist"] or "" for row in table])
    names = [artists(text) for text in credited]
    album = told.pop("album", told.pop("release", None))
    albums = _single(album) if album else [_album(row, by) for row, by in zip(table, names, strict=True)]
    shared = _playlists(store, [row["id"] for row in table])
    genres = [{*map(_folded, row["genres"] or ())} for row in table]
    found = [
        by_labels("album", "tracks of one album", "P@5", albums),
        by_labels("genre", "tracks with a genre in common", "P@10", _united(genres, shared["genre"])),
        by_labels("subgenre", "tracks of playlists of one subgenre", "P@10", shared["subgenre"]),
        by_labels("playlist", "tracks that are in a playlist together", "R-precision", shared["playlist_id"]),
        *(by_labels(name, f"tracks of one {name}", "P@5", _single(column)) for name, column in told.items()),
    ]
    if listeners:
        found.append(_by_listeners(listeners, names))
    by_artist = by_labels("artist", "tracks by one artist", "P@5", names, across_artists=False)
    return Truths(by_artist, tuple(found), _main_artists(names))


def by_labels(name: str, says: str, measure: str, labels: Labels, *, across_artists: bool = True) -> Truth:
    """Make a truth of labels: tracks that share one belong together."""
    owned = _table(labels, {label: at for at, label in enumerate(sorted(set().union(*labels)))})
    return Truth(name, says, measure, _any(owned), owned, owned.T.tocsr(), across_artists)


def _by_listeners(path: Path, names: Sequence[Collection[str]]) -> Truth:
    known = {name: at for at, name in enumerate(sorted(set().union(*names)))}
    heard, pairs = related(read_listeners(path), known)
    own = np.flatnonzero(heard)
    one, other = np.concatenate([np.stack([own, own], axis=1), pairs, pairs[:, ::-1]]).T
    relation = sparse.csr_array((np.ones(len(one), np.bool_), (one, other)), (len(known), len(known)))
    owned = _table(names, known)
    return Truth(
        "listeners",
        "tracks by artists who share more listeners than chance would give them",
        "P@10",
        _any(owned[:, own]) if len(own) else np.zeros(len(names), dtype=np.bool_),
        (owned @ relation).tocsr(),
        owned.T.tocsr(),
    )


def _table(labels: Labels, numbers: Mapping[str, int]) -> sparse.csr_array:
    at = [(track, numbers[label]) for track, of_track in enumerate(labels) for label in of_track]
    track, label = np.array(at, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(at), np.bool_), (track, label)), (len(labels), len(numbers)))


def _any(table: sparse.csr_array) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = np.diff(table.indptr) > 0
    return known


def _album(row: Mapping[str, Json], by: Collection[str]) -> set[str]:
    """Name the album a track is on; one title may be that of many albums.

    Where nobody says whose album it is, it takes a folder in common, or for tracks from a table an artist.
    """
    title = _folded(row["album"] or "")
    if not title:
        return set()
    if row["album_artist"]:
        return {f"{title}\n{_folded(row['album_artist'])}"}
    if row["path"]:
        return {f"{title}\n{row['path'].rpartition('/')[0]}/"}
    return {f"{title}\n{artist}" for artist in by}


def _playlists(store: Store, ids: Sequence[str]) -> dict[str, list[set[str]]]:
    """Give the playlists each track is in, and their genres and subgenres."""
    place = {track: at for at, track in enumerate(ids)}
    found: dict[str, list[set[str]]] = {
        name: [set() for _ in ids] for name in ("playlist_id", "genre", "subgenre")
    }
    for row in store.playlists().to_pylist():
        if row["track_id"] in place:
            for name, of_tracks in found.items():
                of_tracks[place[row["track_id"]]] |= {_folded(row[name] or "")} - {""}
    return found


def _main_artists(names: Sequence[Collection[str]]) -> NDArray[np.str_]:
    counts = Counter(name for by in names for name in by)
    return np.array(
        [max(by, key=lambda name: (counts[name], name), default="") for by in names], dtype=np.str_
    )


def _single(column: Sequence[str]) -> list[set[str]]:
    return [{_folded(text)} - {""} for text in column]


def _united(one: Labels, other: Labels) -> list[set[str]]:
    return [{*a, *b} for a, b in zip(one, other, strict=True)]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
