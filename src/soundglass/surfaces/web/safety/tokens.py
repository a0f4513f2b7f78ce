"""Where others can reach the server, every request shows its token."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "soundglass"
SIGN_IN = "/sign-in"
_OPEN = (SIGN_IN, "/static/", "/study/join/", "/study/p/", "/api/study/")
"""Where nothing of the library is. Who takes part in a study shows a link of their own instead."""


class Tokens:
    """Lets requests through that show the token, in a cookie or as ``Authorization: Bearer``."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask for the token."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN) or self._shown(HTTPConnection(scope)):
            await self._app(scope, receive, send)
            return
        await _refusal(HTTPConnection(scope))(scope, receive, send)

    def _shown(self, asked: HTTPConnection) -> bool:
        scheme, _, bearer = asked.headers.get("authorization", "").partition(" ")
        by_header = scheme.lower() == "bearer" and same(bearer.strip(), self._token)
        return by_header or same(asked.cookies.get(COOKIE, ""), pass_for(self._token))


def pass_for(token: str) -> str:
    """Make what the cookie holds: it follows from the token, which does not follow from it."""
    return hmac.new(token.encode(), b"soundglass cookie", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that does not tell how much of two texts is the same."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def let_in(response: Response, token: str) -> Response:
    """Set the cookie that lets a browser in, until it is closed; no script and no other site can use it."""
    response.set_cookie(COOKIE, pass_for(token), httponly=True, samesite="strict", path="/")
    return response


def _refusal(asked: HTTPConnection) -> Response:
    if asked.scope["method"] == "GET" and "text/html" in asked.headers.get("accept", ""):
        query = f"?{asked.url.query}" if asked.url.query else ""
        return RedirectResponse(f"{SIGN_IN}?next={quote(asked.url.path + query, safe='')}", 303)
    words = {"error": "this server wants its token", "remedy": "Send it as Authorization: Bearer"}
    return JSONResponse(words, 401, {"WWW-Authenticate": "Bearer"})
