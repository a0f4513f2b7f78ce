"""Taking part in the study: consent, what is shown and kept, links, leaving a closed study."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient
from study_taking import HTML, Taking, given_by, join, records_of

import soundglass
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import Plan
from soundglass.library.study.studies import Studies
from soundglass.surfaces.web.study.contract import FinishedShape, JoinedShape, StudyPageShape

TOKEN = "a token of some length"


@pytest.fixture(scope="module")
def done(asked: TestClient, studies: Studies) -> Taking:
    """Somebody who has answered everything."""
    one = join(asked, studies)
    one.finish()
    return one


def test_nobody_exists_before_consent(asked: TestClient, studies: Studies) -> None:
    record = studies.study()
    before = studies.counts(record)["people"].joined
    page = asked.get(f"/study/join/{record.join_code}", headers=HTML)
    assert page.status_code == 200
    assert "Us" in page.text
    assert "us@example.org" in page.text
    assert studies.counts(record)["people"].joined == before
    wording = Instruments.from_json(record.instruments).sha256
    for body in ({}, {"consent": False, "wording": wording}, {"wording": wording}, {"consent": True}):
        assert asked.post(f"/api/study/join/{record.join_code}", json=body).status_code == 422
    other = asked.post(f"/api/study/join/{record.join_code}", json={"consent": True, "wording": "0" * 64})
    assert (other.status_code, other.json()["why"]) == (409, "wording")
    assert studies.counts(record)["people"].joined == before


def test_who_consents_gets_a_link_of_their_own(asked: TestClient, studies: Studies) -> None:
    record = studies.study()
    body = {"consent": True, "wording": Instruments.from_json(record.instruments).sha256}
    answer = asked.post(f"/api/study/join/{record.join_code}", json=body)
    TypeAdapter(JoinedShape).validate_python(answer.json(), strict=True)
    secret = answer.json()["address"].removeprefix("/study/p/")
    found, participant = studies.participant(secret)
    assert (found.id, participant.population) == (record.id, "people")
    assert participant.consented["wording_sha256"] == body["wording"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert f"path=/study/join/{record.join_code}" in cookie


def test_an_invitation_whose_answer_was_lost_joins_nobody_twice(asked: TestClient, studies: Studies) -> None:
    record = studies.study()
    body = {
        "consent": True,
        "wording": Instruments.from_json(record.instruments).sha256,
        "secret": "chosen_by-the_browser0123456789ab",
    }
    once, again = (asked.post(f"/api/study/join/{record.simulated_code}", json=body) for _ in range(2))
    assert once.json() == again.json()
    assert once.json()["address"].endswith(body["secret"])
    for weak in ("", "short", "a" * 31, "a/" * 20, "a" * 65):
        refused = asked.post(f"/api/study/join/{record.simulated_code}", json={**body, "secret": weak})
        assert refused.status_code == 422


def test_a_browser_that_has_joined_may_go_on_or_begin_anew(asked: TestClient, studies: Studies) -> None:
    asked.cookies.clear()
    record = studies.study()
    invitation = f"/study/join/{record.simulated_code}"
    assert "/study/p/" not in asked.get(invitation, headers=HTML).text
    one = join(asked, studies)
    page = asked.get(invitation, headers=HTML).text
    assert one.address in page
    assert 'id="consent"' in page
    assert one.address not in asked.get(f"/study/join/{record.join_code}", headers=HTML).text
    asked.request("DELETE", f"/api{one.address}", json={})
    assert one.address not in asked.get(invitation, headers=HTML).text


def test_every_step_is_shown_as_described_to_the_end(asked: TestClient, done: Taking) -> None:
    for step in done.told:
        TypeAdapter(StudyPageShape).validate_python(step)
    assert [step["number"] for step in done.told] == list(range(1, done.told[0]["of"] + 1))
    assert {step["kind"] for step in done.told} == {
        *("sound", "instructions", "expectation", "impression", "trial", "scales", "comment")
    }
    TypeAdapter(FinishedShape).validate_python(done.step(), strict=True)
    end = asked.get(done.address, headers=HTML)
    assert done.pseudonym in end.text
    assert records_of(done)[1].finished is not None


def test_every_answer_is_kept_with_all_that_is_known_of_it(done: Taking) -> None:
    record, participant = records_of(done)
    plan = Plan.from_json(record.plan)
    given = given_by(done)
    assert [one.step for one in given] == [step["step"] for step in done.told]
    for one, step in zip(given, done.told, strict=True):
        assert one.facts["slot"] == participant.slot
        assert one.facts["seed"] == participant.seed
        assert one.facts["number"] == step["number"]
        assert one.facts["plan_sha256"] == record.plan_sha256
        assert one.facts["versions"]["program"] == soundglass.__version__
        assert one.facts["times_ms"] == {"page": 1234.5}
        assert one.shown["text"] == step["text"]
        assert "address" not in json.dumps(one.shown)
        assert one.heard_s == {sound["name"]: sound["must_hear_s"] for sound in step["sounds"]}
    trials = [one for one in given if one.step.endswith("trial-1") and one.step != "practice-trial-1"]
    assert len(trials) == 8
    for one in trials:
        higher = one.facts["tracks"][one.facts["truth"]["higher"]]
        assert higher in {t.higher for s in plan.sets for of in s.of.values() for t in of.trials}


def test_pages_say_nothing_of_the_library_the_condition_or_the_truth(taking: Taking, done: Taking) -> None:
    plan = Plan.from_json(records_of(done)[0].plan)
    secrets = {*plan.tracks} | {
        word for track in plan.tracks.values() for word in (track.title, track.artist)
    }
    pages = [json.dumps(step) for step in done.told]
    while (step := taking.step())["block"] in {None, 0, 1, 2}:
        page = taking.client.get(taking.address, headers=HTML)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-robots-tag"] == "noindex, nofollow"
        assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert 'href="/"' not in page.text
        pages.append(page.text)
        assert taking.give(step, seat=step["seat"] + 1).status_code == 200
    for text in pages:
        assert not [secret for secret in secrets - {""} if secret in text]
        assert not re.search(r"higher_|placebo|condition\"?: ?\"", text)


def test_only_the_condition_s_explanation_is_shown(done: Taking) -> None:
    blocks = {step["block"]: step["explanation"] for step in done.told if step["kind"] == "expectation"}
    cells = {one.facts["number"]: one.facts["step"]["cell"] for one in given_by(done)}
    for step in done.told:
        if step["kind"] != "expectation":
            continue
        kind = cells[step["number"]][1]
        why = step["explanation"]
        assert (why is None) == (kind == "none")
        assert bool(why and why["bars"]) == (kind == "bars")
        assert bool(why and why["pictures"]) == (kind == "regions")
    assert len(blocks) == 9
    for step in done.told:
        if step["kind"] == "trial":
            assert step["explanation"] == blocks[step["block"]] or _same(step, blocks[step["block"]])


def _same(step: dict[str, Any], before: dict[str, Any]) -> bool:
    """The trial's explanation is that of the expectation, at addresses of its own."""

    def bare(why: dict[str, Any]) -> dict[str, Any]:
        things = {key: [{**one, "address": ""} for one in why[key]] for key in ("sounds", "pictures")}
        return {**why, **things}

    return bare(step["explanation"]) == bare(before)


