"""What takes long about a map is found out by a process of its own, kept, and mended where it is bad."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.core.errors import LibraryError
from soundglass.library.store import Store
from soundglass.surfaces.web.map import survey as surveying
from soundglass.surfaces.web.map.sheet import Sheet
from soundglass.surfaces.web.map.survey import survey
from soundglass.surfaces.web.map.surveyor import Surveyor
from soundglass.surfaces.web.map.words import lines_words

PATIENCE_S = 60.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(tmp_path, random_values(40, names=("energy", "tempo", "valence")))


def job_of(store: Store, folder: Path, version: int | None = None) -> dict[str, object]:
    job = {"uri": store.uri, "by": "features", "method": "pca", "folder": str(folder)}
    return {**job, "version": store.version if version is None else version}


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def children() -> set[str]:
    found = set[str]()
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has ended meanwhile
            found.update((thread / "children").read_text().split())
    return found


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_a_process_makes_the_map_and_ends(store: Store, tmp_path: Path) -> None:
    before = children()
    surveyor, sheet = Surveyor(tmp_path), Sheet(tmp_path / "sheet")
    assert surveyor.ask(job_of(store, sheet.folder)) is None
    until(lambda: sheet.has("pca"))
    assert sheet.has("clusters")
    until(lambda: children() <= before)
    assert sheet.progress() is None
    surveyor.close()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_closing_ends_it_in_the_middle(store: Store, tmp_path: Path) -> None:
    before = children()
    surveyor = Surveyor(tmp_path)
    surveyor.ask(job_of(store, tmp_path / "sheet"))
    until(lambda: bool(children() - before))
    surveyor.close()
    until(lambda: children() <= before)
    assert surveyor.ask(job_of(store, tmp_path / "other")) is None
    assert children() <= before


def test_what_fails_is_told_once_and_for_all(store: Store, tmp_path: Path) -> None:
    surveyor = Surveyor(tmp_path)
    job = job_of(store, tmp_path / "sheet", store.version + 1)
    until(lambda: surveyor.ask(job) is not None)
    assert surveyor.ask(job) == "the library has changed meanwhile"
    surveyor.close()


def test_another_snapshot_is_not_taken_for_this_one(store: Store, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="changed"):
        survey(store.uri, store.version + 1, "features", "pca", str(tmp_path / "sheet"))
    first = Sheet.of(store, "features", tmp_path).folder
    assert first == Sheet.of(Store(store.uri), "features", tmp_path).folder
    assert first != Sheet.of(store, "spectrogram", tmp_path).folder
    store.delete(["t1"])
    store.refresh()
    assert first != Sheet.of(store, "features", tmp_path).folder


def test_what_is_kept_is_read_and_not_made_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Sheet(tmp_path / "sheet")
    survey(store.uri, store.version, "features", "pca", str(sheet.folder))
    made = sheet.placed("pca")
    monkeypatch.setattr(surveying, "find_clusters", None)
    monkeypatch.setattr(surveying, "nearest_points", None)
    survey(store.uri, store.version, "features", "tsne", str(sheet.folder))
    again, other = sheet.placed("pca"), sheet.placed("tsne")
    assert made and again and other
    np.testing.assert_array_equal(made.xy, again.xy)
    assert other.shares is None
    assert not np.array_equal(other.xy, made.xy)


def test_what_is_damaged_is_found_out_again(store: Store, tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "sheet")
    survey(store.uri, store.version, "features", "pca", str(sheet.folder))
    for name in ("pca.npz", "clusters.json"):
        whole = (sheet.folder / name).read_bytes()
        (sheet.folder / name).write_bytes(whole[: len(whole) // 2])
    assert sheet.placed("pca") is None
    assert sheet.clusters() is None
    assert not sheet.has("pca")
    survey(store.uri, store.version, "features", "pca", str(sheet.folder))
    assert sheet.placed("pca") is not None
    assert sheet.clusters() is not None


def test_only_the_newest_maps_are_kept(store: Store, tmp_path: Path) -> None:
    for at in range(30):
        old = tmp_path / "maps" / f"old{at}"
        old.mkdir(parents=True)
        os.utime(old, (1000 + at, 1000 + at))
    survey(store.uri, store.version, "features", "pca", str(tmp_path / "maps" / "new"))
    left = {one.name for one in (tmp_path / "maps").iterdir()}
    assert left == {"new", *(f"old{at}" for at in range(7, 30))}


@pytest.mark.parametrize(
    ("n_far", "n", "words"),
    [
        (0, 0, "It has no neighbours."),
        (0, 10, "All of its 10 nearest neighbours are near on this map."),
        (0, 1, "Its nearest neighbour is near on this map."),
        (1, 10, "1 of its 10 nearest neighbours is far away on this map: more than 1,000 others lie nearer."),
        (
            3,
            10,
            "3 of its 10 nearest neighbours are far away on this map: more than 1,000 others lie nearer.",
        ),
    ],
)
def test_far_neighbours_are_said(n_far: int, n: int, words: str) -> None:
    assert lines_words(n_far, n, 1000) == words
