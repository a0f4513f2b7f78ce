"""The tracks of a library as a list of music; what has no tags is called by its file's name."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from soundglass.library.linkage.listing import Listed
from soundglass.library.store import Store

_COLUMNS = ("id", "title", "artist", "album", "duration", "popularity", "path")
_TRACK_NUMBER = re.compile(r"^(?:\d{1,2}-)?(?:0\d{1,2}|\d{1,3}(?=[.)_-]|\s+-\s))(?:[\s._)-]+)(?=\S)")
_VIDEO_ID = re.compile(r"\s*\[[\w-]{11}\]$")
_NUMBER = re.compile(r"\d{1,3}")


def list_tracks(store: Store) -> tuple[Listed, ...]:
    """List the tracks of a library, in row order."""
    rows = store.columns(list(_COLUMNS)).to_pylist()
    return tuple(
        called_by_file(
            Listed(
                position,
                id=row["id"],
                title=row["title"] or "",
                artists=(row["artist"],) if row["artist"] else (),
                album=row["album"] or "",
                duration_s=row["duration"] or None,
                popularity=row["popularity"],
                path=row["path"] or "",
            )
        )
        for position, row in enumerate(rows)
    )


def called_by_file(listed: Listed) -> Listed:
    """Read title and artist out of a file's name where its tags are silent: ``01 - Artist - Title.mp3``."""
    stem = PurePath(listed.path).stem
    if not stem or listed.title != stem:
        return listed
    text = _VIDEO_ID.sub("", stem if " " in stem else stem.replace("_", " "))
    pieces = [piece.strip() for piece in _TRACK_NUMBER.sub("", text, count=1).split(" - ")]
    pieces = [piece for piece in pieces if piece] or [stem]
    numbered = [at for at, piece in enumerate(pieces[1:-1], start=1) if _NUMBER.fullmatch(piece)]
    artist, rest = pieces[0], pieces[(numbered or [0])[-1] + 1 :]
    if not rest:
        return replace(listed, title=artist)
    if listed.artists and listed.artist.casefold() != artist.casefold():
        return replace(listed, title=" - ".join(pieces))
    return replace(listed, title=" - ".join(rest), artists=listed.artists or (artist,))
