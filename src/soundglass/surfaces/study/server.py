"""A server of one's own, for as long as it is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from soundglass.core.errors import SoundglassError

_GRACE_S: Final = 20.0


@contextmanager
def running(library: str) -> Iterator[str]:
    """Serve a library on a free port, in a process of its own.

    Parameters
    ----------
    library : str
        Its URI.

    Yields
    ------
    str
        The server's address.

    Raises
    ------
    SoundglassError
        It did not start; it has said why on standard error.
    """
    command = [
        sys.executable,
        "-m",
        "soundglass.surfaces.cli.main",
        "serve",
        "--port",
        "0",
        "--library",
        library,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  (our own)
        try:
            assert process.stdout is not None  # noqa: S101  (asked for)
            found = re.search(r"http://\S+", process.stdout.readline())
            if found is None:
                raise SoundglassError("the server did not start", remedy="Try 'soundglass serve' by itself")
            yield found[0]
        finally:
            process.terminate()
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
