"""Headers that claim absurd lengths, rates and channels, and picture bombs: memory and time stay bounded."""

from __future__ import annotations

import io
import struct
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen.flac import Picture
from mutagen.id3 import APIC, ID3
from mutagen.mp4 import MP4Cover

from media_files import music, write
from soundglass.audio.decode import decode
from soundglass.audio.pool import Outcome, WorkerPool

TIME_LIMIT_S = 5.0
MAX_MEMORY = 1 << 30
BOMB_MEMORY = 100 << 20
HUGE = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF)


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def absurd_wav(data: bytes) -> list[bytes]:
    rates = [patched(data, 24, struct.pack("<I", rate)) for rate in HUGE]
    channels = [patched(data, 22, struct.pack("<H", count)) for count in (0, 33, 1024, 65_535)]
    lengths = [patched(data, 40, struct.pack("<I", length)) for length in HUGE]
    frames = [
        patched(data, 32, struct.pack("<HH", align, bits)) for align, bits in ((0, 0), (65_535, 65_535))
    ]
    return [*rates, *channels, *lengths, *frames]


def absurd_flac(data: bytes) -> list[bytes]:
    def streaminfo(rate: int, channels: int, total: int) -> bytes:
        packed = rate << 44 | (channels - 1) << 41 | 15 << 36 | total
        return patched(data, 18, packed.to_bytes(8, "big"))

    claims = [
        (0, 2, 0),
        (655_350, 8, 2**36 - 1),
        (2**20 - 1, 8, 2**36 - 1),
        (1, 1, 2**36 - 1),
        (44_100, 2, 2**36 - 1),
    ]
    blocks = [patched(data, 8, struct.pack(">HH", low, high)) for low, high in ((0, 0), (65_535, 65_535))]
    metadata = [patched(data, 42, b"\x04\xff\xff\xff"), patched(data, 42, b"\x06\xff\xff\xff")]
    return [*(streaminfo(*claim) for claim in claims), *blocks, *metadata]


def absurd_aiff(data: bytes) -> list[bytes]:
    comm = data.index(b"COMM") + 8
    rates = [
        b"\x7f\xff" + b"\xff" * 8,
        b"\x40\x3f" + b"\xff" * 8,
        bytes(10),
        b"\xc0\x0e" + b"\x80" + bytes(7),
    ]
    return [
        *(patched(data, comm + 8, rate) for rate in rates),
        *(patched(data, comm + 2, struct.pack(">I", frames)) for frames in HUGE),
        *(patched(data, comm, struct.pack(">H", channels)) for channels in (0, 65_535)),
    ]


def absurd_mp3(data: bytes) -> list[bytes]:
    info = max(data.find(b"Xing"), data.find(b"Info"))
    counts = [patched(data, info + 8, struct.pack(">II", count, count)) for count in HUGE]
    id3 = [b"ID3\x04\0\0" + size + data for size in (b"\x7f\x7f\x7f\x7f", bytes(4), b"\xff\xff\xff\xff")]
    return [*counts, *id3, b"ID3\x04\0\x40\0\0\0\x20\x7f\x7f\x7f\x7f" + bytes(40) + data]


def absurd_ogg(data: bytes) -> list[bytes]:
    header = data.index(b"\x01vorbis")
    last = data.rindex(b"OggS")
    fields = [(header + 11, b"\xff"), (header + 12, b"\xff\xff\xff\x7f"), (header + 28, b"\xff")]
    return [
        *(repaged(patched(data, at, new)) for at, new in fields),
        *(
            repaged(patched(data, last + 6, struct.pack("<q", granule)))
            for granule in (2**63 - 1, -(2**62), 0)
        ),
    ]


def repaged(data: bytes) -> bytes:
    """Make the checksums of all Ogg pages right again, so that the claim is believed."""
    from mutagen.ogg import OggPage

    source, pages = io.BytesIO(data), []
    while source.tell() < len(data):
        pages.append(OggPage(source).write())
    return b"".join(pages)


def absurd_m4a(data: bytes) -> list[bytes]:
    at = {name: data.index(name) + 4 for name in (b"mdhd", b"stsz", b"stts", b"mp4a", b"mvhd", b"stsc")}
    fields = [
        *(
            (at[b"mdhd"] + 12, struct.pack(">II", scale, length))
            for scale, length in ((1, 2**32 - 1), (0, 0))
        ),
        *(
            (at[b"stsz"] + 4, struct.pack(">II", size, count))
            for size, count in ((0, 2**32 - 1), (2**31, 2**31))
        ),
        (at[b"stts"] + 8, struct.pack(">II", 2**32 - 1, 2**32 - 1)),
        (at[b"stsc"] + 4, struct.pack(">I", 2**32 - 1)),
        *((at[b"mp4a"] + 16, struct.pack(">H", channels)) for channels in (0, 65_535)),
        (at[b"mp4a"] + 24, struct.pack(">I", 2**32 - 1)),
        (at[b"mvhd"] + 12, struct.pack(">II", 1, 2**32 - 1)),
    ]
    return [patched(data, offset, new) for offset, new in fields]


