"""Content identity: the same audio has the same hash, whatever is written around it."""

from __future__ import annotations

import shutil
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.apev2 import APEv2
from mutagen.flac import Picture
from mutagen.id3 import APIC, ID3, TIT2
from mutagen.mp4 import MP4Cover

from media_files import KINDS, music, write
from soundglass.audio.identity import content_hash
from soundglass.core.errors import AudioError

COVER = b"\x89PNG\r\n\x1a\n" + np.random.default_rng(0).bytes(300_000)
SUFFIXES = {"alac": "m4a"}


def add_id3(path: Path) -> None:
    tags = ID3()
    tags.add(TIT2(3, ["Another title"]))
    tags.add(APIC(3, "image/png", 3, "front", COVER))
    tags.save(path, v1=2)


def add_ape(path: Path) -> None:
    tags = APEv2()
    tags["Title"] = "Another title " * 1000
    tags.save(path)


def retag(path: Path, kind: str) -> None:
    if kind in {"mp3", "aac"}:
        add_id3(path)
        add_ape(path)
        return
    media = mutagen.File(path)
    if media.tags is None:
        media.add_tags()
    if kind in {"wav", "aiff"}:
        media.tags.add(TIT2(3, ["Another title"]))
        media.tags.add(APIC(3, "image/png", 3, "front", COVER))
    elif kind in {"m4a", "alac"}:
        media.tags["\xa9nam"] = ["Another title"]
        media.tags["covr"] = [MP4Cover(COVER, MP4Cover.FORMAT_PNG)]
    else:
        media.tags["Title"] = ["Another title " * 5000]
    if kind == "flac":
        picture = Picture()
        picture.data, picture.mime, picture.type = COVER, "image/png", 3
        media.add_picture(picture)
    media.save()


@pytest.mark.parametrize("kind", KINDS)
def test_a_retagged_copy_has_the_same_hash(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{SUFFIXES.get(kind, kind)}", kind)
    copy = Path(shutil.copy(path, tmp_path / f"moved.{SUFFIXES.get(kind, kind)}"))
    retag(copy, kind)

    assert copy.read_bytes() != path.read_bytes()
    assert content_hash(copy) == content_hash(path)


def test_tags_may_be_removed_and_come_in_any_combination(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", "mp3")
    expected = content_hash(path)
    for steps in ([add_id3], [add_ape], [add_ape, add_id3], [add_id3, add_ape]):
        copy = Path(shutil.copy(path, tmp_path / "b.mp3"))
        for step in steps:
            step(copy)
        assert content_hash(copy) == expected
    ID3(copy).delete(copy)
    assert content_hash(copy) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_other_audio_has_another_hash(kind: str, tmp_path: Path) -> None:
    hashes = {content_hash(write(tmp_path / f"{seed}", kind, music(seed=seed))).hash for seed in range(3)}
    assert len(hashes) == 3


def test_one_changed_byte_of_audio_changes_the_hash(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", "mp3")
    before = content_hash(path).hash
    data = bytearray(path.read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)
    assert content_hash(path).hash != before


def test_a_truncated_copy_has_another_hash(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg", "ogg")
    before = content_hash(path).hash
    path.write_bytes(path.read_bytes()[:-5000])
    assert content_hash(path).hash != before


def test_the_same_samples_at_another_rate_are_another_recording(tmp_path: Path) -> None:
    samples = music()
    hashes = {
        content_hash(write(tmp_path / str(rate), "wav", samples, rate)).hash for rate in (44_100, 48_000)
    }
    assert len(hashes) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_identity_is_a_short_hexadecimal_hash_and_a_duration(kind: str, tmp_path: Path) -> None:
    rate = 48_000 if kind == "opus" else 44_100
    identity = content_hash(write(tmp_path / "a", kind, music(10.0, rate), rate))
    assert len(identity.hash) == 32
    assert int(identity.hash, 16) > 0
    assert identity.codec
    assert identity.duration_s == pytest.approx(10.0, rel=0.01, abs=0.2)


def test_durations_of_real_vorbis_are_exact(shared_data: Path) -> None:
    # Sums of FFmpeg's packet durations are up to 6 % off here, and by 27 hours for one file.
    for path in sorted((shared_data / "audio").glob("*.ogg")):
        assert content_hash(path).duration_s == pytest.approx(soundfile.info(path).duration, abs=0.03)


@pytest.mark.parametrize("claimed", [1, 2**36 - 1, 0])
def test_the_duration_comes_from_the_packets_not_from_the_header(claimed: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", "flac", music(5.0))
    data = bytearray(path.read_bytes())
    data[21] = data[21] & 0xF0 | claimed >> 32
    data[22:26] = (claimed & 0xFFFFFFFF).to_bytes(4, "big")
    path.write_bytes(data)
    assert content_hash(path).duration_s == pytest.approx(5.0, abs=0.01)


def test_a_file_ffmpeg_cannot_read_is_hashed_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.m4a", "m4a")
    path.write_bytes(path.read_bytes()[:10_000])  # the index at the end is lost
    other = tmp_path / "b.m4a"
    other.write_bytes(path.read_bytes() + b"x")
    first, second = content_hash(path), content_hash(other)
    assert (len(first.hash), first.duration_s, first.codec) == (32, None, "")
    assert first.hash != second.hash


def test_what_is_not_audio_has_no_identity(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_text("no music here\n" * 100)
    with pytest.raises(AudioError, match="not audio"):
        content_hash(tmp_path / "a.mp3")
    with pytest.raises(AudioError, match="No such file"):
        content_hash(tmp_path / "b.mp3")
