"""One writer at a time: a lock that dies with its process, and a note about who holds it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from soundglass.core.errors import LibraryError
from soundglass.library.failures import translating

_LOCK, _HOLDER = "writer.lock", "writer.json"
LOCK_FILES = (_LOCK, _HOLDER)
_PATIENCE_S = 0.5


@contextlib.contextmanager
def writer_lock(folder: Path, purpose: str) -> Iterator[None]:
    """Hold the place of a library's only writer.

    Raises
    ------
    LibraryError
        Another process, which the message names, holds it; or the folder cannot be written.
    """
    lock, holder = FileLock(folder / _LOCK, timeout=_PATIENCE_S), folder / _HOLDER
    with translating("cannot be written", str(folder)):
        try:
            lock.acquire()
        except Timeout:
            raise LibraryError(
                f"is being written by {_describe(holder)}", path=folder, remedy="Wait for it or stop it"
            ) from None
    try:
        with translating("cannot be written", str(folder)):
            holder.write_text(json.dumps({"pid": os.getpid(), "purpose": purpose}))
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink()
        lock.release()


def _describe(holder: Path) -> str:
    try:
        info = json.loads(holder.read_text())
        return f"process {int(info['pid'])} ({info['purpose']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
