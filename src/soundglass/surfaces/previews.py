"""Previews for a table of music: the table is read, sources are asked, and what they offer is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from os import PathLike
from pathlib import Path

from soundglass.audio.previews.catalogues import Catalogue, Column, Deezer, Itunes
from soundglass.audio.previews.fetch import PreviewSettings, PreviewSummary, fetch_previews
from soundglass.audio.previews.wanted import Offer, Verdict, Wanted
from soundglass.core.errors import CatalogueError, SoundglassError
from soundglass.library.linkage.listing import Listed, read_listing
from soundglass.library.linkage.score import Entry, likeness
from soundglass.library.linkage.wording import reason
from soundglass.surfaces.matched import row_number

SOURCES: Mapping[str, Callable[[], Catalogue]] = {"column": Column, "deezer": Deezer, "itunes": Itunes}
"""Where previews come from, by name; asked in this order."""

_SAME = 0.85
"""The least likeness of an offer that is taken; a title alone, of unknown artist and length, has less."""


def fetch_listed(
    table: str | PathLike[str],
    folder: str | PathLike[str],
    settings: PreviewSettings | None = None,
    *,
    sources: Iterable[str] = tuple(SOURCES),
    limit: int | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> PreviewSummary:
    """Fetch previews of the tracks a table lists, as :func:`soundglass.audio.previews.fetch.fetch_previews`.

    Parameters
    ----------
    table : path-like
        As :func:`soundglass.library.linkage.listing.read_listing` takes it.
    folder : path-like
        Where ``previews/`` and ``clips/`` go.
    settings : PreviewSettings
    sources : iterable of {"column", "deezer", "itunes"}
        Asked in this order.
    limit : int, optional
        Only so many rows from the top.
    mapping, encoding
        Of the table's columns and text.
    progress : callable
        Told after every track how many are done, of how many.

    Raises
    ------
    CatalogueError
        The table cannot be read.
    AudioError
        The folder cannot be written, or nothing answers at all.
    """
    catalogues = [_source(name) for name in dict.fromkeys(sources)]
    listed = read_listing(table, mapping, encoding)
    tracks = [_wanted(entry) for entry in islice(listed, limit)]
    if [c.name for c in catalogues] == ["column"] and not any(track.preview_url for track in tracks):
        raise CatalogueError(
            "has no addresses of previews",
            path=table,
            remedy="Name the column, as in --map preview_url=URL, or ask deezer or itunes",
        )
    return fetch_previews(tracks, Path(folder).expanduser(), catalogues, judge, settings, progress=progress)


def judge(wanted: Wanted, offer: Offer) -> Verdict:
    """Say whether an offer is what is wanted, as tables are joined: by title, artist, length and version."""
    if not offer.title:
        return Verdict(True, None, "as the table says; its title is not known")
    one, other = (Entry.of(listed) for listed in (_listed(wanted), _listed(offer)))
    found = likeness(one, other)
    why = reason(one, other, found)
    if found.isrc and not found.title and not found.artist:
        return Verdict(False, 0.0, why)
    return Verdict(found.score >= _SAME and not found.against, round(found.score, 4), why)


def _listed(track: Wanted | Offer) -> Listed:
    return Listed(
        position=0,
        title=track.title,
        artists=(track.artist,) if track.artist else (),
        duration_s=track.duration_s,
        isrc=track.isrc,
    )


def _source(name: str) -> Catalogue:
    if name not in SOURCES:
        raise SoundglassError(f"there is no source {name!r}", remedy=f"Sources: {', '.join(SOURCES)}")
    return SOURCES[name]()


def _wanted(entry: Listed) -> Wanted:
    return Wanted(
        row=row_number(entry),
        id=entry.id,
        title=entry.title,
        artist=entry.artist,
        isrc=entry.isrc,
        duration_s=entry.duration_s,
        preview_url=entry.preview_url,
    )
