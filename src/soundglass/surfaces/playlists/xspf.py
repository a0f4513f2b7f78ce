"""XSPF: the open playlist in XML, which holds names, albums and reasons whatever they are made of.

Format: *XSPF Version 1*, Xiph.Org, https://www.xspf.org/spec.
"""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as Xml

from soundglass.surfaces.playlists.listing import Item, Listing, address

NAMESPACE = "http://xspf.org/ns/0/"

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xspf(listing: Listing) -> bytes:
    """Write a playlist."""
    playlist = Xml.Element("playlist", {"version": "1", "xmlns": NAMESPACE})
    _add(playlist, "title", listing.name)
    _add(playlist, "annotation", listing.note)
    _add(playlist, "date", listing.changed.isoformat())
    tracks = Xml.SubElement(playlist, "trackList")
    for item in listing.items:
        _track(tracks, item)
    Xml.indent(playlist)
    text: bytes = Xml.tostring(playlist, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def recording_address(recording: str) -> str:
    """Give the page of a recording at MusicBrainz, by which others know it, too."""
    return f"https://musicbrainz.org/recording/{recording.lower()}"


def _track(tracks: Xml.Element, item: Item) -> None:
    track = Xml.SubElement(tracks, "track")
    if item.file is not None:
        _add(track, "location", address(item.file))
    if item.recording:
        _add(track, "identifier", recording_address(item.recording))
    _add(track, "title", item.title)
    _add(track, "creator", item.track.artist)
    _add(track, "annotation", item.reason)
    _add(track, "album", item.track.album)
    if math.isfinite(item.track.duration_s):
        _add(track, "duration", str(round(1000 * item.track.duration_s)))


def _add(parent: Xml.Element, name: str, text: str) -> None:
    if text:
        Xml.SubElement(parent, name).text = _NO_XML.sub("", text)
