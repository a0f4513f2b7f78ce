"""Has maps surveyed by one process in the background, which ends when nothing is left to do."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from soundglass.audio.pool import WorkerPool
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Json

WORKER = "soundglass.surfaces.web.map.survey"

_LIMITS = replace(AudioLimits(), max_worker_memory=6 << 30)
_TIMEOUT_S = 3600.0
_MOST_WANTED, _MOST_FAILED = 8, 64

Job: TypeAlias = Mapping[str, Json]
_Key: TypeAlias = tuple[str, str]


class Surveyor:
    """Passes one map after another to a process of its own, the one that is wanted last first.

    Parameters
    ----------
    folder : Path
        Where maps are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._wanted: dict[_Key, Job] = {}
        self._failed: dict[_Key, str] = {}
        self._at_work: _Key | None = None
        self._pool: WorkerPool | None = None
        self._closed = False
        self._lock = threading.Lock()

    def ask(self, job: Job) -> str | None:
        """Want a map; never waits.

        Parameters
        ----------
        job : mapping
            The arguments of :func:`soundglass.surfaces.web.map.survey.survey`.

        Returns
        -------
        str or None
            Why it cannot be had, in one line.
        """
        key = job["folder"], job["method"]
        with self._lock:
            if key in self._failed:
                return self._failed[key]
            if key == self._at_work or self._closed:
                return None
            self._wanted.pop(key, None)
            self._wanted[key] = job
            _shorten(self._wanted, _MOST_WANTED)
            if self._pool is None:
                self._pool = WorkerPool(WORKER, 1, limits=_LIMITS).__enter__()
                threading.Thread(target=self._work, args=(self._pool,), daemon=True).start()
        return None

    def close(self) -> None:
        """End the process, in the middle of whatever it does."""
        with self._lock:
            self._closed = True
            self._wanted.clear()
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.__exit__(None, None, None)

    def _work(self, pool: WorkerPool) -> None:
        """Pass on what is wanted until nothing is."""
        while (job := self._next()) is not None:
            failure = _done(pool, job)
            with self._lock:
                if failure is not None and self._at_work is not None:
                    self._failed[self._at_work] = failure
                    _shorten(self._failed, _MOST_FAILED)
                self._at_work = None
        pool.__exit__(None, None, None)

    def _next(self) -> Job | None:
        with self._lock:
            if self._closed or not self._wanted:
                self._pool = None
                return None
            self._at_work, job = self._wanted.popitem()
            return job


def _done(pool: WorkerPool, job: Job) -> str | None:
    """Have one map surveyed; give why that failed."""
    try:
        pool.submit(job, timeout_s=_TIMEOUT_S)
        outcome = pool.next_outcome()
    except SoundglassError as error:
        return error.message
    return outcome.error.message if outcome is not None and outcome.error is not None else None


def _shorten(kept: dict[_Key, Job] | dict[_Key, str], most: int) -> None:
    while len(kept) > most:
        kept.pop(next(iter(kept)))
