"""Recognise an audio container by its first bytes, so that no library ever guesses."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits

_SNIFF_BYTES = 1 << 16
_MAX_ID3_TAGS = 8
_MPEG1_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_KBPS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_RATES = (44_100, 48_000, 32_000)
_MP4_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})


@dataclass(frozen=True, slots=True)
class Container:
    """What kind of file this is.

    Attributes
    ----------
    demuxer : str
        The one FFmpeg demuxer that may open it.
    soundfile : bool
        Whether libsndfile reads this kind.
    claimed_fraction : float
        Declared length over present length, above 1 where the header promises more bytes than there are.
    start : int
        Offset of the container behind any ID3v2 tags.
    has_frame_count : bool
        Whether the header states a length at all; without it FFmpeg's duration is a guess.
    """

    demuxer: str
    soundfile: bool
    claimed_fraction: float = 1.0
    start: int = 0
    has_frame_count: bool = True


_BY_MAGIC = {
    b"fLaC": Container("flac", soundfile=True),
    b"OggS": Container("ogg", soundfile=True),
    b"wvpk": Container("wv", soundfile=False),
    bytes.fromhex("3026b2758e66cf11"): Container("asf", soundfile=False),
}


def identify_container(path: Path, limits: AudioLimits) -> Container:
    """Read the first bytes of a file and say what it is.

    Raises
    ------
    AudioError
        The file is missing, unreadable, not a plain file, empty, too large or not audio.
    """
    try:
        size = _plain_size(path, limits)
        with path.open("rb") as file:
            head, start = _after_id3(file, size)
    except OSError as error:
        raise unreadable(path, error) from error
    container = _recognise(head, size - start)
    if container is None:
        raise AudioError("is not audio", path=path, remedy="Remove it or convert it to a known audio format")
    return replace(container, start=start)


def unreadable(path: Path, error: OSError) -> AudioError:
    """Say what the operating system has against reading a file."""
    reason = error.strerror or type(error).__name__
    return AudioError(f"cannot be read ({reason})", path=path, remedy="Check that it exists and may be read")


def _plain_size(path: Path, limits: AudioLimits) -> int:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise AudioError("is not a plain file", path=path, remedy="Name an audio file")
    if status.st_size == 0:
        raise AudioError("is an empty file", path=path, remedy="Copy or download it again")
    if status.st_size > limits.max_file_bytes:
        raise AudioError(
            f"is larger than {limits.max_file_bytes} bytes",
            path=path,
            remedy="Split it, or raise max_file_bytes",
        )
    return status.st_size


def _after_id3(file: BinaryIO, size: int) -> tuple[bytes, int]:
    """Return the first bytes behind any ID3v2 tags, and their offset."""
    start = 0
    for _ in range(_MAX_ID3_TAGS):
        file.seek(start, os.SEEK_SET)
        head = file.read(_SNIFF_BYTES)
        length = _id3v2_length(head)
        if not length or start + length >= size:
            break
        start += length
    return head, start


def _id3v2_length(head: bytes) -> int:
    """Return the length in bytes of the ID3v2 tag that ``head`` starts with, 0 where there is none."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 0x7F:
        return 0
    body = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + body + (10 if head[5] & 0x10 else 0)


def _recognise(head: bytes, size: int) -> Container | None:
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return Container("wav", soundfile=True, claimed_fraction=_riff_fraction(head, size))
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return Container("aiff", soundfile=True)
    if head[4:8] in _MP4_FIRST_BOXES:
        return Container("mov", soundfile=False)
    known = (container for magic, container in _BY_MAGIC.items() if head.startswith(magic))
    return next(known, None) or _recognise_mpeg(head)


def _riff_fraction(head: bytes, size: int) -> float:
    declared = int.from_bytes(head[4:8], "little")
    # Programs that stream leave 0 or 2^32 - 1 here; RF64 keeps its length elsewhere.
    if declared in {0, 0xFFFFFFFF} or head[:4] != b"RIFF":
        return 1.0
    return max(1.0, declared / max(1, size - 8))


def _recognise_mpeg(head: bytes) -> Container | None:
    """Find two frame headers in a row: MPEG audio (mp3) or ADTS (aac)."""
    at = head.find(b"\xff")
    while 0 <= at < len(head) - 6:
        for length_of, demuxer in ((_adts_frame_length, "aac"), (_mpeg_frame_length, "mp3")):
            length = length_of(head[at : at + 6])
            following = head[at + length : at + length + 6]
            if length and (length_of(following) or (at == 0 and not following)):
                frame = head[at : at + min(length, 200)]
                counted = any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))
                return Container(demuxer, soundfile=demuxer == "mp3", has_frame_count=counted)
        at = head.find(b"\xff", at + 1)
    return None


def _mpeg_frame_length(header: bytes) -> int:
    """Return the length in bytes of the MPEG layer III frame with this header, 0 where it is not one."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bitrate in {0, 15} or rate == 3:
        return 0
    mpeg1 = version == 3
    kbps = (_MPEG1_KBPS if mpeg1 else _MPEG2_KBPS)[bitrate - 1]
    sample_rate = _MPEG_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version]
    return (144_000 if mpeg1 else 72_000) * kbps // sample_rate + (header[2] >> 1 & 1)


def _adts_frame_length(header: bytes) -> int:
    """Return the length in bytes of the ADTS frame with this header, 0 where it is not one."""
    if len(header) < 6 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0
