"""A worker that reads a file in every way a scan does: tags, identity, samples."""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np

from soundglass.audio.decode import AudioBlocks, decode
from soundglass.audio.identity import content_hash
from soundglass.audio.pool import serve
from soundglass.audio.tags import read_tags
from soundglass.core.types import Json


def energy(blocks: AudioBlocks) -> tuple[float, float]:
    """Return the sum of squares and the peak."""
    total, peak = 0.0, 0.0
    for block in blocks:
        total += float(np.square(block, dtype=np.float64).sum())
        peak = max(peak, float(np.abs(block).max()))
    return total, peak


def peak_memory() -> int:
    """Return the largest size this program has had, in bytes.

    What ``getrusage`` tells begins with the size of the process that started this one, so it is for systems
    without /proc only.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def handle(job: Json) -> Json:
    path = Path(job["path"])
    tags = read_tags(path)
    identity = content_hash(path)
    decoded = decode(path, energy, expected_s=identity.duration_s)
    return {
        "hash": identity.hash,
        "title": tags.title,
        "duration_s": decoded.duration_s,
        "energy": decoded.result[0],
        "peak": decoded.result[1],
        "flags": decoded.flags,
        "memory": peak_memory(),
    }


if __name__ == "__main__":
    serve(handle)
