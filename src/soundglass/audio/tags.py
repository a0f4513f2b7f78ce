"""Read what a file says about itself, through mutagen, into clean and bounded values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from soundglass.audio._tag_frames import RawTags, load_raw_tags
from soundglass.core.settings import AudioLimits
from soundglass.core.types import Tags

_DEFAULT_LIMITS = AudioLimits()
_MAX_GENRES = 16
_MAX_VALUES = 64
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?=\D|$|\d{4}(?!\d))")
_TRACK_NUMBER = re.compile(r"^\s*0*([1-9]\d{0,3})(?!\d)")
_GENRE_SEPARATORS = re.compile(r"[;/|\0]")
_ID3_GENRE = re.compile(r"\(?(\d{1,3})\)?")
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])")
# Joiners that Persian, Indic scripts and emoji are spelled with.
_KEPT_FORMAT_MARKS = frozenset("\u200c\u200d")


def read_tags(path: Path, limits: AudioLimits = _DEFAULT_LIMITS) -> Tags:
    """Read title, artist, album, genres, year, track number and MusicBrainz ids.

    Text is NFC, on one line, without control or direction marks, and at most ``max_tag_length`` characters
    long. Nothing is raised for damaged, hostile or missing tags: what cannot be read stays empty.

    Parameters
    ----------
    path : Path
        An audio file.
    limits : AudioLimits
        ``max_tag_length`` is the one that counts.

    Returns
    -------
    Tags
    """
    raw = load_raw_tags(path, limits)
    length = limits.max_tag_length
    return Tags(
        title=_text(raw.get("title", ()), length),
        artist=_text(raw.get("artist", ()), length),
        album=_text(raw.get("album", ()), length),
        album_artist=_text(raw.get("album_artist", ()), length),
        genres=_genres(raw, length),
        year=_first_number(_YEAR, raw.get("date", ())),
        track_number=_first_number(_TRACK_NUMBER, raw.get("track", ())),
        mb_recording_id=_uuid(raw.get("mb_recording_id", ())),
        mb_release_id=_uuid(raw.get("mb_release_id", ())),
        mb_artist_id=_uuid(raw.get("mb_artist_id", ())),
    )


def clean_text(text: str, max_length: int) -> str:
    """Make any string one bounded line of NFC text without control, direction or surrogate marks."""
    composed = unicodedata.normalize("NFC", text[: 4 * max_length])
    visible = "".join(map(_visible, composed))
    return " ".join(visible.split())[:max_length].strip()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return "" if category in {"Cf", "Cs"} and character not in _KEPT_FORMAT_MARKS else character


def _text(values: Iterable[str], max_length: int) -> str:
    """Join several values, such as the artists of a track, leaving out repetitions."""
    cleaned = (clean_text(value, max_length) for value in _few(values))
    return ", ".join(dict.fromkeys(filter(None, cleaned)))[:max_length].strip()


def _genres(raw: RawTags, max_length: int) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in _few(raw.get("genre", ())):
        for piece in _GENRE_SEPARATORS.split(value[: 4 * max_length]):
            name = clean_text(_genre_name(piece), max_length)
            if name:
                found.setdefault(name.casefold(), name)
    return tuple(found.values())[:_MAX_GENRES]


def _genre_name(text: str) -> str:
    """Replace ``17`` or ``(17)``, a number of the ID3v1 table, by its name."""
    number = _ID3_GENRE.fullmatch(text.strip())
    if number is None:
        return text
    from mutagen.id3 import TCON

    index = int(number[1])
    return str(TCON.GENRES[index]) if index < len(TCON.GENRES) else ""


def _first_number(pattern: re.Pattern[str], values: Iterable[str]) -> int | None:
    matches = (pattern.search(value[:64]) for value in _few(values))
    return next((int(match[1]) for match in matches if match), None)


def _uuid(values: Iterable[str]) -> str:
    matches = (_UUID.search(value[:256].lower()) for value in _few(values))
    return next((match[0] for match in matches if match), "")


def _few(values: Iterable[str]) -> Iterable[str]:
    return tuple(values)[:_MAX_VALUES]
