"""A scan: files found become tracks stored, incrementally, in small atomic commits."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from soundglass.audio.discover import FoundFile, Unreadable, discover
from soundglass.audio.pool import Outcome, WorkerPool, patience_s
from soundglass.core.errors import AudioError, LibraryError
from soundglass.core.settings import DEFAULTS, Settings
from soundglass.core.types import Json
from soundglass.library.ledger import FileEvent, Ledger, is_under
from soundglass.library.rows import TAG_COLUMNS, tag_columns, track_id, track_row
from soundglass.library.schema import FileStamp, TrackRow, finite
from soundglass.library.store import Store

WORKER = "soundglass.library.worker"
_MANY_FRAGMENTS = 32


@dataclass(frozen=True, slots=True)
class ScanFailure:
    """A file or folder the scan could not take, and why."""

    path: str
    reason: str
    remedy: str | None = None


@dataclass(slots=True)
class ScanSummary:
    """What a scan did.

    Attributes
    ----------
    new, changed, moved, copies, unchanged : int
        Files: never seen; with other audio or tags than before; known under another path; further copies of
        a known recording; as before.
    missing, removed : int
        Known files under the roots that are gone: kept, and forgotten.
    failed : list of ScanFailure
    audio_s : float
        Seconds of audio analysed.
    """

    new: int = 0
    changed: int = 0
    moved: int = 0
    copies: int = 0
    unchanged: int = 0
    missing: int = 0
    removed: int = 0
    failed: list[ScanFailure] = field(default_factory=list)
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is: files done of files to look into, and the last one's path."""

    done: int
    total: int
    path: str


def scan(
    store: Store,
    roots: Sequence[Path],
    *,
    prune: bool = False,
    settings: Settings = DEFAULTS,
    progress: Callable[[ScanProgress], None] = lambda _: None,
) -> ScanSummary:
    """Bring a library up to date with folders of music.

    Parameters
    ----------
    store : Store
        Written under its writer's lock; a kill loses at most the batch being gathered.
    roots : sequence of Path
        Folders or files.
    prune : bool
        Forget tracks whose files are gone. A root in which no file is found is taken for an unmounted disk,
        and nothing under it is forgotten.
    settings : Settings
    progress : callable
        Told after every file looked into.

    Raises
    ------
    AudioError
        A root is missing; nothing is changed.
    LibraryError
        Another process writes the library, or it cannot be written.
    """
    roots = [_absolute(root) for root in roots]
    own = [Path(store.uri).absolute()] if store.is_local else []
    found = discover(roots, exclude=own)
    with store.writing("scan"):
        run = _Scan(store, settings, progress)
        run.look_at(found)
        run.account_for_missing(roots, prune)
        if store.n_fragments > _MANY_FRAGMENTS:
            store.compact()
    return run.summary


def analyse_file(path: Path, settings: Settings = DEFAULTS) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    """Identify and analyse one file in a worker, without a library.

    Returns
    -------
    identity, analysis : mapping
        As :func:`soundglass.library.rows.track_row` takes them.

    Raises
    ------
    AudioError
        The file cannot be read as audio.
    """
    job: dict[str, Json] = {"do": "identify", "path": str(path), "duration_s": None}
    answers = []
    with WorkerPool(WORKER, 1, limits=settings.audio) as pool:
        for step in ("identify", "analyse"):
            pool.submit({**job, "do": step}, timeout_s=patience_s(settings.audio, job["duration_s"]))
            outcome = pool.next_outcome()
            if outcome is None or outcome.error is not None or outcome.result is None:
                error = outcome.error if outcome is not None else None
                raise AudioError(
                    error.message if error else "gave no answer",
                    path=path,
                    remedy=error.remedy if error else None,
                )
            answers.append(outcome.result)
            job["duration_s"] = answers[0]["duration_s"]
    return answers[0], answers[1]


