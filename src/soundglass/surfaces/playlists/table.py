"""A playlist as a table in CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from soundglass.core.spreadsheets import FORMULA, inert
from soundglass.surfaces.playlists.listing import Item, Listing

COLUMNS = ("position", "title", "artist", "album", "duration_s", "reason", "path", "id")


def table(listing: Listing) -> bytes:
    """Write a playlist; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for position, item in enumerate(listing.items, start=1):
        writer.writerow(_row(position, item))
    return text.getvalue().encode("utf-8", "replace")


def _row(position: int, item: Item) -> list[str]:
    track = item.track
    length = f"{track.duration_s:.3f}" if math.isfinite(track.duration_s) else ""
    texts = map(inert, (item.title, track.artist, track.album))
    return [str(position), *texts, length, inert(item.reason), _path(item.file), inert(track.id)]


def _path(file: Path | None) -> str:
    if file is None:
        return ""
    text = file.as_posix()
    return f"./{text}" if text.startswith(FORMULA) else text
