"""The first page in a browser: found as one types, walked by keys, live, readable by all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from web_waiting import wait_until

from soundglass.library.scanning import ScanState, publishing
from soundglass.surfaces.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

NARROW = {"viewport": {"width": 360, "height": 740}}


def first_title(page: Page) -> str:
    return page.locator("#found .what b").first.inner_text()


def type_in(page: Page, words: str) -> None:
    page.locator("#q").press_sequentially(words, delay=20)


def test_what_is_typed_is_found_as_one_types_and_the_address_keeps_it(
    address: str, visit: Callable[..., Page]
) -> None:
    page = visit(address)
    type_in(page, "vremocs")
    wait_until(page, "document.querySelector('#found .what b')?.textContent === 'Vérmocsár'")
    assert "come" in page.locator("#count").inner_text()
    assert page.url.endswith("/?q=vremocs")
    page.reload()
    assert first_title(page) == "Vérmocsár"
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("xqzj")
    wait_until(page, "document.querySelector('#found .empty') !== null")
    assert "Nothing is called" in page.locator("#count").inner_text()
    page.locator("#q").press("Control+a")
    page.locator("#q").press("Delete")
    wait_until(page, "document.getElementById('found').textContent.includes('Recently added')")


def test_keys_alone_lead_to_a_track(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("obsidian shell", delay=20)
    wait_until(page, "document.querySelectorAll('#found .open').length === 3")
    at = "[...document.querySelectorAll('#found .open')].indexOf(document.activeElement)"
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("End", 2), ("ArrowDown", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        assert page.evaluate(at) == place
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    wanted = page.locator("#found .open").first.get_attribute("href")
    with page.expect_request(re.compile(f"{wanted}$")):
        page.keyboard.press("Enter")


def test_the_page_reads_and_searches_without_scripts(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address, java_script_enabled=False)
    assert page.locator("#found li").count() == 12
    assert page.locator("[data-scan=start]").is_hidden()
    page.locator("#q").fill("vermocsar")
    page.get_by_role("button", name="Search").click()
    assert first_title(page) == "Vérmocsár"
    assert "1 track" in page.locator("#count").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?q=obsidian", "?q=xqzj"])
def test_everybody_can_use_it(
    address: str,
    visit: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    scheme: str,
    query: str,
) -> None:
    page = visit(f"{address}/{query}", color_scheme=scheme, **NARROW)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = (
        "[...document.querySelectorAll('main button, main a, main input')]"
        ".filter(e => e.offsetParent && (e.offsetWidth < 24 || e.offsetHeight < 24)).map(e => e.outerHTML)"
    )
    assert page.evaluate(small) == []


def test_a_scan_elsewhere_is_seen_live(
    address: str, own_demo: Path, visit: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    page, state = visit(address), [ScanState("looking")]
    assert page.locator("[data-scan=running]").is_hidden()
    with publishing(own_demo, lambda: state[0]):
        page.get_by_text("Looking for music").wait_for()
        state[0] = ScanState("analysing", 1234, 5000, 1200, 30, 4, "Ænima/01 <b>.flac")
        page.get_by_text("1,234 of 5,000 files · 1,200 new · 30 changed · 4 failed").wait_for()
        assert page.locator("[data-scan=file]").inner_text() == "01 <b>.flac"
        assert page.evaluate("document.querySelector('#scan progress').position") == pytest.approx(0.2468)
        assert page.locator("[data-scan=stop]").is_hidden()
        assert "Ctrl+C" in page.locator("[data-scan=elsewhere]").inner_text()
        assert_accessible(page)
    page.locator("[data-scan=running]").wait_for(state="hidden")


def test_the_first_page_shows_music_as_soon_as_there_is_some(
    serve: Callable[..., str],
    demo_library: Library,
    visit: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    page = visit(serve(tmp_path / "mine.lance"), **NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert_accessible(page)
    assert page.get_by_role("button", name="Copy the command soundglass demo").is_visible()
    shutil.copytree(demo_library.uri, tmp_path / "mine.lance")
    page.get_by_text("Recently added").wait_for()
