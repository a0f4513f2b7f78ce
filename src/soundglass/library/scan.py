"""A scan: files found become tracks stored, incrementally, in small atomic commits."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from soundglass import models
from soundglass.audio.discover import FoundFile, Unreadable, discover
from soundglass.audio.pool import Outcome, WorkerPool, patience_s
from soundglass.core.errors import AudioError, LibraryError
from soundglass.core.settings import DEFAULTS, Settings
from soundglass.core.types import Json
from soundglass.library import background
from soundglass.library.batch import Batch
from soundglass.library.ledger import Ledger, is_under
from soundglass.library.roots import record
from soundglass.library.rows import track_id
from soundglass.library.scanning import ScanState, publishing
from soundglass.library.schema import FileStamp
from soundglass.library.store import Store
from soundglass.library.versions import AnalysisPart

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
    new, changed, moved, copies, upgraded, unchanged : int
        Files: never seen; with other audio or tags than before; known under another path; further copies of
        a known recording; as before, but analysed anew in part or whole, as this program finds more or
        better; as before.
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
    upgraded: int = 0
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
    ModelError
        A network's weights are missing or not the pinned ones; nothing is changed.
    """
    roots = [_absolute(root) for root in roots]
    own = [Path(store.uri).absolute()] if store.is_local else []
    walked = discover(roots, exclude=own)
    with store.writing("scan"):
        run = _Scan(store, settings, progress)
        with publishing(Path(store.uri) if store.is_local else None, run.state):
            found = list(walked)
            record(store, roots, found)
            run.look_at(found)
            run.account_for_missing(roots, prune)
            background.refresh(store)
            if store.n_fragments > _MANY_FRAGMENTS:
                store.compact()
    return run.summary


def analyse_file(
    path: Path, settings: Settings = DEFAULTS, parts: Sequence[AnalysisPart] = ("features",)
) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    """Identify and analyse one file in a worker, without a library.

    Parameters
    ----------
    path : Path
    settings : Settings
    parts : sequence of str
        What of the analysis is wanted.

    Returns
    -------
    identity, analysis : mapping
        As :func:`soundglass.library.rows.track_row` takes them.

    Raises
    ------
    AudioError
        The file cannot be read as audio.
    ModelError
        A network's weights are missing or not the pinned ones.
    """
    job: dict[str, Json] = {"do": "identify", "path": str(path), "duration_s": None, "parts": parts}
    answers = []
    with _worker_pool(1, settings) as pool:
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


def _worker_pool(workers: int, settings: Settings) -> WorkerPool:
    """Make the pool; weights that are missing or changed are refused before a worker trips over them."""
    for name in models.PINNED:
        models.read_model(name)
    return WorkerPool(WORKER, workers, limits=settings.audio)


class _Scan:
    """One scan under way."""

    def __init__(self, store: Store, settings: Settings, progress: Callable[[ScanProgress], None]) -> None:
        self.summary = ScanSummary()
        self._store = store
        self._settings = settings
        self._progress = progress
        self._ledger = Ledger.read(store)
        self._batch = Batch()
        self._same_content: dict[str, list[FileStamp]] = {}
        self._found: list[str] = []
        self._last_commit = time.monotonic()
        self._state = ScanState("looking")

    def state(self) -> ScanState:
        """Say how far it is; safe to ask from another thread."""
        done = self.summary
        return replace(self._state, new=done.new, changed=done.changed, failed=len(done.failed))

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
        self._state = ScanState("analysing", total=len(todo))
        try:
            if todo:
                workers = min(self._settings.scan.workers, len(todo))
                with _worker_pool(workers, self._settings) as pool:
                    self._work(pool, todo)
        finally:  # also when the user stops the scan
            self._commit()
        self._state = replace(self._state, stage="finishing", path="")
        self._store.delete(self._ledger.take_orphans())

    def _work(self, pool: WorkerPool, todo: deque[FileStamp]) -> None:
        while todo or pool.pending:
            while todo and pool.has_room:
                self._submit(pool, {"do": "identify", "stamp": asdict(todo.popleft())}, None)
            outcome = pool.next_outcome(timeout_s=1.0)
            if outcome is not None:
                self._take(pool, outcome)
            due = time.monotonic() - self._last_commit >= self._settings.scan.batch_seconds
            if due or len(self._batch) >= self._settings.scan.batch_tracks:
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
            self._attach(stamp, identity)
            self._finish(stamp)
        else:
            self._same_content[track] = [stamp]
            job = {"do": "analyse", "stamp": asdict(stamp), "id": track, "identity": identity}
            job["duration_s"] = identity["duration_s"]
            job["parts"] = sorted(self._ledger.wanted_parts(track))
            self._submit(pool, job, identity["duration_s"])

    def _analysed(self, job: Mapping[str, Json], analysis: Mapping[str, Json]) -> None:
        files, identity = self._same_content.pop(job["id"]), job["identity"]
        if job["id"] in self._ledger.files:
            self._batch.upgrade(identity, analysis)
        else:
            self._batch.add(identity, analysis, files)
        self._ledger.outdated.pop(job["id"], None)
        for file in files:
            self._attach(file, identity)
        self.summary.audio_s += analysis["duration_s"]
        self._finish(*files)

    def _attach(self, stamp: FileStamp, identity: Mapping[str, Json]) -> None:
        event = self._ledger.attach(track_id(identity), stamp)
        setattr(self.summary, event, getattr(self.summary, event) + 1)
        if event not in {"copies", "upgraded"}:
            self._batch.retag(identity)

    def _finish(self, *files: FileStamp) -> None:
        for file in files:
            self._state = replace(self._state, done=self._state.done + 1, path=file.path)
            self._progress(ScanProgress(self._state.done, self._state.total, file.path))

    # -- the library -----------------------------------------------------------------------------------

    def _commit(self) -> None:
        """Store what was gathered.

        Tracks without a file stay until the end of the scan, which may find their file in another place.
        """
        self._batch.commit(self._store, self._ledger.take_changes())
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
