"""Worker processes that may crash, hang or run out of memory, at the cost of one job each."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from soundglass.audio._serve import serve
from soundglass.audio._worker import Order, Worker, WorkerFailure, to_line
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Json

__all__ = ["Outcome", "WorkerFailure", "WorkerPool", "patience_s", "serve"]

_DEFAULT_LIMITS = AudioLimits()
_MAX_FAILED_STARTS = 3
_QUEUED_PER_WORKER = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished job: its result, or why there is none."""

    job: Mapping[str, Json]
    result: Json | None
    error: WorkerFailure | None


def patience_s(limits: AudioLimits, duration_s: float | None) -> float:
    """Return the seconds to wait for a recording of this length."""
    return limits.file_timeout_s + limits.timeout_per_minute_s * (duration_s or 0.0) / 60


class WorkerPool:
    """Workers that answer jobs; a context manager.

    Each worker is ``python -m worker_module``, which ends in :func:`serve`. A worker that crashes, exceeds
    its time or answers nonsense costs its one job and is replaced. No worker outlives this process.

    Parameters
    ----------
    worker_module : str
        Dotted name of a module whose ``__main__`` part calls :func:`serve`.
    workers : int
        How many processes; they start with the first jobs.
    limits : AudioLimits
        ``max_worker_memory`` bounds each worker, on Linux.

    Examples
    --------
    Jobs may be added at any time, also while outcomes are read::

        with WorkerPool("soundglass.library.worker", 2) as pool:
            for job in jobs:
                while not pool.has_room:
                    take(pool.next_outcome())
                pool.submit(job, timeout_s=60)
            while pool.pending:
                take(pool.next_outcome())
    """

    def __init__(self, worker_module: str, workers: int, *, limits: AudioLimits = _DEFAULT_LIMITS) -> None:
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[Outcome | SoundglassError] = queue.SimpleQueue()
        self._starts = _Starts()
        self._seats = [
            _Seat(worker_module, limits, self._orders, self._outcomes, self._starts)
            for _ in range(max(1, workers))
        ]
        self._pending = 0

    @property
    def pending(self) -> int:
        """Jobs submitted whose outcome has not been read."""
        return self._pending

    @property
    def has_room(self) -> bool:
        """Whether few enough jobs wait that another keeps memory bounded."""
        return self._pending < _QUEUED_PER_WORKER * len(self._seats)

    def submit(self, job: Mapping[str, Json], *, timeout_s: float) -> None:
        """Queue a JSON-ready job, to be answered within ``timeout_s`` seconds of its start; never waits."""
        self._orders.put(Order(job, to_line(job), timeout_s))
        self._pending += 1

    def next_outcome(self, timeout_s: float | None = None) -> Outcome | None:
        """Wait for the next job to finish, in any order.

        Returns
        -------
        Outcome or None
            ``None`` where ``timeout_s`` seconds pass without one.

        Raises
        ------
        SoundglassError
            The workers cannot be started.
        LookupError
            No job is pending.
        """
        if not self._pending:
            raise LookupError("no job is pending")
        try:
            outcome = self._outcomes.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(outcome, SoundglassError):
            raise outcome
        self._pending -= 1
        return outcome

    def __enter__(self) -> WorkerPool:
        for seat in self._seats:
            seat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for seat in self._seats:
            seat.stop()
        for _ in self._seats:
            self._orders.put(None)
        for seat in self._seats:
            seat.join()


class _Starts:
    """Counts failed starts in a row over all seats, so that a broken worker module ends the pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed = 0

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0

    def failed_too_often(self) -> bool:
        with self._lock:
            self._failed += 1
            return self._failed >= _MAX_FAILED_STARTS


class _Seat(threading.Thread):
    """One place in the pool: keeps a worker alive and passes it one job after another."""

    def __init__(
        self,
        module: str,
        limits: AudioLimits,
        orders: queue.SimpleQueue[Order | None],
        outcomes: queue.SimpleQueue[Outcome | SoundglassError],
        starts: _Starts,
    ) -> None:
        super().__init__(daemon=True)
        self._module = module
        self._limits = limits
        self._orders = orders
        self._outcomes = outcomes
        self._starts = starts
        self._worker: Worker | None = None
        self._stopping = False
        self._lock = threading.Lock()

    def run(self) -> None:
        while (order := self._orders.get()) is not None and not self._stopping:
            try:
                self._outcomes.put(self._fulfil(order))
            except SoundglassError as error:
                self._outcomes.put(error)
                break
            except OSError as error:
                self._outcomes.put(_cannot_start(str(error)))
                break
        self._release()

    def stop(self) -> None:
        """Kill the worker in the middle of whatever it does."""
        with self._lock:
            self._stopping = True
            if self._worker is not None:
                self._worker.kill()

    def _fulfil(self, order: Order) -> Outcome:
        worker = self._ready_worker()
        reply = worker.ask(order)
        if isinstance(reply, WorkerFailure):
            if reply.kind not in {"refused", "failed"}:
                self._release()
            return Outcome(order.job, None, reply)
        return Outcome(order.job, reply["result"], None)

    def _ready_worker(self) -> Worker:
        if self._worker is not None and self._worker.alive:
            return self._worker
        self._release()
        while True:
            with self._lock:
                if self._stopping:
                    raise SoundglassError("the workers were stopped")
                worker = self._worker = Worker(self._module, self._limits)
            if worker.becomes_ready():
                self._starts.succeeded()
                return worker
            self._release()
            if self._starts.failed_too_often():
                raise _cannot_start(worker.stderr_tail().strip().rpartition("\n")[2])

    def _release(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


def _cannot_start(why: str) -> SoundglassError:
    reason = f" ({why})" if why else ""
    return SoundglassError(
        f"the worker processes cannot start{reason}", remedy="Check the installation and the free memory"
    )
