"""Scans by a program that finds more, or better: what is missing is computed, and nothing else changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pool_here import PoolHere
from scanning import Maker, batches_of, counts, paths, retag, rows

from media_files import music, write
from schema_1 import SCHEMA_1, write_schema_1
from soundglass.core.errors import AudioError
from soundglass.library import background
from soundglass.library.health import check
from soundglass.library.packing import TOKEN_COLUMNS
from soundglass.library.scan import ScanProgress, scan
from soundglass.library.schema import ADDED_IN_2, PART_COLUMNS, TRACKS
from soundglass.library.store import Store
from soundglass.library.versions import VERSION_COLUMNS, VERSIONS, AnalysisPart

EVERYTHING = tuple(TRACKS.names)


def make_old(store: Store, *parts: AnalysisPart) -> None:
    """Pretend that parts of every track were found by an older program."""
    columns = {VERSION_COLUMNS[part]: 0 for part in parts}
    store.merge_columns([{**row, **columns} for row in rows(store, "id")], ("id", *columns))


def test_new_music_is_analysed_in_all_parts(run: Callable, store: Store, make: Maker, pool: PoolHere) -> None:
    make("a.flac")
    run()
    assert pool.asked == [sorted(VERSIONS)]
    (row,) = rows(store, *EVERYTHING)
    assert {part: row[column] for part, column in VERSION_COLUMNS.items()} == VERSIONS
    assert all(row[name] is not None for name in (*TOKEN_COLUMNS, "tags", "picture"))


def test_a_library_of_schema_1_gets_what_it_lacks_and_keeps_what_it_has(
    tmp_path: Path, make: Maker, folder: Path, store: Store, pool: PoolHere
) -> None:
    for at in range(3):
        make(f"{at}.flac", at, title=f"Title {at}")
    scan(store, [folder])
    old = Store(write_schema_1(tmp_path / "old", store.columns(SCHEMA_1.names)))
    odd = [{**row, "tempo": 1.0, "title": "kept"} for row in rows(old, "id")]
    old.merge_columns(odd, ("id", "tempo", "title"))
    before = rows(old, *SCHEMA_1.names)
    pool.asked.clear()
    assert counts(scan(old, [folder])) == {"upgraded": 3}
    assert pool.asked == [["embedding", "picture"]] * 3
    assert rows(old, *SCHEMA_1.names) == before
    assert rows(old, *ADDED_IN_2.names) == rows(store, *ADDED_IN_2.names)
    assert check(old).problems == []
    assert counts(scan(old, [folder])) == {"unchanged": 3}


@pytest.mark.parametrize("part", VERSIONS)
def test_only_the_part_that_is_old_is_found_anew(
    run: Callable, store: Store, make: Maker, pool: PoolHere, folder: Path, part: AnalysisPart
) -> None:
    shutil.copy(make("a.flac", 1), folder / "b.flac")
    run()
    expected = rows(store, *EVERYTHING)
    make_old(store, part)
    column, value = {
        "features": ("tempo", 1.0),
        "embedding": ("token_weights", b""),
        "picture": ("picture", b""),
    }[part]
    store.merge_columns([{**row, column: value} for row in rows(store, "id")], ("id", column))
    pool.asked.clear()
    assert run() == {"upgraded": 2}
    assert pool.asked == [[part]]
    assert rows(store, *EVERYTHING) == expected
    assert run() == {"unchanged": 2}


def test_new_tokens_lose_the_means_of_the_old_ones(
    run: Callable, store: Store, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a.flac")
    monkeypatch.setattr(background, "refresh", lambda _: None)
    run()
    (known,) = rows(store, "id")
    store.merge_columns([{**known, "background": 7}], ("id", "background"))
    make_old(store, "embedding")
    run()
    assert rows(store, "background")[0]["background"] is None


def test_each_track_gets_what_it_lacks(run: Callable, store: Store, make: Maker, pool: PoolHere) -> None:
    lacks = [("features",), ("embedding", "picture"), ("picture",), ()]
    for at, parts in enumerate(lacks):
        make(f"{at}.flac", at)
        run()
        known = store.rows_where(f"path LIKE '%{at}.flac'")
        (track,) = store.take(known, ["id"])["id"].to_pylist()
        columns = {VERSION_COLUMNS[part]: 0 for part in parts}
        lacks[at] = (track, columns)
    for track, columns in lacks:
        store.merge_columns([{"id": track, **columns}], ("id", *columns))
    pool.asked.clear()
    assert run() == {"upgraded": 3, "unchanged": 1}
    assert pool.asked == [["features"], ["embedding", "picture"], ["picture"]]
    for row in rows(store, *VERSION_COLUMNS.values()):
        assert {part: row[column] for part, column in VERSION_COLUMNS.items()} == VERSIONS


def test_a_file_that_was_retagged_meanwhile_is_changed_and_upgraded(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    path = make("a.flac", 1, title="Old")
    run()
    make_old(store, "embedding")
    retag(path, title="New title", artist="Somebody")
    pool.asked.clear()
    assert run() == {"changed": 1}
    assert pool.asked == [["embedding"]]
    assert [row["title"] for row in rows(store, "title")] == ["New title"]
    assert run() == {"unchanged": 1}


def test_a_file_that_moved_meanwhile_is_moved_and_upgraded(
    run: Callable, store: Store, make: Maker, folder: Path
) -> None:
    path = make("a.flac", 1)
    run()
    expected = rows(store, *(set(EVERYTHING) - {"path", "files", "title"}))
    make_old(store, "features", "picture")
    path.rename(folder / "b.flac")
    assert run() == {"moved": 1}
    assert paths(store) == [["b.flac"]]
    assert rows(store, *(set(EVERYTHING) - {"path", "files", "title"})) == expected


def test_a_file_that_can_no_longer_be_analysed_keeps_its_track(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    make("a.flac", 1)
    bad = make("b.flac", 2)
    run()
    make_old(store, "embedding")
    before = {row["path"]: row for row in rows(store, *EVERYTHING)}

    def fail(job: dict) -> None:
        if job["do"] == "analyse" and job["path"] == str(bad):
            raise AudioError("holds no audio any more", path=bad)

    pool.before_job = fail
    done = scan(store, [bad.parent])
    assert counts(done) == {"upgraded": 1, "failed": 1}
    assert [(failure.path, failure.reason) for failure in done.failed] == [
        (str(bad), "holds no audio any more")
    ]
    after = {row["path"]: row for row in rows(store, *EVERYTHING)}
    assert after[str(bad)] == before[str(bad)]
    pool.before_job = lambda job: None
    assert run() == {"upgraded": 1, "unchanged": 1}


def test_what_is_upgraded_is_not_done_again_after_a_kill(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    for at in range(5):
        make(f"{at}.flac", at)
    run()
    expected = rows(store, *EVERYTHING)
    make_old(store, "embedding")

    class Killed(BaseException): ...

    def kill(at: ScanProgress) -> None:
        if at.done == 3:
            raise Killed

    with pytest.raises(Killed):
        run(settings=batches_of(1), progress=kill)
    assert run() == {"upgraded": 2, "unchanged": 3}
    assert rows(store, *EVERYTHING) == expected


def test_a_scan_that_died_between_two_commits_of_a_batch_goes_on(
    run: Callable, store: Store, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch holds tracks with different parts, hence more than one commit."""
    for at in range(4):
        make(f"{at}.flac", at)
    run()
    expected = rows(store, *EVERYTHING)
    make_old(store, "embedding")
    some = [{**row, "picture_version": 0} for row in rows(store, "id")[:2]]
    store.merge_columns(some, ("id", "picture_version"))

    class Killed(BaseException): ...

    merge, merged = Store.merge_columns, []

    def die_after_one(self: Store, *args: object) -> None:
        if merged:
            raise Killed
        merged.append(args)
        merge(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "merge_columns", die_after_one)
        with pytest.raises(Killed):
            run()
    assert run() == {"upgraded": 2, "unchanged": 2}
    assert rows(store, *EVERYTHING) == expected


