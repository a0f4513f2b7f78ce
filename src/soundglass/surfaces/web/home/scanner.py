"""Scanning from the app: one child process over the folders that were scanned before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.library.scanning import Scanning, running
from soundglass.surfaces.web.failures import Conflict

_TELL_FAILURES = 20
_PATIENCE_S = 5.0
_STOPPED = 130


@dataclass(frozen=True, slots=True)
class Ended:
    """How the last scan that was started here ended.

    Attributes
    ----------
    at : float
        Seconds since 1970.
    counts : mapping of str to int
        What kinds of files there were: ``new``, ``changed``, ``failed``, …; empty after a failure.
    failures : list of (path, reason)
        The first of the files that could not be taken.
    error : str
        Why the scan failed as a whole; empty where it did not.
    stopped : bool
        Somebody stopped it.
    """

    at: float
    counts: dict[str, int]
    failures: list[tuple[str, str]]
    error: str = ""
    stopped: bool = False


class Scanner:
    """Starts and stops the scan of a library; at most one at a time, and it ends with the server.

    Parameters
    ----------
    uri : str
        The library.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._changing = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: threading.Thread | None = None
        self._started = 0.0
        self.ended: Ended | None = None

    @property
    def is_mine(self) -> bool:
        """Whether a scan that was started here is at work."""
        return self._waiting is not None and self._waiting.is_alive()

    def now(self) -> Scanning | None:
        """Say how far the scan is, whoever started it; ``None`` where none is at work."""
        told = running(self._uri)
        if told is None and self.is_mine:
            return Scanning(started=self._started)
        return told

    def start(self, roots: Sequence[Path]) -> None:
        """Start a scan of folders that were scanned before.

        Raises
        ------
        Conflict
            One is at work.
        SoundglassError
            There is no such folder, or none of them is there now.
        """
        there = [root for root in roots if root.exists()]
        if not roots:
            raise SoundglassError(
                "no folder has been scanned yet", remedy="Run 'soundglass scan FOLDER' once"
            )
        if not there:
            raise SoundglassError("none of the scanned folders is there", remedy="Is the disk mounted?")
        with self._changing:
            if self.now() is not None:
                raise Conflict("a scan is at work already", remedy="Wait for it, or stop it")
            self._child = subprocess.Popen(  # noqa: S603  (this very program, on folders the library names)
                self._command(there),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl+C in the server's terminal is the server's: it stops the scan
            )
            self.ended, self._started = None, time.time()
            self._waiting = threading.Thread(target=self._wait, args=(self._child,), daemon=True)
            self._waiting.start()

    def _command(self, roots: Sequence[Path]) -> list[str]:
        workers = max(1, (os.cpu_count() or 2) - 1)  # one processor is left to the app
        options = ["--library", self._uri, "--json", "--workers", str(workers)]
        program = [sys.executable, "-P", "-m", "soundglass.surfaces.cli.main"]
        return [*program, "scan", *options, "--", *map(str, roots)]

    def stop(self) -> None:
        """Ask the scan to stop; what it has analysed so far is kept.

        Raises
        ------
        Conflict
            None is at work, or it was started elsewhere.
        """
        with self._changing:
            if self._child is not None and self.is_mine:
                self._child.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
                return
        if (other := self.now()) is not None:
            raise Conflict(
                f"the scan was started elsewhere, as process {other.pid}", remedy="Stop it there, with Ctrl+C"
            )
        raise Conflict("no scan is at work", remedy="Load the page anew")

    def close(self) -> None:
        """Stop the scan that was started here, and wait until it has stopped."""
        if self._child is None or self._waiting is None or not self.is_mine:
            return
        self._child.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        self._waiting.join(_PATIENCE_S)
        if self.is_mine:
            self._child.kill()
            self._waiting.join(_PATIENCE_S)

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        said, went_wrong = child.communicate()
        lines = went_wrong.decode("utf-8", "replace").strip().splitlines()
        stopped = child.returncode in {_STOPPED, -signal.SIGINT, -signal.SIGTERM}
        failed = lines and child.returncode != 0 and not stopped
        self.ended = _ended(said, lines[-1].removeprefix("soundglass: ") if failed else "", stopped=stopped)


def _ended(said: bytes, error: str, *, stopped: bool) -> Ended:
    try:
        summary: Json = json.loads(said)
    except ValueError:
        return Ended(time.time(), {}, [], error, stopped)
    failed = [(one["path"], one["reason"]) for one in summary["failed"]]
    counts = {name: count for name, count in summary.items() if isinstance(count, int)}
    return Ended(time.time(), counts | {"failed": len(failed)}, failed[:_TELL_FAILURES], error, stopped)
