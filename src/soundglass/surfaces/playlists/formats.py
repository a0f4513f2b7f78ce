"""The formats playlists are written in, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.playlists.jspf import jspf
from soundglass.surfaces.playlists.listing import Listing
from soundglass.surfaces.playlists.m3u8 import m3u8
from soundglass.surfaces.playlists.table import table
from soundglass.surfaces.playlists.xspf import xspf


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes
    ----------
    says : str
        What it is good for.
    write : callable
        Makes the bytes of a file.
    """

    suffix: str
    name: str
    media_type: str
    says: str
    write: Callable[[Listing], bytes]


FORMATS: Mapping[str, Format] = {
    one.suffix: one
    for one in (
        Format("m3u8", "M3U8", "audio/x-mpegurl", "for nearly every player", m3u8),
        Format("xspf", "XSPF", "application/xspf+xml", "with the reasons; VLC, Clementine and others", xspf),
        Format("jspf", "JSPF", "application/jspf+json", "the same as JSON; ListenBrainz", jspf),
        Format("csv", "CSV", "text/csv", "a table, with the reasons", table),
    )
}


def format_of(file: Path) -> Format:
    """Choose the format by a file's suffix.

    Raises
    ------
    SoundglassError
        There is none of that suffix.
    """
    found = FORMATS.get(file.suffix.lower().removeprefix("."))
    if found is None:
        known = ", ".join(f".{suffix}" for suffix in FORMATS)
        raise SoundglassError("is no name of a playlist", path=file, remedy=f"End it in one of {known}")
    return found
