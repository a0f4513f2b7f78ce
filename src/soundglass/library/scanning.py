"""A scan under way, for all to see: what it has done so far, in a file beside the library's lock."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import Field, asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias

from soundglass.core.types import Json
from soundglass.library.schema import printable

_FILE, _DRAFT = "scan.json", "scan.json.new"
SCAN_FILES = (_FILE, _DRAFT)
"""All names it may have in a library's folder."""

Stage: TypeAlias = Literal["starting", "looking", "analysing", "finishing"]
_EVERY_S = 1.0
_SILENT_S = 15.0
"""A scan that has said nothing for so long is taken for dead."""


@dataclass(frozen=True, slots=True)
class ScanState:
    """How far a scan is.

    Attributes
    ----------
    stage : {"starting", "looking", "analysing", "finishing"}
        Looking for files, analysing those that are new or changed, or what comes after the last of them.
    done, total : int
        Files looked into, of files to look into.
    new, changed, failed : int
        Files so far.
    path : str
        The file last looked into; empty before the first.
    """

    stage: Stage = "starting"
    done: int = 0
    total: int = 0
    new: int = 0
    changed: int = 0
    failed: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Scanning(ScanState):
    """A scan that some process of some machine is at.

    Attributes
    ----------
    pid : int
    host : str
        The machine's name.
    started, told : float
        When it began and when this was written, in seconds since 1970.
    """

    pid: int = 0
    host: str = ""
    started: float = 0.0
    told: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether it spoke lately and, where that can be seen from here, its process still runs."""
        return abs(time.time() - self.told) < _SILENT_S and not (
            self.host == platform.node() and _is_gone(self.pid)
        )


@contextlib.contextmanager
def publishing(folder: Path | None, look: Callable[[], ScanState]) -> Iterator[None]:
    """Tell about once a second how far a scan is, for as long as the block runs; the writer's part.

    Parameters
    ----------
    folder : Path or None
        The library's; ``None`` for one on object storage, where nothing is told.
    look : callable
        Asked from another thread.
    """
    if folder is None:
        yield
        return
    over, started = threading.Event(), time.time()

    def tell() -> None:
        while True:
            _write(folder, look(), started)
            if over.wait(_EVERY_S):
                return

    teller = threading.Thread(target=tell, name="scan-progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
        with contextlib.suppress(OSError):
            (folder / _FILE).unlink()


def running(uri: str) -> Scanning | None:
    """Read how far the scan of a library is; ``None`` where none is at work, or it died."""
    if "://" in uri:
        return None
    try:
        told = json.loads((Path(uri) / _FILE).read_text("utf-8"))
        scanning = Scanning(**{field.name: _sound(field, told[field.name]) for field in fields(Scanning)})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return scanning if scanning.is_alive else None


def _sound(field: Field[Any], value: Json) -> Json:
    """Refuse what a damaged file may hold."""
    if not isinstance(value, {"int": int, "float": float}.get(str(field.type), str)):
        raise TypeError(value)
    return value


def _write(folder: Path, state: ScanState, started: float) -> None:
    now = asdict(state) | {"path": printable(state.path)}
    who = {"pid": os.getpid(), "host": platform.node(), "started": started, "told": time.time()}
    with contextlib.suppress(OSError):  # a full disk stops the scan, not this
        (folder / _DRAFT).write_text(json.dumps(now | who), "utf-8")
        (folder / _DRAFT).replace(folder / _FILE)


def _is_gone(pid: int) -> bool:
    if os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
