"""What a participant hears and sees: the sounds and pictures of a page, and no others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from study_taking import Taking, join, records_of

from soundglass.core.errors import AudioError
from soundglass.evaluate.study.plan import Plan
from soundglass.library.study.studies import Studies
from soundglass.surfaces.web.study import sounds


def names(step: dict[str, Any]) -> list[str]:
    why = step["explanation"] or {"sounds": [], "pictures": []}
    return [one["name"] for one in (*step["sounds"], *why["sounds"], *why["pictures"])]


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
    plan = Plan.from_json(records_of(taking)[0].plan)
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
