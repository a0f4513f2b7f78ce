"""What a library holds, and whether all of it is sound."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow.compute as pc

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import LibraryError
from soundglass.library.ledger import is_gone
from soundglass.library.schema import TRACKS
from soundglass.library.store import Store


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """What is in a library.

    Attributes
    ----------
    tracks : mapping of str to int
        Origin (``audio``, ``csv``) to number of tracks.
    artists, albums, playlists : int
    hours : float
        Total length of all tracks whose length is known.
    genres : mapping of str to int
        The most frequent genres.
    flags : mapping of str to int
        What is odd about how many recordings.
    version : int
        Number of the snapshot that was read.
    columns : tuple of str
        What a condition on tracks may name.
    """

    uri: str
    tracks: Mapping[str, int]
    artists: int
    albums: int
    playlists: int
    hours: float
    genres: Mapping[str, int]
    flags: Mapping[str, int]
    version: int
    columns: tuple[str, ...]


@dataclass(slots=True)
class Health:
    """What a check found; no problem means every byte was read and made sense."""

    tracks: int = 0
    problems: list[str] = field(default_factory=list)
    missing_files: int = 0


def summarise(store: Store) -> LibraryInfo:
    """Count what a library holds."""
    table = store.columns(["origin", "artist", "album", "genre", "flags", "duration"])
    genres = Counter(genre for genre in table["genre"].to_pylist() if genre)
    flags = Counter(flag for of_track in table["flags"].to_pylist() for flag in of_track or ())
    seconds = pc.sum(table["duration"]).as_py() or 0.0
    return LibraryInfo(
        uri=store.uri,
        tracks=dict(Counter(table["origin"].to_pylist())),
        artists=len(set(table["artist"].to_pylist()) - {"", None}),
        albums=len(set(table["album"].to_pylist()) - {"", None}),
        playlists=pc.count_distinct(store.playlists()["playlist_id"]).as_py(),
        hours=seconds / 3600,
        genres=dict(genres.most_common(8)),
        flags=dict(flags.most_common()),
        version=store.version,
        columns=tuple(TRACKS.names),
    )


def check(store: Store) -> Health:
    """Read everything a library holds and report what is damaged, impossible or gone."""
    health = Health()
    try:
        store.validate()
        table = store.columns(["id", "files", *CATALOGUE])
    except LibraryError as error:
        health.problems.append(error.message)
        return health
    health.tracks = table.num_rows
    repeated = table.num_rows - pc.count_distinct(table["id"]).as_py()
    if repeated:
        health.problems.append(f"{repeated} tracks are stored twice")
    for name, feature in CATALOGUE.items():
        values = table[name].to_numpy(zero_copy_only=False)
        not_numbers = pc.sum(pc.is_nan(table[name])).as_py() or 0  # nothing is null, never NaN
        wrong = not_numbers + int(((values < feature.low) | (values > feature.high)).sum())
        if wrong:
            health.problems.append(f"{name}: {wrong} values outside {feature.low:g} to {feature.high:g}")
    paths = [os.fsdecode(file["path"]) for files in table["files"].to_pylist() for file in files or ()]
    health.missing_files = sum(is_gone(path) for path in paths)
    return health
