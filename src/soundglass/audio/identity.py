"""Recognise a recording by its audio packets, whatever its name and tags."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from soundglass.audio._container import Container, identify_container, unreadable
from soundglass.audio._pyav import Media
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits

_DEFAULT_LIMITS = AudioLimits()
_DIGEST_BYTES = 16
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ContentIdentity:
    """Who a recording is.

    Attributes
    ----------
    hash : str
        32 hexadecimal digits: BLAKE2b of codec, rate, channels and every audio packet.
    duration_s : float or None
        Seconds the packets add up to; ``None`` where FFmpeg cannot read the file.
    codec : str
        FFmpeg's name of the codec, empty where it cannot read the file.
    """

    hash: str
    duration_s: float | None
    codec: str


def content_hash(path: Path, limits: AudioLimits = _DEFAULT_LIMITS) -> ContentIdentity:
    """Hash the audio packets of a file without decoding them.

    Tags, cover art, container headers and the file's name do not count: a moved or retagged file keeps its
    hash. A file whose packets FFmpeg cannot read is hashed byte by byte.

    Raises
    ------
    AudioError
        The file is missing, unreadable, empty, too large or not audio.
    """
    container = identify_container(path, limits)
    try:
        return _packet_hash(path, container, limits) or _file_hash(path)
    except AudioError:
        return _file_hash(path)
    except OSError as error:
        raise unreadable(path, error) from error


def _packet_hash(path: Path, container: Container, limits: AudioLimits) -> ContentIdentity | None:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    n_bytes = 0
    with closing(Media(path, container, limits)) as media:
        digest.update(f"{media.codec} {media.sample_rate} {media.channels}\n".encode())
        for packet in media.packets():
            digest.update(packet)
            n_bytes += packet.size
        if not n_bytes:
            return None
        return ContentIdentity(digest.hexdigest(), media.packets_s, media.codec)


def _file_hash(path: Path) -> ContentIdentity:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return ContentIdentity(digest.hexdigest(), None, "")
