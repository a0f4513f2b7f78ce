"""Playlists by the API: made, read, changed, deleted, written to files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from soundglass.core.errors import TrackNotFound
from soundglass.library.playlists import PlaylistChanged, Playlists, Wanted
from soundglass.surfaces.playlists.answers import heading_json, playlist_json
from soundglass.surfaces.playlists.formats import FORMATS
from soundglass.surfaces.playlists.listing import absolute, below, listing
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.failures import Conflict
from soundglass.surfaces.web.playlists.contract import (
    ChangedPlaylist,
    MoreTracks,
    NewPlaylist,
    PlaylistShape,
    PlaylistsShape,
    WantedTrack,
)
from soundglass.surfaces.web.playlists.downloads import disposition, file_name
from soundglass.surfaces.web.state import Now, TheWeb

router = APIRouter()

PlaylistId = Annotated[str, Path(max_length=64, description="Of a playlist.")]


@router.get("/api/playlists", response_model=None, responses={200: {"model": PlaylistsShape}})
def every(now: Now, web: TheWeb) -> Answer:
    """List the playlists, the last changed first."""
    return Answer({"playlists": [heading_json(heading) for heading in Playlists(web.saved, now.store).all()]})


@router.post(
    "/api/playlists", status_code=201, response_model=None, responses={201: {"model": PlaylistShape}}
)
def make(now: Now, web: TheWeb, body: NewPlaylist) -> Answer:
    """Make a playlist; tracks that the library does not have are left out and named."""
    playlists, tracks = Playlists(web.saved, now.store), _wanted(body.tracks)
    made = playlists.make(body.name, tracks, body.note)
    where = {"Location": f"/api/playlists/{made.heading.id}"}
    return Answer(playlist_json(made, playlists.unknown(tracks)), 201, where)


@router.get("/api/playlists/{playlist_id}", response_model=None, responses={200: {"model": PlaylistShape}})
def read(now: Now, web: TheWeb, playlist_id: PlaylistId) -> Answer:
    """Give a playlist with its tracks, in order, and why each is there."""
    return Answer(playlist_json(Playlists(web.saved, now.store).get(playlist_id)))


@router.put("/api/playlists/{playlist_id}", response_model=None, responses={200: {"model": PlaylistShape}})
def change(now: Now, web: TheWeb, playlist_id: PlaylistId, body: ChangedPlaylist) -> Answer:
    """Rename a playlist, or put its tracks in another order; 409 if it has been changed meanwhile."""
    with _conflicts():
        changed = Playlists(web.saved, now.store).change(
            playlist_id, body.version, name=body.name, note=body.note, order=body.tracks
        )
    return Answer(playlist_json(changed))


@router.delete("/api/playlists/{playlist_id}", status_code=204, response_model=None)
def delete(now: Now, web: TheWeb, playlist_id: PlaylistId) -> Response:
    """Forget a playlist."""
    Playlists(web.saved, now.store).delete(playlist_id)
    return Response(status_code=204)


@router.post(
    "/api/playlists/{playlist_id}/tracks", response_model=None, responses={200: {"model": PlaylistShape}}
)
def add(now: Now, web: TheWeb, playlist_id: PlaylistId, body: MoreTracks) -> Answer:
    """Put tracks at the end of a playlist, those that are not there yet."""
    playlists, tracks = Playlists(web.saved, now.store), _wanted(body.tracks)
    grown = playlists.add(playlist_id, tracks)
    return Answer(playlist_json(grown, playlists.unknown(tracks)))


@router.get("/playlists/{playlist_id}/export.{suffix}", response_model=None)
def export(now: Now, web: TheWeb, playlist_id: PlaylistId, suffix: str) -> Response:
    """Write a playlist as m3u8, xspf, jspf or csv; files are named from the folder that was scanned."""
    chosen = FORMATS.get(suffix)
    if chosen is None:
        raise TrackNotFound("there is no such format", remedy=f"There is: {', '.join(FORMATS)}")
    playlist = Playlists(web.saved, now.store).get(playlist_id)
    place = absolute if web.settings.show_paths else below(now.roots)
    headers = {
        "Content-Disposition": disposition(file_name(playlist.heading.name, suffix)),
        "Cache-Control": "no-store",
    }
    return Response(
        chosen.write(listing(now.store, playlist, place)), media_type=chosen.media_type, headers=headers
    )


def _wanted(tracks: Sequence[str | WantedTrack]) -> list[Wanted]:
    return [Wanted(t) if isinstance(t, str) else Wanted(t.id, t.reason) for t in tracks]


@contextmanager
def _conflicts() -> Iterator[None]:
    """Tell of a change that came too late by the status that means it."""
    try:
        yield
    except PlaylistChanged as error:
        raise Conflict(error.message, remedy=error.remedy) from error
