"""How participants' pages look: on a phone, in the dark, to a reader of screens, from right to left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from study_taking import Taking
from study_walking import listen, step_of, visit_step

from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.library.study.failures import UnknownLink
from soundglass.library.study.studies import Studies

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.xdist_group("browser")

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
Device = Callable[..., "BrowserContext"]
Somebody = Callable[..., Taking]


def assert_fits(page: Page, width: int = 360) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def kind_of(step: dict[str, Any]) -> str:
    """What of a step decides how its page looks."""
    why = step["explanation"] or {"bars": [], "pictures": [], "sentence": ""}
    parts = [name for name in ("bars", "pictures", "sentence") if why[name]]
    return " ".join([step["kind"], *(one["id"] for one in step["scales"]), *parts])


def test_every_kind_of_page_fits_a_phone_and_is_accessible(
    place: str,
    somebody: Somebody,
    visit: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
) -> None:
    taking, seen = somebody(), set[str]()
    page = visit(place + taking.address, viewport=NARROW)
    while not (step := taking.step())["finished"]:
        if (kind := kind_of(step)) not in seen:
            seen.add(kind)
            page.emulate_media(color_scheme="dark" if len(seen) % 2 else "light")
            page.goto(place + taking.address)
            assert step_of(page) == step["step"]
            assert_fits(page)
            assert_accessible(page)
            if step["kind"] == "impression":
                listen(page)
                assert_fits(page)
                assert_accessible(page)
        assert taking.give(taking.step()).status_code == 200
    assert len(seen) >= 15
    page.goto(place + taking.address)
    assert page.get_by_text(taking.pseudonym).is_visible()
    assert_fits(page)
    assert_accessible(page)


def test_touch_finds_room(place: str, somebody: Somebody, device: Device) -> None:
    page = visit_step(device(viewport=NARROW, has_touch=True, is_mobile=True), place, somebody("impression"))
    for target in page.locator(".listen, .point, .option, #send").all():
        box = target.bounding_box()
        assert box is not None
        assert box["width"] >= 24
        assert box["height"] >= 40


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
def test_from_right_to_left_track_a_stays_on_the_left(
    viewport: dict[str, int], place: str, studies: Studies, somebody: Somebody, device: Device
) -> None:
    record = studies.study()
    words = replace(Instruments.from_json(record.instruments), direction="rtl", language="ar")
    studies.add("RTL", plan=record.plan, instruments=words.to_json(), materials=())
    try:
        page = visit_step(device(viewport=viewport), place, somebody("trial"))
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert_fits(page, viewport["width"])
        listen(page)

        def left_of(selector: str) -> float:
            box = page.locator(selector).first.bounding_box()
            assert box is not None
            return box["x"]

        assert left_of("[data-sound=left]") < left_of("[data-sound=right]")
        assert left_of("input[value=left]") < left_of("input[value=right]")
        assert left_of("[data-question=sure] input[value='1']") > left_of(
            "[data-question=sure] input[value='5']"
        )
    finally:
        studies.delete("RTL")


def test_without_script_it_is_said_what_is_missing(
    place: str, studies: Studies, somebody: Somebody, device: Device
) -> None:
    page = visit_step(device(java_script_enabled=False), place, somebody())
    assert "needs JavaScript" in page.locator("noscript").inner_text()
    page.goto(f"{place}/study/join/{studies.study().join_code}")
    assert "needs JavaScript" in page.locator("noscript").inner_text()


def test_participants_find_no_way_into_the_library(place: str, somebody: Somebody, device: Device) -> None:
    page = visit_step(device(), place, somebody("trial"))
    own = page.url.removeprefix(place)
    addresses = page.eval_on_selector_all("[href], [src]", "all => all.map(one => one.href || one.src)")
    below = {one.removeprefix(place) for one in addresses}
    assert all(one.startswith((own, "/static/")) for one in below), below
    assert page.locator("nav").count() == 0


def test_a_link_that_leads_nowhere_and_a_study_that_is_closed(
    place: str,
    studies: Studies,
    somebody: Somebody,
    device: Device,
    assert_accessible: Callable[[Page], None],
) -> None:
    taking = somebody()
    page = device(viewport=NARROW).new_page()
    for address in ("/study/p/nobody", "/study/join/nothing"):
        answer = page.goto(place + address)
        assert answer is not None
        assert answer.status == 404
        assert page.get_by_role("heading", name="does not lead anywhere").is_visible()
        assert_fits(page)
    assert_accessible(page)
    studies.set_open(studies.study().name, False)
    try:
        page.goto(f"{place}/study/join/{studies.study().join_code}")
        assert page.get_by_role("heading", name="closed").is_visible()
        page.goto(place + taking.address)
        assert step_of(page) == "sound"
    finally:
        studies.set_open(studies.study().name, True)


def test_at_the_end_everything_can_be_taken_back(
    place: str,
    studies: Studies,
    somebody: Somebody,
    device: Device,
    assert_accessible: Callable[[Page], None],
) -> None:
    taking = somebody()
    taking.finish()
    page = visit_step(device(viewport=NARROW), place, taking)
    delete = page.get_by_role("button", name="Delete all my answers").first
    delete.click()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()
    assert page.evaluate("document.activeElement.id") == "delete"
    assert studies.participant(taking.secret)[1].pseudonym == taking.pseudonym
    delete.click()
    page.locator("dialog").get_by_role("button", name="Delete all my answers").click()
    page.get_by_role("heading", name="Deleted").wait_for()
    assert not page.get_by_text(taking.pseudonym).is_visible()
    with pytest.raises(UnknownLink):
        studies.participant(taking.secret)
    answer = page.goto(place + taking.address)
    assert answer is not None
    assert answer.status == 404


def test_digits_of_other_scripts_are_numbers(place: str, somebody: Somebody, device: Device) -> None:
    taking = somebody()
    page = visit_step(device(), place, taking)
    page.locator("input[name=tones]").fill(chr(0x660 + taking.tones))
    page.locator("#send").click()
    page.wait_for_selector("#step:not([data-step='sound'])")
