"""Roots: what was scanned, noted with the library, and which files may be served."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pool_here import PoolHere
from scanning import ONE_WORKER, Maker

from soundglass.core.errors import AudioError
from soundglass.core.types import Track
from soundglass.library.roots import _common, places, roots, servable
from soundglass.library.scan import scan
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store


def stored(store: Store, *files: Path) -> None:
    """Put a track in the library as one made before roots were noted."""
    stamps = [FileStamp(str(file), 1, 1) for file in files]
    store.upsert([TrackRow(Track(f"t{len(store)}", "audio" if files else "csv"), {}, stamps)])


def test_every_scan_adds_what_it_was_given(store: Store, make: Maker, pool: PoolHere) -> None:
    one, two = make("one/a.wav", seed=1).parent, make("two/b.wav", seed=2)
    scan(store, [one], settings=ONE_WORKER)
    assert roots(store) == [one]
    scan(store, [two, one], settings=ONE_WORKER)
    assert roots(store) == [one, two]
    version = store.version
    scan(store, [two], settings=ONE_WORKER)
    assert (roots(Store(store.uri)), store.version) == ([one, two], version)
    assert {servable(store, row) for row in range(2)} == {one / "a.wav", two}


def test_names_that_are_not_unicode_stay(store: Store, make: Maker, pool: PoolHere, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    make("x.wav", seed=1).rename(odd / os.fsdecode(b"\xff.wav"))
    scan(store, [odd], settings=ONE_WORKER)
    assert roots(store) == [odd]
    assert servable(store, 0) == odd / os.fsdecode(b"\xff.wav")


def test_a_link_that_was_scanned_may_be_followed_until_it_leads_elsewhere(
    store: Store, make: Maker, pool: PoolHere, tmp_path: Path
) -> None:
    there, single = make("disk/album/a.wav", seed=1), make("else/b.wav", seed=2)
    secret = make("secret/album/a.wav", seed=3)
    music = tmp_path / "listened"
    music.mkdir()
    (music / "albums").symlink_to(there.parents[1])
    (music / "b.wav").symlink_to(single)
    scan(store, [music], settings=ONE_WORKER)
    assert roots(store) == [music]
    assert set(places(store).linked) == {there.parents[1], single}
    assert {servable(store, row) for row in range(2)} == {there, single}

    for link, target in ((music / "b.wav", secret), (music / "albums", secret.parents[1])):
        link.unlink()
        link.symlink_to(target)
    for row in range(2):
        with pytest.raises(AudioError, match="leads out of the folders") as caught:
            servable(store, row)
        assert caught.value.remedy


def test_a_root_that_is_a_link_holds_what_it_leads_to(
    store: Store, make: Maker, pool: PoolHere, tmp_path: Path
) -> None:
    real = make("disk/a.wav", seed=1)
    (tmp_path / "link").symlink_to(real.parent)
    scan(store, [tmp_path / "link"], settings=ONE_WORKER)
    assert (roots(store), places(store).linked) == ([tmp_path / "link"], ())
    assert servable(store, 0) == real


@pytest.mark.parametrize("what", ["gone", "folder", "fifo", "device", "folder gone"])
def test_what_a_file_has_become_is_said(store: Store, tmp_path: Path, what: str) -> None:
    file = tmp_path / "music" / "a.wav"
    file.parent.mkdir()
    stored(store, file)
    match what:
        case "folder":
            file.mkdir()
        case "fifo":
            os.mkfifo(file)
        case "device":
            file.symlink_to("/dev/zero")
        case "folder gone":
            file.parent.rmdir()
    with pytest.raises(AudioError) as caught:
        servable(store, 0)
    said = {"folder": "plain file", "fifo": "plain file", "device": "leads out"}.get(what, "no longer there")
    assert said in caught.value.message
    assert caught.value.remedy
    assert caught.value.path == str(file)


def test_another_copy_serves_where_the_first_is_gone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    copy = tmp_path / "music" / "b.wav"
    copy.write_bytes(b"x")
    stored(store, tmp_path / "music" / "a.wav", copy)
    assert servable(store, 0) == copy


def test_a_row_of_a_table_has_no_sound(store: Store) -> None:
    stored(store)
    with pytest.raises(AudioError, match="comes from a table: there is no sound"):
        servable(store, 0)


def test_an_older_library_is_served_from_what_its_files_share(store: Store, tmp_path: Path) -> None:
    for name in ("music/x/a.wav", "music/y/z/b.wav"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x")
        stored(store, tmp_path / name)
    assert roots(store) == [tmp_path / "music"]
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "music/x/a.wav").unlink()
    (tmp_path / "music/x/a.wav").symlink_to(tmp_path / "secret")
    with pytest.raises(AudioError, match="leads out"):
        servable(store, 0)
    assert servable(store, 1) == tmp_path / "music/y/z/b.wav"


def test_a_scan_of_an_older_library_notes_what_it_was_given(
    store: Store, make: Maker, pool: PoolHere, tmp_path: Path
) -> None:
    file = make("deep/a.wav", seed=1)
    stored(store, file, tmp_path / "elsewhere" / "b.wav")
    scan(store, [file.parents[1]], settings=ONE_WORKER)
    assert roots(store) == [tmp_path, file.parents[1]]
    other = Store(str(tmp_path / "other.lance"), create=True)
    stored(other, file)
    scan(other, [file.parents[1]], settings=ONE_WORKER)
    assert roots(other) == [file.parents[1]]


@pytest.mark.parametrize(
    ("folders", "tops"),
    [
        ([], []),
        (["/home/me/music/a", "/home/me/music/b/c"], ["/home/me/music"]),
        (["/home/me/a", "/home/me/b"], ["/home/me"]),
        (["/home/me/music", "/home/you/music"], ["/home/me/music", "/home/you/music"]),
        (["/music/a", "/music/b", "/mnt/x/c", "/mnt/x/d"], ["/mnt/x", "/music/a", "/music/b"]),
        (["/music", "/music/b"], ["/music"]),
    ],
)
def test_what_folders_have_in_common_is_never_half_the_disk(folders: list[str], tops: list[str]) -> None:
    assert _common(set(map(Path, folders))) == list(map(Path, tops))
