"""The process that decodes what was fetched, says what it is and cuts a clip from it; may die without harm.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.audio.previews.cutter``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from soundglass.audio._container import identify_container
from soundglass.audio.clip import Clip, write_clip
from soundglass.audio.decode import decode
from soundglass.audio.pool import serve
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Json

LIMITS = replace(AudioLimits(), max_duration_s=600.0, file_timeout_s=30.0)
"""A preview is half a minute; whatever claims to be far longer is not one."""

_SUFFIXES = {
    "mp3": ".mp3",
    "mov": ".m4a",
    "aac": ".aac",
    "ogg": ".ogg",
    "flac": ".flac",
    "wav": ".wav",
    "aiff": ".aiff",
    "wv": ".wv",
    "asf": ".wma",
}


def cut(path: Path, clip_path: Path, seconds: float) -> Json:
    """Decode a preview and write its middle as a clip.

    Parameters
    ----------
    path : Path
        Any file; what it is is told from its bytes.
    clip_path : Path
        WAV or FLAC by its suffix, at the preview's own rate and channels; replaced at once or not at all.
    seconds : float
        Length of the clip; a shorter preview becomes a clip whole, flagged ``short``.

    Returns
    -------
    dict
        What was decoded (``suffix`` fits its container) and where the clip lies in it.

    Raises
    ------
    AudioError
        It is not audio, or the clip cannot be written.
    """
    container = identify_container(path, LIMITS)
    decoded = decode(path, lambda blocks: np.concatenate(list(blocks)), LIMITS)
    rate = decoded.sample_rate
    n_frames = min(round(seconds * rate), len(decoded.result))
    first = (len(decoded.result) - n_frames) // 2
    part = clip_path.with_name(f"{clip_path.stem}.part{clip_path.suffix}")
    write_clip(Clip(decoded.result[first : first + n_frames], rate), part)
    os.replace(part, clip_path)  # noqa: PTH105  (says that it replaces)
    is_short = n_frames < round(seconds * rate)
    flags = dict.fromkeys((*decoded.flags, *(("short",) if is_short else ())))
    return {
        "suffix": _SUFFIXES[container.demuxer],
        "codec": decoded.codec,
        "duration_s": decoded.duration_s,
        "sample_rate": rate,
        "channels": decoded.channels,
        "flags": list(flags),
        "clip": {"start_s": first / rate, "seconds": n_frames / rate},
    }


def main() -> None:
    """Cut until the parent closes the pipe."""

    def handle(job: Mapping[str, Json]) -> Json:
        return cut(Path(job["path"]), Path(job["clip"]), job["seconds"])

    serve(handle)


if __name__ == "__main__":
    main()
