"""Where things of the study are on this server."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from soundglass.core.types import Json


def join_address(code: str) -> str:
    """Give where people, or simulated participants, join."""
    return f"/study/join/{quote(code, safe='')}"


def page_address(secret: str) -> str:
    """Give where a participant goes on."""
    return f"/study/p/{quote(secret, safe='')}"


def addresses(secret: str) -> dict[str, str]:
    """Give all addresses of a participant: the page's own, and those of the API."""
    api = f"/api{page_address(secret)}"
    own = {"step": f"{api}/step", "answers": f"{api}/answers", "heard": f"{api}/heard", "withdraw": api}
    return {"page": page_address(secret), **own}


def addressed(page: Mapping[str, Json], secret: str) -> dict[str, Json]:
    """Put addresses to all that a page names.

    Parameters
    ----------
    page : mapping
        As it is kept, without any.
    secret : str
        The participant's.
    """
    own, step = page_address(secret), quote(page["step"], safe="")
    explanation = page["explanation"]

    def put(things: list[dict[str, Json]], kind: str) -> list[dict[str, Json]]:
        return [{**one, "address": f"{own}/{kind}/{step}/{quote(one['name'], safe='')}"} for one in things]

    return {
        **page,
        "sounds": put(page["sounds"], "sound"),
        "explanation": explanation
        and {
            **explanation,
            "sounds": put(explanation["sounds"], "sound"),
            "pictures": put(explanation["pictures"], "picture"),
        },
        "addresses": addresses(secret),
    }
