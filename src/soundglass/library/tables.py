"""A table of audio features becomes tracks and playlists, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, Feature
from soundglass.library import schema
from soundglass.library.delimited import TextFile
from soundglass.library.layouts import choose_layout
from soundglass.library.store import Store

_UNKNOWN = {"key": -1.0, "tempo": 0.0, "time_signature": 0.0}
"""Spotify's own marks for "not found"."""

_BLANK = pa.array(["", "na", "nan", "null", "none"])


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Attributes
    ----------
    rows, tracks, repeated : int
        Rows read; tracks stored; rows that told of a track again.
    conflicting : int
        Repeated rows whose features differ from the first's, which was kept.
    playlists, genres : int
    missing : mapping of str to int
        Feature name to the number of tracks that lack it, where some do.
    """

    rows: int
    tracks: int
    repeated: int
    conflicting: int
    playlists: int
    genres: int
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """A table that was read and checked, laid out for the store.

    Attributes
    ----------
    name : str
        Of the file.
    tracks : pyarrow.Table
        By the library's schema.
    memberships : pyarrow.Table or None
        Of playlists, where the table names some.
    summary : ImportSummary
    """

    name: str
    tracks: pa.Table
    memberships: pa.Table | None
    summary: ImportSummary

    def store_in(self, store: Store) -> ImportSummary:
        """Write tracks, then playlists; done again it changes nothing."""
        with store.writing(f"import of {self.name}"):
            store.upsert_table(self.tracks)
            if self.memberships is not None:
                store.add_playlists(self.memberships)
        return self.summary


def read_table(
    path: Path, *, mapping: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> FeatureTable:
    """Read a Spotify-style table and check everything in it.

    Parameters
    ----------
    path : Path
        Comma-separated text with a header, plain or compressed (``.gz``, ``.bz2``).
    mapping : mapping of str to str, optional
        Our column names to theirs, for layouts that are not recognised.
    encoding : str
        Of the text.

    Raises
    ------
    CatalogueError
        The table cannot be read, lacks columns, or holds impossible values; names row and column.
    """
    rows = _group(TextFile(path, encoding), mapping or {})
    features = {
        name: _feature(rows, CATALOGUE[name], theirs)
        for name, theirs in rows.layout.items()
        if name in CATALOGUE
    }
    if "duration_ms" in rows.layout and "duration" not in features:
        features["duration"] = _feature(rows, CATALOGUE["duration"], rows.layout["duration_ms"], 1000.0)
    genres = _genres(rows)
    memberships = _memberships(rows)
    summary = ImportSummary(
        rows=rows.table.num_rows,
        tracks=len(rows.kept),
        repeated=rows.table.num_rows - len(rows.kept),
        conflicting=_conflicts(rows, features),
        playlists=0 if memberships is None else pc.count_distinct(memberships["playlist_id"]).as_py(),
        genres=len({genre for of_track in genres for genre in of_track}),
        missing={n: m for n, v in features.items() if (m := int(np.isnan(v[rows.kept]).sum()))},
    )
    return FeatureTable(path.name, _tracks(rows, features, genres), memberships, summary)


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table read as text, and which of its rows tell of one track.

    Attributes
    ----------
    file : TextFile
    layout : dict of str to str
        Our column names to the table's.
    ids : ndarray of str, shape (n_rows,)
    kept : ndarray of int, shape (n_tracks,)
        First row of each track, in order of appearance.
    owner : ndarray of int, shape (n_rows,)
        Position in ``kept`` of each row's track.
    """

    file: TextFile
    table: pa.Table
    layout: Mapping[str, str]
    ids: NDArray[np.object_]
    kept: NDArray[np.intp]
    owner: NDArray[np.intp]

    def text(self, name: str) -> pa.Array:
        """Read a text column of the kept rows; empty where it is missing."""
        if name not in self.layout:
            return pa.array([""] * len(self.kept))
        return pc.fill_null(self.table[self.layout[name]].take(self.kept).combine_chunks(), "")


def _group(file: TextFile, mapping: Mapping[str, str]) -> _Rows:
    table = file.read()
    layout = choose_layout(table.column_names, mapping, str(file.path))
    ids = _ids(table[layout["id"]], file)
    _, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    return _Rows(file, table, layout, ids, first[order], np.argsort(order, kind="stable")[inverse])


def _ids(column: pa.ChunkedArray, file: TextFile) -> NDArray[np.object_]:
    stripped = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    empty = np.flatnonzero(pc.equal(stripped, "").to_numpy())
    if len(empty):
        raise file.error_at(int(empty[0]), " has no id", "Give each row an id")
    return np.asarray(stripped.to_numpy(), dtype=object)


