"""Tiles and waveforms as addresses."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections.abc import Sequence
from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from soundglass.core.errors import TrackNotFound
from soundglass.core.types import FloatArray, Json
from soundglass.explain.pictures.mel import TOP_DB
from soundglass.spectrogram import SPECTROGRAM_VERSION
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.sight.contract import PeaksShape, TilesShape
from soundglass.surfaces.web.sight.layout import (
    ABOVE_LOUDNESS_DB,
    COARSEST,
    FINEST_IN_PART,
    PART_FRAMES,
    USUAL_LOUDNESS,
    Layout,
)
from soundglass.surfaces.web.sight.parts import Parts, Sight
from soundglass.surfaces.web.sound.routes import file_of
from soundglass.surfaces.web.state import Now, Snapshot, TheWeb, Web

router = APIRouter()

TrackId = Annotated[str, Path(description="Id of a track", max_length=200)]

_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}
_A_DAY = {"Cache-Control": "private, max-age=86400"}
_LAYOUT_VERSION = 1
_DIGITS = 4
_parts: WeakKeyDictionary[Web, Parts] = WeakKeyDictionary()
_making = threading.Lock()


@router.get("/api/tracks/{track_id}/tiles", response_model=None, responses={200: {"model": TilesShape}})
def tiles(now: Now, track_id: TrackId) -> Answer:
    """Say where the tiles of a track's mel-spectrogram lie: levels, columns, frequencies."""
    sight = sight_of(now, track_id)
    return Answer(tiles_json(sight), headers=_A_DAY)


@router.get("/tiles/{track_id}/{level}/{n}.png", response_class=Response)
def tile(
    web: TheWeb,
    now: Now,
    track_id: TrackId,
    level: Annotated[int, Path(ge=0, le=COARSEST, description="0 is the finest")],
    n: Annotated[int, Path(ge=0, le=1_000_000, description="From 0, left to right")],
) -> Response:
    """Give one tile of a track's mel-spectrogram, one pixel a column and band, the highest band on top."""
    sight = sight_of(now, track_id)
    if not sight.layout.has(level, n):
        raise TrackNotFound("the spectrogram has no such tile", remedy=f"See /api/tracks/{track_id}/tiles")
    return Response(_tile(web, sight, level, n), media_type="image/png", headers=_FOR_GOOD)


@router.get("/api/tracks/{track_id}/peaks", response_model=None, responses={200: {"model": PeaksShape}})
def peaks(
    web: TheWeb,
    now: Now,
    track_id: TrackId,
    n: Annotated[int, Query(ge=1, le=20_000, description="How many steps at most")] = 1200,
    part: Annotated[
        int | None, Query(ge=0, le=1000, description="Only this part of 25 min, from 0; all if left out")
    ] = None,
) -> Answer:
    """Give the waveform of a track: the extremes of equal steps of it, as mono at 22,050 Hz."""
    sight = sight_of(now, track_id)
    numbers = range(sight.layout.n_parts)
    if part is not None and part not in numbers:
        raise TrackNotFound("the recording has no such part", remedy=f"See /api/tracks/{track_id}/tiles")
    asked = numbers if part is None else [part]
    return Answer(peaks_json(sight, asked, parts_of(web).peaks(sight, asked, n)), headers=_FOR_GOOD)


def sight_of(now: Snapshot, track_id: str) -> Sight:
    """Find what there is to draw of a track.

    Raises
    ------
    TrackNotFound
        There is no such track.
    AudioError
        It comes from a table, or its file is gone.
    """
    row = now.row(track_id)
    path = file_of(now, row)
    record = now.store.take([row], ["duration", "loudness"]).to_pylist()[0]
    loudness = USUAL_LOUDNESS if record["loudness"] is None else record["loudness"]
    return Sight(
        track_id, str(path), Layout(float(record["duration"] or 0.0)), round(loudness + ABOVE_LOUDNESS_DB, 1)
    )


def parts_of(web: Web) -> Parts:
    """Give what a server keeps of recordings it has drawn."""
    with _making:
        return _parts.setdefault(web, Parts(web.workshop))


def tiles_json(sight: Sight) -> dict[str, Json]:
    """Give the layout of a track's tiles."""
    return {
        **sight.layout.as_json(),
        "url": tiles_url(sight),
        "decibels": [sight.brightest_db - TOP_DB, sight.brightest_db],
    }


def tiles_url(sight: Sight) -> str:
    """Give the address of a tile with ``{level}`` and ``{n}`` to fill in; it changes with the pixels."""
    version = f"{SPECTROGRAM_VERSION}.{_LAYOUT_VERSION}.{sight.brightest_db:g}"
    return f"/tiles/{sight.track_id}/{{level}}/{{n}}.png?v={version}"


def peaks_json(sight: Sight, numbers: Sequence[int], found: FloatArray) -> dict[str, Json]:
    """Give the waveform of some parts that follow each other."""
    part_s = PART_FRAMES / sight.layout.settings.frame_rate
    end_s = min((numbers[-1] + 1) * part_s, sight.layout.duration_s)
    lowest, highest = np.round(found.T.astype(np.float64), _DIGITS).tolist()
    return {"start_s": numbers[0] * part_s, "end_s": end_s, "lowest": lowest, "highest": highest}


def _tile(web: Web, sight: Sight, level: int, n: int) -> bytes:
    if level >= FINEST_IN_PART:
        number = sight.layout.frames(level, n)[0] // PART_FRAMES
        return parts_of(web).part(sight, number).tiles[level, n]
    text = web.workshop.ask(
        "tile",
        path=sight.path,
        duration_s=sight.layout.duration_s,
        brightest_db=sight.brightest_db,
        level=level,
        n=n,
    )
    return b64decode(text)
