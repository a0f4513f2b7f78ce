"""Scans: what changed on disk is what changes in the library, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mutagen
import numpy as np
import pytest
from pool_here import PoolHere

from media_files import music, write
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import AudioError, LibraryError
from soundglass.core.settings import DEFAULTS, Settings
from soundglass.core.types import Track
from soundglass.features import ANALYSIS_VERSION
from soundglass.library import scan as scan_module
from soundglass.library.health import check
from soundglass.library.scan import ScanProgress, ScanSummary, analyse_file, scan
from soundglass.library.schema import TrackRow, printable
from soundglass.library.store import Store

ONE_WORKER = replace(DEFAULTS, scan=replace(DEFAULTS.scan, workers=1))
COUNTS = ("new", "changed", "moved", "copies", "unchanged", "missing", "removed")

Maker = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


@pytest.fixture
def make(folder: Path) -> Maker:
    """Make a second of music; another seed is another recording."""

    def maker(name: str, seed: int = 0, **tags: str) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, "flac", music(1.0, 22_050, 1, seed), 22_050)
        retag(path, **tags)
        return path

    return maker


def retag(path: Path, **tags: str) -> None:
    if tags:
        file = mutagen.File(path, easy=True)
        file.update(tags)
        file.save()


def counts(done: ScanSummary) -> dict[str, int]:
    return {name: n for name in COUNTS if (n := getattr(done, name))} | (
        {"failed": len(done.failed)} if done.failed else {}
    )


def rows(store: Store, *names: str) -> list[dict]:
    names = names or ("title", "path", "files")
    return sorted(store.columns(list({"id", *names})).to_pylist(), key=lambda row: row["id"])


def paths(store: Store) -> list[list[str]]:
    """Names of the files of every track, the main one first."""
    return sorted(
        [Path(os.fsdecode(file["path"])).name for file in row["files"]] for row in rows(store, "files")
    )


@pytest.fixture
def run(store: Store, folder: Path, pool: PoolHere) -> Callable[..., dict[str, int]]:
    """Scan the music folder in this process, and check that the library stays sound."""

    def runner(*roots: Path, **options: object) -> dict[str, int]:
        done = scan(store, roots or [folder], **options)
        assert check(store).problems == []
        for row in rows(store, "path", "files"):
            assert not row["files"] or row["path"] == printable(os.fsdecode(row["files"][0]["path"]))
        return counts(done)

    return runner


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


def test_features_of_an_older_analysis_are_found_anew(
    run: Callable, store: Store, make: Maker, pool: PoolHere, folder: Path
) -> None:
    path = make("a.flac", 1)
    shutil.copy(path, folder / "b.flac")
    run()
    (known,) = rows(store, "id")
    store.merge_columns([{**known, "analysis_version": 0, "tempo": 1.0}], ("id", "analysis_version", "tempo"))
    assert run() == {"changed": 2}
    assert pool.analysed() == ["a.flac", "a.flac"]
    assert store.columns(["analysis_version"])["analysis_version"].to_pylist() == [ANALYSIS_VERSION]
    assert paths(store) == [["a.flac", "b.flac"]]
    assert run() == {"unchanged": 2}


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


# -- roots and names -----------------------------------------------------------------------------------------


def test_a_root_may_be_a_file(run: Callable, store: Store, make: Maker) -> None:
    a = make("a.flac", 1)
    make("b.flac", 2)
    assert run(a) == {"new": 1}
    assert paths(store) == [["a.flac"]]


def test_overlapping_roots_count_a_file_once(run: Callable, store: Store, make: Maker, folder: Path) -> None:
    a = make("sub/a.flac", 1)
    make("b.flac", 2)
    assert run(folder, folder / "sub", a, folder) == {"new": 2}
    assert run(folder / "sub", folder, prune=True) == {"unchanged": 2}
    (folder / "sub" / "a.flac").rename(folder / "sub" / "c.flac")
    assert run(folder, folder / "sub", prune=True) == {"unchanged": 1, "moved": 1}


def test_a_file_has_one_name_however_its_root_is_written(
    run: Callable, store: Store, make: Maker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make("sub/a.flac", 1)
    run()
    monkeypatch.chdir(folder / "sub")
    monkeypatch.setenv("HOME", str(folder))
    for root in (".", "..", "../sub", "~", "~/sub/../sub", str(folder / "sub" / "..")):
        assert run(Path(root)) == {"unchanged": 1}, root
    assert rows(store, "path")[0]["path"] == str(path)


def test_links_count_once_and_circles_end(run: Callable, store: Store, make: Maker, folder: Path) -> None:
    path = make("a.flac", 1)
    (folder / "b.flac").symlink_to(path)
    (folder / "circle").symlink_to(folder)
    (folder / "dangling.flac").symlink_to("nowhere")
    assert run() == {"new": 1, "failed": 1}
    assert paths(store) == [["a.flac"]]


@pytest.mark.parametrize(
    "name", [b"caf\xe9.flac", b"two\nlines.flac", "日本 🎵.flac".encode(), b"it's; --.flac"]
)
def test_any_file_name_is_stored_and_known_again(
    run: Callable, store: Store, make: Maker, folder: Path, name: bytes
) -> None:
    path = Path(os.fsdecode(os.fsencode(make("a.flac", 1).parent) + b"/" + name))
    try:
        (folder / "a.flac").rename(path)
    except OSError:
        pytest.skip("this file system takes no such name")
    assert run() == {"new": 1}
    assert rows(store, "files")[0]["files"][0]["path"] == os.fsencode(path)
    assert run() == {"unchanged": 1}
    path.rename(folder / "plain.flac")
    assert run() == {"moved": 1}
    assert run() == {"unchanged": 1}


def test_the_library_may_lie_among_the_music(make: Maker, folder: Path, pool: PoolHere) -> None:
    make("a.flac", 1)
    store = Store(str(folder / "library.lance"), create=True)
    (folder / "library.lance" / "trap.flac").write_bytes((folder / "a.flac").read_bytes())
    assert counts(scan(store, [folder])) == {"new": 1}
    assert counts(scan(store, [folder])) == {"unchanged": 1}


def test_a_folder_without_music(run: Callable, folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    assert run() == {}


# -- what fails ----------------------------------------------------------------------------------------------


def test_bad_files_are_reported_and_the_rest_is_done(
    run: Callable, store: Store, make: Maker, folder: Path
) -> None:
    good = make("a.flac", 1)
    (folder / "empty.flac").touch()
    (folder / "text.mp3").write_text("not music\n" * 100)
    (folder / "head.flac").write_bytes(good.read_bytes()[:30])
    make("z.flac", 2)
    done = scan(store, [folder])
    assert counts(done) == {"new": 2, "failed": 3}
    assert sorted(Path(f.path).name for f in done.failed) == ["empty.flac", "head.flac", "text.mp3"]
    assert all(failure.reason and "\n" not in failure.reason for failure in done.failed)
    assert paths(store) == [["a.flac"], ["z.flac"]]
    assert run() == {"unchanged": 2, "failed": 3}


def test_a_truncated_file_is_failed_or_flagged(run: Callable, store: Store, make: Maker) -> None:
    path = make("a.flac", 1)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = run()
    assert done in ({"new": 1}, {"failed": 1})
    if done == {"new": 1}:
        assert "truncated" in store.columns(["flags"])["flags"][0].as_py()


def test_a_file_that_vanishes_during_the_scan_is_one_failure(
    run: Callable, make: Maker, pool: PoolHere
) -> None:
    path = make("b.flac", 2)
    make("c.flac", 3)
    pool.before_job = lambda job: path.unlink() if job["path"] == str(path) else None
    assert run() == {"new": 1, "failed": 1}


def test_a_recording_that_changes_into_something_unreadable_is_kept(
    run: Callable, store: Store, make: Maker
) -> None:
    path = make("a.flac", 1)
    run()
    path.write_bytes(b"")
    assert run() == {"failed": 1}
    assert len(store) == 1


def test_progress_counts_every_file_looked_into(run: Callable, make: Maker) -> None:
    for at in range(4):
        make(f"{at}.flac", at % 3)
    told: list[ScanProgress] = []
    run(progress=told.append)
    assert [(at.done, at.total) for at in told] == [(n, 4) for n in range(1, 5)]
    assert {Path(at.path).name for at in told} == {f"{at}.flac" for at in range(4)}


# -- commits -------------------------------------------------------------------------------------------------


def batches_of(tracks: int, seconds: float = 1e9) -> Settings:
    return replace(
        DEFAULTS, scan=replace(DEFAULTS.scan, batch_tracks=tracks, batch_seconds=seconds, workers=1)
    )


def test_what_is_committed_is_not_done_again(
    run: Callable, store: Store, make: Maker, pool: PoolHere
) -> None:
    for at in range(7):
        make(f"{at}.flac", at)

    class Killed(BaseException): ...

    def kill(job: dict) -> None:
        if job["do"] == "analyse" and job["path"].endswith("5.flac"):
            raise Killed

    pool.before_job = kill
    with pytest.raises(Killed):
        run(settings=batches_of(2))
    n_stored = len(Store(store.uri))
    assert n_stored >= 4
    pool.before_job = lambda job: None
    assert run(settings=batches_of(2)) == {"new": 7 - n_stored, "unchanged": n_stored}


def test_a_stopped_scan_keeps_what_it_has_analysed(
    store: Store, make: Maker, folder: Path, pool: PoolHere
) -> None:
    for at in range(4):
        make(f"{at}.flac", at)

    def stop(at: ScanProgress) -> None:
        if at.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(store, [folder], progress=stop)
    assert len(Store(store.uri)) == 2
    with store.writing("test"):
        pass


def test_a_scan_that_died_between_two_commits_is_mended_by_the_next(
    run: Callable, store: Store, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a.flac", 1)
    run()
    make("a.flac", 2)

    class Killed(BaseException): ...

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", die)
        with pytest.raises(Killed):
            run()
    assert len(store) == 2
    assert run() == {"unchanged": 1}
    assert paths(store) == [["a.flac"]]


def test_many_small_commits_are_merged_in_the_end(run: Callable, store: Store, make: Maker) -> None:
    for at in range(40):
        store.upsert([TrackRow(Track(f"{at}", "csv"), {})])
    assert store.n_fragments == 40
    make("new.flac")
    assert run() == {"new": 1}
    assert store.n_fragments < 4
    assert len(store) == 41


def test_another_writer_is_named_and_nothing_is_done(
    store: Store, make: Maker, folder: Path, pool: PoolHere
) -> None:
    make("a.flac", 1)
    with (
        store.writing("import of x.csv"),
        pytest.raises(LibraryError, match=r"process \d+ \(import of x\.csv\)"),
    ):
        scan(Store(store.uri), [folder])
    assert pool.jobs == []


def test_a_store_opened_long_ago_knows_what_was_scanned_since(
    store: Store, make: Maker, folder: Path, pool: PoolHere
) -> None:
    early = Store(store.uri)
    make("a.flac", 1)
    scan(store, [folder])
    assert counts(scan(early, [folder])) == {"unchanged": 1}
    assert pool.analysed() == ["a.flac"]


# -- worker processes ----------------------------------------------------------------------------------------


@pytest.fixture
def odd(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make scans use the odd worker, and make files for it."""
    monkeypatch.setattr(scan_module, "WORKER", "odd_worker")

    def maker(name: str) -> Path:
        (folder / name).write_bytes(os.fsencode(name))
        return folder / name

    return maker