def _feature(rows: _Rows, feature: Feature, theirs: str, divisor: float = 1.0) -> NDArray[np.float64]:
    """Read one feature's column, NaN where empty; refuse what cannot be."""
    values = _numbers(rows, theirs)
    if (mark := _UNKNOWN.get(feature.name)) is not None:
        values[values == mark] = np.nan
    low, high = feature.low * divisor, feature.high * divisor
    wrong = np.flatnonzero((values < low) | (values > high))
    if len(wrong):
        raise rows.file.error_at(
            int(wrong[0]),
            f", column {theirs!r}: {values[wrong[0]]:g} is outside {low:g} to {high:g} "
            f"({len(wrong)} such rows)",
            "Correct the table, or map the column that holds it on this scale",
        )
    return values / divisor


def _numbers(rows: _Rows, theirs: str) -> NDArray[np.float64]:
    text = pc.utf8_trim_whitespace(rows.table[theirs].combine_chunks())
    text = pc.if_else(pc.is_in(pc.utf8_lower(text), _BLANK), pa.scalar(None, pa.string()), text)
    text = pc.if_else(pc.equal(text, "True"), "1", pc.if_else(pc.equal(text, "False"), "0", text))
    try:
        numbers = pc.cast(text, pa.float64())
    except pa.ArrowInvalid:
        position, value = next((i, v) for i, v in enumerate(text.to_pylist()) if not _is_number(v))
        raise rows.file.error_at(
            position,
            f", column {theirs!r}: {value[:40]!r} is not a number",
            "Correct the table or map another column",
        ) from None
    return np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_number(value: str | None) -> bool:
    try:
        pc.cast(pa.scalar(value, pa.string()), pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _genres(rows: _Rows) -> list[list[str]]:
    """Collect every genre the rows of a track name, in order of appearance."""
    found: list[dict[str, None]] = [{} for _ in rows.kept]
    for name in ("genre", "playlist_subgenre"):
        if name in rows.layout:
            column = rows.table[rows.layout[name]].to_pylist()
            for track, genre in zip(rows.owner.tolist(), column, strict=True):
                if genre:
                    found[track][genre] = None
    return [list(genres) for genres in found]


def _tracks(rows: _Rows, features: Mapping[str, NDArray[np.float64]], genres: list[list[str]]) -> pa.Table:
    n_tracks = len(rows.kept)
    numbers = dict(features)
    if "popularity" in rows.layout:
        numbers["popularity"] = _numbers(rows, rows.layout["popularity"])
    columns: dict[str, pa.Array] = {
        "id": pa.array(rows.ids[rows.kept], pa.string()),
        "origin": pa.array(["csv"] * n_tracks),
        "title": rows.text("title"),
        "artist": pc.replace_substring(rows.text("artist"), ";", ", "),
        "album": rows.text("album"),
        "genre": pa.array([of_track[0] if of_track else "" for of_track in genres]),
        "genres": pa.array(genres, pa.list_(pa.string())),
        "year": _years(rows.text("year")),
        **{name: _float32(values[rows.kept]) for name, values in numbers.items()},
    }
    return pa.table(
        [
            columns[field.name].cast(field.type) if field.name in columns else pa.nulls(n_tracks, field.type)
            for field in schema.TRACKS
        ],
        schema=schema.TRACKS,
    )


def _float32(values: NDArray[np.float64]) -> pa.Array:
    """Store numbers as such, and null for the rest."""
    storable = np.abs(values) <= np.finfo(np.float32).max
    return pa.array(values, pa.float32(), mask=~storable)


def _years(dates: pa.Array) -> pa.Array:
    years = pc.struct_field(pc.extract_regex(dates, r"\b(?P<year>[12]\d{3})"), "year")
    return pc.cast(years, pa.int16())


def _memberships(rows: _Rows) -> pa.Table | None:
    if "playlist_id" not in rows.layout:
        return None

    def column(name: str) -> pa.ChunkedArray | pa.Array:
        known = name in rows.layout
        return rows.table[rows.layout[name]] if known else pa.nulls(rows.table.num_rows, pa.string())

    full = pa.table(
        [
            column("playlist_id"),
            pa.array(rows.ids, pa.string()),
            *map(column, ("playlist_name", "playlist_genre", "playlist_subgenre")),
        ],
        names=schema.PLAYLISTS.names,
    )
    full = full.filter(pc.is_valid(full["playlist_id"]))
    grouped = full.group_by(["playlist_id", "track_id"], use_threads=False)
    once = grouped.aggregate([(name, "first") for name in ("name", "genre", "subgenre")])
    return once.rename_columns(schema.PLAYLISTS.names).cast(schema.PLAYLISTS)


def _conflicts(rows: _Rows, features: Mapping[str, NDArray[np.float64]]) -> int:
    """Count the rows whose features differ from those of their track's first row."""
    differs = np.zeros(len(rows.owner), dtype=bool)
    for values in features.values():
        first = values[rows.kept][rows.owner]
        differs |= ~((values == first) | (np.isnan(values) & np.isnan(first)))
    return int(differs.sum())
