"""Taking part in the study: consent, steps, listening, answers, coming back, leaving."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient
from study_taking import HTML, Taking, join

import soundglass
from soundglass.core.errors import AudioError
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import Plan
from soundglass.library.study.records import Given
from soundglass.library.study.studies import Studies
from soundglass.surfaces.web.study import session, sounds
from soundglass.surfaces.web.study.contract import FinishedShape, JoinedShape, StudyPageShape

TOKEN = "a token of some length"


@pytest.fixture(scope="module")
def asked(client: Callable[..., TestClient], own_study: Path) -> TestClient:
    return client(own_study)


@pytest.fixture
def taking(asked: TestClient, studies: Studies) -> Taking:
    return join(asked, studies)


@pytest.fixture(scope="module")
def done(asked: TestClient, studies: Studies) -> Taking:
    """Somebody who has answered everything."""
    one = join(asked, studies)
    one.finish()
    return one


def given_by(taking: Taking) -> list[Given]:
    record = taking.studies.study()
    return [one for one in taking.studies.given(record, "simulated") if one.participant == taking.pseudonym]


def names(step: dict[str, Any]) -> list[str]:
    why = step["explanation"] or {"sounds": [], "pictures": []}
    return [one["name"] for one in (*step["sounds"], *why["sounds"], *why["pictures"])]


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
    assert studies_of(done)[1].finished is not None


def studies_of(taking: Taking) -> Any:
    return taking.studies.participant(taking.secret)


def test_every_answer_is_kept_with_all_that_is_known_of_it(done: Taking) -> None:
    record, participant = studies_of(done)
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
    plan = Plan.from_json(studies_of(done)[0].plan)
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


def test_sounds_and_pictures_of_a_page_are_there_and_no_others(taking: Taking) -> None:
    seen = set()
    while not (step := taking.step())["finished"]:
        why = step["explanation"] or {"sounds": [], "pictures": []}
        kind = step["kind"], bool(why["pictures"])
        if kind not in seen:
            seen.add(kind)
            for one in (*step["sounds"], *why["sounds"], *why["pictures"]):
                answer = taking.client.get(one["address"], headers={"Range": "bytes=0-43"})
                assert (answer.status_code, len(answer.content)) == (206, 44)
                assert answer.headers["content-type"].startswith(("audio/", "image/"))
            for name in {"query", "match", "left", "right", "tones", "sound-1", "picture-query"} - {
                *names(step)
            }:
                for of in ("sound", "picture"):
                    at = f"{taking.address}/{of}/{step['step']}/{name}"
                    assert taking.client.get(at).status_code == 404
        assert taking.give(step).status_code == 200
    assert len(seen) == 9


def test_nothing_of_a_page_that_was_not_reached_is_given(taking: Taking) -> None:
    taking.step()
    for name in ("query", "left"):
        assert taking.client.get(f"{taking.address}/sound/1-trial-1/{name}").status_code == 409
    assert taking.client.get(f"{taking.address}/sound/nowhere/query").status_code == 409


def test_the_sound_of_a_track_is_that_of_its_file_without_its_names(taking: Taking) -> None:
    step = taking.go_to("impression", block=1)
    answer = taking.client.get(step["sounds"][1]["address"])
    assert (answer.content[:4], answer.content[36:40]) == (b"RIFF", b"data")
    plan = Plan.from_json(studies_of(taking)[0].plan)
    matches = {of.match for one in plan.sets for of in one.of.values()}
    decoded = {track: taking.client.get(f"/audio/{track}?as=wav").content for track in matches}
    (match,) = [track for track, sound in decoded.items() if sound == answer.content]
    title = plan.tracks[match].title
    assert title.encode() in taking.client.get(f"/audio/{match}").content
    assert title.encode() not in answer.content
    assert title not in str(answer.headers)


def test_where_names_are_shown_files_are_sent_as_they_are(asked: TestClient, studies: Studies) -> None:
    record = studies.study()
    plan = Plan.from_json(record.plan)
    named = replace(plan, design=replace(plan.design, show_names=True))
    studies.add("Named", plan=named.to_json(), instruments=record.instruments)
    try:
        step = join(asked, studies).go_to("impression")
        told = step["sounds"][1]
        sent = asked.get(told["address"]).content
        matches = {of.match for of in plan.practice.of.values()}
        (shown,) = [match for match in matches if sent == asked.get(f"/audio/{match}").content]
        assert plan.tracks[shown].title in told["title"]
        assert asked.get(told["address"], params={"as": "wav"}).content[:4] == b"RIFF"
    finally:
        studies.delete("Named")


def test_a_room_full_of_people_who_begin_at_once_all_hear_it(
    taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = taking.client.app.state.web.workshop
    ask, waiting = workshop.ask, []

    def watched(name: str, **job: object) -> object:
        barrier.wait(20)
        waiting.append(workshop.waiting)
        return ask(name, **job)

    barrier = threading.Barrier(8)
    address = taking.go_to("impression")["sounds"][1]["address"]
    monkeypatch.setattr(workshop, "ask", watched)
    with ThreadPoolExecutor(24) as pool:
        head = {"Range": "bytes=0-999"}
        answers = [*pool.map(lambda _: taking.client.get(address, headers=head), range(24))]
    assert {answer.status_code for answer in answers} == {206}
    assert len({answer.content for answer in answers}) == 1
    assert len(waiting) == 24
    assert max(waiting) < 8


def test_a_track_that_cannot_be_played_any_more_is_told_without_naming_it(
    taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise AudioError("cannot be read", path="/music/Secret Title.mp3")

    address = taking.go_to("impression")["sounds"][1]["address"]
    monkeypatch.setattr(sounds, "content_of", gone)
    answer = taking.client.get(address)
    assert (answer.status_code, answer.json()["why"]) == (404, "sound")
    assert "cannot be played" in answer.json()["error"]
    assert "Secret" not in answer.text


def test_nothing_is_answered_before_enough_was_heard(taking: Taking) -> None:
    step = taking.go_to("trial", block=1)
    for heard in ({}, {"left": 0.5}, {"query": 9.0, "right": 0.2}):
        answer = taking.give(step, heard=heard)
        assert (answer.status_code, answer.json()["why"]) == (422, "listening")
        assert "s of Track" in answer.json()["error"]
    assert taking.step()["step"] == step["step"]
    assert taking.give(step, heard={"left": 0.5, "right": 0.5}).status_code == 200
    (kept,) = [one for one in given_by(taking) if one.step == step["step"]]
    assert kept.facts["refused"] == {"listening": 3}
    assert kept.heard_s == {"left": 0.5, "right": 0.5, "query": 9.0}


def test_what_was_heard_is_kept_and_only_grows(taking: Taking) -> None:
    step = taking.go_to("impression")
    put = step["addresses"]["heard"]
    body = {"step": step["step"], "seat": step["seat"]}
    assert taking.client.put(put, json={**body, "heard": {"match": 0.4}}).status_code == 204
    assert taking.client.post(put, json={**body, "heard": {"match": 0.3, "nothing": 5}}).status_code == 204
    assert taking.step()["heard"] == {"match": 0.4}
    assert taking.give(step, heard={}).json()["why"] == "listening"
    assert taking.client.put(put, json={**body, "heard": {"match": 0.6}}).status_code == 204
    assert taking.give(step, heard={}).status_code == 200


@pytest.mark.parametrize("seconds", [-1, "NaN", "Infinity", 1e9, "x", None])
def test_impossible_seconds_are_refused(taking: Taking, seconds: object) -> None:
    step = taking.step()
    content = json.dumps({"step": step["step"], "seat": step["seat"], "heard": {"tones": seconds}})
    content = content.replace('"NaN"', "NaN").replace('"Infinity"', "Infinity")
    answer = taking.client.put(
        step["addresses"]["heard"], content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


def test_people_cannot_have_heard_more_than_there_was_time_for(
    asked: TestClient, studies: Studies, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = join(asked, studies, "people")
    monkeypatch.setattr(session, "_TOLERANCE_S", 1000.0)
    step = one.go_to("trial", block=0)
    monkeypatch.setattr(session, "_TOLERANCE_S", 0.1)
    answer = one.give(step, heard={"left": 30.0, "right": 30.0})
    assert (answer.status_code, answer.json()["why"]) == (422, "listening")
    assert "cannot have been heard" in answer.json()["error"]
    assert sum(one.step()["heard"].values()) < 2
    monkeypatch.setattr(session, "_TOLERANCE_S", 1.0)
    assert one.give(step, heard={"left": 0.5, "right": 0.5}).status_code == 200


def test_who_hears_nothing_does_not_get_on(taking: Taking) -> None:
    step = taking.step()
    assert step["kind"] == "sound"
    for wrong in (taking.tones + 1, 0):
        answer = taking.give(step, answers={"tones": wrong})
        assert (answer.status_code, answer.json()["why"]) == (422, "tones")
    assert taking.step()["step"] == "sound"
    assert taking.give(step).status_code == 200


def test_unanswered_and_impossible_answers_are_refused_in_words(taking: Taking) -> None:
    step = taking.go_to("trial")
    for answers, why in (
        ({}, "missing"),
        ({"choice": "left"}, "missing"),
        ({"choice": "left", "sure": None}, "missing"),
        ({"choice": "middle", "sure": 3}, "impossible"),
        ({"choice": "left", "sure": 6}, "impossible"),
        ({"choice": "left", "sure": 3, "more": 1}, "impossible"),
    ):
        answer = taking.give(step, answers=answers)
        assert (answer.status_code, answer.json()["why"]) == (422, why)
        assert answer.json()["error"].endswith(".")
    assert taking.step()["step"] == step["step"]


def test_answering_twice_keeps_one_answer_and_says_it_is_kept(taking: Taking) -> None:
    step = taking.go_to("expectation")
    body = {"expectation": 5}
    assert taking.give(step, answers=body).json() == {"kept": True, "finished": False}
    assert taking.give(step, answers=body).json() == {"kept": True, "finished": False}
    other = taking.give(step, answers={"expectation": 6})
    assert (other.status_code, other.json()["why"]) == (409, "answered")
    kept = [one.answers for one in given_by(taking) if one.step == step["step"]]
    assert kept == [body]


def test_the_same_answer_from_many_threads_is_kept_once(taking: Taking) -> None:
    step = taking.go_to("expectation")
    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda _: taking.give(step), range(8))]
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len([one for one in given_by(taking) if one.step == step["step"]]) == 1


def test_the_newest_window_answers_and_older_ones_are_told(taking: Taking) -> None:
    first = taking.step()
    assert taking.client.get(taking.address, headers=HTML).status_code == 200
    second = taking.step()
    assert second["seat"] == first["seat"] + 1
    for refused in (
        taking.give(first),
        taking.client.get(first["addresses"]["step"], params={"seat": first["seat"]}),
        taking.client.put(
            first["addresses"]["heard"],
            json={"step": first["step"], "seat": first["seat"], "heard": {"tones": 1}},
        ),
    ):
        assert (refused.status_code, refused.json()["why"]) == (409, "seat")
        assert "another window" in refused.json()["error"]
    assert taking.step(seat=second["seat"])["step"] == first["step"]
    assert taking.give(second).status_code == 200


def test_steps_cannot_be_skipped_or_answered_unseen(taking: Taking) -> None:
    step = taking.step()
    for key in ("instructions", "1-trial-1", "comment", "nowhere", ""):
        answer = taking.give(step, step=key)
        assert (answer.status_code, answer.json()["why"]) == (409, "step")


def test_a_closed_tab_goes_on_where_it_was_with_the_same_page(taking: Taking) -> None:
    step = taking.go_to("trial", block=1)
    again = taking.step()
    assert {**again, "heard": {}} == {**step, "heard": {}}


def test_withdrawing_deletes_everything_at_once(taking: Taking) -> None:
    taking.go_to("expectation")
    assert taking.client.request("DELETE", f"/api{taking.address}", json={}).status_code == 204
    assert given_by(taking) == []
    page = taking.client.get(taking.address, headers=HTML)
    assert page.status_code == 404
    assert "does not lead anywhere" in page.text
    assert taking.client.get(f"/api{taking.address}/step").json()["why"] == "nobody"


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


def test_what_goes_wrong_with_the_records_is_told_without_jargon(
    taking: Taking, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk I/O error")

    step = taking.step()
    monkeypatch.setattr(Studies, "done", broken)
    answer = taking.give(step)
    assert (answer.status_code, answer.json()["why"]) == (503, "failed")
    assert "answers so far are kept" in answer.json()["error"]
    assert "disk" not in answer.text
    assert "disk I/O error" in caplog.text
    page = taking.client.get(taking.address, headers=HTML)
    assert (page.status_code, "disk" in page.text) == (503, False)
    monkeypatch.undo()
    assert taking.give(taking.step()).status_code == 200


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
