"""The page that says what the study will be."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from soundglass.surfaces.web.pages import page

router = APIRouter(include_in_schema=False)


@router.get("/study")
def study(request: Request) -> HTMLResponse:
    """Say that there is no study yet."""
    return page(request, "study.html.j2")