def test_silence_has_no_tokens_and_is_not_listened_to_again(
    run: Callable, store: Store, folder: Path, pool: PoolHere
) -> None:
    write(folder / "silent.flac", "flac", np.zeros((22_050 * 4, 1), np.float32), 22_050)
    assert run() == {"new": 1}
    (row,) = rows(store, *ADDED_IN_2.names, "flags")
    assert row["embedding_version"] == VERSIONS["embedding"]
    assert [row[name] for name in (*TOKEN_COLUMNS, "tags", "picture")] == [None] * 6
    assert row["flags"] == ["silent"]
    assert run() == {"unchanged": 1}


@pytest.mark.parametrize(("seconds", "flags"), [(0.5, ["short"]), (2.9, ["short"]), (3.1, [])])
def test_a_track_shorter_than_a_patch_is_flagged_once(
    run: Callable, store: Store, folder: Path, seconds: float, flags: list[str]
) -> None:
    write(folder / "a.flac", "flac", music(seconds, 22_050, 1), 22_050)
    run()
    assert rows(store, "flags")[0]["flags"] == flags
    assert rows(store, "token_weights")[0]["token_weights"]


def test_the_background_is_brought_up_to_date_after_the_last_commit(
    run: Callable, store: Store, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(background, "refresh", lambda s: seen.append((len(s), len(Store(s.uri)))))
    for at in range(3):
        make(f"{at}.flac", at)
    run(settings=batches_of(1))
    run()
    assert seen == [(3, 3)] * 2


def test_parts_share_no_column_but_the_flags() -> None:
    columns = [name for part in PART_COLUMNS.values() for name in part if name != "flags"]
    assert len(columns) == len(set(columns))
    assert {name for part in PART_COLUMNS.values() for name in part} <= set(EVERYTHING)
    assert set(ADDED_IN_2.names) == {*PART_COLUMNS["embedding"], *PART_COLUMNS["picture"]} - {"flags"}
