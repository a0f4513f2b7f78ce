"""The map: its page and its answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from platformdirs import user_cache_path
from starlette.responses import HTMLResponse, Response

from soundglass.core.errors import FeatureMismatchError, LibraryError, TrackNotFound
from soundglass.recommend.base import holds
from soundglass.recommend.maps import Method
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.failures import Busy, Conflict
from soundglass.surfaces.web.map.answers import (
    map_json,
    neighbours_json,
    points_bytes,
    points_json,
    value_text,
)
from soundglass.surfaces.web.map.choices import choices_of
from soundglass.surfaces.web.map.colours import KINDS, refuse_unknown
from soundglass.surfaces.web.map.contract import (
    FoundPointsShape,
    MapShape,
    NeighboursShape,
    PointShape,
    PointsShape,
)
from soundglass.surfaces.web.map.drawing import HEIGHT, WIDTH, drawing_of
from soundglass.surfaces.web.map.finding import points_with
from soundglass.surfaces.web.map.ground import Drawn
from soundglass.surfaces.web.map.near import neighbours
from soundglass.surfaces.web.map.shown import clusters_of, colours_by, drawn_of, look, placed_of, shown_of
from soundglass.surfaces.web.map.surveyor import Surveyor
from soundglass.surfaces.web.pages import is_fragment, page
from soundglass.surfaces.web.state import Now, Snapshot

MOST_POINTS = 500
"""How many points are resolved at once."""


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    app.state.surveyor = Surveyor(user_cache_path("soundglass", appauthor=False) / "maps")
    yield
    app.state.surveyor.close()


def surveyor_of(request: Request) -> Surveyor:
    """Give the app's surveyor."""
    surveyor: Surveyor = request.app.state.surveyor
    return surveyor


router = APIRouter(lifespan=_living)

Maker = Annotated[Surveyor, Depends(surveyor_of)]
By = Annotated[
    Literal["features", "spectrogram", "mel-pca"], Query(description="Whose likeness is shown as nearness.")
]
Asked = Annotated[
    Method | None,
    Query(description="How tracks are laid out; t-SNE if left out, of more than 5,000 principal components."),
]
Colour = Annotated[
    str | None,
    Query(max_length=40, description=f"{', '.join(KINDS)} or a feature; genre or energy if left out."),
]
Laid = Annotated[Method, Query(description="How tracks are laid out.")]
At = Annotated[
    int | None,
    Query(
        ge=0, description="The snapshot that points are counted in; of another one nothing is given (409)."
    ),
]
Point = Annotated[int, Path(ge=0, le=2**31, description="Which point of the map, from 0.")]


@router.get("/map", response_class=HTMLResponse, include_in_schema=False)
def show(
    request: Request, now: Now, maker: Maker, by: By = "features", method: Asked = None, colour: Colour = None
) -> HTMLResponse:
    """Show the map."""
    template = "_map_about.html.j2" if is_fragment(request) else "map.html.j2"
    content: dict[str, Any] = {"by": by, "size": (WIDTH, HEIGHT), "problem": None, "drawing": None}
    try:
        shown = look(now, maker, by, method, colour)
    except (LibraryError, FeatureMismatchError) as error:
        return page(request, template, choices=choices_of(now), shown=None, **{**content, "problem": error})
    if not is_fragment(request):
        content["drawing"] = drawing_of(shown)
    return page(request, template, choices=choices_of(now), shown=shown, map=map_json(now, shown), **content)


@router.get(
    "/api/map", response_model=None, responses={200: {"model": MapShape}}, summary="A map of the library"
)
def tell(now: Now, maker: Maker, by: By = "features", method: Asked = None, colour: Colour = None) -> Answer:
    """Say what a map shows and how far it can be trusted; what takes long is found out in the background."""
    return Answer(map_json(now, look(now, maker, by, method, colour)))


@router.get(
    "/api/map/points",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
    summary="Where all points lie",
)
def points(
    now: Now, maker: Maker, by: By = "features", method: Laid = "pca", snapshot: At = None
) -> Response:
    """Give three little-endian float32 a point, in the order of rows: x, y, error (NaN until it is known)."""
    _refuse_other(now, snapshot)
    placed = placed_of(now, maker, by, method)
    if placed is None:
        raise Busy("this map is still being laid out", remedy="Ask again in a moment")
    return _bytes(points_bytes(placed))


