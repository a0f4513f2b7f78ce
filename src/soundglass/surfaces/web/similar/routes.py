"""Recommendations below a track, alone and as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse

from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.pages import page
from soundglass.surfaces.web.similar.answers import find, similar_json
from soundglass.surfaces.web.similar.asked import Similar, page_of
from soundglass.surfaces.web.similar.contract import SeededShape
from soundglass.surfaces.web.similar.view import view_of
from soundglass.surfaces.web.state import Now

router = APIRouter()

TrackId = Annotated[str, Path(description="Id of a track", max_length=200)]


@router.get("/tracks/{track_id}/similar", response_class=HTMLResponse, include_in_schema=False)
def similar_part(request: Request, now: Now, track_id: TrackId, asked: Similar) -> HTMLResponse:
    """Show what is like a track, as the part of its page that the switch changes."""
    view = view_of(now, now.row(track_id), asked, alone=True)
    answer = page(request, "_similar_found.html.j2", similar=view)
    answer.headers["HX-Push-Url"] = page_of(track_id, view.asked)
    return answer


@router.get("/api/tracks/{track_id}/similar", response_model=None, responses={200: {"model": SeededShape}})
def similar(now: Now, track_id: TrackId, asked: Similar) -> Answer:
    """Recommend the tracks most like one, each with the parts that its score is the sum of, and a sentence.

    With ``more`` a score is the mean likeness to the track and to those, with ``less`` half of the likeness
    to these is taken away.
    """
    return Answer(similar_json(find(now, now.row(track_id), asked)))
