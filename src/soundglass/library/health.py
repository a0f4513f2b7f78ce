"""What a library holds, and whether all of it is sound."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import LibraryError
from soundglass.core.types import Json
from soundglass.embeddings import network
from soundglass.embeddings.picture import PICTURE
from soundglass.embeddings.tokens import MAX_TOKENS, TokenSet
from soundglass.library.ledger import is_gone
from soundglass.library.packing import STANDING_COLUMNS, TOKEN_COLUMNS, tokens_from_row
from soundglass.library.saved import Saved
from soundglass.library.schema import TRACKS
from soundglass.library.store import Store
from soundglass.library.study.file import StudyFile
from soundglass.library.token_columns import HAS_TOKENS
from soundglass.library.versions import VERSION_COLUMNS, outdated_parts

_TOLERANCE_S = 0.1
_TOLERANCE_WEIGHT = 1e-3


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
    tokens : int
        Tracks that have tokens of this program's version, so can be compared by their spectrograms.
    version : int
        Number of the snapshot that was read.
    columns : tuple of str
        What a condition on tracks may name; ``tags.*`` stands for one column for each of ``tags``.
    tags : tuple of str
        As in ``tags.strings > 0.3``.
    """

    uri: str
    tracks: Mapping[str, int]
    artists: int
    albums: int
    playlists: int
    hours: float
    genres: Mapping[str, int]
    flags: Mapping[str, int]
    tokens: int
    version: int
    columns: tuple[str, ...]
    tags: tuple[str, ...]


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
        tokens=len(store.rows_where(HAS_TOKENS)),
        version=store.version,
        columns=tuple(_conditions()),
        tags=network.TAGS,
    )


def _conditions() -> Iterator[str]:
    for column in TRACKS:
        if pa.types.is_struct(column.type):
            yield f"{column.name}.*"
        elif not pa.types.is_binary(column.type):
            yield column.name


def check(store: Store) -> Health:
    """Read everything a library holds and report what is damaged, impossible or gone."""
    health = Health(problems=[*Saved(store.uri).problems(), *StudyFile(store.uri).problems()])
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
    health.problems.extend(_impossible_embeddings(store))
    paths = [os.fsdecode(file["path"]) for files in table["files"].to_pylist() for file in files or ()]
    health.missing_files = sum(is_gone(path) for path in paths)
    return health


def _impossible_embeddings(store: Store) -> Iterator[str]:
    """Say what is wrong with tokens, tags and pictures, and with how many."""
    found: Counter[str] = Counter()
    columns = ["duration", "tags", "picture", *TOKEN_COLUMNS, *STANDING_COLUMNS, *VERSION_COLUMNS.values()]
    for batch in store.batches(columns):
        for row in batch.to_pylist():
            found.update(_faults(row))
    for fault, count in sorted(found.items()):
        yield f"{fault}: {count} tracks"


def _faults(row: Mapping[str, Json]) -> Iterator[str]:
    """Judge the parts of this program's version; others may be laid out in another way."""
    outdated = outdated_parts(row)
    if "picture" not in outdated and row["picture"] and len(row["picture"]) != PICTURE.itemsize:
        yield "pictures of impossible length"
    if "embedding" in outdated:
        return
    try:
        tokens = tokens_from_row(row)
    except LibraryError:
        yield "tokens of impossible lengths"
    else:
        yield from () if tokens is None else _token_faults(tokens, row)
    if row["tags"] and not all(tag is not None and 0 <= tag <= 1 for tag in row["tags"].values()):
        yield "tags outside 0 to 1"


def _token_faults(tokens: TokenSet, row: Mapping[str, Json]) -> Iterator[str]:
    if not 1 <= len(tokens) <= MAX_TOKENS:
        yield f"token counts outside 1 to {MAX_TOKENS}"
        return
    if not tokens.vectors.any(axis=1).all():
        yield "tokens without direction"
    if not ((tokens.weights > 0).all() and abs(tokens.weights.sum() - 1) < _TOLERANCE_WEIGHT):
        yield "token weights that do not sum to 1"
    start, end, low, high = tokens.boxes.T
    longest = np.inf if row["duration"] is None else row["duration"] + _TOLERANCE_S
    if not ((start >= 0) & (start < end) & (end <= longest)).all():
        yield "token boxes outside the track"
    if not ((low >= 0) & (low < high) & (high <= network.SAMPLE_RATE / 2)).all():
        yield "token boxes outside the frequencies heard"
    if row["background"] is not None and not _are_standings(row, len(tokens)):
        yield "standings among the background that make no sense"


def _are_standings(row: Mapping[str, Json], n_tokens: int) -> bool:
    """Tell whether the ``STANDING_COLUMNS`` can have been measured against a background."""
    means, shares, scale = row["token_means"], row["token_shares"], row["token_scale"]
    if None in (means, shares, scale) or {len(means), len(shares)} != {4 * n_tokens}:
        return False
    of_all = np.frombuffer(shares, "<f4")
    are_means = (np.abs(np.frombuffer(means, "<f4")) <= 1 + _TOLERANCE_WEIGHT).all()
    are_shares = (of_all > 0).all() and abs(of_all.sum() - 1) < _TOLERANCE_WEIGHT
    return bool(are_means and are_shares and 0 < scale < np.inf)
