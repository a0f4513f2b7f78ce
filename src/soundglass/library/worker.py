"""The process that touches files: reads tags, hashes, decodes and analyses; may die without harm.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.library.worker``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from soundglass.audio.decode import decode
from soundglass.audio.identity import content_hash
from soundglass.audio.pool import serve
from soundglass.audio.tags import read_tags
from soundglass.core.types import Json
from soundglass.features.analysis import Analyser
from soundglass.features.perceptual import EXCERPT_S, PerceptualModel


def identify(path: Path) -> Json:
    """Read what tells a recording from others: content hash, length, tags."""
    identity = content_hash(path)
    return {
        "hash": identity.hash,
        "duration_s": identity.duration_s,
        "codec": identity.codec,
        "tags": asdict(read_tags(path)),
    }


def analyse(path: Path, duration_s: float | None, analyser: Analyser) -> Json:
    """Decode a recording and find its features."""
    heard_s = EXCERPT_S if duration_s is None else duration_s
    decoded = decode(path, lambda blocks: analyser(blocks, heard_s), expected_s=duration_s)
    return {
        "measurements": [asdict(measurement) for measurement in decoded.result],
        "sample_rate": decoded.sample_rate,
        "channels": decoded.channels,
        "codec": decoded.codec,
        "decoder": decoded.decoder,
        "flags": decoded.flags,
    }


def main() -> None:
    """Answer ``identify`` and ``analyse`` jobs until the parent closes the pipe."""
    analyser = Analyser(PerceptualModel.load())

    def handle(job: Mapping[str, Json]) -> Json:
        path = Path(job["path"])
        return identify(path) if job["do"] == "identify" else analyse(path, job["duration_s"], analyser)

    serve(handle)


if __name__ == "__main__":
    main()
