"""Which files the library knows, by path and by content."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from soundglass.library.schema import FileStamp
from soundglass.library.store import Store
from soundglass.library.versions import VERSION_COLUMNS, VERSIONS, AnalysisPart, outdated_parts

FileEvent: TypeAlias = Literal["new", "changed", "moved", "copies", "upgraded"]
_ALL: frozenset[AnalysisPart] = frozenset(VERSIONS)
_NONE: frozenset[AnalysisPart] = frozenset()


@dataclass(slots=True)
class Ledger:
    """The files of every track, kept up to date while a scan goes on.

    Attributes
    ----------
    files : dict of str to list of FileStamp
        Track id to the files that hold it; the first is the track's path.
    owner : dict of str to str
        Path to track id.
    outdated : dict of str to frozenset of str
        Tracks to the parts of their analysis that are missing or of another version.
    touched : set of str
        Tracks whose files are no longer those in the store.
    """

    files: dict[str, list[FileStamp]] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    outdated: dict[str, frozenset[AnalysisPart]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, store: Store) -> Ledger:
        """Read the files of all tracks that come from audio.

        A scan that was killed may leave two tracks that name one file; what was stored last is true.
        """
        ledger = cls()
        columns = ["id", "files", *VERSION_COLUMNS.values()]
        for row in store.columns(columns, "origin = 'audio'").to_pylist():
            ledger.files[row["id"]] = []
            if outdated := outdated_parts(row):
                ledger.outdated[row["id"]] = outdated
            for file in row["files"] or ():
                stamp = FileStamp(os.fsdecode(file["path"]), file["size"], file["mtime_ns"])
                ledger._put(row["id"], stamp)
        return ledger

    def wanted_parts(self, track_id: str) -> frozenset[AnalysisPart]:
        """Name the parts of a recording's analysis that are still to be found."""
        return self.outdated.get(track_id, _NONE) if track_id in self.files else _ALL

    def is_current(self, track_id: str) -> bool:
        """Tell whether a recording is known and needs no new analysis."""
        return not self.wanted_parts(track_id)

    def is_unchanged(self, stamp: FileStamp) -> bool:
        """Tell whether a file has the size and time it had when it was stored, and needs no new analysis."""
        owner = self.owner.get(stamp.path)
        return owner is not None and self.is_current(owner) and stamp in self.files[owner]

    def attach(self, track_id: str, stamp: FileStamp) -> FileEvent:
        """Note that a file holds a recording, and say what that means for the file.

        A file that is as it was is looked into only for the sake of a newer analysis: it is ``upgraded``.
        """
        known = stamp.path in self.owner
        before = self.files.get(track_id, ())
        if stamp in before:
            return "upgraded"
        gone = [file.path for file in before if file.path != stamp.path and is_gone(file.path)]
        for path in gone:
            self.forget(path)
        self._put(track_id, stamp)
        self.touched.add(track_id)
        return "changed" if known else "moved" if gone else "copies" if before else "new"

    def missing(self, roots: Iterable[Path]) -> list[str]:
        """List known paths under the roots that are gone."""
        tops = tuple(roots)
        return [path for path in self.owner if any(is_under(path, top) for top in tops) and is_gone(path)]

    def forget(self, path: str) -> None:
        """Drop a file."""
        track_id = self.owner.pop(path)
        self.files[track_id] = [known for known in self.files[track_id] if known.path != path]
        self.touched.add(track_id)

    def take_changes(self) -> dict[str, list[FileStamp]]:
        """Hand out the files of touched tracks that still have some."""
        changes = {track_id: files for track_id in self.touched if (files := self.files[track_id])}
        self.touched -= changes.keys()
        return changes

    def take_orphans(self) -> list[str]:
        """Hand out the touched tracks that no file is left of, and know them no longer."""
        orphans = sorted(track_id for track_id in self.touched if not self.files[track_id])
        for track_id in orphans:
            del self.files[track_id]
        self.touched.difference_update(orphans)
        return orphans

    def _put(self, track_id: str, stamp: FileStamp) -> None:
        if self.owner.get(stamp.path, track_id) != track_id:
            self.forget(stamp.path)
        files = self.files.setdefault(track_id, [])
        at = next((i for i, known in enumerate(files) if known.path == stamp.path), len(files))
        files[at : at + 1] = [stamp]
        self.owner[stamp.path] = track_id


def is_under(path: str, top: Path) -> bool:
    """Tell whether a path is a folder or file, or lies below it."""
    return path == str(top) or path.startswith(str(top).rstrip(os.sep) + os.sep)


def is_gone(path: str) -> bool:
    """Tell whether there is certainly no file of this path; one that cannot be looked at may be there."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
