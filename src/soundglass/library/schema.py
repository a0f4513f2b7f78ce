"""What a library holds: the Arrow schemas, their version, and how rows become tracks."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Json, Track
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import TAGS
from soundglass.library.packing import STANDING_COLUMNS, TOKEN_COLUMNS, embedding_columns
from soundglass.library.versions import VERSION_COLUMNS, AnalysisPart

_MAX_FLOAT32 = 3.4028234663852886e38

SCHEMA_VERSION = 2
VERSION_KEY = b"soundglass.schema"

CONFIDENT = ("tempo", "key", "mode", "time_signature")
"""Features whose method says how sure it is of each value."""

FILES = pa.list_(pa.struct([("path", pa.binary()), ("size", pa.int64()), ("mtime_ns", pa.int64())]))

ADDED_IN_2 = pa.schema(
    [
        ("embedding_version", pa.int16()),
        *((name, pa.binary()) for name in TOKEN_COLUMNS),
        ("token_means", pa.binary()),
        ("token_shares", pa.binary()),
        ("token_scale", pa.float32()),
        ("background", pa.int32()),
        ("tags", pa.struct([(name, pa.float32()) for name in TAGS])),
        ("picture_version", pa.int16()),
        ("picture", pa.binary()),
    ]
)
"""What schema 2 has and schema 1 had not; binary columns hold arrays, as :mod:`packing` writes them."""

TRACKS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        ("title", pa.string()),
        ("artist", pa.string()),
        ("album", pa.string()),
        ("album_artist", pa.string()),
        ("genre", pa.string()),
        ("genres", pa.list_(pa.string())),
        ("year", pa.int16()),
        ("track_number", pa.int32()),
        ("popularity", pa.float32()),
        ("mb_recording_id", pa.string()),
        ("mb_release_id", pa.string()),
        ("mb_artist_id", pa.string()),
        ("path", pa.string()),
        ("files", FILES),
        ("sample_rate", pa.int32()),
        ("channels", pa.int16()),
        ("codec", pa.string()),
        ("decoder", pa.string()),
        ("flags", pa.list_(pa.string())),
        ("analysis_version", pa.int16()),
        ("evidence", pa.string()),
        *((name, pa.float32()) for name in CATALOGUE),
        *((f"{name}_confidence", pa.float32()) for name in CONFIDENT),
        *ADDED_IN_2,
    ],
    metadata={VERSION_KEY: str(SCHEMA_VERSION).encode()},
)

PART_COLUMNS: Mapping[AnalysisPart, tuple[str, ...]] = {
    "features": (
        *("flags", "sample_rate", "channels", "codec", "decoder", "analysis_version", "evidence"),
        *CATALOGUE,
        *(f"{name}_confidence" for name in CONFIDENT),
    ),
    "embedding": ("flags", "embedding_version", "tags", *TOKEN_COLUMNS, *STANDING_COLUMNS),
    "picture": ("flags", "picture_version", "picture"),
}
"""Part of an analysis to the columns it fills; ``flags`` tell of the decoding, which each part needs."""

PLAYLISTS = pa.schema(
    [
        pa.field("playlist_id", pa.string(), nullable=False),
        pa.field("track_id", pa.string(), nullable=False),
        ("name", pa.string()),
        ("genre", pa.string()),
        ("subgenre", pa.string()),
    ]
)

TRACK_COLUMNS = (
    "id",
    "origin",
    "title",
    "artist",
    "album",
    "album_artist",
    "genres",
    "year",
    "path",
    "duration",
    "flags",
)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Where a recording lay when it was last seen, and how to tell it has not changed."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class TrackRow:
    """Everything a library stores about one track.

    Attributes
    ----------
    values : mapping of str to float
        Feature name to value; absent or NaN where unknown.
    evidence : mapping
        Feature name to ``{"confidence": …, …}``.
    files : sequence of FileStamp
        Every file with this content; the first is the track's ``path``, whatever ``track`` says.
    embedding : Embedding or None
        Tokens and tags.
    picture : bytes or None
        Thumbnail of the spectrogram, as :mod:`soundglass.embeddings.picture` makes it.
    versions : mapping of str to int
        Part of the analysis to its version; what was not looked for is absent.
    """

    track: Track
    values: Mapping[str, float]
    files: Sequence[FileStamp] = ()
    track_number: int | None = None
    popularity: float | None = None
    musicbrainz: Mapping[Literal["recording", "release", "artist"], str] = field(default_factory=dict)
    sample_rate: int | None = None
    channels: int | None = None
    codec: str = ""
    decoder: str = ""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    embedding: Embedding | None = None
    picture: bytes | None = None
    versions: Mapping[AnalysisPart, int] = field(default_factory=dict)

    def as_row(self) -> dict[str, Json]:
        """Lay the track out as one Arrow row; anything that is not finite becomes null."""
        track = self.track
        return {
            "id": track.id,
            "origin": track.origin,
            "title": printable(track.title),
            "artist": track.artist,
            "album": track.album,
            "album_artist": track.album_artist,
            "genre": track.genres[0] if track.genres else "",
            "genres": list(track.genres),
            "year": track.year,
            "track_number": self.track_number,
            "popularity": finite(self.popularity),
            **{
                f"mb_{kind}_id": self.musicbrainz.get(kind, "") for kind in ("recording", "release", "artist")
            },
            "path": printable(self.files[0].path if self.files else track.path),
            "files": file_column(self.files),
            "sample_rate": self.sample_rate,
            "channels": self.channels,
            "codec": self.codec,
            "decoder": self.decoder,
            "flags": list(track.flags),
            "evidence": json.dumps(self._support(), ensure_ascii=False, allow_nan=False),
            **{name: finite(self.values.get(name)) for name in CATALOGUE},
            **{
                f"{name}_confidence": finite(self.evidence.get(name, {}).get("confidence"))
                for name in CONFIDENT
            },
            **embedding_columns(self.embedding),
            "picture": self.picture,
            **{column: self.versions.get(part) for part, column in VERSION_COLUMNS.items()},
        }

    def _support(self) -> dict[str, Json]:
        """Give what stands behind the values, apart from the confidences, which are columns."""
        support = {
            name: {key: value for key, value in of_feature.items() if key != "confidence"}
            for name, of_feature in self.evidence.items()
        }
        return {name: _finite_json(of_feature) for name, of_feature in support.items() if of_feature}


def file_column(files: Sequence[FileStamp]) -> list[dict[str, Json]]:
    """Lay files out for the ``files`` column, paths byte by byte."""
    return [{"path": os.fsencode(f.path), "size": f.size, "mtime_ns": f.mtime_ns} for f in files]


def track_from_row(row: Mapping[str, Json]) -> Track:
    """Read a track out of a row that holds ``TRACK_COLUMNS``."""
    return Track(
        id=row["id"],
        origin=row["origin"],
        title=row["title"] or "",
        artist=row["artist"] or "",
        album=row["album"] or "",
        album_artist=row["album_artist"] or "",
        genres=tuple(row["genres"] or ()),
        year=row["year"],
        path=row["path"] or "",
        duration_s=math.nan if row["duration"] is None else row["duration"],
        flags=tuple(row["flags"] or ()),
    )


def finite(value: float | None) -> float | None:
    """Return the value, or ``None`` where it says nothing: no non-finite number is ever stored."""
    return None if value is None or not abs(value) <= _MAX_FLOAT32 else float(value)


def _finite_json(value: Json) -> Json:
    match value:
        case Mapping():
            return {name: _finite_json(part) for name, part in value.items()}
        case list() | tuple():
            return [_finite_json(part) for part in value]
        case float():
            return finite(value)
    return value


def quoted(text: str) -> str:
    """Quote a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def printable(text: str) -> str:
    """Make a path, or a name taken from one, valid Unicode; the exact bytes are kept in ``files``."""
    return text.encode("utf-8", "replace").decode("utf-8")
