"""One finished image: what it was made of, told by the image itself, and its row in the manifest."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.images.settings import ImageSettings

MANIFEST = "manifest.csv"

PART = ".part"
"""Ends the name of an image that is being written."""

_MADE_OF = "soundglass.made_of"
_HEARD = "soundglass.heard_s"
_START = "soundglass.start_s"
_FLAGS = "soundglass.flags"
_HASH_DIGITS = 12
_MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class ImageMade:
    """A row of the manifest.

    Attributes
    ----------
    file : str
        The recording.
    image : str
        Name of the image, in the manifest's folder.
    start_s : float
        Where in the recording the image begins.
    heard_s : float
        Seconds of sound in it; where these are fewer than asked for, the rest of the image is silence.
    flags : str
        ``short``, ``silent``, both, or neither.
    """

    file: str
    image: str
    start_s: float
    heard_s: float
    flags: str


def image_name(file: Path) -> str:
    """Name the image of a recording: its own name, and a hash of where it lies, so that no two clash.

    Examples
    --------
    >>> image_name(Path("/music/Abbey Road/01 Come Together.mp3"))
    '01 Come Together.3328364f102b.png'
    """
    place = hashlib.blake2b(os.fsencode(file), digest_size=_HASH_DIGITS // 2).hexdigest()
    readable = re.sub(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff]', "_", file.stem).lstrip(".")
    return f"{readable[:_MOST_LETTERS].strip()}.{place}.png"


def texts(made: ImageMade, made_of: str) -> dict[str, str]:
    """Give the text chunks by which :func:`read_made` knows the image again."""
    return {
        _MADE_OF: made_of,
        _START: repr(made.start_s),
        _HEARD: repr(made.heard_s),
        _FLAGS: made.flags,
    }


def made_of(settings: ImageSettings, size: int, mtime_ns: int) -> str:
    """Write down all that an image depends on: settings, and the file's size in bytes and time of change."""
    return f"{settings.key} {size} {mtime_ns}"


def read_made(folder: Path, file: str, image: str, wanted: str) -> ImageMade | None:
    """Read what a finished image says of itself; ``None`` where it is missing or made of something else."""
    from PIL import Image as Pillow

    try:
        with Pillow.open(folder / image, formats=["PNG"]) as picture:
            said = {str(key): str(text) for key, text in picture.info.items()}
            if said.get(_MADE_OF) != wanted:
                return None
            return ImageMade(file, image, float(said[_START]), float(said[_HEARD]), said[_FLAGS])
    except (OSError, SyntaxError, ValueError, KeyError):
        return None


def read_manifest(folder: Path) -> list[ImageMade]:
    """Read the manifest of earlier runs; empty where there is none.

    Raises
    ------
    SoundglassError
        There is another table of that name, or it cannot be read.
    """
    path = folder / MANIFEST
    names = [field.name for field in fields(ImageMade)]
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as table:
            rows = csv.DictReader(table)
            if list(rows.fieldnames or names) != names:
                raise ValueError("other columns")
            return [
                ImageMade(
                    row["file"], row["image"], float(row["start_s"]), float(row["heard_s"]), row["flags"]
                )
                for row in rows
            ]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no table of images"
        raise SoundglassError(
            f"cannot be read ({reason})", path=path, remedy="Choose another folder, or remove it"
        ) from error


def write_manifest(folder: Path, made: Iterable[ImageMade]) -> None:
    """Write the manifest anew, all at once."""
    path = folder / MANIFEST
    part = path.with_name(f".{path.name}{PART}")
    with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(ImageMade)])
        table.writeheader()
        table.writerows(asdict(each) for each in sorted(made, key=lambda each: (each.file, each.image)))
    part.replace(path)
