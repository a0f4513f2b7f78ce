"""Get the raw tag values out of each container, reading no pictures where that can be avoided."""

# mypy: disallow-untyped-calls=False
# (mutagen carries no types)

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from io import SEEK_CUR, BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from soundglass.audio._container import identify_container
from soundglass.core.settings import AudioLimits

RawTags: TypeAlias = Mapping[str, tuple[str, ...]]
_TagTable: TypeAlias = Any
_TagValue: TypeAlias = Any

_MAX_TAG_BYTES = 32 << 20
_FLAC_VORBIS_COMMENT = 4

_ID3_FIELDS = {
    "title": ("TIT2",),
    "artist": ("TPE1",),
    "album": ("TALB",),
    "album_artist": ("TPE2",),
    "genre": ("TCON",),
    "date": ("TDRC", "TDOR", "TDRL"),
    "track": ("TRCK",),
    "mb_recording_id": ("UFID:http://musicbrainz.org", "TXXX:MusicBrainz Recording Id"),
    "mb_release_id": ("TXXX:MusicBrainz Album Id",),
    "mb_artist_id": ("TXXX:MusicBrainz Artist Id",),
}
_ID3_FRAMES = ("TIT2", "TPE1", "TALB", "TPE2", "TCON", "TDRC", "TDOR", "TDRL", "TRCK", "UFID", "TXXX")
_ID3_OLD_DATES = ("TYER", "TDAT", "TIME", "TORY")
_ID3_V22_FRAMES = ("TT2", "TP1", "TAL", "TP2", "TCO", "TYE", "TDA", "TIM", "TOR", "TRK", "UFI", "TXX")
_VORBIS_FIELDS = {
    "title": ("title",),
    "artist": ("artist",),
    "album": ("album",),
    "album_artist": ("albumartist", "album artist", "album_artist"),
    "genre": ("genre",),
    "date": ("date", "year", "originaldate"),
    "track": ("tracknumber", "track"),
    "mb_recording_id": ("musicbrainz_trackid",),
    "mb_release_id": ("musicbrainz_albumid",),
    "mb_artist_id": ("musicbrainz_artistid",),
}
_MP4_FIELDS = {
    "title": ("\xa9nam",),
    "artist": ("\xa9ART",),
    "album": ("\xa9alb",),
    "album_artist": ("aART",),
    "genre": ("\xa9gen",),
    "date": ("\xa9day",),
    "track": ("trkn",),
    "mb_recording_id": ("----:com.apple.iTunes:MusicBrainz Track Id",),
    "mb_release_id": ("----:com.apple.iTunes:MusicBrainz Album Id",),
    "mb_artist_id": ("----:com.apple.iTunes:MusicBrainz Artist Id",),
}
_ASF_FIELDS = {
    "title": ("Title",),
    "artist": ("Author", "WM/AlbumArtist"),
    "album": ("WM/AlbumTitle",),
    "album_artist": ("WM/AlbumArtist",),
    "genre": ("WM/Genre",),
    "date": ("WM/Year",),
    "track": ("WM/TrackNumber", "WM/Track"),
    "mb_recording_id": ("MusicBrainz/Track Id",),
    "mb_release_id": ("MusicBrainz/Album Id",),
    "mb_artist_id": ("MusicBrainz/Artist Id",),
}


class _TagsTooLargeError(Exception):
    """More was to be read for tags than any honest file needs."""


