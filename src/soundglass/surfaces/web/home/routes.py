"""The first page: search, what is new, the state of the library, a running scan."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from soundglass.core.types import Json
from soundglass.library.failures import NoLibrary
from soundglass.surfaces.cli.options import demo_library
from soundglass.surfaces.cli.show import home_as_tilde
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.home.contract import LibraryShape, RecentShape, SearchShape
from soundglass.surfaces.web.home.found import listed_json, recent, search
from soundglass.surfaces.web.home.overview import advice, command, cut_name, overview
from soundglass.surfaces.web.home.scans import router as scans
from soundglass.surfaces.web.home.scans import scan_json
from soundglass.surfaces.web.pages import is_fragment, page
from soundglass.surfaces.web.state import Now, Snapshot, TheWeb, Web

router = APIRouter()
router.include_router(scans)

_SHOWN, _MOST, _RECENT = 20, 100, 12
_Typed = Annotated[
    str,
    Query(max_length=200, description="Words of title, artist, album or genre; the last may be cut short."),
]
_Many = Annotated[int, Query(ge=1, le=_MOST, description="How many tracks at most.")]


@router.get("/", include_in_schema=False)
def home(
    request: Request, web: TheWeb, q: _Typed = "", n: _Many = _SHOWN, state: bool = False
) -> HTMLResponse:
    """Show the first page, or only the list of tracks that a search asks for, or the library's state."""
    try:
        now = web.snapshot()
    except NoLibrary:
        return _first_run(request, web)
    if not now.n_tracks:
        return _first_run(request, web)
    if is_fragment(request):
        return (
            page(request, "_home_state.html.j2", **_state(web, now))
            if state
            else page(request, "_home_list.html.j2", **_list(now, q, n))
        )
    return page(request, "home.html.j2", scan=scan_json(web), **_list(now, q, n), **_state(web, now))


def _list(now: Snapshot, q: str, n: int) -> Json:
    hits = search(now, q, n) if q.strip() else None
    return {"hits": hits, "n": n, "most": _MOST, "recent": [] if hits else recent(now, _RECENT)}


def _state(web: Web, now: Snapshot) -> Json:
    return {"held": overview(now), "advice": advice(web, now), "cut": cut_name(web)}


def _first_run(request: Request, web: Web) -> HTMLResponse:
    """Show what to do where there is no music yet."""
    commands = {
        "scan": command("scan ~/Music", web),
        "import": command("import features.csv", web),
        "demo": f"soundglass serve --library {home_as_tilde(demo_library())}",
    }
    return page(request, "home_first.html.j2", commands=commands, cut=cut_name(web), scan=scan_json(web))


@router.get("/api/search", tags=["library"], response_model=None, responses={200: {"model": SearchShape}})
def search_api(now: Now, q: _Typed, n: _Many = _SHOWN) -> Answer:
    """Find tracks by words of title, artist, album and genre, misspelt or not, best first."""
    return Answer(search(now, q, n).as_json())


@router.get("/api/recent", tags=["library"], response_model=None, responses={200: {"model": RecentShape}})
def recent_api(now: Now, n: _Many = _SHOWN) -> Answer:
    """List the newest tracks."""
    return Answer({"results": [listed_json(track) for track in recent(now, n)]})


@router.get("/api/library", tags=["library"], response_model=None, responses={200: {"model": LibraryShape}})
def library_api(web: TheWeb, now: Now) -> Answer:
    """Say what the library holds, and what it lacks."""
    roots = [str(root) if web.settings.show_paths else root.name for root in now.roots]
    return Answer(overview(now).as_json(roots, advice(web, now)))
