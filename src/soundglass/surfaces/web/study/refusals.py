"""What is not done for a participant, in the words of the study: never jargon, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeAlias

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from soundglass.core.errors import AudioError, SoundglassError, TrackNotFound
from soundglass.evaluate.study.instruments.loading import english
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.library.study.failures import (
    AlreadyAnswered,
    NotShown,
    SeatTaken,
    StudyClosed,
    StudyNotFound,
    UnknownLink,
)
from soundglass.surfaces.web.pages import page

Why: TypeAlias = Literal[
    "nobody",
    "closed",
    "seat",
    "answered",
    "step",
    "wording",
    "listening",
    "missing",
    "impossible",
    "tones",
    "sound",
    "failed",
]
"""Why something is not done, for scripts."""

_TITLE = "problem.title"
_SAID: dict[Why, tuple[int, str, str]] = {
    "nobody": (404, "problem.unknown_title", "problem.unknown"),
    "closed": (403, "problem.closed_title", "problem.closed"),
    "seat": (409, "problem.window_title", "problem.window"),
    "answered": (409, _TITLE, "problem.moved"),
    "step": (409, _TITLE, "problem.moved"),
    "wording": (409, _TITLE, "problem.changed"),
    "listening": (422, _TITLE, "gate.locked"),
    "missing": (422, _TITLE, "answer.missing"),
    "impossible": (422, _TITLE, "answer.impossible"),
    "tones": (422, _TITLE, "sound.wrong"),
    "sound": (404, _TITLE, "problem.no_sound"),
    "failed": (503, _TITLE, "problem.server"),
}
"""The status, and which words are the title and the text."""

_KINDS: tuple[tuple[type[Exception], Why], ...] = (
    (UnknownLink, "nobody"),
    (StudyNotFound, "nobody"),
    (StudyClosed, "closed"),
    (SeatTaken, "seat"),
    (AlreadyAnswered, "answered"),
    (NotShown, "step"),
    (TrackNotFound, "sound"),
    (AudioError, "sound"),
    (RequestValidationError, "impossible"),
)
_log = logging.getLogger("soundglass.web")


class Refused(Exception):  # noqa: N818  (reads as what it is)
    """Something is not done for a participant.

    Parameters
    ----------
    why : Why
    words : Instruments
        Those of the participant's study.
    text : str, optional
        What happened and what to do, where the words of ``why`` do not say all.
    """

    def __init__(self, why: Why, words: Instruments, text: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.words = words
        self.status, title, said = _SAID[why]
        self.title = words.say(title)
        self.text = text or words.say(said)


class ForParticipants(APIRoute):
    """A route that tells participants what went wrong, and keeps nothing of theirs in a browser's cache."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                answer = await handle(request)
            except Refused as refused:
                answer = told(request, refused)
            except Exception as error:
                answer = told(request, refusal_for(error, words_of(request)))
            answer.headers.setdefault("Cache-Control", "no-store")
            answer.headers["X-Robots-Tag"] = "noindex, nofollow"
            return answer

        return answered


def refusal_for(error: Exception, words: Instruments) -> Refused:
    """Say what an error means for a participant; what nobody expected is logged."""
    if isinstance(error, Refused):
        return error
    why = next((why for kind, why in _KINDS if isinstance(error, kind)), None)
    if why is None and not isinstance(error, HTTPException):
        about = str(error) if isinstance(error, SoundglassError) else "unexpected"
        _log.error("a page of the study failed: %s", about, exc_info=error)
    return Refused(why or "failed", words)


def told(request: Request, refused: Refused) -> Response:
    """Answer with a refusal: a page for people, JSON for their scripts."""
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
        return page(
            request,
            "study_problem.html.j2",
            refused.status,
            words=refused.words,
            title=refused.title,
            text=refused.text,
            join=None,
        )
    return JSONResponse({"error": refused.text, "remedy": None, "why": refused.why}, refused.status)


def know_words(request: Request, words: Instruments) -> None:
    """Remember a request's study, so that whatever goes wrong is said in its language."""
    request.state.words = words


def words_of(request: Request) -> Instruments:
    """Give the words of a request's study, or English ones."""
    words: Instruments = getattr(request.state, "words", None) or english()
    return words
