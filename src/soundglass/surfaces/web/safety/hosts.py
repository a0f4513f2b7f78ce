"""Only hosts we know are answered: a foreign name that resolves to this machine gets nothing."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from soundglass.surfaces.web.settings import WebSettings, address_of

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Hosts:
    """Refuses requests for hosts that are not on the list, against DNS rebinding.

    On this machine's own address the list is that of its names. On others an address may be any, as no name
    server can forge one, and names must have been allowed.
    """

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        named = (settings.host, *settings.allowed_hosts, _without_port(settings.address.partition("://")[2]))
        self._names = {*_OWN_NAMES, *(name.lower() for name in named if name)}
        self._private = settings.is_private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and not self._knows(Headers(scope=scope).getlist("host")):
            refusal = PlainTextResponse("This server does not answer to that host name.", status_code=421)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _knows(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        name = _without_port(hosts[0]).lower()
        return name in self._names or (not self._private and address_of(name) is not None)


def _without_port(host: str) -> str:
    head, colon, port = host.rpartition(":")
    return head if colon and port.isdigit() else host
