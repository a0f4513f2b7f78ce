"""Tags: every container's fields, cleaned, bounded, and never a reason to fail."""

from __future__ import annotations

import unicodedata
import zlib
from pathlib import Path

import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen import id3
from mutagen.apev2 import APEv2
from mutagen.asf import ASFUnicodeAttribute
from mutagen.mp4 import MP4FreeForm

from media_files import KINDS, write
from soundglass.audio.tags import clean_text, read_tags
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Tags

RECORDING = "6d0a1e26-92a9-4e0b-9bf4-0123456789ab"
RELEASE = "7d0a1e26-92a9-4e0b-9bf4-0123456789ab"
ARTIST = "8d0a1e26-92a9-4e0b-9bf4-0123456789ab"
EXPECTED = Tags(
    title="Für Elise",
    artist="Ludwig van Beethoven",
    album="Bagatelles",
    album_artist="Various Artists",
    genres=("Classical", "Piano"),
    year=1810,
    track_number=3,
    mb_recording_id=RECORDING,
    mb_release_id=RELEASE,
    mb_artist_id=ARTIST,
)
VORBIS = {
    "title": "Für Elise",
    "artist": "Ludwig van Beethoven",
    "album": "Bagatelles",
    "albumartist": "Various Artists",
    "genre": ["Classical", "Piano"],
    "date": "1810-04-27",
    "tracknumber": "3/12",
    "musicbrainz_trackid": RECORDING,
    "musicbrainz_albumid": RELEASE,
    "musicbrainz_artistid": ARTIST,
}


def id3_tags() -> id3.ID3:
    tags = id3.ID3()
    for frame in (
        id3.TIT2(3, ["Für Elise"]),
        id3.TPE1(3, ["Ludwig van Beethoven"]),
        id3.TALB(3, ["Bagatelles"]),
        id3.TPE2(3, ["Various Artists"]),
        id3.TCON(3, ["(32)", "Piano"]),
        id3.TDRC(3, ["1810-04-27"]),
        id3.TRCK(3, ["3/12"]),
        id3.UFID("http://musicbrainz.org", RECORDING.encode()),
        id3.TXXX(3, "MusicBrainz Album Id", [RELEASE]),
        id3.TXXX(3, "MusicBrainz Artist Id", [ARTIST]),
    ):
        tags.add(frame)
    return tags


def tag(path: Path, kind: str) -> None:
    if kind in {"mp3", "aac"}:
        id3_tags().save(path)
        return
    media = mutagen.File(path)
    if media.tags is None:
        media.add_tags()
    if kind in {"wav", "aiff"}:
        for frame in id3_tags().values():
            media.tags.add(frame)
    elif kind in {"m4a", "alac"}:
        media.tags.update(
            {
                "\xa9nam": ["Für Elise"],
                "\xa9ART": ["Ludwig van Beethoven"],
                "\xa9alb": ["Bagatelles"],
                "aART": ["Various Artists"],
                "\xa9gen": ["Classical;Piano"],
                "\xa9day": ["1810-04-27T00:00:00Z"],
                "trkn": [(3, 12)],
                "----:com.apple.iTunes:MusicBrainz Track Id": [MP4FreeForm(RECORDING.encode())],
                "----:com.apple.iTunes:MusicBrainz Album Id": [MP4FreeForm(RELEASE.encode())],
                "----:com.apple.iTunes:MusicBrainz Artist Id": [MP4FreeForm(ARTIST.encode())],
            }
        )
    elif kind == "wma":
        names = [
            "Title",
            "Author",
            "WM/AlbumTitle",
            "WM/AlbumArtist",
            "WM/Genre",
            "WM/Year",
            "WM/TrackNumber",
        ]
        names += ["MusicBrainz/Track Id", "MusicBrainz/Album Id", "MusicBrainz/Artist Id"]
        for name, value in zip(names, VORBIS.values(), strict=True):
            media.tags[name] = [
                ASFUnicodeAttribute(v) for v in ([value] if isinstance(value, str) else value)
            ]
    elif kind == "wv":
        media.tags.update({**VORBIS, "Year": "1810", "Track": "3/12"})
    else:
        media.tags.update(VORBIS)
    media.save()


@pytest.mark.parametrize("kind", KINDS)
def test_every_container_gives_all_fields(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind)
    tag(path, kind)
    assert read_tags(path) == EXPECTED


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_tags_gives_empty_tags(kind: str, tmp_path: Path) -> None:
    assert read_tags(write(tmp_path / "x", kind)) == Tags()


