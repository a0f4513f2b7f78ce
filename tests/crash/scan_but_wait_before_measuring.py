"""Scan a folder as the command line does, but wait for ever when all tracks are committed."""

from __future__ import annotations

import sys
import time

from soundglass.library import background
from soundglass.surfaces.library import Library


def wait(_: object) -> None:
    sys.stdout.write("all is committed\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    background.refresh = wait
    Library(sys.argv[1]).scan(sys.argv[2])
