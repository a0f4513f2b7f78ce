"""What a library holds is counted, and what is wrong with it is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from storing import some_tokens

from soundglass.core.types import Json, Track
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import TAGS
from soundglass.embeddings.picture import PICTURE
from soundglass.library import schema
from soundglass.library.health import check, summarise
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.library.versions import VERSIONS


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
    assert (info.uri, info.version, info.tokens) == (filled.uri, filled.version, 0)


def test_the_columns_a_condition_may_name_are_listed(filled: Store) -> None:
    info = summarise(filled)
    assert {"tempo", "genre", "tags.*", "embedding_version"} <= set(info.columns)
    assert not {"tags", "picture", "token_vectors", "token_means"} & set(info.columns)
    names = [name for name in info.columns if name not in {"files", "flags", "genres", "tags.*"}]
    for name in (*names, *(f"tags.{tag}" for tag in info.tags)):
        filled.rows_where(f"{name} IS NOT NULL")


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


@pytest.fixture
def heard(store: Store) -> dict[str, Json]:
    """A sound track with tokens, tags and a picture, in a library with another of its kind."""
    tags = np.linspace(0, 1, len(TAGS), dtype=np.float32)
    embedding = Embedding(some_tokens(2), tags)
    whole = TrackRow(
        Track("t", "audio"),
        {"duration": 20.0},
        embedding=embedding,
        picture=bytes(PICTURE.itemsize),
        versions=VERSIONS,
    )
    standings = {
        "token_means": np.float32([0.5, 0.9]).tobytes(),
        "token_shares": np.float32([0.25, 0.75]).tobytes(),
        "token_scale": 1.0,
        "background": 1,
    }
    row = {**whole.as_row(), **standings}
    store.upsert_table(pa.Table.from_pylist([{**row, "id": "sound"}, row], schema=schema.TRACKS))
    return row


def box(*edges: float) -> bytes:
    return np.float32([[0, 1, 0, 4000], edges]).tobytes()


FAULTS = {
    "tokens of impossible lengths": [
        ("token_vectors", b""),
        ("token_vectors", None),
        ("token_boxes", b"12345678"),
        ("token_traits", b"123"),
        ("token_weights", b"123"),
    ],
    "tokens without direction": [("token_vectors", bytes(128))],
    "token weights that do not sum to 1": [
        ("token_weights", np.float32(weights).tobytes())
        for weights in ([0.5, 0.4], [1.5, -0.5], [np.nan, 1.0], [1.0, 0.0])
    ],
    "token boxes outside the track": [
        ("token_boxes", box(*edges, 0, 4000)) for edges in ((19, 21), (-1, 2), (3, 3), (4, 3), (0, np.nan))
    ],
    "token boxes outside the frequencies heard": [
        ("token_boxes", box(0, 1, *edges)) for edges in ((0, 9000), (-1, 100), (200, 100), (np.nan, 100))
    ],
    "standings among the background that make no sense": [
        ("token_means", None),
        ("token_means", b"123"),
        ("token_means", np.float32([0.5]).tobytes()),
        ("token_means", np.float32([0.5, 1.5]).tobytes()),
        ("token_means", np.float32([np.nan, 0.5]).tobytes()),
        ("token_shares", None),
        ("token_shares", b"123"),
        ("token_shares", np.float32([0.5, 0.4]).tobytes()),
        ("token_shares", np.float32([1.5, -0.5]).tobytes()),
        ("token_scale", None),
        ("token_scale", -1.0),
        ("token_scale", np.inf),
    ],
    "tags outside 0 to 1": [
        ("tags", dict.fromkeys(TAGS, 0.5) | {"strings": tag}) for tag in (-0.1, 1.5, np.nan, None)
    ],
    "pictures of impossible length": [("picture", b"123")],
}


def test_a_track_with_tokens_is_sound_and_counted(store: Store, heard: dict[str, Json]) -> None:
    assert check(store).problems == []
    assert summarise(store).tokens == 2


@pytest.mark.parametrize(
    ("fault", "column", "value"),
    [(fault, *change) for fault, changes in FAULTS.items() for change in changes],
)
def test_impossible_embeddings_are_found(
    store: Store, heard: dict[str, Json], fault: str, column: str, value: Json
) -> None:
    store.upsert_table(pa.Table.from_pylist([{**heard, column: value}], schema=schema.TRACKS))
    assert check(store).problems == [f"{fault}: 1 tracks"]


@pytest.mark.parametrize("column", ["token_vectors", "picture"])
def test_what_another_version_found_is_not_judged(store: Store, heard: dict[str, Json], column: str) -> None:
    old = {**heard, column: b"123", "embedding_version": 0, "picture_version": 0}
    store.upsert_table(pa.Table.from_pylist([old], schema=schema.TRACKS))
    assert check(store).problems == []


@pytest.mark.parametrize("name", ["tracks.lance", "playlists.lance"])
def test_damage_is_one_line(filled: Store, name: str) -> None:
    for data in Path(filled.uri, name, "data").glob("*.lance"):
        data.write_bytes(data.read_bytes()[:100])
    (problem,) = check(Store(filled.uri)).problems
    assert "\n" not in problem
    assert problem.startswith(("is damaged", "cannot be read"))
