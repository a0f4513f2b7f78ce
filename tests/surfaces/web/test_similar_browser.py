"""The switch and slider of recommendations, and more and less like this, in a browser."""

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

DARK_AND_NARROW = {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}
FOCUSED = "document.activeElement.id"


@pytest.fixture(scope="module")
def track(own_demo: Path) -> str:
    return soundglass.open(own_demo).find("vermocsar").id


def titles(page: Page) -> list[str]:
    return page.locator(".card h3 .name").all_inner_texts()


def test_switch_and_slider_are_one(visit: Callable[..., Page], address: str, track: str) -> None:
    page = visit(f"{address}/tracks/{track}")
    assert page.locator("#mix-share").input_value() == "0"
    before, top = titles(page), page.evaluate("window.scrollY")
    page.get_by_role("radio", name="spectrogram").check()
    wait_until(page, "location.search === '?by=spectrogram'")
    wait_until(page, "document.querySelector('#similar-summary').textContent.includes('by spectrogram')")
    assert page.locator("#mix-share").input_value() == "1"
    assert titles(page) != before
    assert page.evaluate("document.activeElement.value") == "spectrogram"
    assert page.evaluate("window.scrollY") >= top
    page.locator("#mix-share").focus()
    page.keyboard.press("ArrowLeft")
    wait_until(page, "location.search === '?by=blend&weight=0.99'")
    assert page.get_by_role("radio", name="blend").is_checked()
    assert page.evaluate(FOCUSED) == "mix-share"
    assert page.locator("#mix-share").get_attribute("aria-valuetext") == "99 % spectrogram, 1 % features"
    page.keyboard.press("Home")
    wait_until(page, "location.search === ''")
    assert page.get_by_role("radio", name="features").is_checked()
    assert titles(page) == before


def test_the_address_can_be_shared(visit: Callable[..., Page], address: str, track: str) -> None:
    page = visit(f"{address}/tracks/{track}?by=blend&weight=0.4")
    assert page.locator("#mix-share").input_value() == "0.4"
    first = titles(page)
    page.get_by_role("radio", name="features").check()
    wait_until(page, "location.search === ''")
    page.go_back()
    wait_until(page, "document.querySelector('#similar-summary').textContent.includes('40 %')")
    assert titles(page) == first


def test_more_and_less_like_this(visit: Callable[..., Page], address: str, track: str) -> None:
    page = visit(f"{address}/tracks/{track}")
    first, second = titles(page)[:2]
    page.locator(".card").nth(0).get_by_role("link", name="More like").click()
    wait_until(page, "location.search.startsWith('?more=')")
    wait_until(page, "document.querySelectorAll('.seeds .remove').length === 1")
    assert page.evaluate(FOCUSED) == "similar-summary"
    assert first not in titles(page)
    page.locator(".card", has_text=second).first.get_by_role("link", name="Less like").click()
    wait_until(page, "document.querySelectorAll('.seeds .remove').length === 2")
    assert not {first, second} & {*titles(page)}
    page.get_by_role("radio", name="blend").check()
    wait_until(page, "location.search.includes('by=blend') && location.search.includes('less=')")
    assert page.locator(".seeds .remove").count() == 2
    page.locator(".seeds .remove").first.click()
    wait_until(page, "document.querySelectorAll('.seeds .remove').length === 1")
    page.get_by_role("link", name="Only this track").click()
    wait_until(page, "document.querySelectorAll('.seeds').length === 0")


def test_it_reads_and_changes_without_a_script(visit: Callable[..., Page], address: str, track: str) -> None:
    page = visit(f"{address}/tracks/{track}", java_script_enabled=False)
    before = titles(page)
    page.get_by_role("radio", name="spectrogram").check()
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_load_state()
    assert "by=spectrogram" in page.url
    assert titles(page) not in ([], before)
    page.locator(".card").nth(0).get_by_role("link", name="More like").click()
    page.wait_for_load_state()
    assert page.locator(".seeds .remove").count() == 1
    assert page.get_by_role("radio", name="spectrogram").is_checked()


@pytest.mark.parametrize("query", ["", "?by=blend&more={other}", "?by=spectrogram&less={other}"])
@pytest.mark.parametrize(
    "settings", [{}, {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}]
)
def test_it_can_be_read_and_used_by_all(
    visit: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    address: str,
    own_demo: Path,
    track: str,
    query: str,
    settings: dict[str, object],
) -> None:
    other = soundglass.open(own_demo).find("escape from chaosland").id
    page = visit(f"{address}/tracks/{track}{query.format(other=other)}", **settings)
    assert_accessible(page)
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
