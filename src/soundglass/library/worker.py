"""The process that touches files: reads tags, hashes, decodes and analyses; may die without harm.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.library.worker``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from soundglass.audio.decode import decode
from soundglass.audio.identity import content_hash
from soundglass.audio.pool import serve
from soundglass.audio.tags import read_tags
from soundglass.core.types import Json
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import PATCH_S
from soundglass.features.perceptual import EXCERPT_S
from soundglass.library.listening import Heard, Listener
from soundglass.library.packing import embedding_to_json, to_text
from soundglass.library.versions import AnalysisPart


def identify(path: Path) -> Json:
    """Read what tells a recording from others: content hash, length, tags."""
    identity = content_hash(path)
    return {
        "hash": identity.hash,
        "duration_s": identity.duration_s,
        "codec": identity.codec,
        "tags": asdict(read_tags(path)),
    }


def analyse(path: Path, duration_s: float | None, parts: Iterable[AnalysisPart], listener: Listener) -> Json:
    """Decode a recording and find the parts of its analysis that are asked for.

    Returns
    -------
    dict
        What the file is, and one key for each of the parts. A recording too short to fill a patch is flagged
        ``short``.
    """
    wanted = frozenset(parts)
    heard_s = EXCERPT_S if duration_s is None else duration_s
    decoded = decode(path, lambda blocks: listener(blocks, heard_s, wanted), expected_s=duration_s)
    is_short = decoded.duration_s < PATCH_S and "short" not in decoded.flags
    return {
        "duration_s": decoded.duration_s,
        "sample_rate": decoded.sample_rate,
        "channels": decoded.channels,
        "codec": decoded.codec,
        "decoder": decoded.decoder,
        "flags": [*decoded.flags, *(["short"] if is_short else [])],
        **{part: _to_json(part, decoded.result) for part in sorted(wanted)},
    }


def _to_json(part: AnalysisPart, heard: Heard) -> Json:
    match part:
        case "features":
            return [asdict(measurement) for measurement in heard.features or ()]
        case "embedding":
            return embedding_to_json(heard.embedding or Embedding())
        case "picture":
            return None if heard.picture is None else to_text(heard.picture)


def main() -> None:
    """Answer ``identify`` and ``analyse`` jobs until the parent closes the pipe."""
    listener = Listener.load()

    def handle(job: Mapping[str, Json]) -> Json:
        path = Path(job["path"])
        if job["do"] == "identify":
            return identify(path)
        return analyse(path, job["duration_s"], job["parts"], listener)

    serve(handle)


if __name__ == "__main__":
    main()
