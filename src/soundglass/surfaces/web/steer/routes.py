"""Steering: a track's list turned by sliders and switches, and profiles that keep them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.explain.steered import SteeredList, plain_rows, steered_list
from soundglass.library.profiles import delete_profile, profile, profiles, save_profile
from soundglass.recommend.filters import Filters
from soundglass.recommend.steering import Steering
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.home.found import lookup
from soundglass.surfaces.web.pages import is_fragment, page
from soundglass.surfaces.web.state import Now, Snapshot, TheWeb, Web
from soundglass.surfaces.web.steer.answers import profile_json, steered_json
from soundglass.surfaces.web.steer.asked import described, query_of, steering_of
from soundglass.surfaces.web.steer.contract import (
    DeletedShape,
    ProfilesShape,
    SavedProfileShape,
    SteeredShape,
    SteeringShape,
)
from soundglass.surfaces.web.steer.view import view_of

router = APIRouter()

N = 12
_FOUND = 12

TrackId = Annotated[str, Path(description="Id of a track", max_length=200)]
Name = Annotated[str, Path(description="Name of a profile", max_length=200)]
Count = Annotated[int, Query(ge=1, le=100, description="How many tracks")]
Typed = Annotated[str, Query(max_length=200, description="Words of a title, artist or album")]


@router.get("/steer", response_class=HTMLResponse, include_in_schema=False)
def choose(request: Request, web: TheWeb, now: Now, q: Typed = "") -> Response:
    """Choose the track to start from."""
    found = now.tracks(lookup(now).find(q, _FOUND).rows.tolist()) if q.strip() else []
    if is_fragment(request):
        return page(request, "_steer_found.html.j2", q=q, found=found)
    return page(request, "steer_choose.html.j2", q=q, found=found, n_tracks=now.n_tracks, **_kept(web))


@router.get("/tracks/{track_id}/steer", response_class=HTMLResponse, include_in_schema=False)
def steer(request: Request, web: TheWeb, now: Now, track_id: TrackId) -> Response:
    """Show a steered list with what it is steered by."""
    row = now.row(track_id)
    address = f"/tracks/{quote(track_id, safe='')}/steer"
    try:
        steering = steering_of(request.query_params, web.saved)
        found = _listed(now, row, steering, N)
    except SoundglassError as error:
        if not is_fragment(request):
            raise
        return page(request, "_steered.html.j2", problem=error, view=None)
    query = query_of(steering)
    shown = f"{address}?{query}" if query else address
    if not is_fragment(request) and request.url.query != query:
        return RedirectResponse(shown, 303)  # a form names every slider, also those that ask for nothing
    context: dict[str, Any] = {
        "view": view_of(found),
        "address": address,
        "steering_json": steering.to_json(),
        "problem": None,
    }
    if is_fragment(request):
        answer = page(request, "_steered.html.j2", **context)
        answer.headers["HX-Replace-Url"] = shown
        return answer
    return page(request, "steer.html.j2", **context, **_kept(web))


@router.get("/tracks/{track_id}/steer/profiles", response_class=HTMLResponse, include_in_schema=False)
def kept_profiles(request: Request, web: TheWeb, now: Now, track_id: TrackId) -> Response:
    """Show the saved profiles alone."""
    now.row(track_id)
    address = f"/tracks/{quote(track_id, safe='')}/steer"
    return page(request, "_steer_profiles.html.j2", address=address, **_kept(web))


@router.get(
    "/api/tracks/{track_id}/steer",
    response_model=None,
    responses={200: {"model": SteeredShape}},
    openapi_extra=described(),
)
def steered(request: Request, web: TheWeb, now: Now, track_id: TrackId, n: Count = N) -> Answer:
    """Recommend what is asked for besides a track, and say who rose and fell by that, and why."""
    row = now.row(track_id)
    return Answer(steered_json(_listed(now, row, steering_of(request.query_params, web.saved), n)))


@router.get("/api/profiles", response_model=None, responses={200: {"model": ProfilesShape}})
def all_profiles(web: TheWeb) -> Answer:
    """Give all saved profiles, by name."""
    return Answer({"profiles": [profile_json(one) for one in profiles(web.saved)]})


@router.put("/api/profiles/{name:path}", response_model=None, responses={200: {"model": SavedProfileShape}})
def put_profile(web: TheWeb, name: Name, steering: Annotated[SteeringShape, Body()]) -> Answer:
    """Save a profile, in the place of one of the same name."""
    asked = Steering.from_json(dict(steering))
    return Answer(profile_json(save_profile(web.saved, name, asked.to_json())))


@router.delete("/api/profiles/{name:path}", response_model=None, responses={200: {"model": DeletedShape}})
def remove_profile(web: TheWeb, name: Name) -> Answer:
    """Forget a profile."""
    known = profile(web.saved, name).name
    delete_profile(web.saved, name)
    answer: dict[str, Json] = {"deleted": known}
    return Answer(answer)


def _kept(web: Web) -> dict[str, Any]:
    """Give the saved profiles; where they cannot be read, say why, and let all else go on."""
    try:
        return {"profiles": [profile_json(one) for one in profiles(web.saved)], "unread": None}
    except SoundglassError as error:
        return {"profiles": [], "unread": error}


def _listed(now: Snapshot, row: int, steering: Steering, n: int) -> SteeredList:
    explainer = now.explainer(steering.by, row, weight=steering.share)
    key = "plain rows", row, steering.by, steering.share, n
    plain = now.kept(key, lambda: plain_rows(now.store, explainer, row, n, Filters()))
    return steered_list(now.store, explainer, row, steering, n, Filters(), plain)
