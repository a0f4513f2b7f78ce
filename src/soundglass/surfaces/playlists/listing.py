"""A playlist as every format writes it: tracks with what identifies them, their files named as is wished."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from soundglass.core.types import Track
from soundglass.library.playlists import Entry, Playlist
from soundglass.library.store import Store

Place = Callable[[Path], Path]
"""How a file, given by its absolute path, is named."""

_RECORDING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One track of a playlist.

    Attributes
    ----------
    reason : str
        Why it is there; may be empty.
    file : Path or None
        As it is to be named; its name may hold bytes that are no text. ``None`` where there is none.
    recording : str
        MusicBrainz's id of the recording; empty where it is not known.
    """

    track: Track
    reason: str = ""
    file: Path | None = None
    recording: str = ""

    @property
    def title(self) -> str:
        """The track's title, or the best there is."""
        return self.track.title or Path(self.track.path).name or self.track.id


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole playlist."""

    name: str
    note: str
    changed: datetime
    items: tuple[Item, ...]


def listing(store: Store, playlist: Playlist, place: Place) -> Listing:
    """Read what a playlist's file needs.

    Parameters
    ----------
    place : callable
        One of :func:`below`, :func:`beside`, :func:`absolute`.
    """
    there = [entry.row for entry in playlist.entries if entry.row is not None]
    read = store.take(there, ["files", "mb_recording_id"]).to_pylist() if there else []
    known = dict(zip(there, read, strict=True))
    items = []
    for entry in playlist.entries:
        about = {} if entry.row is None else known[entry.row]
        items.append(_item(entry, about.get("files") or (), about.get("mb_recording_id") or "", place))
    return Listing(playlist.heading.name, playlist.heading.note, playlist.heading.changed, tuple(items))


def _item(entry: Entry, files: Sequence[dict[str, bytes]], recording: str, place: Place) -> Item:
    file = place(Path(os.fsdecode(files[0]["path"]))) if files else None
    return Item(entry.track, entry.reason, file, recording if _RECORDING.fullmatch(recording) else "")


def below(roots: Sequence[Path]) -> Place:
    """Name files by what of their path lies below one of some folders; by their name alone elsewhere."""

    def place(file: Path) -> Path:
        for root in roots:
            if file != root and file.is_relative_to(root):
                return file.relative_to(root)
        return Path(file.name)

    return place


def beside(folder: Path) -> Place:
    """Name files by the way to them from a folder, or absolutely where none leads there."""

    def place(file: Path) -> Path:
        try:
            return Path(os.path.relpath(file, folder))
        except ValueError:  # another drive
            return file

    return place


def absolute(file: Path) -> Path:
    """Name a file by its whole path."""
    return file


def address(file: Path) -> str:
    """Write a file's name as a URI, relative where the name is; every byte of it is kept.

    Examples
    --------
    >>> address(Path("A & B/1: 100%.mp3"))
    'A%20%26%20B/1%3A%20100%25.mp3'
    """
    return file.as_uri() if file.is_absolute() else quote(os.fsencode(file.as_posix()))


def one_line(text: str) -> str:
    """Write a text in one line, without what cannot be shown."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text.encode("utf-8", "replace").decode())
    return " ".join(plain.split())
