"""The store: Lance datasets with a schema version, one writer, and readers that never wait."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from filelock import FileLock, Timeout

from soundglass.core.errors import LibraryError
from soundglass.core.types import Json
from soundglass.library import schema
from soundglass.library.failures import DAMAGED, translating

if TYPE_CHECKING:
    import lance
    from numpy.typing import NDArray

Migration = Callable[["lance.LanceDataset"], None]
MIGRATIONS: Mapping[int, Migration] = {}
"""Schema version to the step that lifts a library to the next one; each step must bear being run twice."""

_NO_LIBRARY = "Make one with 'soundglass scan FOLDER', 'soundglass import TABLE.csv' or 'soundglass demo'"


class Store:
    """One library on disk or on object storage.

    Parameters
    ----------
    uri : str
        Folder path or URI that holds ``tracks.lance`` and ``playlists.lance``.
    create : bool
        Make an empty library where there is none.

    Raises
    ------
    LibraryError
        There is no library, it is newer than this program, or it is damaged.
    """

    def __init__(self, uri: str, *, create: bool = False) -> None:
        self.uri = uri.rstrip("/")
        self.is_local = "://" not in self.uri
        if self.is_local:
            self._check_folder(create)
        self._tracks = self._open(create)

    # -- opening ---------------------------------------------------------------------------------------

    def _check_folder(self, create: bool) -> None:
        folder = Path(self.uri)
        if (folder / "tracks.lance").is_dir():
            return
        if folder.exists() and not folder.is_dir():
            raise LibraryError("is a file, not a library", path=folder, remedy="Name a folder")
        if folder.is_dir() and any(p.name not in _OWN_FILES for p in folder.iterdir()):
            raise LibraryError(
                "is not a Soundglass library", path=folder, remedy="Name an empty or new folder"
            )
        if not create:
            raise LibraryError("no library here", path=folder, remedy=_NO_LIBRARY)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"cannot make the library folder: {error.strerror}", path=folder) from error

    def _open(self, create: bool) -> lance.LanceDataset:
        import lance

        uri = f"{self.uri}/tracks.lance"
        exists = Path(uri).is_dir() if self.is_local else _exists(uri)
        if not exists and not create:
            raise LibraryError("no library here", path=self.uri, remedy=_NO_LIBRARY)
        with translating("cannot be opened", self.uri):
            dataset = lance.dataset(uri) if exists else lance.write_dataset(schema.TRACKS.empty_table(), uri)
        found = self._version_of(dataset)
        if found > schema.SCHEMA_VERSION:
            raise LibraryError(
                f"was written by a newer Soundglass (schema {found}, this one knows {schema.SCHEMA_VERSION})",
                path=self.uri,
                remedy="Upgrade Soundglass; the library was left as it is",
            )
        return self._migrated(dataset, found)

    def _version_of(self, dataset: lance.LanceDataset) -> int:
        try:
            return int((dataset.schema.metadata or {})[schema.VERSION_KEY])
        except (KeyError, ValueError):
            raise LibraryError("has no schema version", path=self.uri, remedy=DAMAGED) from None

    def _migrated(self, dataset: lance.LanceDataset, found: int) -> lance.LanceDataset:
        if found == schema.SCHEMA_VERSION:
            return dataset
        import lance

        with self.writing("migrate"):
            for version in range(found, schema.SCHEMA_VERSION):
                MIGRATIONS[version](dataset)
                dataset = lance.dataset(dataset.uri)
                dataset.update_schema_metadata({schema.VERSION_KEY.decode(): str(version + 1)})
        return lance.dataset(dataset.uri)

    # -- reading ---------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Number of the snapshot being read; it grows with every commit."""
        return int(self._tracks.version)

    def refresh(self) -> bool:
        """Move to the newest snapshot; say whether there was a newer one."""
        with translating("cannot be read", self.uri):
            if self._tracks.latest_version == self._tracks.version:
                return False
            self._tracks.checkout_latest()
        return True

    def __len__(self) -> int:
        return int(self._tracks.count_rows())

    @property
    def n_fragments(self) -> int:
        """How many pieces the tracks are stored in; many small ones slow reading down."""
        return len(self._tracks.get_fragments())

    def columns(self, names: Sequence[str], where: str | None = None) -> pa.Table:
        """Read columns of every track, or of those a condition lets through, in row order."""
        with translating("cannot be read", self.uri, where):
            return self._tracks.to_table(columns=list(names), filter=where)

    def take(self, rows: Sequence[int] | NDArray[np.int64], names: Sequence[str]) -> pa.Table:
        """Read columns of single rows by their position."""
        with translating("cannot be read", self.uri):
            return self._tracks.take([int(row) for row in rows], columns=list(names))

    def rows_where(self, where: str) -> NDArray[np.int64]:
        """Find the row positions a SQL condition lets through.

        Raises
        ------
        LibraryError
            The condition does not parse or names an unknown column.
        """
        table = self.columns(["_rowoffset"], where)
        return np.asarray(table["_rowoffset"], dtype=np.int64)

    def playlists(self) -> pa.Table:
        """Read all playlist memberships; empty where no table brought any."""
        import lance

        uri = f"{self.uri}/playlists.lance"
        if not (Path(uri).is_dir() if self.is_local else _exists(uri)):
            return schema.PLAYLISTS.empty_table()
        with translating("cannot be read", self.uri):
            return lance.dataset(uri).to_table()

    # -- writing ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, purpose: str) -> Iterator[None]:
        """Hold the library's single writer's place; readers go on meanwhile.

        Raises
        ------
        LibraryError
            Another process is writing; the message names it.
        """
        if not self.is_local:
            yield  # object stores: Lance refuses conflicting commits by itself
            return
        holder = Path(self.uri, "writer.json")
        lock = FileLock(Path(self.uri, "writer.lock"), timeout=0.5)
        try:
            lock.acquire()
        except Timeout:
            raise LibraryError(
                f"is being written by {_describe(holder)}", path=self.uri, remedy="Wait for it or stop it"
            ) from None
        except OSError as error:
            raise LibraryError(f"cannot be written: {error.strerror}", path=self.uri) from error
        try:
            with translating("cannot be written", self.uri):
                holder.write_text(json.dumps({"pid": os.getpid(), "purpose": purpose}))
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def upsert(self, rows: Sequence[schema.TrackRow]) -> None:
        """Insert or replace tracks by id, in one atomic commit."""
        if rows:
            self.upsert_table(pa.Table.from_pylist([row.as_row() for row in rows], schema=schema.TRACKS))

    def upsert_table(self, table: pa.Table) -> None:
        """Insert or replace tracks by id from a table of the library's schema, in one atomic commit."""
        with translating("cannot be written", self.uri):
            self._tracks.checkout_latest()
            merge = self._tracks.merge_insert("id").when_matched_update_all()
            merge.when_not_matched_insert_all().execute(table)

    def update_files(self, files: Mapping[str, Sequence[schema.FileStamp]]) -> None:
        """Set the files of tracks by id, in one atomic commit; features stay as they are."""
        rows = [
            {"id": track_id, "path": schema.printable(stamps[0].path), "files": schema.file_column(stamps)}
            for track_id, stamps in files.items()
        ]
        self.merge_columns(rows, ("id", "path", "files"))

    def merge_columns(self, rows: Sequence[Mapping[str, Json]], names: Sequence[str]) -> None:
        """Replace some columns of existing tracks by id, in one atomic commit."""
        if not rows:
            return
        part = pa.schema([schema.TRACKS.field(name) for name in names])
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=part)
        with translating("cannot be written", self.uri):
            self._tracks.checkout_latest()
            self._tracks.merge_insert("id").when_matched_update_all().execute(table)

    def delete(self, ids: Sequence[str]) -> None:
        """Forget tracks by id."""
        if not ids:
            return
        quoted = ", ".join("'" + track_id.replace("'", "''") + "'" for track_id in ids)
        with translating("cannot be written", self.uri):
            self._tracks.delete(f"id IN ({quoted})")

    def add_playlists(self, memberships: pa.Table) -> None:
        """Insert playlist memberships; repeated ones are kept once."""
        import lance

        uri = f"{self.uri}/playlists.lance"
        with translating("cannot be written", self.uri):
            if not (Path(uri).is_dir() if self.is_local else _exists(uri)):
                lance.write_dataset(memberships, uri)
                return
            merge = lance.dataset(uri).merge_insert(["playlist_id", "track_id"])
            merge.when_matched_update_all().when_not_matched_insert_all().execute(memberships)

    # -- housekeeping ----------------------------------------------------------------------------------

    def compact(self, keep: timedelta = timedelta(hours=1)) -> dict[str, int]:
        """Merge small fragments and drop snapshots older than ``keep``, so running readers keep theirs."""
        with translating("cannot be compacted", self.uri):
            self._tracks.checkout_latest()
            before = len(self._tracks.get_fragments())
            self._tracks.optimize.compact_files()
            removed = self._tracks.cleanup_old_versions(older_than=keep)
            self._tracks.checkout_latest()
            after = len(self._tracks.get_fragments())
        return {
            "fragments_before": before,
            "fragments_after": after,
            "bytes_freed": int(removed.bytes_removed),
        }

    def validate(self) -> None:
        """Read everything there is; raise where a byte is missing or wrong."""
        with translating("is damaged", self.uri):
            self._tracks.validate()
            for batch in self._tracks.to_batches():
                batch.validate(full=True)


_OWN_FILES = {"tracks.lance", "playlists.lance", "writer.lock", "writer.json"}


def _exists(uri: str) -> bool:
    import lance

    try:
        lance.dataset(uri)
    except (OSError, ValueError):
        return False
    return True


def _describe(holder: Path) -> str:
    try:
        info = json.loads(holder.read_text())
        return f"process {int(info['pid'])} ({info['purpose']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
