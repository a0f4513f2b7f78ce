"""Taking part by the API: joining, the step that comes next, what was heard, answers, leaving."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from soundglass.core.types import Json
from soundglass.evaluate.study.fixed import fixed
from soundglass.evaluate.study.orders import N_SLOTS, slot_order
from soundglass.surfaces.web.state import TheWeb
from soundglass.surfaces.web.study.addresses import addressed, addresses, join_address, page_address
from soundglass.surfaces.web.study.contract import (
    Answers,
    Consent,
    FinishedShape,
    HeardNow,
    JoinedShape,
    KeptShape,
    RefusalShape,
    StudyPageShape,
)
from soundglass.surfaces.web.study.participants import COOKIE, Code, Secret, session_of
from soundglass.surfaces.web.study.refusals import ForParticipants, Refused, know_words

_REFUSALS: dict[int | str, dict[str, Json]] = {code: {"model": RefusalShape} for code in (404, 409, 422)}
router = APIRouter(prefix="/api/study", route_class=ForParticipants, responses=_REFUSALS)

OwnSeat = Annotated[
    Annotated[int, Field(ge=0)] | None, Query(description="Of a window; refused if another was opened since")
]
_COOKIE_S = 90 * 86_400


@router.post("/join/{code}", status_code=201, response_model=None, responses={201: {"model": JoinedShape}})
def join(request: Request, web: TheWeb, code: Code, body: Consent) -> Response:
    """Take part in a study, having agreed to the wording of its invitation."""
    record, population = web.library.studies.by_code(code)
    study = fixed(record)
    know_words(request, study.instruments)
    if body.wording != study.instruments.sha256:
        raise Refused("wording", study.instruments)
    consented = {"wording_sha256": body.wording, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    order = slot_order(study.plan.design.seed)
    participant, secret = web.library.studies.join(
        record, population, consented=consented, n_slots=N_SLOTS, order=order, secret=body.secret
    )
    own = {"address": page_address(secret), "pseudonym": participant.pseudonym}
    answer = JSONResponse(own, 201, {"Location": page_address(secret)})
    answer.set_cookie(
        COOKIE,
        secret,
        _COOKIE_S,
        path=join_address(code),
        httponly=True,
        samesite="lax",
        secure=web.settings.address.startswith("https"),
    )
    return answer


@router.get(
    "/p/{secret}/step", response_model=None, responses={200: {"model": StudyPageShape | FinishedShape}}
)
def step(request: Request, web: TheWeb, secret: Secret, seat: OwnSeat = None) -> Response:
    """Give the step that comes next, or that there is none."""
    session = session_of(request, web, secret)
    if seat is not None:
        session.claim(seat)
    following = session.next_step()
    if following is None:
        own = {"pseudonym": session.participant.pseudonym, "addresses": addresses(secret)}
        return JSONResponse({"finished": True, **own})
    return JSONResponse({"finished": False, **addressed(session.show(following), secret)})


@router.put("/p/{secret}/heard", status_code=204, response_model=None)
@router.post("/p/{secret}/heard", status_code=204, response_model=None)
def heard(request: Request, web: TheWeb, secret: Secret, body: HeardNow) -> Response:
    """Keep how much of each sound of a page has been heard; only ever more of it.

    A window that is closed can only send a POST.
    """
    session_of(request, web, secret).hear(body)
    return Response(status_code=204)


@router.post("/p/{secret}/answers", response_model=None, responses={200: {"model": KeptShape}})
def answer(request: Request, web: TheWeb, secret: Secret, body: Answers) -> Response:
    """Keep all answers of a page; the same answers sent again change nothing, others are refused."""
    finished = session_of(request, web, secret).answer(body)
    return JSONResponse({"kept": True, "finished": finished})


@router.delete("/p/{secret}", status_code=204, response_model=None)
def withdraw(request: Request, web: TheWeb, secret: Secret) -> Response:
    """Delete a participant and all that was answered, at once."""
    session = session_of(request, web, secret)
    web.library.studies.withdraw(secret)
    gone = Response(status_code=204)
    for code in (session.record.join_code, session.record.simulated_code):
        gone.delete_cookie(COOKIE, path=join_address(code))
    return gone
