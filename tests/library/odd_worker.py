"""A quick worker for tests: hashes whole files, and dies, hangs or dawdles where a name says so."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import asdict
from pathlib import Path

from soundglass.audio.pool import serve
from soundglass.core.errors import AudioError
from soundglass.core.types import Measurement, Tags


def handle(job: dict) -> object:
    path = Path(job["path"])
    if job["do"] == "identify":
        if "refused" in path.name:
            raise AudioError("is not audio", path=path, remedy="Leave it out")
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        return {"hash": content, "duration_s": 60.0, "codec": "odd", "tags": asdict(Tags())}
    if "crash" in path.name:
        os.abort()
    if "hang" in path.name:
        time.sleep(3600)
    if "slow" in path.name:
        time.sleep(float(path.stem.partition("slow")[2]))
    decoded = {"duration_s": 60.0, "sample_rate": 8000, "channels": 1, "codec": "odd", "decoder": "odd"}
    features = [asdict(Measurement("duration", 60.0)), asdict(Measurement("tempo", 120.0))]
    found = {"features": features, "embedding": {"tokens": None, "tags": None}, "picture": None}
    return {**decoded, "flags": [], **{part: found[part] for part in job["parts"]}}


if __name__ == "__main__":
    serve(handle)
