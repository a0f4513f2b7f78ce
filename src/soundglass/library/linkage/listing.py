"""A table that names music, whatever its columns are called, read row by row."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from statistics import median

import pyarrow as pa

from soundglass.core.errors import CatalogueError
from soundglass.library.delimited import TextFile

KNOWN_AS: Mapping[str, tuple[str, ...]] = {
    "id": ("track_id", "id", "spotify_id", "deezer_id", "dzr_sng_id", "track_uri", "uri", "trackid"),
    "title": ("track_name", "title", "track_title", "song_title", "song_name", "name", "song", "track"),
    "artist": (
        "artists",
        "track_artist",
        "artist",
        "artist_name",
        "artist_names",
        "artist_s_name",
        "performer",
    ),
    "album": ("track_album_name", "album_name", "album", "album_title", "release"),
    "duration_ms": ("duration_ms", "track_duration_ms", "track_duration_ms_", "length_ms"),
    "duration_s": ("duration_s", "duration_sec", "duration_seconds", "length_s", "seconds"),
    "duration": ("duration", "track_duration", "length", "time"),
    "isrc": ("isrc", "track_isrc", "isrcs"),
    "country": ("country", "country_code", "market"),
    "preview_url": ("preview_url", "track_preview_url", "preview"),
    "popularity": ("popularity", "track_popularity"),
}
"""Our columns to what they are called elsewhere, in lower case, joined by ``_``; the first present wins."""

_PER_SECOND = {"duration_ms": 1000.0, "duration_s": 1.0}
_LONGEST_S = 86_400.0
_MILLISECONDS_FROM = 5_000.0
"""A column of lengths whose middle is above this, 83 minutes if it were seconds, holds milliseconds."""
_TOO_SHORT_S = 1.0
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list of music; empty or ``None`` where it is silent.

    Attributes
    ----------
    position : int
        In the list, from 0.
    artists : tuple of str
        As listed; one entry may still name several people.
    duration_s : float or None
        In seconds.
    isrc : str
        International Standard Recording Code, upper case without hyphens; empty if it is not one.
    path : str
        The file, where the entry is one of a library.
    """

    position: int
    id: str = ""
    title: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    duration_s: float | None = None
    isrc: str = ""
    country: str = ""
    preview_url: str = ""
    popularity: float | None = None
    path: str = ""

    @property
    def artist(self) -> str:
        """All artists in one line."""
        return ", ".join(self.artists)

    @property
    def label(self) -> str:
        """``Artist – Title``, or the best there is."""
        name = self.title or self.id or f"row {self.position + 2}"
        return f"{self.artist} – {name}" if self.artists else name


