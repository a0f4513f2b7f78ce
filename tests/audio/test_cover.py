"""Covers: from every kind of tag, the front one, decoded within bounds and never passed on."""

from __future__ import annotations

import base64
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen.apev2 import APEv2, APEValue
from mutagen.asf import ASF, ASFByteArrayAttribute
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3
from mutagen.mp4 import MP4, MP4Cover
from PIL import Image

from media_files import KINDS, music, write
from soundglass.audio.cover import MAX_BYTES, MAX_PIXELS, read_cover, square
from soundglass.core.errors import AudioError

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 200, 30)


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (300, 300), kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def colour(webp: bytes | None, at: tuple[float, float] = (0.5, 0.5)) -> tuple[int, ...]:
    """Name the colour at a place of a cover, to the nearest of the three."""
    assert webp is not None
    with Image.open(BytesIO(webp)) as image:
        assert image.format == "WEBP"
        pixel = np.array(image.convert("RGB").getpixel((int(at[0] * image.width), int(at[1] * image.height))))
    return min((RED, BLUE, GREEN), key=lambda known: np.abs(pixel - known).sum())


def embed(path: Path, kind: str, *pictures: tuple[int, bytes]) -> None:
    """Write pictures, each with what it shows (3 is the front), as taggers do."""
    match kind:
        case "wav" | "aiff":
            media = mutagen.File(path)
            media.add_tags()
            for shows, data in pictures:
                media.tags.add(APIC(0, "image/png", shows, str(shows), data))
            media.save()
        case "mp3" | "aac":
            tags = ID3()
            for shows, data in pictures:
                tags.add(APIC(0, "image/png", shows, str(shows), data))
            tags.save(path)
        case "flac":
            media = FLAC(path)
            for shows, data in pictures:
                media.add_picture(block(shows, data))
            media.save()
        case "ogg" | "opus":
            media = mutagen.File(path)
            media["metadata_block_picture"] = [
                base64.b64encode(block(shows, data).write()).decode() for shows, data in pictures
            ]
            media.save()
        case "m4a" | "alac":
            media = MP4(path)
            front = sorted(pictures, key=lambda one: one[0] != 3)  # MP4 knows but an order
            media["covr"] = [MP4Cover(data, MP4Cover.FORMAT_PNG) for _, data in front]
            media.save()
        case "wma":
            media = ASF(path)
            media["WM/Picture"] = [ASFByteArrayAttribute(wm_picture(*one)) for one in pictures]
            media.save()
        case "wv":
            tags = APEv2()
            for shows, data in pictures:
                name = {3: "Cover Art (Front)"}.get(shows, "Cover Art (Back)")
                tags[name] = APEValue(b"cover.png\0" + data, 1)
            tags.save(path)


def block(shows: int, data: bytes) -> Picture:
    made = Picture()
    made.type, made.data, made.mime = shows, data, "image/png"
    return made


def wm_picture(shows: int, data: bytes) -> bytes:
    return (
        bytes([shows])
        + struct.pack("<I", len(data))
        + "image/png\0".encode("utf-16-le")
        + "front\0".encode("utf-16-le")
        + data
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_front_cover_is_found_in_every_kind_of_tag(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"a.{kind}", kind, music(0.3, 48_000 if kind == "opus" else 44_100))
    assert read_cover(path, None, 64) is None
    embed(path, kind, (4, picture(BLUE)), (3, picture(RED)))
    assert colour(read_cover(path, None, 64)) == RED


def test_a_picture_that_is_no_front_serves_where_there_is_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", "mp3", music(0.3))
    embed(path, "mp3", (4, picture(GREEN)))
    assert colour(read_cover(path, None, 64)) == GREEN


def test_a_picture_beside_serves_where_the_tags_have_none_that_can_be_read(tmp_path: Path) -> None:
    path, beside = write(tmp_path / "a.mp3", "mp3", music(0.3)), tmp_path / "cover.jpg"
    beside.write_bytes(picture(BLUE, kind="JPEG"))
    assert colour(read_cover(path, beside, 64)) == BLUE
    embed(path, "mp3", (3, picture(RED)[:60]))
    assert colour(read_cover(path, beside, 64)) == BLUE
    embed(path, "mp3", (3, picture(RED)))
    assert colour(read_cover(path, beside, 64)) == RED
    assert read_cover(write(tmp_path / "b.mp3", "mp3", music(0.3)), tmp_path / "none.jpg", 64) is None


@pytest.mark.parametrize("size", [64, 320, 640])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_cover_is_a_square_of_the_size_that_was_asked_for(kind: str, size: int) -> None:
    wide = Image.new("RGB", (400, 200), BLUE)
    wide.paste(RED, (100, 0, 300, 200))
    file = BytesIO()
    wide.save(file, kind)
    data = square(file.getvalue(), size)
    with Image.open(BytesIO(data)) as image:
        assert image.size == (size, size)
    assert {colour(data, (x, y)) for x in (0.05, 0.95) for y in (0.05, 0.95)} == {RED}


def test_what_is_see_through_lies_on_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(BytesIO(square(file.getvalue(), 64))) as image:
        assert image.convert("RGB").getpixel((30, 30)) == (255, 255, 255)


def test_nothing_of_the_original_is_passed_on() -> None:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (64, 64), RED).save(file, "JPEG", exif=exif, comment=b"secret")
    data = square(file.getvalue() + b"<script>", 64)
    assert not any(word in data for word in (b"where I live", b"secret", b"<script>", b"EXIF"))


def png(width: int, height: int, data: bytes) -> bytes:
    """Write a PNG that claims a size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"",
            b"\0" * 100,
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%!PS-Adobe-3.0 EPSF-3.0",
        ),
        png(50_000, 50_000, zlib.compress(bytes(1000))),
        png(3001, 3000, zlib.compress(bytes(1000))),
        png(0, 10, b""),
        picture(RED)[:-40],
        picture(RED) + bytes(MAX_BYTES),
        picture(RED, kind="BMP"),
    ],
    ids=lambda data: f"{data[:6]!r}, {len(data)} bytes",
)
def test_what_is_no_picture_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(AudioError, match="has a cover"):
        square(data, 64)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_the_largest_picture_takes_less_than_100_mb(tmp_path: Path) -> None:
    """Alone in a process that may take no more."""
    import subprocess

    side = int(MAX_PIXELS**0.5)
    (tmp_path / "a.png").write_bytes(b"")
    Image.new("RGBA", (side, side), (9, 9, 9, 9)).save(tmp_path / "a.png")
    program = (
        "import resource, sys; from pathlib import Path; from soundglass.audio.cover import square;"
        "import PIL.ImageOps, PIL.PngImagePlugin, PIL.WebPImagePlugin, soundglass.audio.cover as c;"
        "used = int(Path('/proc/self/status').read_text().partition('VmData:')[2].split()[0]) << 10;"
        "resource.setrlimit(resource.RLIMIT_DATA, (used + (100 << 20),) * 2);"
        "print(len(square(Path(sys.argv[1]).read_bytes(), 320)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.png"], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().isdigit(), done.stderr


def test_damaged_tags_are_no_cover(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", "flac", music(0.3))
    embed(path, "flac", (3, picture(RED)))
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = np.frombuffer(content, np.uint8).copy()
        damaged[rng.integers(4, 400, 12)] = rng.integers(0, 256, 12)
        path.write_bytes(damaged.tobytes())
        found = read_cover(path, None, 64)
        assert found is None or found[:4] == b"RIFF"
