"""A worker's answers become the row of a track."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from soundglass.core.types import Json, Track
from soundglass.library.packing import embedding_from_json, from_text
from soundglass.library.schema import PART_COLUMNS, FileStamp, TrackRow
from soundglass.library.versions import VERSIONS, AnalysisPart

ID_LENGTH = 16
TAG_COLUMNS = (
    "title",
    "artist",
    "album",
    "album_artist",
    "genre",
    "genres",
    "year",
    "track_number",
    "mb_recording_id",
    "mb_release_id",
    "mb_artist_id",
    "path",
    "files",
)
"""What changes when a file is retagged or moved."""


def track_id(identity: Mapping[str, Json]) -> str:
    """Name a recording by the start of its content hash."""
    return str(identity["hash"])[:ID_LENGTH]


def track_row(
    identity: Mapping[str, Json], analysis: Mapping[str, Json], files: Sequence[FileStamp]
) -> TrackRow:
    """Lay out a recording's tags, features, tokens and picture for the store.

    Parameters
    ----------
    identity, analysis : mapping
        Answers of :mod:`soundglass.library.worker`.
    files : sequence of FileStamp
        Where the recording lies; at least one.
    """
    measured = {m["name"]: m for m in analysis.get("features", ())}
    evidence = {
        name: {"confidence": m["confidence"], **m["evidence"]}
        for name, m in measured.items()
        if m["evidence"] or m["confidence"] is not None
    }
    return TrackRow(
        track=_track(identity, files, tuple(analysis["flags"])),
        values={name: math.nan if m["value"] is None else m["value"] for name, m in measured.items()},
        files=files,
        sample_rate=analysis["sample_rate"],
        channels=analysis["channels"],
        codec=analysis["codec"],
        decoder=analysis["decoder"],
        evidence=evidence,
        embedding=embedding_from_json(analysis["embedding"]) if "embedding" in analysis else None,
        picture=from_text(analysis["picture"]) if analysis.get("picture") else None,
        versions={part: VERSIONS[part] for part in found_parts(analysis)},
        **_numbers(identity),
    )


def found_parts(analysis: Mapping[str, Json]) -> list[AnalysisPart]:
    """Name the parts that an answer holds."""
    return [part for part in VERSIONS if part in analysis]


def part_columns(identity: Mapping[str, Json], analysis: Mapping[str, Json]) -> dict[str, Json]:
    """Lay out only a recording's id and the columns of the parts that an answer holds."""
    row = track_row(identity, analysis, [FileStamp("", 0, 0)]).as_row()
    found = (name for part in found_parts(analysis) for name in PART_COLUMNS[part])
    return {name: row[name] for name in ("id", *found)}


def tag_columns(identity: Mapping[str, Json], files: Sequence[FileStamp]) -> dict[str, Json]:
    """Lay out only a recording's id, tags and files."""
    row = TrackRow(_track(identity, files, ()), {}, files, **_numbers(identity)).as_row()
    return {name: row[name] for name in ("id", *TAG_COLUMNS)}


def _track(identity: Mapping[str, Json], files: Sequence[FileStamp], flags: tuple[str, ...]) -> Track:
    tags, path = identity["tags"], files[0].path
    return Track(
        id=track_id(identity),
        origin="audio",
        title=tags["title"] or Path(path).stem,
        artist=tags["artist"],
        album=tags["album"],
        album_artist=tags["album_artist"],
        genres=tuple(tags["genres"]),
        year=tags["year"],
        path=path,
        flags=flags,
    )


def _numbers(identity: Mapping[str, Json]) -> dict[str, Any]:
    tags = identity["tags"]
    kinds = ("recording", "release", "artist")
    return {
        "track_number": tags["track_number"],
        "musicbrainz": {kind: tags[f"mb_{kind}_id"] for kind in kinds},
    }
