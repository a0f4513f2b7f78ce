"""A track's cover: its own, or one drawn for it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import numpy as np

from soundglass.audio.cover import BESIDE
from soundglass.core.errors import AudioError
from soundglass.core.types import Json
from soundglass.embeddings.picture import PICTURE
from soundglass.library.roots import Places, places, servable
from soundglass.surfaces.web.sound.sleeve import Look, sleeve
from soundglass.surfaces.web.state import Snapshot, Web

SIZES = (64, 128, 160, 320, 640)
_KEPT = 2048
_TIMEOUT_S = 10.0
_LOOK = ("title", "artist", "album", "album_artist", "key", "mode", "energy", "picture", "id")

_Stamp: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture, ready to be sent."""

    data: bytes
    media_type: str

    @property
    def etag(self) -> str:
        """Another one for another picture; in quotes."""
        return f'"{blake2b(self.data, digest_size=12).hexdigest()}"'


def cover_of(now: Snapshot, web: Web, row: int, size: int) -> Cover:
    """Give the cover of a track: from its tags, from beside it, or drawn from what is known about it.

    Parameters
    ----------
    now : Snapshot
    web : Web
    row : int
    size : int
        Pixels a side; the next larger of ``SIZES`` is given.

    Raises
    ------
    Busy
        Too much is asked for at once; :func:`drawn` needs nobody.
    """
    size = _step(size)
    try:
        path = servable(now.store, row)
        beside = beside_of(path, places(now.store))
        stamps = tuple(_stamp(file) for file in (path, beside) if file is not None)
        own = _own(web.workshop.ask, str(path), None if beside is None else str(beside), stamps, size)
    except (AudioError, OSError):
        own = None
    return Cover(own, "image/webp") if own else drawn(now, row, size)


def beside_of(path: Path, within: Places) -> Path | None:
    """Find the picture of an album beside one of its recordings, if it may be served."""
    for name in _names(path.parent, path.parent.stat().st_mtime_ns):
        real = Path(os.path.realpath(path.parent / name))
        if within.hold(str(real)) and real.is_file():
            return real
    return None


@lru_cache(_KEPT)
def _names(folder: Path, _mtime_ns: int) -> list[str]:
    """List the pictures in a folder that may be covers, best first; anew when the folder changes."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.name.lower() in BESIDE]
    return sorted(names, key=lambda name: BESIDE.index(name.lower()))


def drawn(now: Snapshot, row: int, size: int) -> Cover:
    """Draw a cover for a track from its spectrogram, key and energy, or from its names."""
    (known,) = now.store.take([row], _LOOK).to_pylist()
    pixels = np.frombuffer(known["picture"], PICTURE)["pixels"][0] if known["picture"] else None
    artist = known["album_artist"] or known["artist"] or ""
    look = Look(
        album=f"{artist}\n{known['album'] or known['title'] or known['id']}",
        name=artist or known["album"] or known["title"] or "",
        key=known["key"],
        mode=known["mode"],
        energy=known["energy"],
        pixels=pixels,
    )
    return Cover(sleeve(look, _step(size)).encode(), "image/svg+xml")


@lru_cache(_KEPT)
def _own(
    ask: Callable[..., Json], path: str, beside: str | None, stamps: tuple[_Stamp, ...], size: int
) -> bytes | None:
    """Read a cover, and keep it, or that there is none, for as long as the files are the same."""
    try:
        found = ask("cover", timeout_s=_TIMEOUT_S, path=path, beside=beside, size=size)
    except AudioError:
        return None
    return None if found is None else base64.b64decode(found)


def _step(size: int) -> int:
    return next((known for known in SIZES if known >= size), SIZES[-1])


def _stamp(path: Path) -> _Stamp:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
