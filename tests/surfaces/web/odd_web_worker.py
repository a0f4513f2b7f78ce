"""Jobs that misbehave on demand, for the tests of the workshop."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

from soundglass.core.errors import AudioError
from soundglass.core.types import Json
from soundglass.surfaces.web.worker import Job

ODD_JOBS = {
    name: Job("odd_web_worker", name, quick=name.startswith("quick"))
    for name in ("echo", "crash", "wait", "noted", "allocate", "refuse", "quick_echo")
}


def echo(value: Json) -> Json:
    return [value, os.getpid()]


quick_echo = echo


def crash() -> None:
    ctypes.string_at(0)


def wait(seconds: float, path: str | None = None) -> None:
    time.sleep(seconds)


def noted(folder: str, path: str | None = None) -> int:
    """Say by a file that it runs, and end once it may."""
    (Path(folder) / f"begun-{time.monotonic_ns()}").touch()
    while not (Path(folder) / "go").exists():
        time.sleep(0.01)
    return len(list(Path(folder).glob("begun-*")))


def allocate(n_bytes: int) -> int:
    return len(bytearray(n_bytes))


def refuse(path: str) -> None:
    raise AudioError("is odd", path=path, remedy="Mend it")


if __name__ == "__main__":
    from soundglass.audio.pool import serve

    serve(lambda job: globals()[job["name"]](**job["asked"]))
