"""Two hundred hostile tags: none fails the scan of its file, none leaves anything but short clean text."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen import id3
from mutagen.mp4 import MP4FreeForm

from media_files import write
from soundglass.audio.identity import content_hash
from soundglass.audio.tags import read_tags
from soundglass.core.types import Tags

VALUES = {
    "empty": "",
    "largest": "4294967295",
    "beyond": "9" * 5000,
    "negative": "-2147483648",
    "nul": "a\0b\0\0c",
    "only_nul": "\0" * 1000,
    "long": "x" * 500_000,
    "right_to_left": "\u202e\u2066evil\u2069\u200f\u061c",
    "escape": "\x1b]0;owned\x07\x1b[2J",
    "newlines": "a\r\nb\nc\u2028d\x0b\x85e",
    "markup": "<script>alert(1)</script>\"'&",
    "format": "%s%n{0.__class__}${jndi:ldap://x}",
    "combining": "a" + "\u0301" * 5000,
    "expanding": "\ufb2c" * 3000,
    "astral": "\U0001f600\u200d\U0001f525" * 300,
    "unassigned": "\uffff\ufffe\U0010ffff\u0378",
    "spaces": "\u00a0\u3000\u2003\u200b " * 100,
    "path": "../../../../etc/passwd",
    "sql": "'; DROP TABLE tracks; --",
    "number_list": "/".join(map(str, range(2000))),
}
FIELDS = ("title", "artist", "album", "albumartist", "genre", "date", "tracknumber", "musicbrainz_trackid")
MP4_KEYS = ("\xa9nam", "\xa9ART", "\xa9alb", "aART", "\xa9gen", "\xa9day")
ID3_FRAMES = (id3.TIT2, id3.TPE1, id3.TALB, id3.TPE2, id3.TCON, id3.TDRC, id3.TRCK)


def tag_all_fields(path: Path, kind: str, value: str) -> None:
    media = mutagen.File(path)
    if kind == "m4a":
        media.update({key: [value] for key in MP4_KEYS})
        media["----:com.apple.iTunes:MusicBrainz Track Id"] = [MP4FreeForm(value.encode())]
    elif kind in {"mp3", "wav", "aiff"}:
        if media.tags is None:
            media.add_tags()
        for frame in ID3_FRAMES:
            media.tags.add(frame(3, [value]))
        media.tags.add(id3.UFID("http://musicbrainz.org", value.encode()[:1000]))
    else:
        media.update(dict.fromkeys(FIELDS, value))
    media.save()


def assert_clean(tags: Tags) -> None:
    for text in (tags.title, tags.artist, tags.album, tags.album_artist, *tags.genres):
        assert len(text) <= 400
        assert not {unicodedata.category(character) for character in text} & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(text) & set("\u202e\u2066\u2069\u200e\u200f\u061c\ufeff")
    assert len(tags.genres) <= 16
    assert tags.year is None or 1000 <= tags.year <= 2999
    assert tags.track_number is None or 1 <= tags.track_number <= 9999
    assert tags.mb_recording_id == tags.mb_release_id == tags.mb_artist_id == ""


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "opus", "m4a", "wav"])
@pytest.mark.parametrize("name", VALUES)
def test_hostile_values_are_cleaned_and_cost_nothing(kind: str, name: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"x.{kind}", kind)
    expected = content_hash(path)
    tag_all_fields(path, kind, VALUES[name])
    assert_clean(read_tags(path))
    assert content_hash(path) == expected


RAW_FRAMES = {
    "size_beyond_tag": b"TIT2\x7f\xff\xff\xff\0\0\x03abc",
    "size_zero": b"TIT2\0\0\0\0\0\0" * 20,
    "bad_encoding": b"TIT2\0\0\0\x04\0\0\x09abc",
    "lone_utf16": b"TIT2\0\0\0\x04\0\0\x01\xff\xfe\x00",
    "surrogate_utf16": b"TIT2\0\0\0\x05\0\0\x01\xff\xfe\x00\xd8",
    "bad_utf8": b"TIT2\0\0\0\x05\0\0\x03\xff\xfe\xc0\x80",
    "all_flags": b"TIT2\0\0\0\x04\xff\xff\x03abc",
    "encrypted": b"TIT2\0\0\0\x04\0\x04\x03abc",
    "compressed_nonsense": b"TIT2\0\0\0\x08\0\x09\0\0\0\x04abcd",
    "ufid_without_end": b"UFID\0\0\0\x04\0\0abcd",
    "txxx_without_text": b"TXXX\0\0\0\x01\0\0\x03",
    "apic_of_nothing": b"APIC\0\0\0\x01\0\0\x03",
    "nested_chapters": b"CHAP\0\0\0\x18\0\0x\0" + bytes(16) + b"CHAP\0\0",
    "genre_recursion": b"TCON\0\0\0\x0f\0\0\x03((((17)(RX)(CR",
    "control_name": b"\x01\x02\x03\x04\0\0\0\x04\0\0\x03abc",
    "many_frames": b"TXXX\0\0\0\x03\0\0\x03a\0" * 20_000,
}


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("name", RAW_FRAMES)
def test_malformed_id3_costs_nothing(name: str, version: int, tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp3", "mp3")
    expected = content_hash(path)
    body = RAW_FRAMES[name]
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3" + bytes([version, 0, 0]) + size + body + path.read_bytes())
    assert_clean(read_tags(path))
    assert content_hash(path) == expected


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "m4a"])
@pytest.mark.parametrize("seed", range(10))
def test_random_damage_to_the_tags_raises_nothing(kind: str, seed: int, tmp_path: Path) -> None:
    path = write(tmp_path / f"x.{kind}", kind)
    tag_all_fields(path, kind, "an ordinary value")
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    at = data.index(b"an ordinary value")
    for _ in range(20):
        data[int(rng.integers(max(0, at - 300), at + 600))] = int(rng.integers(0, 256))
    path.write_bytes(data)
    assert_clean(read_tags(path))
