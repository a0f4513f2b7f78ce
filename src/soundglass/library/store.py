"""The store: Lance datasets with a schema version, one writer, and readers that never wait."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from soundglass.core.errors import LibraryError
from soundglass.core.types import Json
from soundglass.library import schema
from soundglass.library.failures import DAMAGED, NoLibrary, translating, understanding
from soundglass.library.lock import writer_lock
from soundglass.library.migrations import MIGRATIONS
from soundglass.library.own_files import OWN_FILES

if TYPE_CHECKING:
    import lance
    from numpy.typing import NDArray

_NO_LIBRARY = "Make one with 'soundglass scan FOLDER', 'soundglass import TABLE.csv' or 'soundglass demo'"


class Store:
    """One library on disk or on object storage.

    Parameters
    ----------
    uri : str
        Folder path or URI that holds ``tracks.lance``, ``playlists.lance`` and ``background.lance``.
    create : bool
        Make an empty library where there is none.

    Raises
    ------
    LibraryError
        There is no library, it is newer than this program, or it is damaged.
    """

    def __init__(self, uri: str, *, create: bool = False) -> None:
        if any(c < " " or "\ud800" <= c <= "\udfff" for c in uri):
            raise LibraryError("a library cannot have such a path", path=uri, remedy="Name another folder")
        self.is_local = "://" not in uri
        self.uri = str(Path(uri)) if self.is_local else uri.rstrip("/")
        self._tracks_uri = f"{self.uri}/tracks.lance"
        self._playlists_uri = f"{self.uri}/playlists.lance"
        if self.is_local:
            with translating("cannot be opened", self.uri):
                self._check_folder()
        self._tracks = self._open(create)
        self._ids: tuple[int, pa.ChunkedArray] | None = None

    # -- opening ---------------------------------------------------------------------------------------

    def _check_folder(self) -> None:
        """Refuse a folder that holds something else, or a library that has lost its manifests."""
        folder = Path(self.uri)
        if not folder.exists():
            return
        if not folder.is_dir():
            raise LibraryError("is a file, not a library", path=folder, remedy="Name a folder")
        tracks = folder / "tracks.lance"
        if not tracks.is_dir() and any(p.name not in OWN_FILES for p in folder.iterdir()):
            raise LibraryError("is not a Soundglass library", path=folder, remedy="Name an empty folder")
        if not _has_manifest(str(tracks)) and any(tracks.glob("data/*")):
            raise LibraryError("has lost its manifests", path=folder, remedy=DAMAGED)

    def _open(self, create: bool) -> lance.LanceDataset:
        import lance

        if not self._exists(self._tracks_uri):
            if not create:
                raise NoLibrary("no library here", path=self.uri, remedy=_NO_LIBRARY)
            self._create()
        with translating("cannot be opened", self.uri):
            dataset = lance.dataset(self._tracks_uri)
        if self._version_of(dataset) != schema.SCHEMA_VERSION:
            with self._locked("migrate"):
                dataset = self._migrated()
        return dataset

    def _create(self) -> None:
        import lance

        if self.is_local:
            with translating("cannot be made", self.uri):
                Path(self.uri).mkdir(parents=True, exist_ok=True)
        with self._locked("create"), translating("cannot be made", self.uri):
            if not self._exists(self._tracks_uri):  # nobody else was faster
                lance.write_dataset(schema.TRACKS.empty_table(), self._tracks_uri)

    def _exists(self, uri: str) -> bool:
        """Tell whether there is a data set; what a killed creation left behind is none."""
        if self.is_local:
            return _has_manifest(uri)
        import lance

        try:
            with translating("cannot be opened", self.uri):
                lance.dataset(uri)
        except LibraryError as error:
            if "not found" in error.message:
                return False
            raise
        return True

    def _version_of(self, dataset: lance.LanceDataset) -> int:
        with translating("cannot be opened", self.uri):
            metadata = dataset.schema.metadata or {}
        try:
            found = int(metadata[schema.VERSION_KEY])
        except (KeyError, ValueError):
            raise LibraryError("has no schema version", path=self.uri, remedy=DAMAGED) from None
        if found > schema.SCHEMA_VERSION:
            raise LibraryError(
                f"was written by a newer Soundglass (schema {found}, this one knows {schema.SCHEMA_VERSION})",
                path=self.uri,
                remedy="Upgrade Soundglass; the library was left as it is",
            )
        if any(version not in MIGRATIONS for version in range(found, schema.SCHEMA_VERSION)):
            raise LibraryError(
                f"was written by a Soundglass too old to lift (schema {found})",
                path=self.uri,
                remedy="Make the library anew",
            )
        return found

    def _migrated(self) -> lance.LanceDataset:
        import lance

        with translating("cannot be brought up to date", self.uri):
            dataset = lance.dataset(self._tracks_uri)  # another process may have done it meanwhile
            for version in range(self._version_of(dataset), schema.SCHEMA_VERSION):
                MIGRATIONS[version](dataset)
                dataset = lance.dataset(self._tracks_uri)
                dataset.update_schema_metadata({schema.VERSION_KEY.decode(): str(version + 1)})
            return lance.dataset(self._tracks_uri)

    # -- reading ---------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Number of the snapshot being read; it grows with every commit."""
        return int(self._tracks.version)

    @property
    def changed(self) -> datetime:
        """When the snapshot being read was made, in UTC."""
        with translating("cannot be read", self.uri):
            made = {version["version"]: version["timestamp"] for version in self._tracks.versions()}
        return cast("datetime", made[self.version]).astimezone(UTC)

    @property
    def is_newest(self) -> bool:
        """Whether nothing has been committed since the snapshot being read."""
        with translating("cannot be read", self.uri):
            return bool(self._tracks.latest_version == self._tracks.version)

    def refresh(self) -> bool:
        """Move to the newest snapshot; say whether there was a newer one."""
        if self.is_newest:
            return False
        with translating("cannot be read", self.uri):
            self._tracks.checkout_latest()
        return True

    def __len__(self) -> int:
        with translating("cannot be read", self.uri):
            return int(self._tracks.count_rows())

    @property
    def n_fragments(self) -> int:
        """How many pieces the tracks are stored in; many small ones slow reading down."""
        return len(self._tracks.get_fragments())

    def columns(self, names: Sequence[str], where: str | None = None) -> pa.Table:
        """Read columns of every track, or of those a condition lets through, in row order.

        Raises
        ------
        LibraryError
            The condition does not parse or names an unknown column, or the library is damaged.
        """
        if where is not None:
            with understanding(where):
                self._tracks.scanner(columns=["id"], filter=where).explain_plan()
        with translating("cannot be read", self.uri, where):
            return self._tracks.to_table(columns=list(names), filter=where)

    def batches(self, names: Sequence[str], n_rows: int = 4096) -> Iterator[pa.RecordBatch]:
        """Read columns of every track piece by piece, in row order; for those too wide to be read at once."""
        with translating("cannot be read", self.uri):
            yield from self._tracks.to_batches(columns=list(names), batch_size=n_rows)

    def take(self, rows: Sequence[int] | NDArray[np.int64], names: Sequence[str]) -> pa.Table:
        """Read columns of single rows by their position."""
        with translating("cannot be read", self.uri):
            return self._tracks.take([int(row) for row in rows], columns=list(names))

    def row_of(self, track_id: str) -> int | None:
        """Find the row position of a track; the ids are kept in memory, as people ask again and again."""
        if self._ids is None or self._ids[0] != self.version:
            self._ids = self.version, self.columns(["id"])["id"]
        found = int(pc.index(self._ids[1], track_id).as_py())
        return None if found < 0 else found

    def rows_where(self, where: str) -> NDArray[np.int64]:
        """Find the row positions a SQL condition lets through; raises as :meth:`columns` does."""
        table = self.columns(["_rowoffset"], where)
        return np.asarray(table["_rowoffset"], dtype=np.int64)

    def note(self, name: str) -> str | None:
        """Read a text that is kept with the tracks; ``None`` where there is none."""
        text = (self._tracks.schema.metadata or {}).get(name.encode())
        return None if text is None else str(text, "utf-8")

    def playlists(self) -> pa.Table:
        """Read all playlist memberships; empty where no table brought any."""
        import lance

        if not self._exists(self._playlists_uri):
            return schema.PLAYLISTS.empty_table()
        with translating("cannot be read", self.uri):
            return lance.dataset(self._playlists_uri).to_table()

    # -- writing ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, purpose: str) -> Iterator[None]:
        """Hold the library's single writer's place, at the newest snapshot; readers go on meanwhile.

        Raises
        ------
        LibraryError
            Another process is writing; the message names it.
        """
        with self._locked(purpose):
            self.refresh()
            yield

    def _locked(self, purpose: str) -> contextlib.AbstractContextManager[None]:
        # On object stores Lance refuses conflicting commits by itself.
        return writer_lock(Path(self.uri), purpose) if self.is_local else contextlib.nullcontext()

    def upsert(self, rows: Sequence[schema.TrackRow]) -> None:
        """Insert or replace tracks by id, in one atomic commit."""
        if rows:
            self.upsert_table(pa.Table.from_pylist([row.as_row() for row in rows], schema=schema.TRACKS))

    def upsert_table(self, table: pa.Table) -> None:
        """Insert or replace tracks by id from a table of the library's schema, in one atomic commit."""
        with translating("cannot be written", self.uri):
            self._tracks.checkout_latest()
            known = pc.is_in(table["id"], self._tracks.to_table(columns=["id"])["id"])
            if pc.any(known).as_py():
                merge = self._tracks.merge_insert("id").when_matched_update_all()
                merge.when_not_matched_insert_all().execute(table)
            else:
                self._tracks.insert(table)  # unlike a merge, keeps the order of the rows

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
        with translating("cannot be written", self.uri):
            self._tracks.delete(f"id IN ({', '.join(map(schema.quoted, ids))})")

    def keep_note(self, name: str, text: str) -> None:
        """Keep a text with the tracks, in a commit of its own."""
        with translating("cannot be written", self.uri):
            self._tracks.update_schema_metadata({name: text})

    def add_playlists(self, memberships: pa.Table) -> None:
        """Insert playlist memberships; repeated ones are kept once."""
        import lance

        with translating("cannot be written", self.uri):
            if not self._exists(self._playlists_uri):
                lance.write_dataset(memberships, self._playlists_uri)
                return
            merge = lance.dataset(self._playlists_uri).merge_insert(["playlist_id", "track_id"])
            merge.when_matched_update_all().when_not_matched_insert_all().execute(memberships)

    # -- housekeeping ----------------------------------------------------------------------------------

    def compact(self, keep: timedelta = timedelta(hours=1)) -> dict[str, int]:
        """Merge small fragments and drop snapshots that no reader has been given for at least ``keep``."""
        with translating("cannot be compacted", self.uri):
            self._tracks.checkout_latest()
            before = len(self._tracks.get_fragments())
            self._tracks.optimize.compact_files()
            removed = self._tracks.cleanup_old_versions(older_than=self._age_to_drop(keep))
            self._tracks.checkout_latest()
            after = len(self._tracks.get_fragments())
        return {
            "fragments_before": before,
            "fragments_after": after,
            "bytes_freed": int(removed.bytes_removed),
        }

    def _age_to_drop(self, keep: timedelta) -> timedelta:
        """Return the age of snapshots that had been out of date for ``keep`` when ``keep`` began.

        An old snapshot may have been the newest until a minute ago, and its readers may still be at work.
        """
        now = datetime.now()  # local and naive, as Lance's time stamps are
        made = [cast("datetime", version["timestamp"]) for version in self._tracks.versions()]
        newest_then = max((time for time in made if time <= now - keep), default=min(made))
        return now - newest_then + keep

    def validate(self) -> None:
        """Read everything there is; raise where a byte is missing or makes no sense."""
        with translating("is damaged", self.uri):
            self._tracks.validate()
            for batch in self._tracks.to_batches():
                batch.validate(full=True)
        self.playlists().validate(full=True)


def _has_manifest(uri: str) -> bool:
    return any(Path(uri, "_versions").glob("*.manifest"))
