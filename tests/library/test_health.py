"""What a library holds is counted, and what is wrong with it is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from soundglass.core.types import Track
from soundglass.library import schema
from soundglass.library.health import check, summarise
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    here = tmp_path / "here.mp3"
    here.touch()
    files = [FileStamp(str(here), 1, 2), FileStamp(str(tmp_path / "gone.mp3"), 1, 2)]
    tracks = [
        Track("a", "audio", "One", "X", "P", genres=("rock", "punk"), flags=("silent", "short")),
        Track("b", "audio", "Two", "X", "", genres=("rock",), flags=("short",)),
        Track("c", "csv", "Three", "", "P", genres=("pop",)),
    ]
    durations = [1800.0, 3600.0, float("nan")]
    store.upsert(
        [
            TrackRow(track, {"duration": duration, "tempo": 120.0}, files if track.id == "a" else [])
            for track, duration in zip(tracks, durations, strict=True)
        ]
    )
    entry = {"playlist_id": "p", "track_id": "c"}
    store.add_playlists(pa.Table.from_pylist([entry, {**entry, "track_id": "a"}], schema=schema.PLAYLISTS))
    return store


def test_a_library_is_counted(filled: Store) -> None:
    info = summarise(filled)
    assert info.tracks == {"audio": 2, "csv": 1}
    assert (info.artists, info.albums, info.playlists, info.hours) == (1, 1, 1, 1.5)
    assert info.genres == {"rock": 2, "pop": 1}
    assert info.flags == {"short": 2, "silent": 1}
    assert (info.uri, info.version) == (filled.uri, filled.version)


def test_an_empty_library_is_counted_and_sound(store: Store) -> None:
    info = summarise(store)
    assert (info.tracks, info.artists, info.playlists, info.hours) == ({}, 0, 0, 0.0)
    assert (check(store).tracks, check(store).problems) == (0, [])


def test_a_sound_library_has_no_problem_but_may_miss_files(filled: Store) -> None:
    health = check(filled)
    assert (health.tracks, health.problems, health.missing_files) == (3, [], 1)


@pytest.mark.parametrize("value", [-1.0, 401.0, np.inf, -np.inf, np.nan])
def test_impossible_values_are_found(filled: Store, value: float) -> None:
    row = pa.Table.from_pylist([{"id": "x", "origin": "csv"}], schema=schema.TRACKS)
    at = schema.TRACKS.get_field_index("tempo")
    filled.upsert_table(row.set_column(at, schema.TRACKS.field("tempo"), pa.array([value], pa.float32())))
    assert check(filled).problems == ["tempo: 1 values outside 0 to 400"]


def test_a_track_stored_twice_is_found(filled: Store) -> None:
    filled._tracks.insert(pa.Table.from_pylist([{"id": "a", "origin": "csv"}], schema=schema.TRACKS))
    assert check(filled).problems == ["1 tracks are stored twice"]


@pytest.mark.parametrize("name", ["tracks.lance", "playlists.lance"])
def test_damage_is_one_line(filled: Store, name: str) -> None:
    for data in Path(filled.uri, name, "data").glob("*.lance"):
        data.write_bytes(data.read_bytes()[:100])
    (problem,) = check(Store(filled.uri)).problems
    assert "\n" not in problem
    assert problem.startswith(("is damaged", "cannot be read"))
