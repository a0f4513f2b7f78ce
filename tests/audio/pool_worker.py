"""A worker that misbehaves on demand, for the tests of the pool."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time

from soundglass.audio.pool import serve
from soundglass.core.errors import AudioError
from soundglass.core.types import Json


def make_noise(job: Json) -> str:
    sys.stdout.write("noise on standard output")
    os.write(1, b'{"result": "forged"}\n')
    ctypes.CDLL(None).puts(b"noise from C")
    return "the answer"


def refuse(job: Json) -> None:
    raise AudioError("is odd", path="x\udcff.mp3", remedy="Mend it")


def corrupt(job: Json) -> None:
    """Write nonsense on every open file, the pipe of the answers among them."""
    for fd in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(fd, b"this is no JSON\n")
    time.sleep(60)


ACTIONS = {
    "echo": lambda job: job["value"],
    "segfault": lambda job: ctypes.string_at(0),
    "exit": lambda job: os._exit(3),
    "sleep": lambda job: time.sleep(job["seconds"]),
    "hang_with_gil": lambda job: ctypes.PyDLL(None).sleep(job["seconds"]),
    "allocate": lambda job: len(bytearray(job["bytes"])),
    "print": make_noise,
    "read_stdin": lambda job: sys.stdin.read() + os.read(0, 100).decode(),
    "refuse": refuse,
    "raise": lambda job: 1 // 0,
    "not_json": lambda job: {1, 2, 3},
    "garbage": corrupt,
    "threads": lambda job: [os.environ[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL")],
    "pid": lambda job: os.getpid(),
}


if __name__ == "__main__":
    serve(lambda job: ACTIONS[job["do"]](job))
