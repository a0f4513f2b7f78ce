"""Work on files in worker processes, asked for by many threads at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager

from soundglass.audio.pool import WorkerFailure, WorkerPool
from soundglass.core.errors import AudioError, SoundglassError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Json
from soundglass.surfaces.web.failures import Busy
from soundglass.surfaces.web.worker import JOBS, Job

WORKER = "soundglass.surfaces.web.worker"

_DEFAULT_LIMITS = AudioLimits()
_MAX_CALLERS = 14
"""Twice as many are well under the 40 threads that answer requests, so pages are answered meanwhile."""

_CLOSED_CHECK_S = 0.5


class Workshop:
    """Worker processes that answer jobs for many threads.

    Jobs that someone listens to meanwhile have a worker of their own. Processes start with the first job that
    needs them, are kept, and are replaced where a job crashes, hangs or takes too much memory, which costs
    that job only. The same job asked for by several threads at once is done once.

    Parameters
    ----------
    workers : int
        Processes for long work.
    limits : AudioLimits
        ``max_worker_memory`` bounds each process, on Linux.
    max_callers : int
        Threads that may wait at once for long work, and as many for quick work.
    jobs : mapping of str to Job
        What can be asked for.
    worker_module : str
        Module that answers.
    """

    def __init__(
        self,
        workers: int = 2,
        limits: AudioLimits = _DEFAULT_LIMITS,
        *,
        max_callers: int = _MAX_CALLERS,
        jobs: Mapping[str, Job] = JOBS,
        worker_module: str = WORKER,
    ) -> None:
        self._jobs = jobs
        self._lanes = {
            quick: _Lane(n, max_callers, worker_module, limits) for quick, n in ((False, workers), (True, 1))
        }
        self._under_way: dict[str, Future[Json]] = {}
        self._lock = threading.Lock()

    def ask(self, name: str, /, *, timeout_s: float = 60.0, **asked: Json) -> Json:
        """Have a job done and wait for its answer.

        Parameters
        ----------
        name : str
            One of :data:`soundglass.surfaces.web.worker.JOBS`.
        timeout_s : float
            Seconds after which a started job is given up.
        **asked
            JSON-ready arguments of the job; ``path`` names the file in errors.

        Returns
        -------
        Json
            What the function returned.

        Raises
        ------
        AudioError
            The worker refused the job, failed, crashed or took too long.
        Busy
            Too many wait.
        SoundglassError
            Workers cannot be started, or the workshop is closed.
        """
        lane = self._lanes[self._jobs[name].quick]
        with lane.place():
            try:
                outcome = self._shared(lane, {"name": name, "asked": asked}, timeout_s).result()
            except CancelledError:
                raise _closed() from None
        if isinstance(outcome, WorkerFailure):
            raise _error(outcome, asked.get("path"))
        return outcome

    @property
    def waiting(self) -> int:
        """How many callers wait for an answer."""
        return sum(lane.callers for lane in self._lanes.values())

    def close(self) -> None:
        """End all work and all processes; waiting callers get an error."""
        for lane in self._lanes.values():
            lane.close()

    def _shared(self, lane: _Lane, job: Mapping[str, Json], timeout_s: float) -> Future[Json]:
        """Give what is under way for the same job, or start it."""
        key = json.dumps([job, timeout_s], sort_keys=True)
        with self._lock:
            future = self._under_way.get(key)
            if future is None:
                future = self._under_way[key] = lane.submit(job, timeout_s)
                # A future that is done already calls back at once, in this thread: hence no lock there.
                future.add_done_callback(lambda _: self._under_way.pop(key, None))
        return future


class _Lane:
    """So many workers, each with a thread that passes it one job after another."""

    def __init__(self, workers: int, max_callers: int, module: str, limits: AudioLimits) -> None:
        self.callers = 0
        self._max_callers = max_callers
        self._module = module
        self._limits = limits
        self._threads = ThreadPoolExecutor(max(1, workers), thread_name_prefix="workshop")
        self._own = threading.local()
        self._pools: set[WorkerPool] = set()
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place among those who wait."""
        with self._lock:
            if self.callers >= self._max_callers:
                raise Busy("too much is asked for at once", remedy="Try again in a moment")
            self.callers += 1
        try:
            yield
        finally:
            with self._lock:
                self.callers -= 1

    def submit(self, job: Mapping[str, Json], timeout_s: float) -> Future[Json]:
        try:
            return self._threads.submit(self._do, job, timeout_s)
        except RuntimeError:
            raise _closed() from None

    def close(self) -> None:
        with self._lock:
            self._closed = True
            pools, self._pools = self._pools, set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
            pool.__exit__(None, None, None)
        self._threads.shutdown()

    def _do(self, job: Mapping[str, Json], timeout_s: float) -> Json:
        pool = self._pool()
        pool.submit(job, timeout_s=timeout_s)
        try:
            while (outcome := pool.next_outcome(_CLOSED_CHECK_S)) is None:
                if self._closed:
                    raise _closed()
        except SoundglassError:
            self._give_up(pool)
            raise
        return outcome.result if outcome.error is None else outcome.error

    def _pool(self) -> WorkerPool:
        """Give this thread its worker."""
        pool: WorkerPool | None = getattr(self._own, "pool", None)
        if pool is None:
            pool = WorkerPool(self._module, 1, limits=self._limits)
            with self._lock:
                if self._closed:
                    raise _closed()
                self._pools.add(pool.__enter__())
            self._own.pool = pool
        return pool

    def _give_up(self, pool: WorkerPool) -> None:
        """Let go of a worker that cannot start, so that the next job tries again."""
        self._own.pool = None
        with self._lock:
            ours = pool in self._pools
            self._pools.discard(pool)
        if ours:
            pool.__exit__(None, None, None)


def _error(failure: WorkerFailure, path: Json) -> AudioError:
    remedy = failure.remedy
    if remedy is None and failure.kind != "refused":
        remedy = "Try again; if it stays so, the file may be damaged: replace it"
    return AudioError(failure.message, path=failure.path or path, remedy=remedy)


def _closed() -> SoundglassError:
    return SoundglassError("the server is stopping", remedy="Start it again")
