"""Contents of any size over HTTP: ranges, conditions, and nothing left open when the client goes."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from http import HTTPStatus
from itertools import chain
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from soundglass.surfaces.web.sound.ranges import UnsatisfiableError, asked_range


class Content(Protocol):
    """Bytes that can be given from anywhere."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    @property
    def media_type(self) -> str:
        """What they are."""
        ...

    @property
    def etag(self) -> str:
        """Another one for other bytes; in quotes."""
        ...

    def blocks(self, start: int, stop: int) -> Generator[bytes, None, None]:
        """Give these bytes piece by piece; closing the generator releases what it holds."""
        ...


def streamed(request: Request, content: Content) -> Response:
    """Answer a GET or HEAD request for a content, or for a part of it.

    Raises
    ------
    SoundglassError
        The first piece cannot be had.
    """
    headers = {"Accept-Ranges": "bytes", "ETag": content.etag, "Cache-Control": "private, no-cache"}
    if is_known(request, content.etag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    try:
        part = (
            asked_range(request.headers.get("range"), content.size) if _wants_part(request, content) else None
        )
    except UnsatisfiableError:
        headers["Content-Range"] = f"bytes */{content.size}"
        return Response(None, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
    start, stop = part or (0, content.size)
    headers["Content-Length"] = str(stop - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
    if request.method == "HEAD":
        return Response(None, status, headers, content.media_type)
    return _Stream(content.blocks(start, stop), status, headers, content.media_type)


class _Stream(StreamingResponse):
    """Blocks, the first of which is made before anything is sent: what is wrong can still be said."""

    def __init__(
        self, blocks: Generator[bytes, None, None], status: int, headers: dict[str, str], media_type: str
    ) -> None:
        self._blocks = blocks
        first: Iterable[bytes] = [block for block in [next(blocks, None)] if block is not None]
        super().__init__(chain(first, blocks), status, headers, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the blocks; when the client goes, none is made any more."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._blocks.close()


def is_known(request: Request, etag: str) -> bool:
    """Whether the client has what has this tag, and asks only for another."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(","))


def _wants_part(request: Request, content: Content) -> bool:
    """Whether a range still is one of the content the client knows."""
    condition = request.headers.get("if-range")
    return condition is None or condition.strip() == content.etag
