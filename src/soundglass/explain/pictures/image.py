"""A mel-spectrogram as a PNG of bare pixels, written fast, from which its decibels can be read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray
from soundglass.explain.pictures.mel import TOP_DB, MelImage
from soundglass.spectrogram import SPECTROGRAM_VERSION

if TYPE_CHECKING:
    from PIL.Image import Image

_PREFIX = "soundglass."
_MOST_PIXELS = 1 << 26
_WHITE = 255


def png(
    image: MelImage,
    size: tuple[int, int] | None = None,
    *,
    grey: bool = False,
    texts: Mapping[str, str] | None = None,
) -> bytes:
    """Write a mel-spectrogram as PNG: a pixel for each band and frame, the highest band on top.

    Parameters
    ----------
    image : MelImage
    size : (int, int), optional
        Width and height in pixels to resize to (antialiased, linear), before decibels become colours.
    grey : bool
        Black to white instead of matplotlib's ``magma``.
    texts : mapping of str to str, optional
        Further text chunks of the file, beside those that :func:`read_png` reads.
    """
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

    decibels: FloatArray = image.decibels[::-1]
    if size is not None and size != (image.n_frames, len(decibels)):
        decibels = _resized(decibels, size)
    levels = np.rint((decibels / image.top_db + 1.0) * _WHITE).clip(0, _WHITE).astype(np.uint8)
    picture = Pillow.fromarray(levels)
    if not grey:
        picture.putpalette(magma().tobytes())
    chunks = PngInfo()
    for key, text in {**_texts(image), **(texts or {})}.items():
        chunks.add_text(key, text)
    file = BytesIO()
    picture.save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def read_png(source: Path | bytes, *, foreign: bool = True) -> MelImage:
    """Read a mel-spectrogram back from a PNG of bare pixels.

    Colours are taken for those of ``magma``, the nearest where there is none like it; grey for levels. Files
    of :func:`png` say what their pixels mean, and are resized back to as many bands and frames as there were.
    Of other files the whole height is taken for the usual bands, each column for a frame, and the range for
    80 dB.

    Parameters
    ----------
    source : Path or bytes
    foreign : bool
        Whether other files are read at all.

    Returns
    -------
    MelImage
        Within half a step (0.16 dB of 80) of what was written, where it was not resized.

    Raises
    ------
    SoundglassError
        It is no picture, too large, one with axes, foreign where that is not wanted, or says impossible
        things about itself.
    """
    path = source if isinstance(source, Path) else None
    texts, levels = _opened(source)
    _refuse_drawings(texts, path, foreign)
    try:
        settings, start_s, top_db, n_frames = _understood(texts, width=levels.shape[1])
    except (ValueError, OverflowError) as error:
        raise SoundglassError(
            f"says impossible things about itself ({error})", path=path, remedy="Make the image anew"
        ) from error
    decibels: FloatArray = levels.astype(np.float32) * np.float32(top_db / _WHITE) - np.float32(top_db)
    if decibels.shape != (settings.n_mels, n_frames):
        decibels = _resized(decibels, (n_frames, settings.n_mels))
    return MelImage(np.ascontiguousarray(decibels[::-1]), start_s, top_db, settings)


@cache
def magma() -> NDArray[np.uint8]:
    """Read matplotlib's ``magma`` table, shape ``(256, 3)``, read-only (Smith & van der Walt, 2015)."""
    file = resources.files("soundglass.explain.pictures").joinpath("magma.npy").read_bytes()
    table: NDArray[np.uint8] = np.load(BytesIO(file), allow_pickle=False)
    table.setflags(write=False)
    return table


def _texts(image: MelImage) -> dict[str, str]:
    """Say what the pixels mean; numbers are written so that they are read back to the last bit."""
    settings = {field.name: getattr(image.settings, field.name) for field in fields(SpectrogramSettings)}
    said = {
        "version": SPECTROGRAM_VERSION,
        "lowest_db": -image.top_db,
        "highest_db": 0.0,
        "start_s": image.start_s,
        "n_frames": image.n_frames,
        **settings,
    }
    return {"Software": "Soundglass", **{f"{_PREFIX}{name}": repr(value) for name, value in said.items()}}


