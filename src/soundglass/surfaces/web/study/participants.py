"""What participants open in their browsers: the invitation, their page, its sounds and pictures."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from soundglass.core.errors import TrackNotFound
from soundglass.evaluate.study import roles
from soundglass.evaluate.study.conditions import Population
from soundglass.evaluate.study.duration import minutes
from soundglass.evaluate.study.fixed import fixed
from soundglass.evaluate.study.steps import Step
from soundglass.library.study.failures import UnknownLink
from soundglass.surfaces.web.pages import page
from soundglass.surfaces.web.sound.streaming import Content, streamed
from soundglass.surfaces.web.state import TheWeb, Web
from soundglass.surfaces.web.study.addresses import addressed, addresses, page_address
from soundglass.surfaces.web.study.refusals import ForParticipants, Refused, know_words
from soundglass.surfaces.web.study.session import Session
from soundglass.surfaces.web.study.sounds import TONES, kept, tones_of, track_of

router = APIRouter(route_class=ForParticipants, include_in_schema=False)

COOKIE = "soundglass_study"
"""Holds the secret of who joined a study last in a browser."""

Code = Annotated[str, Path(max_length=64)]
Secret = Annotated[str, Path(max_length=64)]
StepId = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Path(max_length=64)]
As = Annotated[Literal["wav"] | None, Query(alias="as")]


@router.get("/study/join/{code}")
def invitation(request: Request, web: TheWeb, code: Code) -> Response:
    """Say what the study is and ask for consent; who has joined in this browser may go on."""
    record, population = web.library.studies.by_code(code)
    study = fixed(record)
    know_words(request, study.instruments)
    joined = _joined_before(request, web, record.id, population)
    if not record.is_open and joined is None:
        raise Refused("closed", study.instruments)
    return page(
        request,
        "study_join.html.j2",
        study=record,
        words=study.instruments,
        minutes=minutes(study.plan, study.instruments),
        organiser=study.plan.design.organiser,
        contact=study.plan.design.contact,
        code=code,
        joined=joined,
        is_open=record.is_open,
        simulated=population == "simulated",
    )


@router.get("/study/p/{secret}")
def current(request: Request, web: TheWeb, secret: Secret) -> Response:
    """Show the step that comes next, in the window that may answer it from now on."""
    session = session_of(request, web, secret)
    step = session.next_step()
    if step is None:
        return page(
            request,
            "study_end.html.j2",
            words=session.words,
            pseudonym=session.participant.pseudonym,
            contact=session.plan.design.contact,
            address_api=addresses(secret)["withdraw"],
            simulated=session.is_simulated,
        )
    session.sit(secret)
    shown = addressed(session.show(step), secret)
    return page(
        request, "study_step.html.j2", shown=shown, words=session.words, simulated=session.is_simulated
    )


@router.get("/study/p/{secret}/sound/{step}/{name}")
@router.head("/study/p/{secret}/sound/{step}/{name}")
def sound(
    request: Request, web: TheWeb, secret: Secret, step: StepId, name: Name, as_: As = None
) -> Response:
    """Give a sound of a page that was shown, or a range of its bytes."""
    session = session_of(request, web, secret)
    shown = session.step(step)
    if shown.kind == "sound" and name == TONES:
        return streamed(request, tones_of(session.participant.seed))
    if name in roles.materials(shown, session.plan):
        return streamed(request, _material(web, session, shown, name))
    return streamed(request, track_of(shown, session.plan, name, web, wav=as_ == "wav"))


@router.get("/study/p/{secret}/picture/{step}/{name}")
def picture(request: Request, web: TheWeb, secret: Secret, step: StepId, name: Name) -> Response:
    """Give a picture of a page that was shown."""
    session = session_of(request, web, secret)
    return streamed(request, _material(web, session, session.step(step), name))


def session_of(request: Request, web: Web, secret: str) -> Session:
    """Find whose link a request holds.

    Raises
    ------
    UnknownLink
        Nobody's.
    """
    session = Session(web.library.studies, *web.library.studies.participant(secret))
    know_words(request, session.words)
    return session


def _material(web: Web, session: Session, step: Step, name: str) -> Content:
    key = roles.materials(step, session.plan).get(name)
    if key is None:
        raise TrackNotFound("the page has nothing of this name")
    return kept(web.library.studies.material(session.record.id, key))


def _joined_before(request: Request, web: Web, study: str, population: Population) -> str | None:
    """Give the address of who joined this study in this browser, if that is still somebody."""
    secret = request.cookies.get(COOKIE, "")
    with suppress(UnknownLink):
        record, participant = web.library.studies.participant(secret)
        if (record.id, participant.population) == (study, population):
            return page_address(secret)
    return None
