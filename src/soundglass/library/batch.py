"""What a scan has gathered since its last commit, and how it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from soundglass.core.types import Json
from soundglass.library.rows import TAG_COLUMNS, part_columns, tag_columns, track_id, track_row
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store


class Batch:
    """New tracks, newly found parts of known tracks, and new tags of known tracks."""

    def __init__(self) -> None:
        self._rows: dict[str, TrackRow] = {}
        self._parts: dict[str, Mapping[str, Json]] = {}
        self._identities: dict[str, Mapping[str, Json]] = {}

    def __len__(self) -> int:
        """Count the recordings that were analysed."""
        return len(self._rows) + len(self._parts)

    def add(
        self, identity: Mapping[str, Json], analysis: Mapping[str, Json], files: Sequence[FileStamp]
    ) -> None:
        """Take a new recording."""
        self._rows[track_id(identity)] = track_row(identity, analysis, files)

    def upgrade(self, identity: Mapping[str, Json], analysis: Mapping[str, Json]) -> None:
        """Take parts of the analysis of a known recording."""
        self._parts[track_id(identity)] = part_columns(identity, analysis)

    def retag(self, identity: Mapping[str, Json]) -> None:
        """Take the tags of a known recording."""
        self._identities[track_id(identity)] = identity

    def commit(self, store: Store, files: dict[str, list[FileStamp]]) -> None:
        """Store it all: first what is new, then what replaces, so a kill between loses nothing.

        Parameters
        ----------
        files : dict of str to list of FileStamp
            Every track whose files changed; a new recording that is not among them lost its file meanwhile.
        """
        new = [track for track in self._rows if track in files]
        store.upsert([replace(self._rows[track], files=files.pop(track)) for track in new])
        self._commit_parts(store)
        retagged = [track for track in self._identities if track in files]
        tags = [tag_columns(self._identities[track], files.pop(track)) for track in retagged]
        store.merge_columns(tags, ("id", *TAG_COLUMNS))
        store.update_files(files)
        for gathered in (self._rows, self._parts, self._identities):
            gathered.clear()

    def _commit_parts(self, store: Store) -> None:
        """Merge only the columns of the parts that were found, one commit for each choice of parts."""
        by_columns: dict[tuple[str, ...], list[Mapping[str, Json]]] = {}
        for row in self._parts.values():
            by_columns.setdefault(tuple(row), []).append(row)
        for names, rows in by_columns.items():
            store.merge_columns(rows, names)