def test_a_worker_that_dies_costs_one_file(store: Store, folder: Path, odd: Callable[[str], Path]) -> None:
    for name in ("a.wav", "b-crash.wav", "c.wav", "d-refused.wav", "e.wav"):
        odd(name)
    done = scan(store, [folder], settings=ONE_WORKER)
    assert counts(done) == {"new": 3, "failed": 2}
    reasons = {Path(failure.path).name: failure for failure in done.failed}
    assert "crashed" in reasons["b-crash.wav"].reason
    assert (reasons["d-refused.wav"].reason, reasons["d-refused.wav"].remedy) == (
        "is not audio",
        "Leave it out",
    )


def test_a_worker_that_hangs_costs_one_file(store: Store, folder: Path, odd: Callable[[str], Path]) -> None:
    for name in ("a.wav", "b-hang.wav", "c.wav"):
        odd(name)
    limits = replace(DEFAULTS.audio, file_timeout_s=1.5, timeout_per_minute_s=0)
    done = scan(store, [folder], settings=replace(ONE_WORKER, audio=limits))
    assert counts(done) == {"new": 2, "failed": 1}
    assert "took longer than 1.5 s" in done.failed[0].reason


def test_copies_of_a_file_that_fails_fail_with_it(
    store: Store, folder: Path, odd: Callable[[str], Path]
) -> None:
    shutil.copy(odd("a-crash.wav"), folder / "b.wav")
    done = scan(store, [folder], settings=ONE_WORKER)
    assert counts(done) == {"failed": 2}


