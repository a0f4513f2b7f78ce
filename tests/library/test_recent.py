"""What came last."""

from __future__ import annotations

import pytest

from soundglass.core.types import Track
from soundglass.library.recent import newest_rows
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store

TIMES = {"old": (100,), "copied": (50, 900), "new": (800,), "same": (100,)}


def audio(name: str, *times: int) -> TrackRow:
    stamps = [FileStamp(f"/m/{name}-{i}.flac", 1, time) for i, time in enumerate(times)]
    return TrackRow(Track(name, "audio", title=name), {}, stamps)


@pytest.fixture
def filled(store: Store) -> Store:
    store.upsert([TrackRow(Track("first", "csv"), {}), TrackRow(Track("second", "csv"), {})])
    store.upsert([audio(name, *times) for name, times in TIMES.items()])
    return store


def newest(store: Store, n: int) -> list[str]:
    return store.take(newest_rows(store, n), ["id"])["id"].to_pylist()


def test_the_newest_file_comes_first_and_rows_of_tables_last(filled: Store) -> None:
    assert newest(filled, 10) == ["new", "same", "old", "copied", "second", "first"]
    assert newest(filled, 2) == ["new", "same"]


def test_a_new_analysis_makes_nothing_new(filled: Store) -> None:
    before = newest(filled, 10)
    filled.merge_columns([{"id": "old", "title": "Another"}], ("id", "title"))
    assert {*newest(filled, 3)} == {*before[:3]}
    assert newest(filled, 1) == ["new"]


def test_an_empty_library_has_none(store: Store) -> None:
    assert newest_rows(store, 5).tolist() == []
