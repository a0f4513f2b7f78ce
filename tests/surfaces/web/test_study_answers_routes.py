"""Listening and answering: what counts as heard, what is kept, which window may answer."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient
from study_taking import HTML, Taking, given_by, join

from soundglass.library.study.studies import Studies
from soundglass.surfaces.web.study import session


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
