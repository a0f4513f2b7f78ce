"""One track: what it is, how it sounds, and how it lies in the library."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse

from soundglass.core.errors import AudioError
from soundglass.surfaces.answers import profile_json
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.pages import page
from soundglass.surfaces.web.sight.routes import sight_of, tiles_url
from soundglass.surfaces.web.sight.still import Still, still
from soundglass.surfaces.web.similar.asked import Similar
from soundglass.surfaces.web.similar.view import view_of as similar_view
from soundglass.surfaces.web.state import Now, Snapshot
from soundglass.surfaces.web.track.contract import ProfileShape
from soundglass.surfaces.web.track.view import profile_of, view_of

router = APIRouter()

TrackId = Annotated[str, Path(description="Id of a track", max_length=200)]


@router.get("/tracks/{track_id}", response_class=HTMLResponse, include_in_schema=False)
def track(request: Request, now: Now, track_id: TrackId, asked: Similar) -> HTMLResponse:
    """Show a track, and what is like it."""
    row = now.row(track_id)
    shown = view_of(now, row)
    picture, address, missing = _picture(now, track_id)
    return page(
        request,
        "track.html.j2",
        shown=shown,
        track=shown.track,
        picture=picture,
        tile_address=address,
        missing=missing,
        similar=similar_view(now, row, asked),
        alone=False,
    )


@router.get("/api/tracks/{track_id}", response_model=None, responses={200: {"model": ProfileShape}})
def profile(now: Now, track_id: TrackId) -> Answer:
    """Give all that is known of a track: features with unit, source, error and evidence, and its tags."""
    return Answer(profile_json(profile_of(now, now.row(track_id))))


def _picture(now: Snapshot, track_id: str) -> tuple[Still | None, str, AudioError | None]:
    """Lay out the spectrogram of a track and say where its tiles are, or why there is none."""
    try:
        sight = sight_of(now, track_id)
    except AudioError as error:
        return None, "", error
    return still(sight.layout), tiles_url(sight), None
