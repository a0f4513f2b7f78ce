"""The cover of a recording: from its tags or from beside it, decoded with care and drawn anew."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from soundglass.audio._cover_frames import load_cover
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits

if TYPE_CHECKING:
    from PIL import Image

BESIDE = tuple(
    f"{stem}.{suffix}" for stem in ("cover", "folder", "front") for suffix in ("jpg", "jpeg", "png", "webp")
)
"""Names of pictures beside a recording, in lower case, best first."""

MAX_BYTES = 16 << 20
MAX_PIXELS = 9_000_000
MAX_PIXELS_OF_JPEG = 12_000_000
"""So much takes under 100 MB to decode, whatever is in it."""

_DEFAULT_LIMITS = AudioLimits()
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 80


def read_cover(
    path: Path, beside: Path | None, size: int, limits: AudioLimits = _DEFAULT_LIMITS
) -> bytes | None:
    """Read a recording's cover as a small square picture.

    Parameters
    ----------
    path : Path
        The recording.
    beside : Path, optional
        A picture to take where its tags have none that can be read.
    size : int
        Side of the square, in pixels.
    limits : AudioLimits

    Returns
    -------
    bytes or None
        WebP, the middle of the picture; ``None`` where there is none that can be read.
    """
    for data in (load_cover(path, limits), _read(beside)):
        if data:
            try:
                return square(data, size)
            except AudioError:
                continue
    return None


def square(data: bytes, size: int) -> bytes:
    """Decode a picture and draw its middle as a square; nothing of the original but its looks is kept.

    Parameters
    ----------
    data : bytes
        JPEG, PNG, WebP or GIF, of which the first frame counts.
    size : int
        Side, in pixels.

    Returns
    -------
    bytes
        WebP.

    Raises
    ------
    AudioError
        It is none of these, is damaged, or has more bytes or pixels than the limits above.
    """
    from PIL import Image, ImageOps

    if len(data) > MAX_BYTES:
        raise AudioError("has a cover of too many bytes", remedy="Replace it by a smaller one")
    # Decoders of damaged pictures raise anything at all.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                most = MAX_PIXELS_OF_JPEG if picture.format == "JPEG" else MAX_PIXELS
                if picture.width * picture.height > most:
                    raise AudioError("has a cover of too many pixels", remedy="Replace it by a smaller one")
                picture.draft("RGB", (size, size))
                picture.thumbnail((2 * size, 2 * size), Image.Resampling.BOX, reducing_gap=None)
                opaque = _on_white(picture)
        drawn = ImageOps.fit(opaque, (size, size), Image.Resampling.LANCZOS)
        file = BytesIO()
        drawn.save(file, "WEBP", quality=_QUALITY)
    except AudioError:
        raise
    except Exception as error:
        raise AudioError("has a cover that cannot be read", remedy="Replace it") from error
    return file.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return picture.convert("RGB")


def _read(beside: Path | None) -> bytes | None:
    if beside is None:
        return None
    try:
        with beside.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None
