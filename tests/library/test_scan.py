"""Scans: what changed on disk is what changes in the library, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pool_here import PoolHere
from scanning import Maker, batches_of, paths, retag, rows

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import AudioError, LibraryError
from soundglass.features import ANALYSIS_VERSION
from soundglass.library.health import check
from soundglass.library.store import Store

# -- what a scan finds ---------------------------------------------------------------------------------------


def test_new_music_is_analysed_and_stored(run: Callable, store: Store, make: Maker) -> None:
    a = make("a.flac", 1, title="One", artist="X", genre="rock", date="1999")
    make("sub/b.flac", 2)
    assert run() == {"new": 2}
    table = {
        row["title"]: row for row in store.columns(["title", *CATALOGUE, "path", "genre", "year"]).to_pylist()
    }
    assert table.keys() == {"One", "b"}
    assert table["One"]["duration"] == pytest.approx(1.0, abs=0.01)
    assert (table["One"]["path"], table["One"]["genre"], table["One"]["year"]) == (str(a), "rock", 1999)
    assert sum(table["One"][name] is not None for name in CATALOGUE) >= 15
    assert store.columns(["analysis_version"])["analysis_version"].to_pylist() == [ANALYSIS_VERSION] * 2


def test_a_second_scan_does_nothing(run: Callable, store: Store, make: Maker, pool: PoolHere) -> None:
    make("a.flac")
    run()
    version, jobs = store.version, list(pool.jobs)
    assert run() == {"unchanged": 1}
    assert (store.version, pool.jobs) == (version, jobs)


def test_changed_audio_replaces_the_track(run: Callable, store: Store, make: Maker) -> None:
    make("a.flac", 1)
    make("b.flac", 2)
    run()
    before = {row["id"] for row in rows(store)}
    make("a.flac", 3)
    assert run() == {"changed": 1, "unchanged": 1}
    assert paths(store) == [["a.flac"], ["b.flac"]]
    assert len({row["id"] for row in rows(store)} & before) == 1


def test_retagging_changes_tags_and_no_feature(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    path = make("a.flac", 1, title="Old", artist="X")
    run()
    before = rows(store, "evidence", *CATALOGUE)
    retag(path, title="New title", artist="Y", album="Z", genre="jazz")
    assert run() == {"changed": 1}
    assert rows(store, "evidence", *CATALOGUE) == before
    assert pool.analysed() == ["a.flac"]
    assert store.columns(["title", "artist", "album", "genre"]).to_pylist() == [
        {"title": "New title", "artist": "Y", "album": "Z", "genre": "jazz"}
    ]
    assert run() == {"unchanged": 1}


def test_a_touched_file_is_looked_at_and_no_more(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    path = make("a.flac")
    run()
    os.utime(path, ns=(1, 1))
    assert run() == {"changed": 1}
    assert pool.analysed() == ["a.flac"]
    assert run() == {"unchanged": 1}


def test_a_moved_file_keeps_its_track(
    run: Callable, store: Store, make: Maker, pool: PoolHere, folder: Path
) -> None:
    path = make("a.flac", 1, title="T")
    run()
    before = rows(store, *CATALOGUE)
    (folder / "deep").mkdir()
    path.rename(folder / "deep" / "b.flac")
    assert run() == {"moved": 1}
    assert paths(store) == [["b.flac"]]
    assert rows(store, *CATALOGUE) == before
    assert pool.analysed() == ["a.flac"]
    assert run() == {"unchanged": 1}


def test_a_copy_is_a_second_file_of_its_track(run: Callable, store: Store, make: Maker, folder: Path) -> None:
    path = make("b.flac")
    run()
    shutil.copy(path, folder / "a.flac")
    assert run() == {"copies": 1, "unchanged": 1}
    assert paths(store) == [["b.flac", "a.flac"]]
    assert run() == {"unchanged": 2}
    path.unlink()
    assert run() == {"unchanged": 1, "missing": 1}
    assert run(prune=True) == {"unchanged": 1, "removed": 1}
    assert paths(store) == [["a.flac"]]


def test_the_same_content_twice_in_one_scan_is_one_track(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    for name in ("a.flac", "b.flac", "c.flac"):
        make(name, 5, title=f"tag of {name}")
    assert run() == {"new": 1, "copies": 2}
    assert paths(store) == [["a.flac", "b.flac", "c.flac"]]
    assert pool.analysed() == ["a.flac"]
    assert run() == {"unchanged": 3}


@pytest.mark.parametrize("batch_tracks", [1, 48])
def test_swapped_names_swap_the_files(run: Callable, store: Store, make: Maker, batch_tracks: int) -> None:
    a, b = make("a.flac", 1), make("b.flac", 2)
    run()
    before = {row["id"]: row["path"] for row in rows(store)}
    a.rename(a.with_suffix(".tmp"))
    b.rename(a)
    a.with_suffix(".tmp").rename(b)
    assert run(settings=batches_of(batch_tracks)) == {"changed": 2}
    after = {row["id"]: row["path"] for row in rows(store)}
    assert after == dict(zip(before, reversed(before.values()), strict=True))
    assert paths(store) == [["a.flac"], ["b.flac"]]
    assert run() == {"unchanged": 2}


@pytest.mark.parametrize("batch_tracks", [1, 48])
def test_a_track_moves_aside_for_new_music(
    run: Callable, store: Store, make: Maker, folder: Path, batch_tracks: int
) -> None:
    """The old recording is found again only after the new one was stored in its place."""
    old = make("a.flac", 1)
    run()
    known = rows(store, "id")[0]["id"]
    (folder / "z").mkdir()
    old.rename(folder / "z" / "z.flac")
    for at in range(5):
        make("a.flac" if at == 0 else f"n{at}.flac", 10 + at)
    assert run(settings=batches_of(batch_tracks))["changed"] == 1
    assert len(store) == 6
    assert {row["id"]: Path(row["path"]).name for row in rows(store)}[known] == "z.flac"
    assert run() == {"unchanged": 6}


def test_overwriting_a_file_by_another_forgets_what_it_held(run: Callable, store: Store, make: Maker) -> None:
    a, b = make("a.flac", 1), make("b.flac", 2)
    run()
    a.replace(b)
    assert run() == {"changed": 1}
    assert paths(store) == [["b.flac"]]
    assert run() == {"unchanged": 1}


# -- what is gone --------------------------------------------------------------------------------------------


def test_removed_files_are_kept_until_pruned(run: Callable, store: Store, make: Maker) -> None:
    a, b = make("a.flac", 1), make("b.flac", 2)
    run()
    a.unlink()
    assert run() == {"unchanged": 1, "missing": 1}
    assert len(store) == 2
    assert check(store).missing_files == 1
    assert run(prune=True) == {"unchanged": 1, "removed": 1}
    assert paths(store) == [[b.name]]


def test_a_root_without_music_is_an_unmounted_disk(
    run: Callable, store: Store, make: Maker, folder: Path
) -> None:
    make("a.flac", 1)
    make("disk/b.flac", 2)
    disk = folder / "disk"
    run(folder, disk)
    (disk / "b.flac").unlink()
    version = store.version
    with pytest.raises(LibraryError, match=r"no audio file is found there.*mounted"):
        run(folder, disk, prune=True)
    store.refresh()
    assert (len(store), store.version) == (2, version)
    assert run(disk) == {"missing": 1}
    assert run(folder, prune=True) == {"unchanged": 1, "removed": 1}
    (folder / "a.flac").unlink()
    with pytest.raises(LibraryError, match="mounted"):
        run(prune=True)
    assert len(store) == 1


def test_a_missing_root_changes_nothing(run: Callable, store: Store, make: Maker, folder: Path) -> None:
    make("a.flac", 1)
    run()
    make("b.flac", 2)
    version = store.version
    for prune in (False, True):
        with pytest.raises(AudioError, match="nowhere: does not exist"):
            run(folder, folder / "nowhere", prune=prune)
    assert store.version == version


def test_what_lies_outside_the_roots_is_left_alone(
    run: Callable, store: Store, make: Maker, folder: Path
) -> None:
    make("one/a.flac", 1)
    make("one b/b.flac", 2)
    run()
    (folder / "one b" / "b.flac").unlink()
    assert run(folder / "one", prune=True) == {"unchanged": 1}
    assert len(store) == 2


def test_a_folder_that_cannot_be_looked_into_is_not_gone(
    run: Callable, store: Store, make: Maker, folder: Path
) -> None:
    make("a.flac", 1)
    make("closed/b.flac", 2)
    run()
    if os.geteuid() == 0:
        pytest.skip("root may look into any folder")
    (folder / "closed").chmod(0)
    try:
        assert run(prune=True) == {"unchanged": 1, "failed": 1}
    finally:
        (folder / "closed").chmod(0o755)
    assert len(store) == 2
