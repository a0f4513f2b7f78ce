"""The page of a pair, its slower parts, its sounds, and the same as JSON."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Json, Region
from soundglass.explain.whatif import ordinal
from soundglass.surfaces.answers import pair_json
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.contract import PairShape
from soundglass.surfaces.web.failures import status_of
from soundglass.surfaces.web.pages import is_fragment, page
from soundglass.surfaces.web.sound.routes import file_of
from soundglass.surfaces.web.state import Now, Snapshot, TheWeb
from soundglass.surfaces.web.why import figures, regions, view
from soundglass.surfaces.web.why.asked import Asked, Id, Question
from soundglass.surfaces.web.why.check import Check, check
from soundglass.surfaces.web.why.contract import CheckShape, check_json

router = APIRouter()

Wanted = Literal["query", "match", "both"]

AT_ONCE = 5_000
"""Of up to so many tracks the place by spectrogram is found while the page is made; of more, after it."""

_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}
_TIMEOUT_S = 60.0


@router.get("/tracks/{track_id}/why/{other}", include_in_schema=False)
def why(
    request: Request, asked: Asked, scale: Annotated[Literal["own", "same"], Query()] = "own"
) -> HTMLResponse:
    """Show why two tracks are alike."""
    return _page(request, asked, scale)


@router.get("/tracks/{track_id}/why/{other}/rest", include_in_schema=False)
def rest(request: Request, asked: Asked) -> HTMLResponse:
    """Show what takes a look at all other tracks: the match's place, and what would change it."""
    if is_fragment(request):
        return page(request, "_why_rest.html.j2", asked=asked, pair=asked.pair, ordinal=ordinal)
    return _page(request, asked, at_once=True)


@router.get("/tracks/{track_id}/why/{other}/check", include_in_schema=False)
def check_page(request: Request, web: TheWeb, asked: Asked) -> HTMLResponse:
    """Put a pair's explanation to the test, and show what came out."""
    found = check(web, asked)
    if is_fragment(request):
        return page(request, "_why_check.html.j2", asked=asked, check=found, figures=figures)
    return _page(request, asked, check=found)


@router.get("/api/tracks/{track_id}/why/{other}", response_model=None, responses={200: {"model": PairShape}})
def why_json(asked: Asked) -> Answer:
    """Explain one pair in full: all parts, what speaks against it, what would change its place."""
    return Answer(pair_json(asked.pair))


@router.get(
    "/api/tracks/{track_id}/why/{other}/check",
    response_model=None,
    responses={200: {"model": CheckShape}},
)
def check_answer(web: TheWeb, asked: Asked) -> Answer:
    """Test a pair's explanation: what the score does without what is named, and without as much at random.

    Regions are taken out of the match's audio, which is then analysed and scored again: about ten seconds.
    """
    return Answer(check_json(asked, check(web, asked)))


@router.get("/sounds/{track_id}/{other}/{region}.mp3", response_class=Response)
def sound(
    web: TheWeb,
    now: Now,
    track_id: Id,
    other: Id,
    region: regions.Both,
    side: Annotated[
        Wanted, Query(description="Whose sound; both are one after another, equally loud")
    ] = "both",
    only: Annotated[bool, Query(description="Only the region, by a mask; else all that sounds then")] = False,
) -> Response:
    """Give a matched region as a sound."""
    sides = zip(("query", "match"), (track_id, other), regions.read(region), strict=True)
    asked = [_heard(now, one, where) for name, one, where in sides if side in (name, "both")]
    coded = web.workshop.ask("region_sound", timeout_s=_TIMEOUT_S, sides=asked, only=only)
    return Response(b64decode(coded), media_type="audio/mpeg", headers=_FOR_GOOD)


def _heard(now: Snapshot, track_id: str, region: Region) -> Json:
    row = now.row(track_id)
    return {
        "path": str(file_of(now, row)),
        "duration_s": now.track(row).duration_s,
        "region": [region.start_s, region.end_s, region.low_hz, region.high_hz],
    }


def _page(
    request: Request, asked: Question, scale: str = "own", at_once: bool = False, check: Check | None = None
) -> HTMLResponse:
    """Fill the page of a pair in; one that cannot be compared says why."""
    shown, refusal = None, None
    try:
        quick = asked.by == "features" or asked.now.n_tracks <= AT_ONCE
        shown = view.of(asked, same_scale=scale == "same", at_once=at_once or quick)
    except (FeatureMismatchError, LibraryError) as error:
        refusal = error
    return page(
        request,
        "why.html.j2",
        200 if refusal is None else status_of(refusal),
        asked=asked,
        shown=shown,
        refusal=refusal,
        scale=scale,
        check=check,
        figures=figures,
        ordinal=ordinal,
    )
