"""Two recommenders side by side, for a track and over the library."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from soundglass.core.errors import SoundglassError, TrackNotFound
from soundglass.core.types import Track
from soundglass.evaluate.visual.stored import pictures_of
from soundglass.explain.bars import score_in_words, written
from soundglass.explain.registry import RECOMMENDERS
from soundglass.explain.whatif import ordinal
from soundglass.surfaces.report.asked import agreement_in_words
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.compare.contract import ComparisonShape, LibraryComparisonShape, UnderWayShape
from soundglass.surfaces.web.compare.drawing import histogram, lines, strip, thumbnail
from soundglass.surfaces.web.compare.over import LARGE, comparison_of
from soundglass.surfaces.web.compare.sides import SideBySide, side_by_side, side_by_side_json
from soundglass.surfaces.web.home.found import lookup
from soundglass.surfaces.web.pages import is_fragment, page
from soundglass.surfaces.web.state import Now

router = APIRouter()

Name = Literal["features", "spectrogram", "blend", "mel-pca"]
One = Annotated[Name, Query(description="A recommender.")]
Other = Annotated[Name, Query(description="The recommender it is compared with.")]
Length = Annotated[int, Query(ge=3, le=25, description="How long the lists are.")]

_FOUND = 12
_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/tracks/{track_id}/compare", include_in_schema=False)
def track_page(
    request: Request,
    now: Now,
    track_id: str,
    by: One = "features",
    other: Other = "spectrogram",
    n: Length = 10,
    whole: bool = False,
) -> Response:
    """Show the lists of two recommenders for a track side by side; what takes long in a part of its own."""
    row, part = now.row(track_id), is_fragment(request)
    track = now.track(row)
    chosen: dict[str, Any] = {
        "track": track,
        "n_tracks": now.n_tracks,
        "by": by,
        "other": other,
        "n": n,
        "address": f"/tracks/{quote(track_id)}/compare?by={by}&other={other}&n={n}",
        "recommenders": RECOMMENDERS,
        "refusal": None,
        "waiting": now.n_tracks > LARGE and track.origin == "audio" and not part and not whole,
    }
    try:
        shown = {} if chosen["waiting"] else _shown(side_by_side(now, row, by, other, n))
    except SoundglassError as error:
        shown = {"refusal": error}
    return page(request, "_compare_sides.html.j2" if part else "compare_track.html.j2", **{**chosen, **shown})


@router.get(
    "/api/tracks/{track_id}/compare", response_model=None, responses={200: {"model": ComparisonShape}}
)
def track(
    now: Now, track_id: str, by: One = "features", other: Other = "spectrogram", n: Length = 10
) -> Answer:
    """Compare the lists of two recommenders for a track: how far they agree, what only one found and why."""
    return Answer(side_by_side_json(side_by_side(now, now.row(track_id), by, other, n)))


@router.get("/tracks/{track_id}/picture.png", include_in_schema=False)
def picture(now: Now, track_id: str) -> Response:
    """Draw the small spectrogram that the scan kept of a track."""
    row = now.row(track_id)
    found = pictures_of(now.store, [row])
    if row not in found:
        raise TrackNotFound("there is no picture of this track's spectrogram")
    return Response(thumbnail(found[row]), media_type="image/png", headers=_FOR_GOOD)


@router.get("/compare", include_in_schema=False)
def over_page(
    request: Request,
    now: Now,
    by: One = "features",
    other: Other = "spectrogram",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show how far two recommenders agree over the library, as soon as that is known."""
    chosen: dict[str, Any] = {
        "by": by,
        "other": other,
        "recommenders": RECOMMENDERS,
        "n_tracks": now.n_tracks,
        "q": q,
    }
    if now.n_tracks == 0:
        return page(request, "compare.html.j2", **chosen)
    try:
        progress = comparison_of(now, by, other)
        refusal = progress.failure
    except SoundglassError as error:
        progress, refusal = None, error
    result = progress.result if progress else None
    chosen |= {
        "progress": progress,
        "refusal": refusal,
        "result": result,
        "bars": histogram(result["in_common"]) if result else [],
        "found": _found(now, q),
    }
    return page(request, "_compare_over.html.j2" if is_fragment(request) else "compare.html.j2", **chosen)


@router.get(
    "/api/compare",
    response_model=None,
    responses={200: {"model": LibraryComparisonShape}, 202: {"model": UnderWayShape}},
)
def over(now: Now, by: One = "features", other: Other = "spectrogram") -> Answer:
    """Compare two recommenders over a sample of the library; 202 and how far it is until that is done."""
    progress = comparison_of(now, by, other)
    if progress.failure is not None:
        raise progress.failure
    if progress.result is None:
        return Answer({"doing": progress.doing, "done": progress.done, "of": progress.of}, 202)
    return Answer(progress.result)


def _shown(answer: SideBySide) -> dict[str, Any]:
    """Gather what the template draws of an answer."""
    return {
        "answer": answer,
        "agreement": agreement_in_words(answer.comparison),
        "lines": lines(answer),
        "strip": strip(answer),
        "score_in_words": score_in_words,
        "written": written,
        "ordinal": ordinal,
    }


def _found(now: Now, q: str) -> list[Track]:
    if not q.strip():
        return []
    return now.tracks(lookup(now).find(q, _FOUND).rows.tolist())
