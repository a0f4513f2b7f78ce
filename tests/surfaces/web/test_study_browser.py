"""Taking part in a browser: what is asked waits for what is heard, and nothing that is answered gets lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from study_taking import Taking
from study_walking import LOCKED, answer, go_on, join, listen, send, step_of, visit_step
from web_waiting import wait_until

from soundglass.library.study.studies import Studies

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.xdist_group("browser")

KEPT = "Object.keys(localStorage).length"
Somebody = Callable[..., Taking]


def given(studies: Studies, taking: Taking) -> dict[str, Any]:
    """All that was kept of a participant, by step."""
    return {
        one.step: one
        for one in studies.given(studies.study(), "people")
        if one.participant == taking.pseudonym
    }


def losing_the_first_answer(sent: list[str]) -> Callable[[Any], None]:
    """Handle requests so that the first reaches the server, and its answer nobody; note what is sent."""

    def handle(route: Any) -> None:
        sent.append(route.request.post_data)
        if len(sent) > 1:
            return route.continue_()
        route.fetch()
        return route.abort("connectionreset")

    return handle


def test_consent_comes_first(place: str, studies: Studies, device: Callable[..., BrowserContext]) -> None:
    before = studies.counts(studies.study())["people"].joined
    page = device().new_page()
    page.goto(f"{place}/study/join/{studies.study().join_code}")
    button = page.get_by_role("button", name="I agree")
    button.click()
    assert page.get_by_text("Please tick the box").is_visible()
    assert page.evaluate("document.activeElement.id") == "agree"
    assert studies.counts(studies.study())["people"].joined == before
    page.get_by_role("checkbox").check()
    assert not page.get_by_text("Please tick the box").is_visible()
    button.dblclick()
    page.wait_for_selector("#step")
    assert studies.counts(studies.study())["people"].joined == before + 1


def test_consent_whose_receipt_is_lost_joins_nobody_twice(
    place: str, studies: Studies, device: Callable[..., BrowserContext]
) -> None:
    before, sent = studies.counts(studies.study())["people"].joined, list[str]()
    page = device().new_page()
    page.route("**/api/study/join/*", losing_the_first_answer(sent))
    page.goto(f"{place}/study/join/{studies.study().join_code}")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="I agree").click()
    page.wait_for_selector("#step")
    assert len(sent) == 2
    assert studies.counts(studies.study())["people"].joined == before + 1


def test_questions_open_once_enough_was_heard(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    page = visit_step(device(), place, somebody("trial"))
    assert page.evaluate(LOCKED)
    assert "listened" in page.locator("#gate").inner_text()
    page.locator("#send").click()
    assert "Track A" in page.get_by_role("alert").inner_text()
    assert page.evaluate("document.activeElement.closest('[data-sound]').dataset.sound") == "left"
    page.locator("[data-sound=left] .listen").click()
    wait_until(page, "document.querySelector('[data-sound=left].is-heard') !== null")
    assert page.evaluate(LOCKED)
    page.locator("#send").click()
    assert "Track B" in page.get_by_role("alert").inner_text()
    page.locator("[data-sound=right] .listen").click()
    wait_until(page, f"!{LOCKED}")
    assert page.locator("[data-sound=left] audio").evaluate("one => one.paused")
    assert "can answer" in page.locator("#gate").inner_text()
    assert not page.get_by_role("alert").is_visible()


def test_what_plays_twice_is_heard_once(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    page = visit_step(device(), place, somebody("expectation"))
    audio, seek = page.locator("[data-sound=query] audio"), page.locator("[data-sound=query] .seek")
    for _ in range(4):
        page.locator("[data-sound=query] .listen").click()
        wait_until(page, "document.querySelector('[data-sound=query] audio').currentTime > 0.2")
        page.locator("[data-sound=query] .listen").click()
        seek.evaluate("one => { one.value = '0'; one.dispatchEvent(new Event('input')); }")
    page.wait_for_timeout(200)
    listened = audio.evaluate("one => one.played.length && one.played.end(one.played.length - 1)")
    assert page.evaluate(LOCKED) == (listened < 0.5)


def test_an_answer_that_the_server_refuses_stays_on_the_page(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    page = visit_step(device(), place, taking)
    step = step_of(page)

    def claim_nothing(route: Any) -> None:
        route.continue_(post_data={**route.request.post_data_json, "heard": {}})

    page.route("**/answers", claim_nothing)
    listen(page)
    answer(page)
    page.locator("#send").click()
    page.get_by_role("alert").get_by_text("Still to hear").wait_for()
    assert not page.evaluate(LOCKED)
    page.unroute("**/answers")
    send(page)
    assert given(studies, taking)[step].answers == {"expectation": 3}


def test_who_closes_the_tab_goes_on_where_they_were(
    place: str, studies: Studies, device: Callable[..., BrowserContext]
) -> None:
    context = device()
    page = context.new_page()
    page.goto(f"{place}/study/join/{studies.study().join_code}")
    join(page)
    address = page.url
    _, me = studies.participant(address.rpartition("/")[2])
    page.locator("input[name=tones]").fill("17")
    wait_until(page, f"{KEPT} === 1")
    page.close()
    page = context.new_page()
    page.goto(f"{place}/study/join/{studies.study().join_code}")
    page.get_by_role("link", name="Go on where I was").click()
    assert page.url == address
    wait_until(page, "document.querySelector('input[name=tones]').value === '17'")
    assert studies.participants(studies.study(), "people")[-1].pseudonym == me.pseudonym
    page.goto(f"{place}/study/join/{studies.study().join_code}")
    page.get_by_role("button", name="Begin as somebody else").click()
    join(page)
    assert page.url != address


def test_what_was_heard_needs_no_second_hearing(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    page = visit_step(device(), place, taking)
    listen(page)
    page.close(run_before_unload=True)
    again = visit_step(device(), place, taking)
    wait_until(again, f"!{LOCKED}")
    assert float(again.locator("[data-sound=query]").get_attribute("data-before") or 0) >= 0.5


def test_two_clicks_are_one_answer(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    page = visit_step(device(), place, taking)
    step, sent = step_of(page), list[str]()
    page.on("request", lambda one: sent.append(one.method) if one.url.endswith("/answers") else None)
    listen(page)
    answer(page)
    page.locator("#send").dblclick()
    page.wait_for_selector(f"#step:not([data-step='{step}'])")
    assert sent == ["POST"]
    assert given(studies, taking)[step].answers == {"expectation": 3}


def test_an_answer_whose_receipt_is_lost_is_sent_again(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    page = visit_step(device(), place, taking)
    step, sent = step_of(page), list[str]()
    page.route("**/answers", losing_the_first_answer(sent))
    listen(page)
    answer(page)
    page.locator("#send").click()
    page.wait_for_selector(f"#step:not([data-step='{step}'])")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert given(studies, taking)[step].answers == {"expectation": 3}


def answered_offline(context: BrowserContext, place: str, taking: Taking) -> Page:
    """Give a page whose answer was sent when the connection was gone."""
    page = visit_step(context, place, taking)
    listen(page)
    answer(page)
    context.set_offline(True)
    page.locator("#send").click()
    page.get_by_text("The connection is lost").wait_for()
    return page


def test_a_lost_connection_loses_nothing(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    context = device()
    page = answered_offline(context, place, taking)
    step = step_of(page)
    assert page.evaluate(LOCKED)
    assert step not in given(studies, taking)
    context.set_offline(False)
    page.wait_for_selector(f"#step:not([data-step='{step}'])")
    assert given(studies, taking)[step].answers == {"expectation": 3}
    assert page.evaluate(KEPT) == 0


def test_an_answer_outlives_its_tab(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    context = device()
    page = answered_offline(context, place, taking)
    step = step_of(page)
    page.close()
    context.set_offline(False)
    again = visit_step(context, place, taking)
    again.wait_for_selector(f"#step:not([data-step='{step}'])")
    assert given(studies, taking)[step].answers == {"expectation": 3}


def test_the_newest_window_has_the_seat(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    context = device()
    old = visit_step(context, place, taking)
    step = step_of(old)
    listen(old)
    answer(old)
    new = visit_step(context, place, taking)
    old.locator("#send").click()
    old.get_by_role("heading", name="open in another window").wait_for()
    assert old.locator("audio").count() == 0
    assert step not in given(studies, taking)
    old.get_by_role("link", name="Go on here").click()
    wait_until(old, f"!{LOCKED}")
    send(old)
    assert given(studies, taking)[step].answers == {"expectation": 3}
    new.locator("[data-sound=query] .listen").click()
    new.get_by_role("heading", name="open in another window").wait_for()


def test_two_take_part_at_the_same_time(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    takings = somebody(), somebody()
    pages = [visit_step(device(), place, one) for one in takings]
    for _ in range(7):
        for page, one in zip(pages, takings, strict=True):
            go_on(page, one.tones)
    kept = [given(studies, one) for one in takings]
    for one in kept:
        assert [*one][:1] == ["sound"]
        assert len(one) == 7
    assert kept[0]["sound"].answers == {"tones": takings[0].tones}
    assert kept[1]["sound"].answers == {"tones": takings[1].tones}
    slots = [studies.participant(one.secret)[1].slot for one in takings]
    assert slots[0] != slots[1]


def test_the_practice_says_how_it_went(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("trial")
    page = visit_step(device(), place, taking)
    listen(page)
    answer(page)
    page.locator("#send").click()
    feedback = page.locator("#feedback")
    feedback.wait_for()
    told = given(studies, taking)["practice-trial-1"]
    assert told.answers["choice"] == "right"
    is_right = told.facts["step"]["higher_side"] == "right"
    assert ("That is right" in feedback.inner_text()) == is_right
    page.locator("#send").click()
    page.wait_for_selector("[data-step='1-expectation']")


def test_who_hears_nothing_is_told_what_to_check(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody()
    page = visit_step(device(), place, taking)
    assert page.get_by_text("You hear nothing?").is_visible()
    page.locator("input[name=tones]").fill(str(taking.tones - 1))
    page.locator("#send").click()
    page.get_by_text("not the number of tones").wait_for()
    assert step_of(page) == "sound"
    page.locator("input[name=tones]").fill("many")
    page.locator("#send").click()
    assert page.locator("[data-wrong]").inner_text() == "Please enter a whole number from 0 to 20."
    page.locator("input[name=tones]").fill(str(taking.tones))
    send(page)
    assert step_of(page) != "sound"


def test_a_sound_that_cannot_be_played_is_asked_for_as_wav_and_then_said(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    page = visit_step(device(), place, somebody("expectation"))
    asked = list[str]()

    def spoil(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="audio/mpeg", body=b"no music")

    page.route("**/sound/**", spoil)
    page.locator("[data-sound=query] .listen").click()
    page.get_by_role("alert").get_by_text("cannot be played").wait_for()
    assert asked[-1].endswith("?as=wav")
    page.unroute("**/sound/**")
    listen(page)


def test_missing_answers_are_marked(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("scales", block=1)
    page = visit_step(device(), place, taking)
    step, n = step_of(page), page.locator("[data-question]").count()
    page.locator("#send").click()
    assert page.locator("[data-wrong]:visible").count() == n
    assert page.evaluate("document.activeElement.closest('[data-question]').dataset.question") == (
        page.locator("[data-question]").first.get_attribute("data-question")
    )
    answer(page)
    assert page.locator("[data-wrong]:visible").count() == 0
    send(page)
    assert step_of(page) != step


def test_keys_alone_take_a_step(
    place: str, studies: Studies, somebody: Somebody, device: Callable[..., BrowserContext]
) -> None:
    taking = somebody("expectation")
    page = visit_step(device(), place, taking)
    step = step_of(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    wait_until(page, f"!{LOCKED}")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "expectation":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#step:not([data-step='{step}'])")
    assert given(studies, taking)[step].answers == {"expectation": 2}