ABSURD: dict[str, Callable[[bytes], list[bytes]]] = {
    "wav": absurd_wav,
    "flac": absurd_flac,
    "aiff": absurd_aiff,
    "mp3": absurd_mp3,
    "ogg": absurd_ogg,
    "m4a": absurd_m4a,
}


def run_in_worker(paths: list[Path]) -> list[tuple[Outcome, float]]:
    outcomes = []
    with WorkerPool("decode_worker", 1) as pool:
        for path in paths:
            start = time.monotonic()
            pool.submit({"path": str(path)}, timeout_s=TIME_LIMIT_S)
            outcomes.append((pool.next_outcome(), time.monotonic() - start))
    return outcomes


def test_absurd_claims_are_refused_or_ignored_in_bounded_time_and_memory(tmp_path: Path) -> None:
    paths = []
    for kind, make in ABSURD.items():
        for number, data in enumerate(make(write(tmp_path / f"whole.{kind}", kind).read_bytes())):
            paths.append(tmp_path / f"{number}.{kind}")
            paths[-1].write_bytes(data)
    assert len(paths) >= 50

    for path, (outcome, _) in zip(paths, run_in_worker(paths), strict=True):
        if outcome.error is None:
            assert outcome.result["memory"] < MAX_MEMORY, path.name
            assert 0 < outcome.result["duration_s"] < 200_000, path.name
        else:
            assert outcome.error.kind == "refused", (path.name, outcome.error)
            assert outcome.error.remedy, path.name


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("streamed", [False, True])
def test_ten_flacs_without_a_length_decode_fully(seed: int, streamed: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    channels = int(rng.integers(1, 7)) if seed else 2
    original = music(float(rng.uniform(0.3, 6.0)), 44_100, channels, seed)
    data = bytearray(write(tmp_path / "x.flac", "flac", original).read_bytes())
    data[21], data[22:26] = data[21] & 0xF0, bytes(4)
    if streamed:
        data[12:18], data[26:42] = bytes(6), bytes(16)
    path = tmp_path / "x.flac"
    path.write_bytes(data)
    result = decode(path, lambda blocks: np.concatenate(list(blocks))).result
    np.testing.assert_allclose(result, original, atol=2**-15)


def png(width: int, height: int) -> bytes:
    """Make a black picture, small in the file and huge once decoded."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(min(height, 3000))) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


JPEG_HUGE = (
    b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xda"
    + bytes(500)
)
GIF_HUGE = (
    b"GIF89a\xff\xff\xff\xff\xf7\x00\x00" + bytes(768) + b",\0\0\0\0\xff\xff\xff\xff\0\x08" + bytes(500)
)


def add_picture(path: Path, kind: str, picture: bytes, copies: int) -> None:
    media = mutagen.File(path)
    if kind == "mp3":
        media.tags = ID3()
        for number in range(copies):
            media.tags.add(APIC(3, "image/png", 3, f"{number}", picture))
    elif kind == "m4a":
        media["covr"] = [MP4Cover(picture, MP4Cover.FORMAT_PNG)] * copies
    else:
        for _ in range(copies):
            block = Picture()
            block.data, block.mime, block.type, block.width, block.height = (
                picture,
                "image/png",
                3,
                2**31,
                2**31,
            )
            if kind == "flac":
                media.add_picture(block)
            else:
                media.tags.setdefault("metadata_block_picture", []).append(block.write().hex())
    media.save()


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
def test_cover_art_bombs_take_no_memory_and_hide_no_audio(tmp_path: Path) -> None:
    pictures = [
        (png(60_000, 60_000), 1),
        (JPEG_HUGE, 3),
        (GIF_HUGE, 3),
        (bytes(4 << 20), 2),
        (b"<svg/>" * 9, 50),
    ]
    paths = []
    for kind in ("mp3", "flac", "m4a", "ogg"):
        for number, (picture, copies) in enumerate(pictures):
            paths.append(write(tmp_path / f"{number}.{kind}", kind))
            add_picture(paths[-1], kind, picture, copies)
    assert len(paths) == 20

    plain = write(tmp_path / "plain.mp3", "mp3")
    (base, _), *others = run_in_worker([plain, *paths])
    for path, (outcome, _) in zip(paths, others, strict=True):
        assert outcome.error is None, (path.name, outcome.error)
        assert outcome.result["duration_s"] == pytest.approx(2.0, abs=0.1)
        assert outcome.result["memory"] - base.result["memory"] < BOMB_MEMORY, path.name
