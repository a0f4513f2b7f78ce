"""The pages of those who run a study: its links, its progress, its results."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from soundglass.core.errors import AudioError, SoundglassError
from soundglass.core.types import Json
from soundglass.evaluate.study.conditions import Population
from soundglass.library.study.records import StudyRecord
from soundglass.surfaces.study.told import studies_json, study_json
from soundglass.surfaces.web.answer import Answer
from soundglass.surfaces.web.pages import page
from soundglass.surfaces.web.safety.headers import NONCE
from soundglass.surfaces.web.state import TheWeb, Web
from soundglass.surfaces.web.study.contract import StudiesShape, StudyShape

router = APIRouter()

Whose = Annotated[Population, Query(description="Whose answers; the two are never counted together.")]
StudyName = Annotated[str, Path(max_length=200, description="Of a study.")]

_LONGEST_S = 600.0
_NONCE = secrets.token_urlsafe(16)
"""Stands in kept results for what each answer has anew; nobody else can know it."""


@router.get("/study", include_in_schema=False)
def overview(request: Request, web: TheWeb) -> HTMLResponse:
    """Show all studies, and how to run one."""
    return page(
        request,
        "study.html.j2",
        **studies_json(web.library.studies),
        origin=web.settings.address or str(request.base_url).rstrip("/"),
        is_private=web.settings.is_private,
    )


@router.get("/api/studies", response_model=None, responses={200: {"model": StudiesShape}})
def every(web: TheWeb) -> Answer:
    """List the listening studies, newest first."""
    return Answer(studies_json(web.library.studies))


@router.get("/api/studies/{name}", response_model=None, responses={200: {"model": StudyShape}})
def one(web: TheWeb, name: StudyName) -> Answer:
    """Tell of one study: its state, its links, how many took part."""
    studies = web.library.studies
    return Answer(study_json(studies, studies.study(name)))


@router.get("/study/results/{name}", include_in_schema=False)
def results(request: Request, web: TheWeb, name: StudyName, population: Whose = "people") -> HTMLResponse:
    """Show what a study found."""
    record = web.library.studies.study(name)
    found = _found(web, record, population)
    # Results are kept, and each answer allows styles by a nonce of its own.
    content = Markup(found["html"].replace(_NONCE, request.scope[NONCE]))  # noqa: S704  (made by our template)
    return page(
        request,
        "study_results.html.j2",
        study=study_json(web.library.studies, record),
        population=population,
        content=content,
    )


@router.get("/api/studies/{name}/results", response_model=None)
def found(web: TheWeb, name: StudyName, population: Whose = "people") -> Answer:
    """Tell what a study found, of people or of simulated participants, never of both."""
    return Answer(_found(web, web.library.studies.study(name), population)["told"])


def _found(web: Web, record: StudyRecord, population: Population) -> dict[str, Json]:
    """Have the answers analysed, once for as long as nothing new is answered."""
    count = web.library.studies.counts(record)[population]
    state = (count.joined, count.deleted, count.finished, count.answers)

    def analysed() -> dict[str, Json]:
        asked = {"library": web.library.uri, "study": record.name, "population": population}
        try:
            told: dict[str, Json] = web.workshop.ask(
                "study_results", timeout_s=_LONGEST_S, **asked, nonce=_NONCE
            )
        except AudioError as error:  # what a worker says of any job
            raise SoundglassError(
                f"the answers cannot be analysed: {error.message}", remedy="See 'soundglass study results'"
            ) from error
        return told

    return web.snapshot().kept(("study results", record.id, population, state), analysed)
