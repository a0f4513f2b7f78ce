"""A worker whose imports print before it is ready."""

from __future__ import annotations

import sys

from soundglass.audio.pool import serve

if __name__ == "__main__":
    sys.stdout.write("loading\n{}\n")
    sys.stdout.flush()
    sys.stderr.write("x" * 1_000_000)
    serve(lambda job: job)
