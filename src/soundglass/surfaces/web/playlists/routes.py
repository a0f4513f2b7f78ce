"""Playlists: the page that makes them, the page of one, and what both show as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.bars import score_in_words, written
from soundglass.library.playlists import Playlists
from soundglass.surfaces.answers import path_json
from soundglass.surfaces.playlists.answers import mood_json
from soundglass.surfaces.playlists.formats import FORMATS
from soundglass.surfaces.playlists.words import length_text
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.home.found import lookup
from soundglass.surfaces.web.pages import is_fragment, page
from soundglass.surfaces.web.playlists.api import PlaylistId
from soundglass.surfaces.web.playlists.api import router as api
from soundglass.surfaces.web.playlists.asked import Asked, By, Tempo, Wish
from soundglass.surfaces.web.playlists.contract import MoodShape, PathShape
from soundglass.surfaces.web.playlists.makers import (
    Made,
    find_in_mood,
    find_path,
    from_mood,
    from_path,
    from_seeds,
    sliders,
)
from soundglass.surfaces.web.state import Now, Snapshot, TheWeb

router = APIRouter()

State = Annotated[Asked, Depends()]
Wishes = Annotated[Wish, Depends()]
Speed = Annotated[Tempo, Depends()]
TrackId = Annotated[str, Query(max_length=200, description="Of a track.")]
Count = Annotated[int, Query(ge=1, le=100, description="How many.")]
PerArtist = Annotated[int | None, Query(ge=1, le=100, description="At most so many by one artist.")]

_FOUND = 8


@router.get("/playlists", include_in_schema=False)
def makers(request: Request, now: Now, web: TheWeb, asked: State, wish: Wishes, tempo: Speed) -> Response:
    """Show what playlists there are, and make one from seeds, a way or a mood."""
    chosen: dict[str, Any] = {
        "asked": asked,
        "wish": wish,
        "tempo": tempo,
        "playlists": Playlists(web.saved, now.store).all(),
        "n_tracks": now.n_tracks,
        "made": None,
        "problem": None,
        "words": {"length_text": length_text, "score_in_words": score_in_words, "written": written},
    }
    if asked.make and now.n_tracks:
        chosen |= _chosen(now, asked)
        try:
            chosen["sliders"] = sliders(now) if asked.make == "mood" else []
            is_typing = request.headers.get("hx-target", "").startswith("found-")
            chosen["made"] = None if is_typing else _made(now, asked, wish, tempo)
        except SoundglassError as error:
            chosen["problem"] = error
    return page(request, "_maker.html.j2" if is_fragment(request) else "playlists.html.j2", **chosen)


@router.get("/playlists/{playlist_id}", include_in_schema=False)
def one(request: Request, now: Now, web: TheWeb, playlist_id: PlaylistId) -> Response:
    """Show a playlist, to be played through, put in order, named and written to a file."""
    found = Playlists(web.saved, now.store).get(playlist_id)
    return page(
        request,
        "playlist.html.j2",
        playlist=found,
        formats=FORMATS.values(),
        words={"length_text": length_text},
    )


@router.get("/api/path", response_model=None, responses={200: {"model": PathShape}})
def path(
    now: Now,
    start: TrackId,
    end: TrackId,
    by: Annotated[By, Query(description="The recommender.")] = "features",
    n: Annotated[int, Query(ge=1, le=100, description="How many steps.")] = 12,
    per_artist: PerArtist = None,
) -> Answer:
    """Find a smooth way from one track to another, with a reason for every step."""
    return Answer(path_json(find_path(now, now.row(start), now.row(end), by, n, per_artist)))


@router.get("/api/mood", response_model=None, responses={200: {"model": MoodShape}})
def mood(now: Now, wish: Wishes, tempo: Speed, n: Count = 12, per_artist: PerArtist = 2) -> Answer:
    """Find the tracks nearest to a mood: a point wished for in the space of features."""
    return Answer(mood_json(find_in_mood(now, wish.values, tempo.range, n, per_artist)))


def _chosen(now: Snapshot, asked: Asked) -> dict[str, Any]:
    """Read the tracks a maker starts from, and those that what was typed may mean."""
    found = {"q": asked.q, "start": asked.start_q, "end": asked.end_q}
    return {
        "seeds": [now.track(now.row(one)) for one in asked.seeds],
        "start": now.track(now.row(asked.start)) if asked.start else None,
        "end": now.track(now.row(asked.end)) if asked.end else None,
        "found": {name: _found(now, typed) for name, typed in found.items()},
    }


def _made(now: Snapshot, asked: Asked, wish: Wish, tempo: Tempo) -> Made | None:
    """Make what is asked for, as soon as enough is chosen."""
    most = asked.most_per_artist
    if asked.make == "seeds" and asked.seeds:
        rows = [now.row(one) for one in asked.seeds]
        return from_seeds(now, rows, asked.by, asked.n, most)
    if asked.make == "path" and asked.start and asked.end:
        return from_path(find_path(now, now.row(asked.start), now.row(asked.end), asked.by, asked.n, most))
    wishes = {name: value for name, value in wish.values.items() if name in (asked.on or ())}
    if asked.make == "mood" and wishes:
        return from_mood(find_in_mood(now, wishes, tempo.range, asked.n, most))
    return None


def _found(now: Snapshot, typed: str) -> list[Track]:
    if not typed.strip():
        return []
    return now.tracks(lookup(now).find(typed, _FOUND).rows.tolist())


router.include_router(api)
