"""The app: all concerns together, behind what keeps them safe."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.surfaces.web.compare.routes import router as compare
from soundglass.surfaces.web.failures import tell_of_failures
from soundglass.surfaces.web.home.found import prepare as prepare_home
from soundglass.surfaces.web.home.routes import router as home
from soundglass.surfaces.web.map.routes import router as map_
from soundglass.surfaces.web.pages import COLOURS, colours, static_folder, static_version
from soundglass.surfaces.web.playlists.routes import router as playlists
from soundglass.surfaces.web.reference.routes import router as reference
from soundglass.surfaces.web.safety.bodies import Bodies
from soundglass.surfaces.web.safety.headers import SafeHeaders
from soundglass.surfaces.web.safety.hosts import Hosts
from soundglass.surfaces.web.safety.origins import Origins
from soundglass.surfaces.web.safety.sign_in import router as sign_in
from soundglass.surfaces.web.safety.tokens import SIGN_IN, Tokens
from soundglass.surfaces.web.sight.routes import router as sight
from soundglass.surfaces.web.similar.routes import router as similar
from soundglass.surfaces.web.sound.routes import router as sound
from soundglass.surfaces.web.state import Snapshot, Web
from soundglass.surfaces.web.steer.routes import router as steer
from soundglass.surfaces.web.study.routes import router as study
from soundglass.surfaces.web.track.routes import router as track
from soundglass.surfaces.web.why.routes import router as why

CONCERNS = (
    *(home, track, sight, sound, similar, why, steer, map_, compare, playlists),
    *(study, reference, sign_in),
)


def create_app(web: Web) -> FastAPI:
    """Make the app of a library.

    Parameters
    ----------
    web : Web
        Closed with the app.
    """
    guards = [
        Middleware(SafeHeaders),
        Middleware(Hosts, settings=web.settings),
        Middleware(Origins, forms=(SIGN_IN,), address=web.settings.address),
        *([Middleware(Tokens, token=web.settings.token)] if web.settings.token else []),
        Middleware(Bodies),
    ]
    app = FastAPI(
        title="Soundglass",
        description="Which tracks are alike, and why, in parts that add up.",
        version=soundglass.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=guards,
        lifespan=_living,
    )
    app.state.web = web
    for router in CONCERNS:
        app.include_router(router)
    app.mount("/static", _Static(directory=str(static_folder())), "static")
    tell_of_failures(app)
    return app


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    web: Web = app.state.web
    web.prepare = _prepare
    threading.Thread(target=_open, args=(web,), daemon=True).start()
    yield
    web.close()


def _prepare(now: Snapshot) -> None:
    """Load what the first questions need."""
    prepare_home(now)
    now.space()
    now.explainer("spectrogram")


def _open(web: Web) -> None:
    """Open the library; one that is not there yet is no failure."""
    with suppress(SoundglassError):
        web.snapshot()


class _Static(StaticFiles):
    """Static files, which a browser keeps for good where their address has their version."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        return (str(colours()), colours().stat()) if path == COLOURS else super().lookup_path(path)

    async def get_response(self, path: str, scope: Scope) -> Response:
        version, _, name = path.partition("/")
        if version != static_version():
            return await super().get_response(path, scope)
        answer = await super().get_response(name, scope)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