def read_listing(
    path: str | PathLike[str], mapping: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> tuple[Listed, ...]:
    """Read a table of titles: Spotify-like, Deezer-like or any other with a column of titles.

    Parameters
    ----------
    path : path-like
        Comma-separated text with a header, plain or compressed (``.gz``, ``.bz2``).
    mapping : mapping of str to str, optional
        Our column names (the keys of ``KNOWN_AS``) to theirs; it wins over what is recognised.
    encoding : str
        Of the text.

    Returns
    -------
    tuple of Listed
        One for each row, in order.

    Raises
    ------
    CatalogueError
        The table cannot be read, has no titles, or a length in it cannot be; names row and column.
    """
    file = TextFile(Path(path).expanduser(), encoding)
    table = file.read()
    columns = _Columns(file, table, _layout(table.column_names, mapping or {}, file.path))
    listed = zip(
        columns.text("id"),
        columns.text("title"),
        map(_artists, columns.text("artist")),
        columns.text("album"),
        columns.durations(),
        map(_isrc, columns.text("isrc")),
        columns.text("country"),
        columns.text("preview_url"),
        map(_number, columns.text("popularity")),
        strict=True,
    )
    return tuple(Listed(position, *fields) for position, fields in enumerate(listed))


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table by our names."""

    file: TextFile
    table: pa.Table
    layout: Mapping[str, str]

    def text(self, ours: str) -> list[str]:
        """Read a column as single lines; empty where it is missing."""
        if ours not in self.layout:
            return [""] * self.table.num_rows
        return [" ".join(text.split()) if text else "" for text in self.table[self.layout[ours]].to_pylist()]

    def durations(self) -> list[float | None]:
        """Read the lengths in seconds, whatever their unit; 0 stands for an unknown one."""
        ours = next((name for name in ("duration_ms", "duration_s", "duration") if name in self.layout), None)
        if ours is None:
            return [None] * self.table.num_rows
        values = [self._duration(position, ours, text) for position, text in enumerate(self.text(ours))]
        known = [value for value in values if value]
        if not known:
            return [None] * len(values)
        middle = median(known)
        per_second = _PER_SECOND.get(ours) or (1000.0 if middle > _MILLISECONDS_FROM else 1.0)
        if middle / per_second < _TOO_SHORT_S:
            theirs = self.layout[ours]
            what = f"column {theirs!r}: half of it would be below {_TOO_SHORT_S:g} s"
            remedy = f"If it is in seconds: --map duration_s={theirs}"
            raise CatalogueError(what, path=self.file.path, remedy=remedy)
        for position, value in enumerate(values):
            if value and value / per_second > _LONGEST_S:
                raise self._impossible(position, ours, f"{value / per_second:g} s is longer than a day")
        return [value / per_second if value else None for value in values]

    def _duration(self, position: int, ours: str, text: str) -> float | None:
        if (clock := _CLOCK.fullmatch(text)) is not None:
            hours, minutes, seconds = (float(part or 0) for part in clock.groups())
            return (3600 * hours + 60 * minutes + seconds) * (1000.0 if ours == "duration_ms" else 1.0)
        value = _number(text)
        if text and value is None:
            raise self._impossible(position, ours, f"{text[:40]!r} is not a length")
        if value is not None and value < 0:
            raise self._impossible(position, ours, f"{value:g} is below 0")
        return value

    def _impossible(self, position: int, ours: str, what: str) -> CatalogueError:
        remedy = "Correct the table, or map another column, as in --map duration_s=length"
        return self.file.error_at(position, f", column {self.layout[ours]!r}: {what}", remedy)


def _layout(columns: Sequence[str], mapping: Mapping[str, str], path: Path) -> dict[str, str]:
    """Find out which column holds what."""
    for ours, theirs in mapping.items():
        if ours not in KNOWN_AS:
            raise CatalogueError(
                f"--map names {ours!r}, which is no column of ours", remedy=f"Ours: {', '.join(KNOWN_AS)}"
            )
        if theirs not in columns:
            raise CatalogueError(
                f"has no column {theirs!r}", path=path, remedy=f"It has: {', '.join(columns[:30])}"
            )
    present = {re.sub(r"\W+", "_", name.casefold()): name for name in reversed(columns)}
    layout = {
        ours: present[known]
        for ours, names in KNOWN_AS.items()
        if (known := next((name for name in names if name in present), None)) is not None
    }
    if any(name.startswith("duration") for name in mapping):
        layout = {ours: theirs for ours, theirs in layout.items() if not ours.startswith("duration")}
    layout = {**layout, **mapping}
    if "title" not in layout:
        raise CatalogueError(
            f"has no column of titles; it has: {', '.join(columns[:30])}",
            path=path,
            remedy="Say which one it is, as in --map title=Song",
        )
    return layout


def _artists(text: str) -> tuple[str, ...]:
    """Split a list of artists where it is clearly one: ``A;B`` or ``['A', 'B']``."""
    if text.startswith("[") and text.endswith("]"):
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            found = [text]
        text = ";".join(map(str, found)) if isinstance(found, list) else text
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(";")))))


def _isrc(text: str) -> str:
    code = text.upper().replace("-", "").replace(" ", "")
    return code if _ISRC.fullmatch(code) else ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
