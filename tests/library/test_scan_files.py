"""Scans of odd roots, odd names and bad files: each file counts once, and a bad one costs only itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pool_here import PoolHere
from scanning import Maker, counts, paths, rows

from soundglass import models
from soundglass.core.errors import ModelError
from soundglass.library.scan import ScanProgress, analyse_file, scan
from soundglass.library.store import Store

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


def test_weights_that_are_not_the_pinned_ones_are_named_and_nothing_is_done(
    run: Callable, store: Store, make: Maker, pool: PoolHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make("a.flac")
    name, expected = next(iter(models.PINNED)), "0" * 64
    monkeypatch.setattr(models, "PINNED", {**models.PINNED, name: expected})
    for work in (run, lambda: analyse_file(path)):
        with pytest.raises(ModelError, match=expected) as caught:
            work()
        assert str(caught.value.path).endswith(name)
    assert (len(store), pool.jobs) == (0, [])
