"""The page that asks for the token."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from soundglass.surfaces.web.pages import page
from soundglass.surfaces.web.safety.tokens import SIGN_IN, let_in, same
from soundglass.surfaces.web.state import web_of

router = APIRouter(include_in_schema=False)

Next = Annotated[str, Query(max_length=2000)]


@router.get(SIGN_IN)
def ask(request: Request, next: Next = "/") -> Response:  # noqa: A002  (the name in the address)
    """Ask for the token."""
    return page(request, "sign_in.html.j2", next=_own(next), wrong=False)


@router.post(SIGN_IN)
async def answer(request: Request, next: Next = "/") -> Response:  # noqa: A002
    """Let a browser in that shows the token."""
    given = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4).get("token", [""])[
        0
    ]
    token = web_of(request).settings.token
    if token is None or same(given.strip(), token):
        back = RedirectResponse(_own(next), 303)
        return back if token is None else let_in(back, token)
    return page(request, "sign_in.html.j2", 401, next=_own(next), wrong=True)


def _own(address: str) -> str:
    """Lead nowhere but to a page of this app."""
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if own and "\\" not in address else "/"