class _Scan:
    """One scan under way."""

    def __init__(self, store: Store, settings: Settings, progress: Callable[[ScanProgress], None]) -> None:
        self.summary = ScanSummary()
        self._store = store
        self._settings = settings
        self._progress = progress
        self._ledger = Ledger.read(store)
        self._rows: dict[str, TrackRow] = {}
        self._retagged: dict[str, Mapping[str, Json]] = {}
        self._same_content: dict[str, list[FileStamp]] = {}
        self._found: list[str] = []
        self._last_commit = time.monotonic()
        self._done = self._total = 0

    # -- the files -------------------------------------------------------------------------------------

    def look_at(self, found: Iterable[FoundFile | Unreadable]) -> None:
        """Analyse what is new or changed, and commit it."""
        todo: deque[FileStamp] = deque()
        for item in found:
            if isinstance(item, Unreadable):
                self.summary.failed.append(ScanFailure(str(item.path), item.reason))
                continue
            stamp = FileStamp(str(item.path), item.size, item.mtime_ns)
            self._found.append(stamp.path)
            if self._ledger.is_unchanged(stamp):
                self.summary.unchanged += 1
            else:
                todo.append(stamp)
        self._total = len(todo)
        try:
            if todo:
                workers = min(self._settings.scan.workers, len(todo))
                with WorkerPool(WORKER, workers, limits=self._settings.audio) as pool:
                    self._work(pool, todo)
        finally:  # also when the user stops the scan
            self._commit()
        self._store.delete(self._ledger.take_orphans())

    def _work(self, pool: WorkerPool, todo: deque[FileStamp]) -> None:
        while todo or pool.pending:
            while todo and pool.has_room:
                self._submit(pool, {"do": "identify", "stamp": asdict(todo.popleft())}, None)
            outcome = pool.next_outcome(timeout_s=1.0)
            if outcome is not None:
                self._take(pool, outcome)
            due = time.monotonic() - self._last_commit >= self._settings.scan.batch_seconds
            if due or len(self._rows) >= self._settings.scan.batch_tracks:
                self._commit()

    def _submit(self, pool: WorkerPool, job: dict[str, Json], duration_s: float | None) -> None:
        job["path"] = job["stamp"]["path"]
        pool.submit(job, timeout_s=patience_s(self._settings.audio, duration_s))

    def _take(self, pool: WorkerPool, outcome: Outcome) -> None:
        stamp = FileStamp(**outcome.job["stamp"])
        if outcome.error is not None:
            error = outcome.error
            files = self._same_content.pop(outcome.job.get("id", ""), [stamp])
            for file in files:
                self.summary.failed.append(ScanFailure(file.path, error.message, error.remedy))
            self._finish(*files)
        elif outcome.job["do"] == "identify":
            self._identified(pool, stamp, outcome.result or {})
        else:
            self._analysed(outcome.job, outcome.result or {})

    def _identified(self, pool: WorkerPool, stamp: FileStamp, identity: Mapping[str, Json]) -> None:
        track = track_id(identity)
        if track in self._same_content:
            self._same_content[track].append(stamp)
        elif self._ledger.is_current(track):
            if self._attach(track, stamp) != "copies":
                self._retagged[track] = identity
            self._finish(stamp)
        else:
            self._same_content[track] = [stamp]
            job = {"do": "analyse", "stamp": asdict(stamp), "id": track, "identity": identity}
            job["duration_s"] = identity["duration_s"]
            self._submit(pool, job, identity["duration_s"])

    def _analysed(self, job: Mapping[str, Json], analysis: Mapping[str, Json]) -> None:
        files = self._same_content.pop(job["id"])
        for file in files:
            self._attach(job["id"], file)
        self._ledger.outdated.discard(job["id"])
        row = track_row(job["identity"], analysis, files)
        self.summary.audio_s += finite(row.values.get("duration")) or 0.0
        self._rows[job["id"]] = row
        self._finish(*files)

    def _attach(self, track: str, stamp: FileStamp) -> FileEvent:
        event = self._ledger.attach(track, stamp)
        setattr(self.summary, event, getattr(self.summary, event) + 1)
        return event

    def _finish(self, *files: FileStamp) -> None:
        for file in files:
            self._done += 1
            self._progress(ScanProgress(self._done, self._total, file.path))

    # -- the library -----------------------------------------------------------------------------------

    def _commit(self) -> None:
        """Store what was gathered: first what is new, then what replaces, so a kill between loses nothing.

        Tracks without a file stay until the end of the scan, which may find their file in another place.
        """
        changes = self._ledger.take_changes()
        analysed = [track for track in self._rows if track in changes]
        self._store.upsert([replace(self._rows[track], files=changes.pop(track)) for track in analysed])
        retagged = [track for track in self._retagged if track in changes]
        tags = [tag_columns(self._retagged[track], changes.pop(track)) for track in retagged]
        self._store.merge_columns(tags, ("id", *TAG_COLUMNS))
        self._store.update_files(changes)
        self._rows, self._retagged = {}, {}
        self._last_commit = time.monotonic()

    def account_for_missing(self, roots: Sequence[Path], prune: bool) -> None:
        """Count known files that are gone, and forget them where that was asked for."""
        missing = self._ledger.missing(roots)
        if not prune:
            self.summary.missing = len(missing)
            return
        for root in roots:
            lacks_all = not any(is_under(path, root) for path in self._found)
            if lacks_all and any(is_under(path, root) for path in missing):
                raise LibraryError(
                    "no audio file is found there, so nothing is forgotten",
                    path=root,
                    remedy="Is the disk mounted?",
                )
        for path in missing:
            self._ledger.forget(path)
        self._store.update_files(self._ledger.take_changes())
        self._store.delete(self._ledger.take_orphans())
        self.summary.removed = len(missing)


def _absolute(root: Path) -> Path:
    """Name a root in one way, whatever folder the command runs in; links stay as the user named them."""
    root = root.expanduser()
    return root.resolve() if ".." in root.parts else root.absolute()
