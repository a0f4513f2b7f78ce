"""A library as Soundglass wrote it when its schema was 1: the columns word for word, never to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import lance
import pyarrow as pa

SCHEMA_1 = pa.schema(
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
        (
            "files",
            pa.list_(pa.struct([("path", pa.binary()), ("size", pa.int64()), ("mtime_ns", pa.int64())])),
        ),
        ("sample_rate", pa.int32()),
        ("channels", pa.int16()),
        ("codec", pa.string()),
        ("decoder", pa.string()),
        ("flags", pa.list_(pa.string())),
        ("analysis_version", pa.int16()),
        ("evidence", pa.string()),
        ("energy", pa.float32()),
        ("loudness", pa.float32()),
        ("danceability", pa.float32()),
        ("valence", pa.float32()),
        ("tempo", pa.float32()),
        ("acousticness", pa.float32()),
        ("instrumentalness", pa.float32()),
        ("speechiness", pa.float32()),
        ("liveness", pa.float32()),
        ("key", pa.float32()),
        ("mode", pa.float32()),
        ("time_signature", pa.float32()),
        ("duration", pa.float32()),
        ("brightness", pa.float32()),
        ("bass_share", pa.float32()),
        ("dynamic_range", pa.float32()),
        ("onset_rate", pa.float32()),
        ("pulse_clarity", pa.float32()),
        ("roughness", pa.float32()),
        ("noisiness", pa.float32()),
        ("tempo_confidence", pa.float32()),
        ("key_confidence", pa.float32()),
        ("mode_confidence", pa.float32()),
        ("time_signature_confidence", pa.float32()),
    ],
    metadata={b"soundglass.schema": b"1"},
)


def write_schema_1(folder: Path, rows: Sequence[dict] | pa.Table) -> str:
    """Write a library of schema 1 and return where it lies."""
    if not isinstance(rows, pa.Table):
        rows = pa.Table.from_pylist(rows, schema=SCHEMA_1)
    lance.write_dataset(rows.cast(SCHEMA_1), str(folder / "tracks.lance"))
    return str(folder)


def version_on_disk(uri: str) -> int:
    """Read which schema a library says it has."""
    return int(lance.dataset(f"{uri}/tracks.lance").schema.metadata[b"soundglass.schema"])
