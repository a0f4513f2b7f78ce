"""A worker's answers become rows."""

from __future__ import annotations

import json
import math
import os

import numpy as np
import pyarrow as pa
import pytest
from storing import some_tokens

from soundglass.core.types import Json
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import TAGS
from soundglass.library.packing import TOKEN_COLUMNS, embedding_to_json, to_text
from soundglass.library.rows import TAG_COLUMNS, part_columns, tag_columns, track_id, track_row
from soundglass.library.schema import PART_COLUMNS, TRACKS, FileStamp
from soundglass.library.versions import VERSIONS

FILES = [FileStamp("/m/01 song.mp3", 10, 20), FileStamp("/m/copy.mp3", 10, 21)]


@pytest.fixture
def identity() -> dict[str, Json]:
    tags = {
        "title": "Song",
        "artist": "Singer",
        "album": "Album",
        "album_artist": "Various",
        "genres": ["rock", "pop"],
        "year": 1999,
        "track_number": 7,
        "mb_recording_id": "r",
        "mb_release_id": "l",
        "mb_artist_id": "a",
    }
    return {"hash": "0123456789abcdef" * 2, "duration_s": 3.0, "codec": "mp3", "tags": tags}


@pytest.fixture
def analysis() -> dict[str, Json]:
    alternatives = [{"bpm": 60.0}]
    measurements = [
        {"name": "tempo", "value": 120.0, "confidence": 0.8, "evidence": {"alternatives": alternatives}},
        {"name": "key", "value": math.nan, "confidence": math.nan, "evidence": {}},
        {"name": "energy", "value": None, "confidence": None, "evidence": {}},
        {"name": "duration", "value": 3.0, "confidence": None, "evidence": {}},
    ]
    decoded = {
        "sample_rate": 44_100,
        "channels": 2,
        "codec": "mp3",
        "decoder": "soundfile",
        "flags": ["short"],
    }
    tags = np.linspace(0, 1, len(TAGS), dtype=np.float32)
    embedding = embedding_to_json(Embedding(some_tokens(), tags))
    return {**decoded, "features": measurements, "embedding": embedding, "picture": to_text(b"pixels")}


def test_a_recording_is_named_by_its_content(identity: dict[str, Json]) -> None:
    assert track_id(identity) == "0123456789abcdef"


def test_tags_features_and_files_are_laid_out(identity: dict[str, Json], analysis: dict[str, Json]) -> None:
    stored = pa.Table.from_pylist([track_row(identity, analysis, FILES).as_row()], schema=TRACKS).to_pylist()[
        0
    ]
    expected = {
        "id": "0123456789abcdef",
        "origin": "audio",
        "title": "Song",
        "artist": "Singer",
        "album": "Album",
        "album_artist": "Various",
        "genre": "rock",
        "genres": ["rock", "pop"],
        "year": 1999,
        "track_number": 7,
        "mb_recording_id": "r",
        "mb_release_id": "l",
        "mb_artist_id": "a",
        "path": "/m/01 song.mp3",
        "sample_rate": 44_100,
        "channels": 2,
        "codec": "mp3",
        "decoder": "soundfile",
        "flags": ["short"],
        "analysis_version": VERSIONS["features"],
        "embedding_version": VERSIONS["embedding"],
        "token_weights": some_tokens().weights.tobytes(),
        "token_means": None,
        "picture_version": VERSIONS["picture"],
        "picture": b"pixels",
        "tempo": 120.0,
        "key": None,
        "energy": None,
        "duration": 3.0,
        "popularity": None,
    }
    assert {name: stored[name] for name in expected} == expected
    assert [file["path"] for file in stored["files"]] == [b"/m/01 song.mp3", b"/m/copy.mp3"]
    assert json.loads(stored["evidence"]) == {"tempo": {"alternatives": [{"bpm": 60.0}]}}
    assert stored["tempo_confidence"] == pytest.approx(0.8)
    assert stored["key_confidence"] is None
    assert (stored["tags"]["guitar"], stored["tags"]["choral"]) == (0.0, 1.0)


def test_a_file_without_a_title_is_called_by_its_name(
    identity: dict[str, Json], analysis: dict[str, Json]
) -> None:
    identity["tags"]["title"] = ""
    assert track_row(identity, analysis, FILES).track.title == "01 song"
    odd = [FileStamp(os.fsdecode(b"/m/caf\xe9.mp3"), 1, 2)]
    row = track_row(identity, analysis, odd).as_row()
    assert pa.Table.from_pylist([row], schema=TRACKS)["title"].to_pylist() == ["caf?"]


def test_a_retagged_file_changes_only_tags_and_files(identity: dict[str, Json]) -> None:
    columns = tag_columns(identity, FILES)
    assert columns.keys() == {"id", *TAG_COLUMNS}
    assert (columns["title"], columns["genre"], columns["track_number"]) == ("Song", "rock", 7)
    assert columns["path"] == "/m/01 song.mp3"
    assert not columns.keys() & {"tempo", "flags", "evidence", "analysis_version", "codec", "duration"}


@pytest.mark.parametrize("part", VERSIONS)
def test_of_a_part_only_its_columns_are_laid_out(
    identity: dict[str, Json], analysis: dict[str, Json], part: str
) -> None:
    answer = {name: value for name, value in analysis.items() if name not in VERSIONS or name == part}
    columns = part_columns(identity, answer)
    assert columns.keys() == {"id", *PART_COLUMNS[part]}
    whole = track_row(identity, analysis, FILES).as_row()
    assert columns == {name: whole[name] for name in columns}
    row = track_row(identity, answer, FILES)
    assert row.versions == {part: VERSIONS[part]}


def test_what_was_found_to_be_silent_is_null_but_has_its_version(
    identity: dict[str, Json], analysis: dict[str, Json]
) -> None:
    columns = part_columns(
        identity, {**analysis, "embedding": embedding_to_json(Embedding()), "picture": None}
    )
    assert {columns[name] for name in (*TOKEN_COLUMNS, "tags", "picture")} == {None}
    assert columns["embedding_version"] == VERSIONS["embedding"]
    assert columns["picture_version"] == VERSIONS["picture"]