def test_work_is_committed_while_a_long_file_is_analysed(
    store: Store, folder: Path, odd: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd("a.wav")
    odd("b-slow2.5.wav")
    seen: list[int] = []
    commit = scan_module._Scan._commit

    def watched(run: scan_module._Scan) -> None:
        commit(run)
        seen.append(len(Store(store.uri)))

    monkeypatch.setattr(scan_module._Scan, "_commit", watched)
    scan(store, [folder], settings=batches_of(48, seconds=0.5))
    assert 1 in seen
    assert seen[-1] == 2


def test_paths_that_are_no_unicode_reach_the_worker(
    store: Store, folder: Path, odd: Callable[[str], Path]
) -> None:
    try:
        odd(os.fsdecode(b"caf\xe9\n.wav"))
    except OSError:
        pytest.skip("this file system takes no such name")
    assert counts(scan(store, [folder], settings=ONE_WORKER)) == {"new": 1}
    assert counts(scan(store, [folder], settings=ONE_WORKER)) == {"unchanged": 1}


def test_any_number_of_workers_finds_the_same(tmp_path: Path, make: Maker, folder: Path) -> None:
    for at in range(5):
        make(f"{at}.flac", at)
    write(folder / "five.ogg", "ogg", music(2.0, 44_100, 2, 5))
    found = {}
    for workers in (1, 3):
        store = Store(str(tmp_path / f"library{workers}"), create=True)
        settings = replace(DEFAULTS, scan=replace(DEFAULTS.scan, workers=workers))
        assert counts(scan(store, [folder], settings=settings)) == {"new": 6}
        found[workers] = rows(store, *CATALOGUE)
    assert [row["id"] for row in found[1]] == [row["id"] for row in found[3]]
    for one, three in zip(found[1], found[3], strict=True):
        for name in CATALOGUE:
            a, b = (np.nan if row[name] is None else row[name] for row in (one, three))
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6, err_msg=name)


def test_one_file_is_analysed_without_a_library(make: Maker, folder: Path) -> None:
    identity, analysis = analyse_file(make("a.flac", 1, title="One"))
    assert identity["tags"]["title"] == "One"
    assert {m["name"] for m in analysis["measurements"]} >= {"tempo", "duration", "loudness"}
    (folder / "bad.mp3").write_text("no music")
    with pytest.raises(AudioError, match=r"bad\.mp3") as caught:
        analyse_file(folder / "bad.mp3")
    assert "\n" not in str(caught.value)
