"""The table layouts Soundglass recognises: our column names to theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import CatalogueError

TEXT = ("id", "title", "artist", "album", "genre", "year", "popularity")
PLAYLIST = ("playlist_id", "playlist_name", "playlist_genre", "playlist_subgenre")
OURS = (*TEXT, *PLAYLIST, "duration_ms", *CATALOGUE)

_SPOTIFY_114K = {
    "id": "track_id",
    "title": "track_name",
    "artist": "artists",
    "album": "album_name",
    "genre": "track_genre",
}
_TIDYTUESDAY = {
    "id": "track_id",
    "title": "track_name",
    "artist": "track_artist",
    "album": "track_album_name",
    "genre": "playlist_genre",
    "year": "track_album_release_date",
    "popularity": "track_popularity",
}
_OWN = {"id": "id", "title": "title", "artist": "artist"}


def choose_layout(columns: Sequence[str], mapping: Mapping[str, str], path: str) -> dict[str, str]:
    """Find out which of a table's columns hold what.

    Parameters
    ----------
    columns : sequence of str
        The table's header.
    mapping : mapping of str to str
        Ours to theirs, as the user gave it; it wins over what is recognised.
    path : str
        The table, for messages.

    Returns
    -------
    dict of str to str
        Ours to theirs; holds ``id`` and at least one feature.

    Raises
    ------
    CatalogueError
        A mapped column does not exist, or the layout is unknown.
    """
    for ours, theirs in mapping.items():
        if ours not in OURS:
            raise CatalogueError(
                f"--map names {ours!r}, which is no column of ours", remedy=f"Ours: {', '.join(OURS)}"
            )
        if theirs not in columns:
            raise CatalogueError(
                f"has no column {theirs!r}", path=path, remedy=f"It has: {', '.join(columns[:30])}"
            )
    layout = {**_recognised(columns), **mapping}
    if "id" not in layout or not any(name in layout for name in CATALOGUE):
        raise CatalogueError(
            "is not a table of a known layout: it needs an id and at least one feature",
            path=path,
            remedy="Say which column is which, as in --map id=TrackID --map tempo=BPM",
        )
    return layout


def _recognised(columns: Sequence[str]) -> dict[str, str]:
    present = set(columns)
    known = {name: name for name in OURS if name in present}
    for layout in (_SPOTIFY_114K, _TIDYTUESDAY, _OWN):
        if present.issuperset(layout[name] for name in ("id", "title", "artist")):
            return {**known, **{ours: theirs for ours, theirs in layout.items() if theirs in present}}
    return known
