"""Templates become pages: what all of them share, and how a part of one is asked for."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

import soundglass
from soundglass.explain.phrases import time_text
from soundglass.explain.pictures.pages import environment
from soundglass.explain.pictures.style import readable, signed
from soundglass.surfaces.web.safety.headers import NONCE

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from jinja2 import Environment

COLOURS = "colours.css"

NAVIGATION = (
    ("/", "Home"),
    ("/map", "Map"),
    ("/steer", "Steer"),
    ("/compare", "Compare"),
    ("/playlists", "Playlists"),
    ("/study", "Study"),
)


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
    """Fill a template in.

    Parameters
    ----------
    template : str
        A name in ``templates``; one that begins with ``_`` is a part of a page.
    status : int
    **context
        What the template speaks of.
    """
    text = (
        _environment()
        .get_template(template)
        .render(
            request=request,
            nonce=request.scope.get(NONCE, ""),
            navigation=NAVIGATION,
            here=request.url.path,
            **context,
        )
    )
    # A title may hold half a surrogate pair, which UTF-8 has no bytes for.
    return HTMLResponse(text.encode("utf-8", "replace"), status, {"Vary": "HX-Request"})


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page, to put it into the one that is shown."""
    asks = request.headers.get("hx-request") == "true"
    return asks and request.headers.get("hx-history-restore-request") != "true"


def static_folder() -> Traversable:
    """Find the files that are sent as they are."""
    return resources.files("soundglass.surfaces.web").joinpath("static")


@cache
def colours() -> Path:
    """Find the colours of every page that Soundglass makes."""
    return Path(str(resources.files("soundglass.explain").joinpath("pictures", COLOURS)))


def static(name: str) -> str:
    """Give the address of a static file; it changes with any of them, so that a browser may keep them.

    Modules import each other by relative addresses, so they are found below the same version.
    """
    return f"/static/{static_version()}/{name}"


@cache
def static_version() -> str:
    """Name the contents of all static files."""
    return _hash_of(static_folder(), colours().read_bytes())


def _hash_of(folder: Traversable, more: bytes = b"") -> str:
    found = hashlib.sha256(more)
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        found.update(path.name.encode() + (path.read_bytes() if path.is_file() else _hash_of(path).encode()))
    return found.hexdigest()[:12]


@cache
def _environment() -> Environment:
    made = environment("soundglass.surfaces.web", "templates")
    made.filters.update(readable=readable, signed=signed, time_text=time_text)
    made.globals.update(static=static, program=soundglass.__version__)
    return made
