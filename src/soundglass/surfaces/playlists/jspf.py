"""JSPF: XSPF in JSON, as ListenBrainz and other programs exchange it.

Format: *JSPF*, Xiph.Org, https://www.xspf.org/jspf.
"""

from __future__ import annotations

import json
import math

from soundglass.core.types import Json
from soundglass.surfaces.playlists.listing import Item, Listing, address
from soundglass.surfaces.playlists.xspf import recording_address


def jspf(listing: Listing) -> bytes:
    """Write a playlist."""
    about = {"title": listing.name, "annotation": listing.note, "date": listing.changed.isoformat()}
    playlist = {**_known(about), "track": [_track(item) for item in listing.items]}
    return (json.dumps({"playlist": playlist}, ensure_ascii=False, indent=2) + "\n").encode(
        "utf-8", "replace"
    )


def _track(item: Item) -> dict[str, Json]:
    length = item.track.duration_s
    return _known(
        {
            "location": [] if item.file is None else [address(item.file)],
            "identifier": [recording_address(item.recording)] if item.recording else [],
            "title": item.title,
            "creator": item.track.artist,
            "annotation": item.reason,
            "album": item.track.album,
            "duration": round(1000 * length) if math.isfinite(length) else None,
        }
    )


def _known(fields: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value not in ("", None, [])}