@router.get(
    "/api/map/colours",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
    summary="The colours of all points",
)
def colours(
    now: Now,
    maker: Maker,
    colour: Annotated[str, Query(max_length=40, description="As of /api/map.")],
    by: By = "features",
    snapshot: At = None,
) -> Response:
    """Give one byte a point: a group from 0, or a value of 0 to 249; 254 are others, 255 is not known."""
    _refuse_other(now, snapshot)
    refuse_unknown(colour)
    return _bytes(colours_by(now, maker, by, colour).codes.tobytes())


@router.get(
    "/api/map/track/{point}",
    response_model=None,
    responses={200: {"model": PointShape}},
    summary="The track of a point",
)
def track(
    now: Now,
    maker: Maker,
    point: Point,
    by: By = "features",
    method: Asked = None,
    colour: Colour = None,
    snapshot: At = None,
) -> Answer:
    """Give the track of a point, how true its surroundings are, and what its colour means."""
    _refuse_other(now, snapshot)
    drawn = drawn_of(now, by)
    return Answer(_point(now, maker, drawn, point, by, method, colour))


@router.get(
    "/api/map/tracks",
    response_model=None,
    responses={200: {"model": PointsShape}},
    summary="The tracks of some points",
)
def tracks(
    now: Now,
    maker: Maker,
    points: Annotated[
        str,
        Query(max_length=8 * MOST_POINTS, pattern=r"^\d{1,9}(,\d{1,9})*$", description="Points, by commas."),
    ],
    by: By = "features",
    method: Asked = None,
    snapshot: At = None,
) -> Answer:
    """Give the tracks of at most 500 points, in the order that is asked for."""
    _refuse_other(now, snapshot)
    drawn = drawn_of(now, by)
    wanted = [_known(drawn, int(text)) for text in points.split(",")][:MOST_POINTS]
    found = now.tracks(drawn.rows[wanted].tolist())
    placed = shown_of(now, maker, by, method)[1]
    content = points_json(found, wanted, placed, clusters_of(now, maker, by))
    return Answer({"snapshot": now.version, "points": content})


@router.get(
    "/api/map/search",
    response_model=None,
    responses={200: {"model": FoundPointsShape}},
    summary="Points by words",
)
def search(
    now: Now,
    q: Annotated[str, Query(max_length=200, description="Words of title, artist or album.")] = "",
    by: By = "features",
    snapshot: At = None,
) -> Answer:
    """Find the points whose title, artist or album holds all the words."""
    _refuse_other(now, snapshot)
    return Answer({"snapshot": now.version, "points": points_with(now, drawn_of(now, by), q)})


@router.get(
    "/api/map/neighbours/{track_id}",
    response_model=None,
    responses={200: {"model": NeighboursShape}},
    summary="A track's true neighbours",
)
def near(
    now: Now,
    maker: Maker,
    track_id: Annotated[str, Path(max_length=400)],
    by: By = "features",
    method: Asked = None,
    colour: Colour = None,
    n: Annotated[int, Query(ge=1, le=50, description="How many.")] = 10,
) -> Answer:
    """Find the tracks most like one, by exact score, and which of them the map shows far from it."""
    drawn, row = drawn_of(now, by), now.row(track_id)
    if not holds(drawn, row):
        raise FeatureMismatchError("this track has no place on this map", remedy="Choose another space")
    shown, placed = shown_of(now, maker, by, method)
    if placed is None:
        raise Busy("this map is still being laid out", remedy="Ask again in a moment")
    found = neighbours(drawn, row, n, placed.xy)
    own = _point(now, maker, drawn, drawn.position(row), by, method, colour)
    return Answer(neighbours_json((by, shown), now, own, found, len(drawn.rows)))


def _point(
    now: Snapshot,
    maker: Surveyor,
    drawn: Drawn,
    point: int,
    by: str,
    method: Method | None,
    colour: str | None,
) -> dict[str, object]:
    row = int(drawn.rows[_known(drawn, point)])
    track = now.track(row)
    placed, clusters = shown_of(now, maker, by, method)[1], clusters_of(now, maker, by)
    (found,) = points_json([track], [point], placed, clusters)
    if colour is not None:
        refuse_unknown(colour)
        found["value"] = value_text(now, row, colours_by(now, maker, by, colour), point, track)
    return dict(found)


def _known(drawn: Drawn, point: int) -> int:
    if point >= len(drawn.rows):
        raise TrackNotFound(
            f"this map has no point {point}", remedy=f"It has {len(drawn.rows):,}, counted from 0"
        )
    return point


def _refuse_other(now: Snapshot, snapshot: int | None) -> None:
    """Raise if points were counted in another snapshot."""
    if snapshot is not None and snapshot != now.version:
        raise Conflict("the library has changed meanwhile", remedy="Load the map again")


def _bytes(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})
