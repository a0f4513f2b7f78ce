"""M3U8: the playlist that nearly every player reads, always UTF-8.

Format: *M3U* as players extended it (``#EXTM3U``, ``#EXTINF``, ``#PLAYLIST``); not HTTP Live Streaming's.
"""

from __future__ import annotations

import math
from pathlib import Path

from soundglass.surfaces.playlists.listing import Item, Listing, one_line


def m3u8(listing: Listing) -> bytes:
    """Write a playlist; a track without a file, or whose file's name no line can hold, is a comment."""
    lines = ["#EXTM3U", f"#PLAYLIST:{one_line(listing.name)}"]
    for item in listing.items:
        lines += _lines(item)
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(item: Item) -> list[str]:
    track = item.track
    named = one_line(f"{track.artist} - {item.title}" if track.artist else item.title)
    if item.file is None:
        return [f"# {named} (no file)"]
    if (line := _line(item.file)) is None:
        return [f"# {named} (its file has a name that this format cannot hold)"]
    seconds = round(track.duration_s) if math.isfinite(track.duration_s) else -1
    return [f"#EXTINF:{seconds},{named}", line]


def _line(file: Path) -> str | None:
    text = file.as_posix()
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8
        return None
    if len(text.splitlines()) != 1 or text != text.rstrip():  # players cut spaces off
        return None
    return f"./{text}" if text[0] in "#\ufeff" or text[0].isspace() else text
