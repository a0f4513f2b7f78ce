"""A stand-in for the pool of workers that makes images in this process."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from soundglass.audio.pool import Outcome, WorkerFailure
from soundglass.core.errors import SoundglassError
from soundglass.surfaces.images.worker import handle


class ImagePoolHere:
    """Does the real worker's jobs one by one."""

    has_room = True

    def __init__(self, *_: object, **__: object) -> None:
        self._jobs: deque[Mapping] = deque()

    def __enter__(self) -> ImagePoolHere:
        return self

    def __exit__(self, *_: object) -> None:
        self._jobs.clear()

    @property
    def pending(self) -> int:
        return len(self._jobs)

    def submit(self, job: Mapping, *, timeout_s: float) -> None:
        self._jobs.append(job)

    def next_outcome(self) -> Outcome:
        job = self._jobs.popleft()
        try:
            return Outcome(job, handle(job), None)
        except SoundglassError as error:
            return Outcome(job, None, WorkerFailure("refused", error.message, error.path, error.remedy))
