"""Rows and tracks turn into one another; what is not a number is never stored."""

from __future__ import annotations

import json
import math
import os

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Track
from soundglass.library.schema import (
    SCHEMA_VERSION,
    TRACK_COLUMNS,
    TRACKS,
    VERSION_KEY,
    FileStamp,
    TrackRow,
    finite,
    printable,
    quoted,
    track_from_row,
)


def test_a_track_comes_back_as_it_was_stored() -> None:
    track = Track(
        "0a", "audio", "Títle", "Ärtist", "Album", "Various", ("rock", "pop"), 1999, "/m/a.mp3", 61.5
    )
    row = TrackRow(track, {"duration": 61.5, "tempo": 120.0}, [FileStamp("/m/a.mp3", 3, 4)])
    table = pa.Table.from_pylist([row.as_row()], schema=TRACKS)
    assert track_from_row(table.select(TRACK_COLUMNS).to_pylist()[0]) == track
    assert table["genre"].to_pylist() == ["rock"]
    assert table["files"].to_pylist() == [[{"path": b"/m/a.mp3", "size": 3, "mtime_ns": 4}]]


def test_a_track_of_which_little_is_known_comes_back_too() -> None:
    table = pa.Table.from_pylist([{"id": "a", "origin": "csv"}], schema=TRACKS)
    track = track_from_row(table.to_pylist()[0])
    assert (track.title, track.genres, track.flags) == ("", (), ())
    assert math.isnan(track.duration_s)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e39, -1e39, None])
def test_what_is_no_float32_is_stored_as_null(value: float | None) -> None:
    row = TrackRow(Track("a", "audio"), dict.fromkeys(CATALOGUE, value), popularity=value).as_row()
    table = pa.Table.from_pylist([row], schema=TRACKS)
    assert all(table[name].null_count == 1 for name in (*CATALOGUE, "popularity"))


@given(st.floats())
def test_finite_keeps_exactly_the_floats_that_stay_finite_in_32_bits(value: float) -> None:
    with np.errstate(over="ignore"):
        narrow = np.float32(value)
    kept = finite(value)
    assert kept == value if np.isfinite(narrow) and abs(value) <= np.finfo(np.float32).max else kept is None


def test_evidence_is_strict_json() -> None:
    evidence = {"tempo": {"confidence": math.nan, "alternatives": [{"bpm": math.inf}, {"bpm": 60.0}]}}
    row = TrackRow(Track("a", "audio"), {}, evidence=evidence).as_row()
    read = json.loads(row["evidence"], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert read == {"tempo": {"alternatives": [{"bpm": None}, {"bpm": 60.0}]}}
    assert row["tempo_confidence"] is None


def test_a_path_that_is_no_unicode_is_kept_byte_by_byte() -> None:
    path = os.fsdecode(b"/m/caf\xe9.mp3")
    row = TrackRow(Track("a", "audio", title=path, path=path), {}, [FileStamp(path, 1, 2)]).as_row()
    table = pa.Table.from_pylist([row], schema=TRACKS)
    assert table["path"].to_pylist() == table["title"].to_pylist() == ["/m/caf?.mp3"]
    assert table["files"].to_pylist()[0][0]["path"] == b"/m/caf\xe9.mp3"


def test_the_path_of_a_row_is_that_of_its_first_file() -> None:
    row = TrackRow(Track("a", "audio", path="/old.mp3"), {}, [FileStamp("/new.mp3", 1, 2)])
    assert row.as_row()["path"] == "/new.mp3"


@given(st.text())
def test_printable_text_can_be_stored(text: str) -> None:
    assert pa.array([printable(text)]).to_pylist() == [printable(text)]
    assert printable(printable(text)) == printable(text)


def test_quotes_are_doubled() -> None:
    assert quoted("it's") == "'it''s'"


def test_the_schema_names_its_version_and_every_feature() -> None:
    assert TRACKS.metadata[VERSION_KEY] == str(SCHEMA_VERSION).encode()
    assert set(CATALOGUE) <= set(TRACKS.names)