def test_id3_versions_one_two_and_three_and_ape_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp3", "mp3")
    audio = path.read_bytes()

    v1 = b"TAG" + b"Song".ljust(30, b"\0") + b"Band".ljust(30, b"\0") + b"Disc".ljust(30, b"\0")
    path.write_bytes(audio + v1 + b"1999" + bytes(28) + b"\0\x07" + bytes([17]))
    assert read_tags(path) == Tags("Song", "Band", "Disc", "", ("Rock",), 1999, 7)

    v22 = b"".join(
        name + len(text).to_bytes(3, "big") + text
        for name, text in [
            (b"TT2", b"\0Song"),
            (b"TP1", b"\0Band"),
            (b"TCO", b"\0(17)"),
            (b"TYE", b"\x001999"),
        ]
    )
    path.write_bytes(b"ID3\x02\0\0\0\0\0" + bytes([len(v22)]) + v22 + audio)
    assert read_tags(path) == Tags("Song", "Band", genres=("Rock",), year=1999)

    path.write_bytes(audio)
    id3_tags().save(path, v2_version=3)
    assert read_tags(path) == EXPECTED

    path.write_bytes(audio)
    ape = APEv2()
    ape.update({"Title": "Song", "Artist": ["Band", "Guest"], "Year": "1999", "Track": "7"})
    ape.save(path)
    assert read_tags(path) == Tags("Song", "Band, Guest", year=1999, track_number=7)
    id3.ID3(path) if path.read_bytes()[:3] == b"ID3" else id3_tags().save(path)
    assert read_tags(path) == EXPECTED


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2004", 2004),
        ("2004-05-12", 2004),
        ("20040512", 2004),
        ("12.05.2004", 2004),
        ("c. 1685 (autograph)", 1685),
        ("0999", None),
        ("3000", None),
        ("12004", None),
        ("4294967295", None),
        ("", None),
    ],
)
def test_years_are_found_in_dates(date: str, year: int | None, tmp_path: Path) -> None:
    assert tags_of_flac(tmp_path, date=date).year == year


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("03/12", 3), (" 7 of 9", 7), ("A1", None), ("0", None), ("-1", None), ("4294967295", None)],
)
def test_track_numbers_are_small_and_positive(text: str, number: int | None, tmp_path: Path) -> None:
    assert tags_of_flac(tmp_path, tracknumber=text).track_number == number


@pytest.mark.parametrize(
    ("values", "genres"),
    [
        (["Rock; Pop"], ("Rock", "Pop")),
        (["R&B/Soul", "soul"], ("R&B", "Soul")),
        (["17", "(8)", "255", "999"], ("Rock", "Jazz")),
        (["Drum & Bass"], ("Drum & Bass",)),
        ([";;/ "], ()),
        ([f"g{i}" for i in range(1000)], tuple(f"g{i}" for i in range(16))),
    ],
)
def test_genres_are_split_named_and_told_once(
    values: list[str], genres: tuple[str, ...], tmp_path: Path
) -> None:
    assert tags_of_flac(tmp_path, genre=values).genres == genres


def tags_of_flac(tmp_path: Path, **values: str | list[str]) -> Tags:
    path = write(tmp_path / "x.flac", "flac")
    media = mutagen.File(path)
    media.tags.update(values)
    media.save()
    return read_tags(path)


def test_ids_that_are_not_uuids_are_dropped(tmp_path: Path) -> None:
    tags = tags_of_flac(
        tmp_path, musicbrainz_trackid="1; DROP TABLE", musicbrainz_artistid=f"{ARTIST.upper()}/{RELEASE}"
    )
    assert tags.mb_recording_id == ""
    assert tags.mb_artist_id == ARTIST


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\nb\tc\x00d", "a b c d"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("abc\u202egnp.3pm", "abcgnp.3pm"),
        ("\ufeff\u2066x\u2069\u200e", "x"),
        ("e\u0301", "\u00e9"),
        ("lone \udcff surrogate", "lone surrogate"),
        ("\u2028line\u2029paragraph\x85next", "line paragraph next"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
    ],
)
def test_text_is_one_clean_line(text: str, clean: str) -> None:
    assert clean_text(text, 100) == clean


@given(st.text(), st.integers(1, 50))
def test_clean_text_is_bounded_printable_and_stable(text: str, length: int) -> None:
    clean = clean_text(text, length)
    assert len(clean) <= length
    assert clean == clean.strip()
    assert not {unicodedata.category(c) for c in clean} & {"Cc", "Cs", "Zl", "Zp"}
    assert clean_text(clean, length) == clean
    clean.encode()


def test_long_tags_are_cut(tmp_path: Path) -> None:
    tags = tags_of_flac(tmp_path, title="x" * 10_000_000, artist=["a" * 300] * 5000)
    assert tags.title == "x" * 400
    assert tags.artist == "a" * 300
    path = tmp_path / "x.flac"
    assert read_tags(path, AudioLimits(max_tag_length=10)).title == "x" * 10


def test_a_compressed_frame_is_not_expanded(tmp_path: Path) -> None:
    bomb = zlib.compress(b"\x03" + bytes(200 << 20), 9)
    frame = b"TIT2" + (len(bomb) + 4).to_bytes(4, "big") + b"\0\x80" + (200 << 20).to_bytes(4, "big") + bomb
    artist = b"TPE1" + (5).to_bytes(4, "big") + b"\0\0" + b"\0Band"
    body = frame + artist
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path = write(tmp_path / "x.mp3", "mp3")
    path.write_bytes(b"ID3\x03\0\0" + size + body + path.read_bytes())
    assert read_tags(path) == Tags(artist="Band")


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_tags_give_what_can_be_read(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x", kind)
    tag(path, kind)
    whole = path.read_bytes()
    for cut in range(20, 2000, 90):
        path.write_bytes(whole[:cut])
        assert isinstance(read_tags(path), Tags)
        path.write_bytes(whole[:cut] + b"\xff" * 64 + whole[cut + 64 :])
        assert isinstance(read_tags(path), Tags)


def test_files_without_audio_have_empty_tags(tmp_path: Path) -> None:
    (tmp_path / "x.mp3").write_bytes(b"text")
    assert read_tags(tmp_path / "x.mp3") == read_tags(tmp_path / "missing.mp3") == Tags()
