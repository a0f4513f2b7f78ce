"""Answers in JSON, without a word of where on this machine the music lies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePath

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from soundglass.core.types import Json


class Answer(Response):
    """JSON whose every ``path`` is cut to what lies below the scanned folders, unless paths may be shown.

    Parameters
    ----------
    content : json
        Finite numbers only.
    """

    media_type = "application/json"

    def __init__(self, content: Json, status_code: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(None, status_code, headers)
        self._content = content
        self._own_headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write the answer as the app that gives it may."""
        web = scope["app"].state.web
        content = self._content
        if not web.settings.show_paths:
            content = pathless(content, web.snapshot().roots if _names_path(content) else [])
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        body = text.encode("utf-8", "replace")
        whole = Response(body, self.status_code, self._own_headers, self.media_type)
        await whole(scope, receive, send)


def pathless(content: Json, roots: Sequence[Path]) -> Json:
    """Cut every ``path`` in an answer."""
    match content:
        case dict():
            return {
                key: below(value, roots)
                if key == "path" and isinstance(value, str)
                else pathless(value, roots)
                for key, value in content.items()
            }
        case list():
            return [pathless(value, roots) for value in content]
    return content


def below(path: str, roots: Sequence[Path]) -> str:
    """Give what of a path lies below a scanned folder; the name alone where none holds it."""
    if not path:
        return ""
    for root in roots:
        if PurePath(path).is_relative_to(root):
            return PurePath(path).relative_to(root).as_posix()
    return PurePath(path).name


def _names_path(content: Json) -> bool:
    match content:
        case dict():
            return any((key == "path" and value) or _names_path(value) for key, value in content.items())
        case list():
            return any(map(_names_path, content))
    return False
