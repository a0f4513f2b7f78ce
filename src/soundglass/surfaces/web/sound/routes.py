"""A track's sound and cover as addresses."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from soundglass.audio.pcm import channels_of, demuxer_of
from soundglass.core.errors import AudioError
from soundglass.core.types import Json
from soundglass.library.roots import servable
from soundglass.surfaces.web.failures import Busy
from soundglass.surfaces.web.sound.covers import cover_of, drawn
from soundglass.surfaces.web.sound.files import FileContent, unreadable
from soundglass.surfaces.web.sound.formats import played_as
from soundglass.surfaces.web.sound.streaming import Content, is_known, streamed
from soundglass.surfaces.web.sound.wav import WavContent
from soundglass.surfaces.web.state import Now, Snapshot, TheWeb, Web

router = APIRouter()

TrackId = Annotated[str, Path(description="Id of a track", max_length=200)]
As = Annotated[
    Literal["wav"] | None,
    Query(
        alias="as", description="`wav` decodes the recording whatever it is; without, only what browsers lack"
    ),
]
Size = Annotated[int, Query(ge=16, le=640, description="Pixels a side; the next of 64, 128, 160, 320, 640")]
_A_DAY = "private, max-age=86400"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_SOUND: dict[int | str, dict[str, Json]] = {
    200: {"content": {"audio/*": _BINARY}},
    206: {},
    304: {},
    404: {},
    416: {},
}
_PICTURE: dict[int | str, dict[str, Json]] = {200: {"content": {"image/*": _BINARY}}, 304: {}, 404: {}}
_FORM = ("codec", "decoder", "sample_rate", "channels", "duration")


@router.get("/audio/{track_id}", response_class=Response, responses=_SOUND)
@router.head("/audio/{track_id}", include_in_schema=False)
def audio(request: Request, now: Now, web: TheWeb, track_id: TrackId, as_: As = None) -> Response:
    """Give a track's sound, or a range of its bytes: the file itself, or WAV where browsers don't play it."""
    return streamed(request, content_of(now, web, now.row(track_id), wav=as_ == "wav"))


@router.get("/covers/{track_id}", response_class=Response, responses=_PICTURE)
def cover(request: Request, now: Now, web: TheWeb, track_id: TrackId, size: Size = 320) -> Response:
    """Give a track's cover as a square picture: its own, or one drawn from its spectrogram and key."""
    row = now.row(track_id)
    headers = {"Cache-Control": _A_DAY}
    try:
        found = cover_of(now, web, row, size)
    except Busy:
        found, headers = drawn(now, row, size), {"Cache-Control": "no-store"}
    headers["ETag"] = found.etag
    if is_known(request, found.etag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    return Response(found.data, HTTPStatus.OK, headers, found.media_type)


def content_of(now: Snapshot, web: Web, row: int, *, wav: bool = False) -> Content:
    """Find what is to be sent for a track.

    Parameters
    ----------
    now : Snapshot
    web : Web
    row : int
    wav : bool
        Whether it is to be decoded even if browsers play it.

    Raises
    ------
    AudioError
        There is no sound, or it cannot be read.
    """
    path = file_of(now, row)
    (form,) = now.store.take([row], _FORM).to_pylist()
    if None in form.values():
        raise AudioError("was not heard to its end", path=path, remedy="Scan its folder again")
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    media_type = None if wav else played_as(demuxer_of(path), form["codec"])
    if media_type is not None:
        return FileContent(path, media_type, status.st_size, status.st_mtime_ns)
    return WavContent(
        path,
        (status.st_size, status.st_mtime_ns),
        form["decoder"],
        form["sample_rate"],
        channels_of(form["channels"]),
        round(form["duration"] * form["sample_rate"]),
        web.workshop.ask,
    )


def file_of(now: Snapshot, row: int) -> FilePath:
    """Find the file of a track, where it lies in a place that was scanned.

    Raises
    ------
    AudioError
        The track comes from a table, or its file may not or cannot be served.
    """
    return servable(now.store, row)
