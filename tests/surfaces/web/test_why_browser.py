"""The page of a pair in a browser: regions light up and play, with a mouse, a finger or keys alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from web_waiting import wait_until

import soundglass

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

LIT = "[...document.querySelectorAll('.lit')].map(one => one.dataset.region)"
PLAYS = "!document.getElementById('audio').paused"


@pytest.fixture(scope="module")
def url(address: str, own_demo: Path) -> str:
    library = soundglass.open(own_demo)
    query = library.find("escape from chaosland").id
    match = library.similar(query, by="spectrogram", n=1)[0].track.id
    return f"{address}/tracks/{query}/why/{match}?by=spectrogram"


def lit(page: Page) -> set[str]:
    return set(page.evaluate(LIT))


def test_a_region_lights_up_wherever_it_is(url: str, visit: Callable[..., Page]) -> None:
    page = visit(url)
    assert lit(page) == set()
    page.locator(".box[data-region='2'] .line").first.hover()
    assert lit(page) == {"2"}
    assert page.locator(".seen .box.lit").count() == 2
    assert page.locator(".region-list .region.lit").count() == 1
    assert page.locator(".fall .step.lit").count() == 1
    page.locator(".region-list .region[data-region='1'] h3").hover()
    assert lit(page) == {"1"}
    page.locator("h2").first.hover()
    assert lit(page) == set()


def test_a_press_plays_just_that_region(url: str, visit: Callable[..., Page]) -> None:
    page = visit(url)
    button = page.locator("#region-1-match")
    start, end = (float(button.get_attribute(f"data-{name}") or "") for name in ("start", "end"))
    page.locator("figure.seen").nth(1).locator(".box[data-region='1'] .line").click(force=True)
    wait_until(page, PLAYS)
    assert button.get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.getElementById('audio').currentTime") >= start - 0.05
    wait_until(page, f"!({PLAYS})")
    assert button.get_attribute("aria-pressed") == "false"
    assert end - start < 2
    page.get_by_role("button", name="Play only the sound of region 1 in A").click()
    wait_until(page, PLAYS)
    assert "/sounds/" in page.evaluate("document.getElementById('audio').src")


def test_keys_alone_reach_light_and_play_a_region(url: str, visit: Callable[..., Page]) -> None:
    page = visit(url)
    badge = page.locator(".badges a[data-region='1']").first
    badge.focus()
    assert lit(page) == {"1"}
    page.keyboard.press("Enter")
    wait_until(page, PLAYS)
    assert page.locator("#region-1-query").get_attribute("aria-pressed") == "true"
    assert page.url == url
    step = page.locator(".fall .step").first
    step.focus()
    assert step.locator(".step-evidence").is_visible()
    assert not page.locator(".fall .step-evidence").nth(1).is_visible()


def test_a_finger_plays_a_region_and_finds_room_for_it(url: str, visit: Callable[..., Page]) -> None:
    page = visit(url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    badges = page.locator(".badges a rect")
    boxes = [badges.nth(at).bounding_box() for at in range(badges.count())]
    assert all(box and box["width"] >= 24 and box["height"] >= 24 for box in boxes)
    page.locator(".badges a[data-region='2']").first.tap()
    wait_until(page, PLAYS)


def test_a_check_is_run_on_demand(
    url: str, visit: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    page = visit(url.replace("spectrogram", "features"))
    assert page.locator(".tested").count() == 0
    page.get_by_role("link", name="Test this explanation").click()
    page.wait_for_selector(".tested")
    assert page.locator("#check").get_attribute("aria-busy") is None
    assert page.locator(".tested .conclusion").inner_text().strip() != ""
    assert page.locator(".curve svg").count() == 1
    assert_accessible(page)


def test_without_script_there_are_links_sounds_and_numbers(url: str, visit: Callable[..., Page]) -> None:
    page = visit(url, java_script_enabled=False)
    assert page.locator(".seen .box").count() >= 6
    assert page.locator(".region-list audio").count() >= 6
    assert not page.locator("#region-1-query").is_visible()
    assert "/sounds/" in (page.locator(".badges a").first.get_attribute("href") or "")
    page.get_by_role("link", name="features", exact=True).click()
    page.get_by_role("link", name="Test this explanation").click()
    assert page.locator(".tested").count() == 1
    assert page.locator(".verdict .lead").count() == 1