def _understood(texts: Mapping[str, str], width: int) -> tuple[SpectrogramSettings, float, float, int]:
    """Give settings, start, range and number of frames; the usual ones where a file does not say."""
    usual = DEFAULTS.spectrogram
    said = {
        field.name: type(getattr(usual, field.name))(texts[_PREFIX + field.name])
        for field in fields(SpectrogramSettings)
        if _PREFIX + field.name in texts
    }
    settings = replace(usual, **said)
    start_s = float(texts.get(f"{_PREFIX}start_s", "0"))
    top_db = -float(texts.get(f"{_PREFIX}lowest_db", str(-TOP_DB)))
    n_frames = int(texts.get(f"{_PREFIX}n_frames", str(width)))
    whole = (settings.sample_rate, settings.n_fft, settings.hop_length, settings.n_mels, n_frames)
    if min(whole) < 1 or settings.n_mels * n_frames > _MOST_PIXELS:
        raise ValueError(f"{settings.n_mels} bands, {n_frames} frames")
    if not (0 < top_db <= 1000 and abs(start_s) < 1e9 and 0 <= settings.f_min < settings.f_max):
        raise ValueError(f"{top_db:g} dB from {start_s:g} s, {settings.f_min:g} to {settings.f_max:g} Hz")
    return settings, start_s, top_db, n_frames


def _refuse_drawings(texts: Mapping[str, str], path: Path | None, foreign: bool) -> None:
    """Refuse pictures with axes and letters, and those of other programs where they are not wanted."""
    is_ours = f"{_PREFIX}lowest_db" in texts
    is_drawing = not is_ours and texts.get("Software") == "Soundglass"
    if is_drawing or not (is_ours or foreign):
        raise SoundglassError(
            "has axes or letters around it" if is_drawing else "does not say that it is a spectrogram",
            path=path,
            remedy="Name a PNG made by soundglass spectrograms without --axes",
        )


def _opened(source: Path | bytes) -> tuple[Mapping[str, str], NDArray[np.uint8]]:
    """Give the text chunks and the levels, 0 to 255, top row first."""
    from PIL import Image as Pillow

    path = source if isinstance(source, Path) else None
    try:
        with Pillow.open(
            BytesIO(source) if isinstance(source, bytes) else source, formats=["PNG"]
        ) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise SoundglassError("is too large a picture", path=path, remedy="Make it smaller")
            picture.load()
            return dict(getattr(picture, "text", {})), _levels(picture)
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no PNG image"
        raise SoundglassError(
            f"cannot be read ({reason})", path=path, remedy="Name a PNG made by soundglass spectrograms"
        ) from error


def _levels(picture: Image) -> NDArray[np.uint8]:
    if picture.mode in {"L", "LA", "1"}:
        return np.asarray(picture.convert("L"))
    if picture.mode.startswith("I;16"):
        return (np.asarray(picture) >> 8).astype(np.uint8)
    colours = np.asarray(picture.convert("RGB"))
    if (colours == colours[..., :1]).all():
        return np.ascontiguousarray(colours[..., 0])
    different, where = np.unique(colours.reshape(-1, 3), axis=0, return_inverse=True)
    return _nearest_level(different)[where].reshape(colours.shape[:2])


def _nearest_level(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find the colours of ``magma`` that are nearest to some others, shape ``(n, 3)``."""
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(magma().astype(np.float32)).query(colours.astype(np.float32))
    return np.asarray(nearest, dtype=np.uint8)


def _resized(decibels: FloatArray, size: tuple[int, int]) -> FloatArray:
    from PIL import Image as Pillow

    picture = Pillow.fromarray(np.ascontiguousarray(decibels))
    return np.asarray(picture.resize(size, Pillow.Resampling.BILINEAR))
