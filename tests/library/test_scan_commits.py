"""Scans stopped, killed and shared between processes: what was committed stays, and is not done again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pool_here import PoolHere
from scanning import ONE_WORKER, Maker, batches_of, counts, paths, rows

from media_files import music, write
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import AudioError, LibraryError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Track
from soundglass.library import scan as scan_module
from soundglass.library.packing import TOKEN_COLUMNS
from soundglass.library.scan import ScanProgress, analyse_file, scan
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.library.versions import VERSIONS

# -- commits -------------------------------------------------------------------------------------------------


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
        found[workers] = rows(store, *CATALOGUE, *TOKEN_COLUMNS, "picture")
    assert [row["id"] for row in found[1]] == [row["id"] for row in found[3]]
    for one, three in zip(found[1], found[3], strict=True):
        for name in CATALOGUE:
            a, b = (np.nan if row[name] is None else row[name] for row in (one, three))
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6, err_msg=name)
        assert [one[name] for name in TOKEN_COLUMNS] == [three[name] for name in TOKEN_COLUMNS]
        assert one["picture"] == three["picture"]


def test_one_file_is_analysed_without_a_library(make: Maker, folder: Path) -> None:
    identity, analysis = analyse_file(make("a.flac", 1, title="One"))
    assert identity["tags"]["title"] == "One"
    assert {m["name"] for m in analysis["features"]} >= {"tempo", "duration", "loudness"}
    assert analysis.keys() & VERSIONS.keys() == {"features"}
    _, whole = analyse_file(folder / "a.flac", parts=tuple(VERSIONS))
    assert analysis.items() <= whole.items()
    assert whole.keys() >= VERSIONS.keys()
    (folder / "bad.mp3").write_text("no music")
    with pytest.raises(AudioError, match=r"bad\.mp3") as caught:
        analyse_file(folder / "bad.mp3")
    assert "\n" not in str(caught.value)
