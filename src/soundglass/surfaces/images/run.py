"""A run over folders of music: what has no image yet, or an outdated one, gets one."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from soundglass.audio.discover import FoundFile, Unreadable, discover
from soundglass.audio.pool import Outcome, WorkerPool, patience_s
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Json
from soundglass.surfaces.images.made import (
    PART,
    ImageMade,
    image_name,
    made_of,
    read_made,
    read_manifest,
    write_manifest,
)
from soundglass.surfaces.images.settings import ImageSettings

WORKER = "soundglass.surfaces.images.worker"
_LOCK = ".writing.lock"
_LEAST_BYTES_PER_S = 1000


@dataclass(frozen=True, slots=True)
class ImageFailure:
    """A file or folder that gave no image, and why."""

    path: str
    reason: str
    remedy: str | None = None


@dataclass(slots=True)
class ImagesSummary:
    """What a run did.

    Attributes
    ----------
    folder : str
        Where the images and their manifest are.
    made, kept : int
        Images written, and those that were there already, of the same file and settings.
    short, silent : int
        How many of both end in silence as their recording is shorter, and hold no sound at all.
    failed : list of ImageFailure
    """

    folder: str
    made: int = 0
    kept: int = 0
    short: int = 0
    silent: int = 0
    failed: list[ImageFailure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImagesProgress:
    """How far a run is: files done of files to do, and the last one's path."""

    done: int
    total: int
    path: str


def write_images(
    paths: Sequence[Path],
    folder: Path,
    settings: ImageSettings | None = None,
    *,
    workers: int | None = None,
    progress: Callable[[ImagesProgress], None] = lambda _: None,
) -> ImagesSummary:
    """Write an image for every recording found, and a manifest of all images in the folder.

    A run that was stopped or killed goes on where it was: an image is made again only where its recording's
    size or time of change, or a setting, differs. Images appear whole or not at all.

    Parameters
    ----------
    paths : sequence of Path
        Folders or files of music.
    folder : Path
        For the images; made if need be.
    settings : ImageSettings, optional
    workers : int, optional
        Processes; one per processor if left out.
    progress : callable
        Told after every file.

    Returns
    -------
    ImagesSummary
        Where no audio file is found, nothing is written.

    Raises
    ------
    AudioError
        A path is missing; nothing is written.
    SoundglassError
        The folder cannot be written, is being written by another run, or holds another ``manifest.csv``.
    """
    folder = _absolute(folder)
    found = list(discover(map(_absolute, paths)))
    if not found:
        return ImagesSummary(str(folder))
    with _owning(folder):
        run = _Run(folder, settings or ImageSettings(), progress)
        run.write(found, workers or DEFAULTS.scan.workers)
    return run.summary


class _Run:
    """One run under way."""

    def __init__(
        self, folder: Path, settings: ImageSettings, progress: Callable[[ImagesProgress], None]
    ) -> None:
        self.summary = ImagesSummary(str(folder))
        self._folder = folder
        self._settings = settings
        self._progress = progress
        self._images = {made.image: made for made in read_manifest(folder)}
        self._done = self._total = 0

    def write(self, found: Iterable[FoundFile | Unreadable], workers: int) -> None:
        todo = deque(self._without_image(found))
        self._total = len(todo)
        try:
            if todo:
                with WorkerPool(WORKER, min(workers, len(todo)), limits=DEFAULTS.audio) as pool:
                    self._work(pool, todo)
        finally:  # also when the user stops the run
            there = {image.name for image in self._folder.glob("*.png")}
            write_manifest(self._folder, (made for name, made in self._images.items() if name in there))

    def _without_image(self, found: Iterable[FoundFile | Unreadable]) -> Iterator[FoundFile]:
        for item in found:
            if isinstance(item, Unreadable):
                self.summary.failed.append(ImageFailure(str(item.path), item.reason))
                continue
            wanted = made_of(self._settings, item.size, item.mtime_ns)
            made = read_made(self._folder, str(item.path), image_name(item.path), wanted)
            if made is None:
                yield item
            else:
                self.summary.kept += 1
                self._count(made)

    def _work(self, pool: WorkerPool, todo: deque[FoundFile]) -> None:
        while todo or pool.pending:
            while todo and pool.has_room:
                file = todo.popleft()
                pool.submit(self._job(file), timeout_s=_patience_s(file.size))
            outcome = pool.next_outcome()
            if outcome is not None:
                self._take(outcome)

    def _job(self, file: FoundFile) -> dict[str, Json]:
        return {
            "path": str(file.path),
            "target": str(self._folder / image_name(file.path)),
            "stamp": [file.size, file.mtime_ns],
            "settings": asdict(self._settings),
        }

    def _take(self, outcome: Outcome) -> None:
        path, error = outcome.job["path"], outcome.error
        if error is None:
            self.summary.made += 1
            self._count(ImageMade(**(outcome.result or {})))
        elif error.path == str(self._folder):
            raise SoundglassError(error.message, path=error.path, remedy=error.remedy)
        else:
            self.summary.failed.append(ImageFailure(path, error.message, error.remedy))
            Path(outcome.job["target"]).unlink(missing_ok=True)  # of what the file held before
        self._done += 1
        self._progress(ImagesProgress(self._done, self._total, path))

    def _count(self, made: ImageMade) -> None:
        self._images[made.image] = made
        self.summary.short += "short" in made.flags
        self.summary.silent += "silent" in made.flags


def _absolute(path: Path) -> Path:
    """Name a place in one way, whatever folder the command runs in; links stay as the user named them."""
    path = path.expanduser()
    return path.resolve() if ".." in path.parts else path.absolute()


def _patience_s(size: int) -> float:
    """Give the seconds to wait for a file of so many bytes, as long as it can be."""
    limits = DEFAULTS.audio
    return patience_s(limits, min(limits.max_duration_s, size / _LEAST_BYTES_PER_S))


@contextlib.contextmanager
def _owning(folder: Path) -> Iterator[None]:
    """Make the folder and be the only one that writes there; clear away what a killed run left."""
    lock = FileLock(folder / _LOCK, timeout=0.5)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        for left in folder.glob(f".*{PART}"):
            left.unlink()
    except Timeout:
        raise SoundglassError(
            "is being written by another run", path=folder, remedy="Wait for it, or choose another folder"
        ) from None
    except OSError as error:
        reason = "a file is there" if isinstance(error, FileExistsError) else error.strerror
        raise SoundglassError(
            f"cannot be written ({reason})", path=folder, remedy="Choose another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()
