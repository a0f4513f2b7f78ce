"""Only our own pages may write: other sites' requests are refused."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READING = ("GET", "HEAD", "OPTIONS")
_OWN_FETCHES = ("same-origin", "none")
_FORM = "application/x-www-form-urlencoded"


class Origins:
    """Refuses writes that a page of another origin sends, and bodies that a plain form could send.

    A browser names the origin of every write (Fetch Standard, 3.2). What names none is no browser, and has to
    send JSON: no other site can make a browser do that without asking first, which is never granted.

    Parameters
    ----------
    app : ASGIApp
    forms : sequence of str
        The paths that take a form.
    address : str
        By which others reach the server through a proxy, if there is one.
    """

    def __init__(self, app: ASGIApp, forms: tuple[str, ...] = (), address: str = "") -> None:
        self._app = app
        self._forms = forms
        self._address = address.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and scope["method"] not in _READING and (why := self._objection(scope)):
            status, words = why
            await JSONResponse({"error": words, "remedy": None}, status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _objection(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        own = {f"{scope['scheme']}://{headers.get('host', '')}".lower(), self._address} - {""}
        if any(origin.lower() not in own for origin in headers.getlist("origin")):
            return 403, "only this app's own pages may change anything"
        if headers.get("sec-fetch-site", "none") not in _OWN_FETCHES:
            return 403, "only this app's own pages may change anything"
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        wanted = _FORM if scope["path"] in self._forms else "application/json"
        return None if kind == wanted else (415, f"the body has to be {wanted}")
