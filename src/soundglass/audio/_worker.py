"""One worker process as its parent sees it: start it, ask it, time it, say how it died."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from soundglass.audio._serve import READY
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Json

FailureKind: TypeAlias = Literal["refused", "failed", "crashed", "timeout", "garbage"]

_START_S = 120.0
_MAX_START_LINES = 1000
_MAX_ANSWER_BYTES = 256 << 20
_STDERR_TAIL = 4096
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


@dataclass(frozen=True, slots=True)
class WorkerFailure:
    """Why a job has no result.

    Attributes
    ----------
    kind : {"refused", "failed", "crashed", "timeout", "garbage"}
        ``refused`` is a :class:`SoundglassError` of the worker, the rest went wrong.
    message : str
        One line for the user.
    path, remedy : str or None
        As in :class:`SoundglassError`.
    """

    kind: FailureKind
    message: str
    path: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A job, as it is and as it goes over the pipe, and the seconds it may take."""

    job: Mapping[str, Json]
    line: bytes
    timeout_s: float


def to_line(message: Mapping[str, Json]) -> bytes:
    """Write a message as one line of JSON; raises ``TypeError`` or ``ValueError`` where it cannot be."""
    return json.dumps(dict(message)).encode() + b"\n"


class Worker:
    """One worker process."""

    def __init__(self, module: str, limits: AudioLimits) -> None:
        self._limits = limits
        # The worker sees the parent's import path, but never the working directory: -P.
        environment = {**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr  # noqa: S101
        self._jobs, self._answers = self._process.stdin, self._process.stdout
        self._stderr: deque[bytes] = deque(maxlen=_STDERR_TAIL // 64)
        self._drain = threading.Thread(target=self._collect_stderr, daemon=True)
        self._drain.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def becomes_ready(self) -> bool:
        with _Alarm(self, _START_S), contextlib.suppress(OSError):
            self._send(to_line({"max_worker_memory": self._limits.max_worker_memory}))
            return any(self._answers.readline(_STDERR_TAIL) == READY for _ in range(_MAX_START_LINES))
        return False

    def ask(self, order: Order) -> dict[str, Json] | WorkerFailure:
        """Send a job and wait for the answer."""
        with _Alarm(self, order.timeout_s) as alarm:
            try:
                self._send(order.line)
                line = self._answers.readline(_MAX_ANSWER_BYTES)
            except OSError:
                line = b""
        if alarm.rang:
            return WorkerFailure("timeout", f"took longer than {order.timeout_s:g} s")
        return _read_answer(line) if line else WorkerFailure("crashed", self._cause_of_death())

    def _send(self, line: bytes) -> None:
        self._jobs.write(line)
        self._jobs.flush()

    def stderr_tail(self) -> str:
        self._drain.join(timeout=1)
        return b"".join(self._stderr)[-_STDERR_TAIL:].decode(errors="replace")

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        self._drain.join()
        for pipe in (self._jobs, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        if code == -9:
            return "the decoder was killed (signal 9), probably for want of memory"
        return f"the decoder crashed ({f'signal {-code}' if code < 0 else f'exit status {code}'})"

    def _collect_stderr(self) -> None:
        assert self._process.stderr  # noqa: S101
        with self._process.stderr as stream:
            while chunk := os.read(stream.fileno(), 64):
                self._stderr.append(chunk)


class _Alarm:
    """Kills a worker that takes too long."""

    def __init__(self, worker: Worker, timeout_s: float) -> None:
        self.rang = False
        self._worker = worker
        self._timer = threading.Timer(timeout_s, self._ring)
        self._timer.daemon = True

    def __enter__(self) -> _Alarm:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        # Wait for an alarm that is just ringing, so that what it says does not change afterwards.
        self._timer.join()

    def _ring(self) -> None:
        self.rang = True
        self._worker.kill()


def _read_answer(line: bytes) -> dict[str, Json] | WorkerFailure:
    try:
        answer = json.loads(line)
        if "result" in answer:
            return {"result": answer["result"]}
        return WorkerFailure(**answer["error"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return WorkerFailure("garbage", "the decoder gave an answer that makes no sense")
