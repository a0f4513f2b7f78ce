"""The worker's side of the pool: read a job, handle it, answer, until the pipe closes."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NoReturn

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json

READY = b'{"ready": true}\n'
_PR_SET_PDEATHSIG = 1


def serve(handle: Callable[[Json], Json]) -> NoReturn:
    """Answer jobs from standard input until it closes; call this last in a worker module.

    Import and load everything first: the memory limit counts from here. Jobs and answers are JSON, one a
    line, as Python writes it: ASCII only (so a lone surrogate in a path survives), NaN and infinities as
    ``NaN`` and ``Infinity``. What is printed, by Python or by a C library, goes to standard error.

    Parameters
    ----------
    handle : callable
        Turns a job into an answer. A :class:`SoundglassError` it raises becomes a refusal with its message,
        path and remedy; any other exception fails the job by name and message.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    jobs, answers = _claim_pipes()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, waiting), daemon=True).start()
    _limit_memory(json.loads(waiting.get())["max_worker_memory"])
    answers.write(READY)
    while True:
        answer = _answer(handle, waiting.get())
        answers.write(answer)


def _answer(handle: Callable[[Json], Json], job: bytes) -> bytes:
    reply: dict[str, Json]
    try:
        reply = {"result": handle(json.loads(job))}
        return json.dumps(reply).encode() + b"\n"
    except SoundglassError as error:
        reply = {"kind": "refused", "message": error.message, "path": error.path, "remedy": error.remedy}
    except MemoryError:
        reply = {"kind": "failed", "message": "needed more memory than a worker may use"}
    except Exception as error:
        reply = {"kind": "failed", "message": f"{type(error).__name__}: {error}"}
    return json.dumps({"error": reply}).encode() + b"\n"


def _listen(jobs: BinaryIO, waiting: queue.SimpleQueue[bytes]) -> NoReturn:
    """Pass jobs on, and end the process as soon as the parent is gone, even in the middle of a job."""
    for job in jobs:
        waiting.put(job)
    os._exit(0)


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's pipes to ourselves, so that no library can read or write on them."""
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return jobs, answers


def _die_with_parent() -> None:
    """Ask Linux to kill this process with its parent: native code may hold the GIL and never see the pipe."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit_memory(more_bytes: int) -> None:
    """Allow this much private memory beyond what is in use; does nothing where that cannot be known."""
    if sys.platform != "linux":
        return
    import resource

    status = Path("/proc/self/status").read_text()
    used = int(status.partition("VmData:")[2].split()[0]) << 10
    # RLIMIT_DATA, not RLIMIT_AS: reserved but unused address space (arenas, stacks, maps) does not count.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (used + more_bytes, resource.RLIM_INFINITY))
