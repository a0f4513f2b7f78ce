"""The process that hears files and writes their images; may die without harm.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.surfaces.images.worker``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from soundglass.audio.blocks import SILENCE
from soundglass.audio.excerpt import Excerpt, read_excerpt
from soundglass.audio.pool import serve
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Json
from soundglass.explain.pictures.image import png
from soundglass.explain.pictures.mel import MelImage, draw_mel, mel_of
from soundglass.surfaces.images.made import PART, ImageMade, made_of, texts
from soundglass.surfaces.images.settings import ImageSettings

_SHORT_BY_S = 0.05
"""What encoders may take from a clip without its being called short."""


def make(path: Path, target: Path, stamp: tuple[int, int], settings: ImageSettings) -> ImageMade:
    """Write the image of one recording, all at once.

    Parameters
    ----------
    path : Path
        The recording.
    target : Path
        The image.
    stamp : (int, int)
        Size in bytes and time of change in nanoseconds of the recording.
    settings : ImageSettings

    Raises
    ------
    AudioError
        The recording cannot be decoded, or ends before the stretch.
    SoundglassError
        The image cannot be written; only then is its folder the error's path.
    """
    excerpt = read_excerpt(path, DEFAULTS.spectrogram.sample_rate, settings.start_s, settings.seconds)
    mel = mel_of(excerpt.samples, excerpt.start_s).fitted(settings.n_frames)
    flags = " ".join(_flags(excerpt, settings))
    made = ImageMade(str(path), target.name, excerpt.start_s, excerpt.duration_s, flags)
    said = texts(made, made_of(settings, *stamp))
    content = _with_axes(mel, path.stem, said, settings) if settings.axes else _bare(mel, said, settings)
    part = target.with_name(f".{target.name}{PART}")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundglassError(
            f"cannot be written ({reason})", path=target.parent, remedy="Choose another place"
        ) from error
    return made


def _bare(mel: MelImage, said: Mapping[str, str], settings: ImageSettings) -> bytes:
    return png(mel, (settings.pixels, settings.pixels), grey=settings.grey, texts=said)


def _with_axes(mel: MelImage, title: str, said: Mapping[str, str], settings: ImageSettings) -> bytes:
    from soundglass.explain.pictures.style import encoded

    return encoded(draw_mel(mel, title, grey=settings.grey), ".png", said)


def _flags(excerpt: Excerpt, settings: ImageSettings) -> list[str]:
    found = {
        "short": excerpt.duration_s < settings.seconds - _SHORT_BY_S,
        "silent": bool(np.abs(excerpt.samples).max() < SILENCE),
    }
    return [name for name, is_so in found.items() if is_so]


def handle(job: Mapping[str, Json]) -> Json:
    """Answer one job."""
    settings = ImageSettings(**job["settings"])
    return asdict(make(Path(job["path"]), Path(job["target"]), tuple(job["stamp"]), settings))


if __name__ == "__main__":
    serve(handle)
