"""Get the cover out of each container's tags, reading no more than it takes."""

# mypy: disallow-untyped-calls=False
# (mutagen carries no types)

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import SEEK_CUR
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from soundglass.audio._container import identify_container
from soundglass.audio._tag_frames import BoundedFile, id3_frames
from soundglass.core.settings import AudioLimits

_Tags: TypeAlias = Any
_Found: TypeAlias = tuple[int, bytes]
"""What the tag says the picture shows, and the picture."""

_FRONT = 3
_FLAC_PICTURE = 6
_MOST_PICTURES = 16


def load_cover(path: Path, limits: AudioLimits) -> bytes | None:
    """Return the front cover that a file carries, or else its first picture; ``None`` where it has none."""
    found: list[_Found] = []
    # Parsers of damaged tags raise anything at all; what was found until then counts.
    with contextlib.suppress(Exception):
        container = identify_container(path, limits)
        with path.open("rb") as file:
            file.seek(container.start)
            found.extend(islice(_LOADERS[container.demuxer](file), _MOST_PICTURES))
    pictures = [data for kind, data in sorted(found, key=lambda one: one[0] != _FRONT) if data]
    return pictures[0] if pictures else None


def _from_mpeg(file: BinaryIO) -> Iterator[_Found]:
    """Read ID3, and APEv2 where that has none."""
    from mutagen.id3 import ID3

    file.seek(0)
    with contextlib.suppress(Exception):
        yield from _of_id3(ID3(BoundedFile(file), known_frames=id3_frames(("APIC",), ("PIC",))))
    yield from _from_ape(file)


def _from_ape(file: BinaryIO) -> Iterator[_Found]:
    from mutagen.apev2 import APEv2

    file.seek(0)
    for key, value in APEv2(BoundedFile(file)).items():
        if key.lower().startswith("cover art"):
            yield _FRONT if "front" in key.lower() else 0, value.value.partition(b"\0")[2]


def _from_wave(file: BinaryIO) -> Iterator[_Found]:
    from mutagen.wave import WAVE

    return _of_id3(WAVE(BoundedFile(file), known_frames=id3_frames(("APIC",), ("PIC",))).tags or {})


def _from_aiff(file: BinaryIO) -> Iterator[_Found]:
    from mutagen.aiff import AIFF

    return _of_id3(AIFF(BoundedFile(file), known_frames=id3_frames(("APIC",), ("PIC",))).tags or {})


def _of_id3(tags: _Tags) -> Iterator[_Found]:
    for key in tags:
        if key.startswith("APIC"):
            yield int(tags[key].type), tags[key].data


def _from_flac(file: BinaryIO) -> Iterator[_Found]:
    """Read the picture blocks alone."""
    file.seek(len(b"fLaC"), SEEK_CUR)
    last = 0
    while not last:
        header = file.read(4)
        last, kind, length = header[0] & 0x80, header[0] & 0x7F, int.from_bytes(header[1:], "big")
        if kind == _FLAC_PICTURE:
            yield _of_block(file.read(length))
        else:
            file.seek(length, SEEK_CUR)


def _of_block(block: bytes) -> _Found:
    from mutagen.flac import Picture

    picture = Picture(block)
    return int(picture.type), picture.data


def _from_ogg(file: BinaryIO) -> Iterator[_Found]:
    import mutagen
    from mutagen.oggflac import OggFLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggspeex import OggSpeex
    from mutagen.oggvorbis import OggVorbis

    media = mutagen.File(BoundedFile(file), options=[OggVorbis, OggOpus, OggFLAC, OggSpeex])
    for text in media.tags.get("metadata_block_picture", ()):
        yield _of_block(base64.b64decode(text))
    for text in media.tags.get("coverart", ()):
        yield 0, base64.b64decode(text)


def _from_mp4(file: BinaryIO) -> Iterator[_Found]:
    from mutagen.mp4 import MP4

    tags: _Tags = MP4(BoundedFile(file)).tags or {}
    for picture in tags.get("covr", ()):
        yield _FRONT, bytes(picture)


def _from_asf(file: BinaryIO) -> Iterator[_Found]:
    from mutagen.asf import ASF

    tags: _Tags = ASF(BoundedFile(file)).tags or {}
    for picture in tags.get("WM/Picture", ()):
        value = bytes(picture.value)
        length = int.from_bytes(value[1:5], "little")
        yield value[0], value[-length:] if 0 < length <= len(value) - 5 else b""


_LOADERS: Mapping[str, Callable[[BinaryIO], Iterable[_Found]]] = {
    "mp3": _from_mpeg,
    "aac": _from_mpeg,
    "flac": _from_flac,
    "ogg": _from_ogg,
    "mov": _from_mp4,
    "wav": _from_wave,
    "aiff": _from_aiff,
    "asf": _from_asf,
    "wv": _from_ape,
}
