"""A stand-in for the pool of workers that works in this process."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from soundglass.audio.pool import Outcome, WorkerFailure
from soundglass.core.errors import SoundglassError
from soundglass.features.analysis import Analyser
from soundglass.library import worker


class PoolHere:
    """Does the real worker's jobs one by one in this process, and remembers them."""

    def __init__(self, analyser: Analyser) -> None:
        self.jobs: list[tuple[str, str]] = []
        self.before_job = lambda job: None
        self._analyser = analyser
        self._waiting: deque[dict] = deque()

    def __call__(self, module: str, workers: int, *, limits: object) -> PoolHere:
        self._waiting.clear()
        return self

    def __enter__(self) -> PoolHere:
        return self

    def __exit__(self, *_: object) -> None: ...

    @property
    def pending(self) -> int:
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        return self.pending < 4

    def submit(self, job: dict, *, timeout_s: float) -> None:
        self._waiting.append(dict(job))

    def next_outcome(self, timeout_s: float | None = None) -> Outcome:
        job = self._waiting.popleft()
        self.before_job(job)
        path = Path(job["path"])
        self.jobs.append((job["do"], path.name))
        try:
            if job["do"] == "identify":
                return Outcome(job, worker.identify(path), None)
            return Outcome(job, worker.analyse(path, job["duration_s"], self._analyser), None)
        except SoundglassError as error:
            failure = WorkerFailure("refused", error.message, error.path, error.remedy)
            return Outcome(job, None, failure)

    def analysed(self) -> list[str]:
        """Names of the files analysed so far."""
        return [name for do, name in self.jobs if do == "analyse"]
