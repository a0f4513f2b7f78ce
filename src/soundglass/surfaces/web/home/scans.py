"""A running scan, live: asked for, told as it goes, started and stopped."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from soundglass.core.types import Json
from soundglass.library.failures import NoLibrary
from soundglass.library.scanning import Scanning
from soundglass.surfaces.web.answer import Answer, below
from soundglass.surfaces.web.failures import Busy
from soundglass.surfaces.web.home.contract import ScanShape
from soundglass.surfaces.web.home.scanner import Ended
from soundglass.surfaces.web.state import TheWeb, Web

router = APIRouter(tags=["scan"])

_MAX_LISTENERS = 16
_EVERY_S, _HEARTBEAT_S = 1.0, 15.0


@router.get("/api/scan", response_model=None, responses={200: {"model": ScanShape}})
def read_scan(web: TheWeb) -> Answer:
    """Say how far the scan at work is, and how the last one ended."""
    return Answer(scan_json(web))


@router.post("/api/scan", status_code=202, response_model=None, responses={202: {"model": ScanShape}})
def start_scan(web: TheWeb, _: Annotated[dict[str, Json], Body(default_factory=dict)]) -> Answer:
    """Scan the folders that were scanned before, for what is new or changed; no others can be named."""
    web.scanner.start(web.snapshot().roots)
    return Answer(scan_json(web), 202)


@router.delete("/api/scan", status_code=202, response_model=None, responses={202: {"model": ScanShape}})
def stop_scan(web: TheWeb) -> Answer:
    """Stop the scan that was started here; what it has analysed so far is kept."""
    web.scanner.stop()
    return Answer(scan_json(web), 202)


@router.get("/api/scan/events", response_class=StreamingResponse)
async def scan_events(web: TheWeb) -> StreamingResponse:
    """Tell what ``/api/scan`` says whenever it changes, as server-sent events named ``scan``."""
    listeners = web.listeners
    if len(listeners) >= _MAX_LISTENERS:
        raise Busy("too many pages listen to the scan", remedy="Close some of them")
    return StreamingResponse(
        _events(web), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _events(web: Web) -> AsyncIterator[str]:
    """Yield events for as long as the client listens."""
    me = object()
    web.listeners.add(me)
    try:
        told, spoke = None, time.monotonic()
        while not web.stopping.is_set():
            state = await run_in_threadpool(scan_json, web)
            text = json.dumps(state, ensure_ascii=False, allow_nan=False)
            if text != told:
                yield f"event: scan\ndata: {text}\n\n"
                told, spoke = text, time.monotonic()
            elif time.monotonic() - spoke > _HEARTBEAT_S:
                yield ": still here\n\n"
                spoke = time.monotonic()
            await asyncio.sleep(_EVERY_S)
    finally:
        web.listeners.discard(me)


def scan_json(web: Web) -> Json:
    """Lay out the scan at work, how the last one ended, and the snapshot that pages show."""
    try:
        now = web.snapshot()
        roots, version, tracks = now.roots, now.version, now.n_tracks
    except NoLibrary:
        roots, version, tracks = [], None, 0
    cut = [] if web.settings.show_paths else roots
    scanning, ended = web.scanner.now(), web.scanner.ended
    return {
        "running": None if scanning is None else _running_json(web, scanning, cut),
        "ended": None if ended is None else _ended_json(web, ended, cut),
        "folders": [str(root) if web.settings.show_paths else root.name for root in roots],
        "version": version,
        "tracks": tracks,
    }


def _running_json(web: Web, scanning: Scanning, roots: list[Path]) -> Json:
    return {
        "stage": scanning.stage,
        "done": scanning.done,
        "total": scanning.total,
        "new": scanning.new,
        "changed": scanning.changed,
        "failed": scanning.failed,
        "file": _file(web, scanning.path, roots),
        "started": scanning.started,
        "seconds": round(max(0.0, time.time() - scanning.started)),
        "mine": web.scanner.is_mine,
    }


def _ended_json(web: Web, ended: Ended, roots: list[Path]) -> Json:
    error = ended.error
    for place in () if web.settings.show_paths else (web.library.uri, *map(str, roots)):
        error = error.replace(place, Path(place).name)
    return {
        "at": ended.at,
        "counts": ended.counts,
        "failures": [{"file": _file(web, path, roots), "reason": why} for path, why in ended.failures],
        "error": error or None,
        "stopped": ended.stopped,
    }


def _file(web: Web, path: str, roots: list[Path]) -> str:
    return path if web.settings.show_paths else below(path, roots)
