"""Find audio files below folders, lazily and in a fixed order, whatever lies in the way."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from soundglass.core.errors import AudioError

AUDIO_SUFFIXES = frozenset(
    {".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4", ".aac"}
    | {".wav", ".wave", ".aif", ".aiff", ".aifc", ".wma", ".wv"}
)

_FileKey: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that by its name is audio.

    Attributes
    ----------
    path : Path
        Below ``root``, as found: links are not resolved.
    root : Path
        The root it was found under, or the file itself where that was the root.
    size : int
        Bytes.
    mtime_ns : int
        Time of the last change, in nanoseconds since 1970.
    """

    path: Path
    root: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder or audio file that could not be looked at, and why."""

    path: Path
    reason: str


def discover(roots: Iterable[Path], *, exclude: Iterable[Path] = ()) -> Iterator[FoundFile | Unreadable]:
    """Walk folders and yield their audio files.

    Files come in the order of their names, those of a folder before those of its subfolders; links come
    last, so that a file is reported under its own name where it has one below the roots. Every folder is
    walked once and every file reached through links is reported once. Hard links are separate files.
    Hidden files and folders (``.name``) are left out, unless they are roots themselves.

    Parameters
    ----------
    roots : iterable of Path
        Folders, or single files, which need no audio suffix.
    exclude : iterable of Path
        Folders or files to leave out, such as a library inside the music folder.

    Yields
    ------
    FoundFile or Unreadable

    Raises
    ------
    AudioError
        A root is missing or is neither folder nor plain file; raised before anything is yielded.
    """
    starts = [(root, _stat_root(root)) for root in map(Path, roots)]
    return _Walk(exclude).walk(starts)


def _stat_root(root: Path) -> os.stat_result:
    try:
        status = root.stat()
    except (OSError, ValueError) as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        raise AudioError(reason, path=root, remedy="Check the path, and that the disk is mounted") from error
    if not (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
        raise AudioError("is neither a folder nor a plain file", path=root, remedy="Name a music folder")
    return status


def _key(status: os.stat_result) -> _FileKey:
    return status.st_dev, status.st_ino


class _Walk:
    """The state of one walk: what was seen, what is left out, and the links kept for last."""

    def __init__(self, exclude: Iterable[Path]) -> None:
        self._folders: set[_FileKey] = set()
        self._files: set[_FileKey] = set()
        self._excluded = {_key(path.stat()) for path in map(Path, exclude) if path.exists()}
        self._links: list[tuple[Path, Path]] = []

    def walk(self, starts: list[tuple[Path, os.stat_result]]) -> Iterator[FoundFile | Unreadable]:
        for root, status in starts:
            if stat.S_ISDIR(status.st_mode):
                yield from self._walk_folder(root, root)
            elif not self._was_walked(root):
                yield from self._single(root, root, status)
        # The list grows while it is walked: a linked folder may hold more links.
        for path, root in self._links:
            yield from self._follow(path, root)

    def _walk_folder(self, top: Path, root: Path) -> Iterator[FoundFile | Unreadable]:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                entries = self._enter(folder)
            except OSError as error:
                yield Unreadable(folder, error.strerror or str(error))
                continue
            subfolders = []
            for entry in entries:
                path = Path(entry.path)
                if entry.is_symlink():
                    self._links.append((path, root))
                elif entry.is_dir():
                    subfolders.append(path)
                elif path.suffix.lower() in AUDIO_SUFFIXES:
                    yield from self._file(path, root)
            waiting.extend(reversed(subfolders))

    def _enter(self, folder: Path) -> list[os.DirEntry[str]]:
        """List a folder by name; empty where it was walked before or is left out."""
        key = _key(folder.stat())
        if key in self._folders or key in self._excluded:
            return []
        self._folders.add(key)
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(".")]
        return sorted(visible, key=lambda entry: os.fsencode(entry.name))

    def _file(self, path: Path, root: Path) -> Iterator[FoundFile | Unreadable]:
        try:
            status = path.stat()
        except OSError as error:
            yield Unreadable(path, error.strerror or str(error))
            return
        if _key(status) not in self._files and _key(status) not in self._excluded:
            yield _found(path, root, status)

    def _single(self, path: Path, root: Path, status: os.stat_result) -> Iterator[FoundFile | Unreadable]:
        """Report a file that no walk of its folder reports: one named as a root, or behind a link."""
        key = _key(status)
        if key in self._files or key in self._excluded:
            return
        self._files.add(key)
        yield _found(path, root, status)

    def _follow(self, path: Path, root: Path) -> Iterator[FoundFile | Unreadable]:
        looks_like_audio = path.suffix.lower() in AUDIO_SUFFIXES
        try:
            status = path.stat()
        except OSError as error:
            if looks_like_audio:
                yield Unreadable(path, f"broken link ({error.strerror})")
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._walk_folder(path, root)
        elif looks_like_audio and not self._was_walked(path):
            yield from self._single(path, root, status)

    def _was_walked(self, path: Path) -> bool:
        """Whether the file itself lies in a walked folder, under a name that was reported there."""
        target = path.resolve()
        listed = target.suffix.lower() in AUDIO_SUFFIXES and not target.name.startswith(".")
        return listed and _key(target.parent.stat()) in self._folders


def _found(path: Path, root: Path, status: os.stat_result) -> FoundFile | Unreadable:
    if not stat.S_ISREG(status.st_mode):
        return Unreadable(path, "not a plain file")
    return FoundFile(path, root, status.st_size, status.st_mtime_ns)
