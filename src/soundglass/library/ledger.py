"""Which files the library knows, by path and by content."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from soundglass.library.schema import FileStamp
from soundglass.library.store import Store


@dataclass(slots=True)
class Ledger:
    """The files of every track, kept up to date while a scan goes on.

    Attributes
    ----------
    files : dict of str to list of FileStamp
        Track id to the files that hold it; the first is the track's path.
    owner : dict of str to str
        Path to track id.
    orphans : set of str
        Tracks whose only file now holds another recording.
    """

    files: dict[str, list[FileStamp]] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    orphans: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, store: Store) -> Ledger:
        """Read the files of all tracks that come from audio."""
        ledger = cls()
        for row in store.columns(["id", "files"], "origin = 'audio'").to_pylist():
            ledger.files[row["id"]] = []
            for file in row["files"] or ():
                ledger._add(row["id"], FileStamp(os.fsdecode(file["path"]), file["size"], file["mtime_ns"]))
        return ledger

    def knows_path(self, path: str) -> bool:
        """Tell whether a file of this path was stored before."""
        return path in self.owner

    def is_unchanged(self, stamp: FileStamp) -> bool:
        """Tell whether a file has the size and time it had when it was stored."""
        owner = self.owner.get(stamp.path)
        return owner is not None and stamp in self.files[owner]

    def attach(self, track_id: str, stamp: FileStamp) -> Literal["changed", "moved", "copies"]:
        """Note that a file holds a known recording, and say what happened to the file."""
        if self.owner.get(stamp.path) == track_id:
            at = next(i for i, known in enumerate(self.files[track_id]) if known.path == stamp.path)
            self.files[track_id][at] = stamp
            return "changed"
        gone = [known for known in self.files[track_id] if not os.path.lexists(known.path)]
        for known in gone:
            self._remove(known.path)
        self.replace(track_id, stamp)
        return "moved" if gone else "copies"

    def replace(self, track_id: str, stamp: FileStamp) -> None:
        """Note that a file now holds this track, whatever it held before."""
        before = self.owner.get(stamp.path)
        if before is not None:
            self._remove(stamp.path)
            if not self.files[before]:
                self.orphans.add(before)
        self.orphans.discard(track_id)
        self._add(track_id, stamp)

    def missing(self, roots: Iterable[Path]) -> list[str]:
        """List known paths under the roots that are gone."""
        prefixes = tuple(str(root) for root in roots)
        return [
            path
            for path in self.owner
            if any(path == root or path.startswith(root.rstrip("/") + "/") for root in prefixes)
            and not os.path.lexists(path)
        ]

    def forget(self, path: str) -> str:
        """Drop a file; return its track's id."""
        return self._remove(path)

    def _add(self, track_id: str, stamp: FileStamp) -> None:
        self.files.setdefault(track_id, []).append(stamp)
        self.owner[stamp.path] = track_id

    def _remove(self, path: str) -> str:
        track_id = self.owner.pop(path)
        self.files[track_id] = [known for known in self.files[track_id] if known.path != path]
        return track_id