class BoundedFile:
    """A file that can be read only so far, which bounds the memory any tag parser can take."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = _MAX_TAG_BYTES
        self.seek = file.seek
        self.tell = file.tell

    def read(self, size: int = -1) -> bytes:
        if size > self._left:
            raise _TagsTooLargeError
        data = self._file.read(size if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise _TagsTooLargeError
        return data


def load_raw_tags(path: Path, limits: AudioLimits) -> RawTags:
    """Return the values of each field as they stand in the file; empty where nothing can be read."""
    # Parsers of damaged tags raise anything at all; none of it is worth losing a recording for.
    try:
        container = identify_container(path, limits)
        with path.open("rb") as file:
            file.seek(container.start)
            return _LOADERS[container.demuxer](file)
    except Exception:
        return {}


def id3_frames(
    names: Iterable[str] = (*_ID3_FRAMES, *_ID3_OLD_DATES), old: Iterable[str] = _ID3_V22_FRAMES
) -> dict[str, Any]:
    """Return the frame classes to read, those of ID3v2.2 by their ``old`` names.

    Those that may come compressed refuse it, for it may be a bomb.
    """
    from mutagen import id3

    def uncompressed(cls: _TagTable, header: _TagTable, flags: int, data: bytes) -> _TagTable:
        compressed = id3.Frame.FLAG24_COMPRESS if header.version >= (2, 4, 0) else id3.Frame.FLAG23_COMPRESS
        if flags & compressed:
            raise NotImplementedError
        return super(cls, cls)._fromData(header, flags, data)

    known = {name: id3.Frames_2_2[name] for name in old}
    for name in names:
        known[name] = type(name, (id3.Frames[name],), {"_fromData": classmethod(uncompressed)})
    return known


def _from_mpeg(file: BinaryIO) -> RawTags:
    """Read ID3, and APEv2 for what ID3 leaves out."""
    from mutagen.id3 import ID3

    found: dict[str, tuple[str, ...]] = {}
    for load in (_from_ape, lambda part: _id3_values(ID3(BoundedFile(part), known_frames=id3_frames()))):
        file.seek(0)
        # Either may be missing or damaged; the other still counts.
        with contextlib.suppress(Exception):
            found.update(load(file))
    return found


def _from_ape(file: BinaryIO) -> RawTags:
    from mutagen.apev2 import APEv2

    tags = APEv2(BoundedFile(file))
    return _select(_VORBIS_FIELDS, {key.lower(): str(value).split("\0") for key, value in tags.items()})


def _from_wave(file: BinaryIO) -> RawTags:
    from mutagen.wave import WAVE

    return _id3_values(WAVE(BoundedFile(file), known_frames=id3_frames()).tags or {})


def _from_aiff(file: BinaryIO) -> RawTags:
    from mutagen.aiff import AIFF

    return _id3_values(AIFF(BoundedFile(file), known_frames=id3_frames()).tags or {})


def _from_flac(file: BinaryIO) -> RawTags:
    """Read the comment block alone: pictures lie in blocks of their own."""
    from mutagen.flac import VCFLACDict

    file.seek(len(b"fLaC"), SEEK_CUR)
    last = 0
    while not last:
        header = file.read(4)
        last, kind, length = header[0] & 0x80, header[0] & 0x7F, int.from_bytes(header[1:], "big")
        if kind == _FLAC_VORBIS_COMMENT:
            comments = VCFLACDict(BytesIO(file.read(length)))
            return _select(_VORBIS_FIELDS, comments)
        file.seek(length, SEEK_CUR)
    return {}


def _from_ogg(file: BinaryIO) -> RawTags:
    import mutagen
    from mutagen.oggflac import OggFLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggspeex import OggSpeex
    from mutagen.oggvorbis import OggVorbis

    media = mutagen.File(BoundedFile(file), options=[OggVorbis, OggOpus, OggFLAC, OggSpeex])
    return _select(_VORBIS_FIELDS, media.tags or {})


def _from_mp4(file: BinaryIO) -> RawTags:
    from mutagen.mp4 import MP4

    return _select(_MP4_FIELDS, MP4(BoundedFile(file)).tags or {})


def _from_asf(file: BinaryIO) -> RawTags:
    from mutagen.asf import ASF

    return _select(_ASF_FIELDS, ASF(BoundedFile(file)).tags or {})


def _id3_values(tags: _TagTable) -> RawTags:
    values: dict[str, Iterable[_TagValue]] = {}
    for key in tags:
        frame = tags[key]
        text = getattr(frame, "genres", None) or getattr(frame, "text", None)
        values[key] = [frame.data] if text is None else text
    return _select(_ID3_FIELDS, values)


def _select(fields: Mapping[str, tuple[str, ...]], tags: _TagTable) -> RawTags:
    """Take the values of each field from the first of its keys that is there."""
    found = {}
    for name, keys in fields.items():
        key = next((key for key in keys if key in tags), None)
        if key is not None:
            found[name] = tuple(_plain(value) for value in tags[key])
    return found


def _plain(value: _TagValue) -> str:
    """Turn any tag value into text; of a pair such as (track, tracks) the first counts."""
    if isinstance(value, tuple):
        value = value[0]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_LOADERS: Mapping[str, Callable[[BinaryIO], RawTags]] = {
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
