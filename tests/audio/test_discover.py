"""Discovery: every audio file once, in order, whatever else lies in the folder."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from soundglass.audio.discover import AUDIO_SUFFIXES, FoundFile, Unreadable, discover
from soundglass.core.errors import AudioError


def touch(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def found(*roots: Path, exclude: tuple[Path, ...] = ()) -> list[str]:
    """Return the found paths below the first root; anything unreadable fails the test."""
    items = list(discover(roots, exclude=exclude))
    assert all(isinstance(item, FoundFile) for item in items)
    return [os.path.relpath(item.path, roots[0]) for item in items]


def test_audio_files_are_found_in_order_with_size_and_time(tmp_path: Path) -> None:
    for name in (
        "b.mp3",
        "a.FLAC",
        "sub/d.ogg",
        "sub/c.m4a",
        "a/z.opus",
        "cover.jpg",
        "notes.txt",
        "list.m3u",
    ):
        touch(tmp_path / name)
    assert found(tmp_path) == ["a.FLAC", "b.mp3", "a/z.opus", "sub/c.m4a", "sub/d.ogg"]

    (item,) = discover([touch(tmp_path / "one" / "x.wav", b"12345").parent])
    status = item.path.stat()
    assert item == FoundFile(tmp_path / "one" / "x.wav", tmp_path / "one", 5, status.st_mtime_ns)


def test_every_supported_suffix_is_found(tmp_path: Path) -> None:
    for suffix in AUDIO_SUFFIXES:
        touch(tmp_path / f"x{suffix}")
        touch(tmp_path / f"y{suffix.upper()}")
    assert len(found(tmp_path)) == 2 * len(AUDIO_SUFFIXES)


def test_the_walk_is_lazy(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp3")
    touch(tmp_path / "sub" / "b.mp3")
    walk = discover([tmp_path])
    assert next(walk).path.name == "a.mp3"
    (tmp_path / "sub" / "b.mp3").rename(tmp_path / "sub" / "c.mp3")
    assert next(walk).path.name == "c.mp3"


def test_hidden_and_excluded_are_left_out(tmp_path: Path) -> None:
    for name in (".hidden.mp3", "._a.mp3", ".git/x.mp3", "library/y.mp3", "a.mp3", "skip.mp3"):
        touch(tmp_path / name)
    (tmp_path / "alias").symlink_to(tmp_path / "library")
    (tmp_path / "alias.mp3").symlink_to(tmp_path / "skip.mp3")
    exclude = (tmp_path / "library", tmp_path / "skip.mp3", tmp_path / "missing")
    assert found(tmp_path, exclude=exclude) == ["a.mp3"]
    assert found(tmp_path / ".git") == ["x.mp3"]


def test_single_files_are_roots_and_need_no_suffix(tmp_path: Path) -> None:
    file = touch(tmp_path / "recording")
    (item,) = discover([file])
    assert (item.path, item.root) == (file, file)
    touch(tmp_path / "a.mp3")
    assert len(list(discover([tmp_path / "a.mp3", tmp_path]))) == 1
    assert len(list(discover([tmp_path, tmp_path / "a.mp3"]))) == 1


def test_overlapping_roots_are_walked_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp3")
    touch(tmp_path / "sub" / "b.mp3")
    assert found(tmp_path, tmp_path / "sub", tmp_path) == ["a.mp3", "sub/b.mp3"]


def test_symlink_cycles_end(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "x.mp3")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "b").symlink_to("c")
    (tmp_path / "c").symlink_to("b")
    assert found(tmp_path) == ["a/x.mp3"]


def test_links_are_followed_once_and_real_names_come_first(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "music"
    touch(outside / "album" / "o.mp3")
    touch(outside / "single.mp3")
    touch(root / "z" / "real.mp3")
    (root / "a-link").symlink_to(root / "z")
    (root / "a-link.mp3").symlink_to(root / "z" / "real.mp3")
    (root / "album").symlink_to(outside / "album")
    (root / "album-again").symlink_to(outside / "album")
    (root / "s1.mp3").symlink_to(outside / "single.mp3")
    (root / "s2.mp3").symlink_to(outside / "single.mp3")
    assert found(root) == ["z/real.mp3", "album/o.mp3", "s1.mp3"]


def test_a_link_to_a_name_that_is_not_listed_is_followed(tmp_path: Path) -> None:
    touch(tmp_path / ".store" / "blob")
    touch(tmp_path / "blob")
    (tmp_path / "a.mp3").symlink_to(tmp_path / ".store" / "blob")
    (tmp_path / "b.mp3").symlink_to(tmp_path / "blob")
    assert found(tmp_path) == ["a.mp3", "b.mp3"]


def test_hard_links_are_separate_files(tmp_path: Path) -> None:
    os.link(touch(tmp_path / "a.mp3"), tmp_path / "b.mp3")
    assert found(tmp_path) == ["a.mp3", "b.mp3"]


def test_pipes_sockets_devices_and_broken_links_are_named_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.mp3")
    (tmp_path / "device.mp3").symlink_to("/dev/zero")
    (tmp_path / "gone.mp3").symlink_to(tmp_path / "missing.mp3")
    (tmp_path / "folder.mp3").mkdir()
    touch(tmp_path / "folder.mp3" / "x.mp3")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "s.mp3"))
        items = {item.path.name: item for item in discover([tmp_path])}
    assert isinstance(items.pop("x.mp3"), FoundFile)
    assert {name: item.reason for name, item in items.items()} == {
        "fifo.mp3": "not a plain file",
        "device.mp3": "not a plain file",
        "gone.mp3": "broken link (No such file or directory)",
        "s.mp3": "not a plain file",
    }


def test_odd_names_are_found(tmp_path: Path) -> None:
    names = [
        b"-rf.mp3",
        b"new\nline.mp3",
        b"\xff\xfe.mp3",
        b"\x1b[31m.mp3",
        b"x" * 251 + b".mp3",
        b" .mp3",
        b"%s.mp3",
    ]
    names += ["\u202egnp.mp3".encode(), "é.mp3".encode(), "e\u0301.mp3".encode(), "😀.mp3".encode()]
    for name in names:
        touch(tmp_path / os.fsdecode(name))
    touch(tmp_path / os.fsdecode(b"\xfffolder") / "x.mp3")
    paths = [os.fsencode(item.path.name) for item in discover([tmp_path])]
    assert paths[:-1] == sorted(names)


@pytest.fixture
def dig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path, list[str]], None]]:
    """Make folders within folders, too deep to be named from the top, and stay in the last."""
    dug: list[str] = []

    def enter(top: Path, names: list[str]) -> None:
        monkeypatch.chdir(top)
        for name in names:
            Path(name).mkdir()
            os.chdir(name)
            dug.append(name)

    yield enter
    # pytest clears up recursively, which such a tree does not allow.
    Path("x.mp3").unlink(missing_ok=True)
    for name in reversed(dug):
        os.chdir("..")
        Path(name).rmdir()


def test_a_tree_deeper_than_the_recursion_limit_is_walked(tmp_path: Path, dig: Callable[..., None]) -> None:
    depth = sys.getrecursionlimit() + 100
    dig(tmp_path, ["d"] * depth)
    Path("x.mp3").write_bytes(b"x")
    (item,) = discover([tmp_path])
    assert isinstance(item, FoundFile)
    assert len(item.path.parts) == len(tmp_path.parts) + depth + 1


def test_a_path_too_long_for_the_system_is_reported(tmp_path: Path, dig: Callable[..., None]) -> None:
    touch(tmp_path / "z" / "x.mp3")
    dig(tmp_path, ["d" * 250] * 20)
    items = list(discover([tmp_path]))
    assert [type(item) for item in items] == [Unreadable, FoundFile]
    assert items[0].reason == "File name too long"


def test_an_unreadable_folder_is_reported_and_the_rest_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "a" / "x.mp3")
    touch(tmp_path / "b" / "y.mp3")
    scandir = os.scandir

    def deny(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    # Root may read every folder, so a mode bit would not do.
    monkeypatch.setattr(os, "scandir", deny)
    assert [type(item) for item in discover([tmp_path])] == [Unreadable, FoundFile]
    assert next(discover([tmp_path])) == Unreadable(tmp_path / "a", "Permission denied")


def test_a_missing_root_is_an_error_before_anything_is_found(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp3")
    with pytest.raises(AudioError, match="does not exist") as caught:
        discover([tmp_path, tmp_path / "missing"])
    assert caught.value.remedy
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(AudioError, match="neither a folder nor"):
        discover([tmp_path / "fifo"])
    with pytest.raises(AudioError, match="null"):
        discover([Path("a\0b")])


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(discover([tmp_path])) == []
