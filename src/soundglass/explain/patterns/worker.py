"""The process that hears recordings for their spectrogram statistics; may die without harm.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.explain.patterns.worker``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import soxr

from soundglass.audio.decode import AudioBlocks, decode
from soundglass.audio.pool import serve
from soundglass.core.types import FloatArray, Json
from soundglass.explain.patterns.statistics import SETTINGS, Seen, see

LONGEST_S = 600.0
"""Of longer recordings the first ten minutes are heard."""


def see_file(path: Path, duration_s: float | None = None) -> Seen | None:
    """Measure a file's spectrogram, as :func:`soundglass.explain.patterns.statistics.see` does.

    Parameters
    ----------
    path : Path
    duration_s : float, optional
        How long it is known to be.

    Raises
    ------
    AudioError
        The file cannot be decoded.
    """
    expected_s = None if duration_s is None else min(duration_s, LONGEST_S)
    return see(decode(path, lambda blocks: np.concatenate(list(_mono(blocks))), expected_s=expected_s).result)


def _mono(blocks: AudioBlocks) -> Iterator[FloatArray]:
    stream = soxr.ResampleStream(blocks.sample_rate, SETTINGS.sample_rate, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield stream.resample_chunk(np.ascontiguousarray(block.mean(axis=1)))
        if blocks.duration_s >= LONGEST_S:
            break
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def main() -> None:
    """Answer with statistics and spectrum, or null for silence, until the parent closes the pipe."""

    def handle(job: Mapping[str, Json]) -> Json:
        seen = see_file(Path(job["path"]), job["duration_s"])
        return seen and {"numbers": seen.numbers.tolist(), "spectrum": seen.spectrum.tolist()}

    serve(handle)


if __name__ == "__main__":
    main()
