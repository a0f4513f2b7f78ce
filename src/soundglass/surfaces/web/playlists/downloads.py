"""How a downloaded playlist's file is called, whatever the playlist is."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069/\\:*?"<>|]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 80


def file_name(name: str, suffix: str) -> str:
    """Make a file's name of a playlist's, one that every system takes.

    Examples
    --------
    >>> file_name('AC/DC: "Live"?', "m3u8")
    'AC DC Live.m3u8'
    """
    plain = " ".join(_FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name)).split())
    plain = plain[:_LONGEST].strip(" .") or "playlist"
    return f"{'_' if _RESERVED.fullmatch(plain) else ''}{plain}.{suffix}"


def disposition(name: str) -> str:
    """Say in a header that an answer is to be kept as a file of this name (RFC 6266, RFC 8187)."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()-]+", "_", folded).strip(" _")
    plain = f"playlist{plain}" if plain.startswith(".") else plain
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
