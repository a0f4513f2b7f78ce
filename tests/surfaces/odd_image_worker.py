"""The worker of images, but files of some names kill it, and one finds the disk full."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from soundglass.audio.pool import serve
from soundglass.core.errors import SoundglassError
from soundglass.surfaces.images import worker


def handle(job: Mapping) -> object:
    path, target = Path(job["path"]), Path(job["target"])
    if path.stem == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    if path.stem == "last straw":
        raise SoundglassError("cannot be written (No space left on device)", path=target.parent)
    return worker.handle(job)


if __name__ == "__main__":
    serve(handle)
