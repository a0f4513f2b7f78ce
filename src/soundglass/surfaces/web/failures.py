"""What goes wrong, as one line and what helps: a page for people, JSON for programs, never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus
from pathlib import PurePath

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from soundglass.core.errors import AudioError, LibraryError, SoundglassError, TrackNotFound
from soundglass.surfaces.web.pages import page

_STATUSES: tuple[tuple[type[SoundglassError], int], ...] = (
    (TrackNotFound, 404),
    (AudioError, 404),
    (LibraryError, 503),
)
_log = logging.getLogger("soundglass.web")


class Busy(SoundglassError):  # noqa: N818  (reads as what it is)
    """Too much is asked for at once."""


class Conflict(SoundglassError):  # noqa: N818
    """What is to be changed has been changed by somebody else."""


def tell_of_failures(app: FastAPI) -> None:
    """Make an app say what went wrong."""
    app.add_exception_handler(SoundglassError, _on_own)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unknown)


def status_of(error: SoundglassError) -> int:
    """Choose the status that tells of an error."""
    if isinstance(error, Busy):
        return 503
    if isinstance(error, Conflict):
        return 409
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 422)


def told(request: Request, status: int, message: str, remedy: str | None) -> Response:
    """Answer with one line of what is wrong and one of what helps."""
    message, remedy = _placeless(request, message), _placeless(request, remedy or "") or None
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    if _wants_page(request):
        answer: Response = page(request, "problem.html.j2", status, message=message, remedy=remedy)
        answer.headers.update(headers or {})
        return answer
    return JSONResponse({"error": message, "remedy": remedy}, status, headers)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def _placeless(request: Request, text: str) -> str:
    """Leave out where on this machine the library lies."""
    web = request.app.state.web
    return text if web.settings.show_paths else text.replace(web.library.uri, "the library")


def _on_own(request: Request, error: Exception) -> Response:
    assert isinstance(error, SoundglassError)  # noqa: S101
    shown = request.app.state.web.settings.show_paths
    about = "" if error.path is None else str(error.path if shown else PurePath(error.path).name)
    message = f"{about}: {error.message}" if about else _capital(error.message)
    return told(request, status_of(error), message, error.remedy)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    name = " ".join(str(part) for part in first["loc"][1:]) or "the body"
    words = f"{_capital(name)}: {first['msg'][:1].lower()}{first['msg'][1:]}"
    return told(request, 422, words, "See /api")


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    known = {404: "There is nothing at this address", 405: "This address does not take that"}
    answer = told(request, error.status_code, known.get(error.status_code, str(error.detail)), None)
    answer.headers.update(error.headers or {})
    return answer


def _on_unknown(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return told(request, 500, "Something went wrong that should not", "The server's log says more")
