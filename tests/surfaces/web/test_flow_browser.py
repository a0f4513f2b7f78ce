"""What a person does: search, open, ask why, hear a region, turn a reason off, keep a list, take it away."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from web_waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

PLAYING = "(a => !a.paused && a.currentTime > 0)(document.getElementById('audio'))"
PAUSED = "document.getElementById('audio').paused"


def test_from_a_search_to_a_playlist_on_disk(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    page.locator("#q").press_sequentially("escpae from chaos", delay=20)
    page.locator("#found").get_by_role("link", name=re.compile("Escape from chaosland")).click()
    page.wait_for_load_state("load")
    assert page.locator("h1").inner_text() == "Escape from chaosland"

    page.locator("#mix").get_by_text("spectrogram", exact=True).click()
    wait_until(page, "location.search.includes('by=spectrogram')")
    page.locator("#similar-found").get_by_role("link", name=re.compile("^Why")).first.click()
    assert "by=spectrogram" in page.url
    assert page.locator(".region-list li").count() > 0

    region = page.locator(".region-list li").first
    region.get_by_role("button", name=re.compile("in A", re.IGNORECASE)).first.click()
    wait_until(page, PLAYING)
    start = float(page.evaluate("document.getElementById('audio').currentTime"))
    wait_until(page, PAUSED)
    assert page.evaluate("document.getElementById('audio').src").endswith(page.url.split("/tracks/")[1][:16])
    assert start >= 0
    region.get_by_role("button", name=re.compile("only", re.IGNORECASE)).first.click()
    wait_until(page, PLAYING)

    page.get_by_role("link", name="Escape from chaosland").first.click()
    page.get_by_role("link", name="Steer from here").click()
    before = page.locator("ol li .name").all_inner_texts()
    page.get_by_role("switch", name=re.compile("tempo")).first.click()
    wait_until(page, "location.search.includes('tempo')")
    after = page.locator("ol li .name").all_inner_texts()
    assert before != after

    page.get_by_role("link", name="Playlists").click()
    page.get_by_role("link", name=re.compile("From tracks")).click()
    page.get_by_role("searchbox", name=re.compile("Like which track")).fill("chaosland")
    page.locator("#found-seed").get_by_role("link", name=re.compile("Escape from chaosland")).click()
    page.get_by_role("button", name="Make the list").click()
    page.get_by_role("textbox", name="Name").fill("Loud and fast")
    page.get_by_role("button", name="Save as a playlist").click()
    page.wait_for_url(re.compile("/playlists/"))
    assert page.locator("h1").inner_text() == "Loud and fast"
    names = page.locator("#playlist-tracks .name").all_inner_texts()
    assert len(names) > 3

    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("M3U8")).click()
    text = waiting.value.path().read_text("utf-8")
    assert text.startswith("#EXTM3U")
    assert waiting.value.suggested_filename.endswith(".m3u8")
    for name in names:
        assert name in text


def test_the_whole_way_by_keyboard(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    wait_until(page, "document.activeElement.id == 'q'")
    page.keyboard.type("vermocsar", delay=20)
    wait_until(page, "document.querySelectorAll('#found li').length == 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/tracks/"))
    reach(page, "Why")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/why/"))
    reach(page, "spectrogram")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("by=spectrogram"))
    reach(page, "play in A")
    page.keyboard.press("Enter")
    wait_until(page, PLAYING)
    reach(page, "Test this explanation")
    page.keyboard.press("Enter")
    wait_until(page, "document.querySelector('#check .button') === null", tries=1200)
    assert "score" in page.locator("#check").inner_text()


def reach(page: Page, words: str) -> None:
    """Press Tab until something is focused whose text holds these words."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.innerText ?? ''"):
            return
    raise AssertionError(f"no way to {words!r} by keyboard")