@pytest.mark.parametrize("place", ["/study/join/nobody", "/study/p/nobody", "/study/p/x/sound/1/query"])
def test_unknown_links_are_told_in_words_without_the_library(asked: TestClient, place: str) -> None:
    page = asked.get(place, headers=HTML)
    assert page.status_code == 404
    assert "does not lead anywhere" in page.text
    assert 'href="/"' not in page.text


def test_a_closed_study_takes_nobody_new_and_lets_others_finish(asked: TestClient, studies: Studies) -> None:
    asked.cookies.clear()
    one = join(asked, studies)
    record = studies.set_open(None, False)
    try:
        body = {"consent": True, "wording": Instruments.from_json(record.instruments).sha256}
        refused = asked.post(f"/api/study/join/{record.join_code}", json=body)
        assert (refused.status_code, refused.json()["why"]) == (403, "closed")
        page = asked.get(f"/study/join/{record.join_code}", headers=HTML)
        assert (page.status_code, "is closed" in page.text) == (403, True)
        assert one.address in asked.get(f"/study/join/{record.simulated_code}", headers=HTML).text
        assert one.give(one.step()).status_code == 200
    finally:
        studies.set_open(None, True)


def test_participants_need_no_token_and_reach_nothing_else(
    client: Callable[..., TestClient], own_study: Path, studies: Studies
) -> None:
    guarded = client(own_study, host="0.0.0.0", token=TOKEN)
    one = join(guarded, studies)
    assert guarded.get(one.address, headers=HTML).status_code == 200
    assert one.give(one.step()).status_code == 200
    track = next(iter(Plan.from_json(studies.study().plan).tracks))
    for path in ("/", "/study", "/api/studies", f"/audio/{track}", f"/tracks/{track}", "/api/search?q=a"):
        assert guarded.get(path).status_code == 401
    for path in ("/study/p/../../api/studies", "/study/p/..%2f..", "/api/study/p/%2e%2e/studies"):
        assert guarded.get(path).status_code in {401, 404}


def test_forty_take_part_at_the_same_time(asked: TestClient, studies: Studies) -> None:
    record = studies.study()
    before = studies.counts(record)["simulated"].slots

    def begin(_: int) -> Taking:
        one = join(asked, studies)
        one.go_to("expectation")
        return one

    with ThreadPoolExecutor(8) as pool:
        everybody = [*pool.map(begin, range(40))]
    assert len({one.pseudonym for one in everybody}) == 40
    after = studies.counts(record)["simulated"].slots
    used = [after.get(slot, 0) for slot in range(16)]
    assert sum(after.values()) - sum(before.values()) == 40
    assert max(used) - min(used) <= 1
