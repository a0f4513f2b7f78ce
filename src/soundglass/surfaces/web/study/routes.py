"""The listening study on the web: for its participants, and for those who run it."""

from __future__ import annotations

from fastapi import APIRouter

from soundglass.surfaces.web.study.api import router as api
from soundglass.surfaces.web.study.participants import router as participants
from soundglass.surfaces.web.study.researchers import router as researchers

router = APIRouter()
router.include_router(participants)
router.include_router(api)
router.include_router(researchers)
