"""A stand-in for the pool of workers that works in this process."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from soundglass.audio.pool import Outcome, WorkerFailure
from soundglass.core.errors import SoundglassError
from soundglass.library import worker
from soundglass.library.listening import Listener


class PoolHere:
    """Does the real worker's jobs one by one in this process, and remembers them.

    Attributes
    ----------
    jobs : list of (str, str)
        What was done with which file.
    asked : list of list of str
        The parts that each analysis was asked for.
    before_job : callable
        Told of each job; what it raises happens to the job.
    """

    def __init__(self, listener: Listener) -> None:
        self.jobs: list[tuple[str, str]] = []
        self.asked: list[list[str]] = []
        self.before_job = lambda job: None
        self._listener = listener
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
        path = Path(job["path"])
        try:
            self.before_job(job)
            self.jobs.append((job["do"], path.name))
            if job["do"] == "identify":
                return Outcome(job, worker.identify(path), None)
            self.asked.append(job["parts"])
            return Outcome(job, worker.analyse(path, job["duration_s"], job["parts"], self._listener), None)
        except SoundglassError as error:
            failure = WorkerFailure("refused", error.message, error.path, error.remedy)
            return Outcome(job, None, failure)

    def analysed(self) -> list[str]:
        """Names of the files analysed so far."""
        return [name for do, name in self.jobs if do == "analyse"]
