"""The page of a track in a browser: nothing is asked for, everything plays, lights up and reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from soundglass.surfaces.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("browser")

CARD = "#spectrogram-1"
MANY = 200


@pytest.fixture(scope="module")
def file(demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_library.report("vermocsar", tmp_path_factory.mktemp("page") / "page.html", n=2)


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Callable[..., Page]]:
    """Open the page with some settings of the browser; what it asks for or complains of fails the test."""
    contexts, asked, complaints = [], list[str](), list[str]()

    def open_page(**settings: object) -> Page:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert {url for url in asked if not url.startswith("data:")} == {file.as_uri()}
    assert complaints == []


def time_of(page: Page, audio: str) -> float:
    return float(page.evaluate(f"document.getElementById('{audio}').currentTime"))


def playing(page: Page) -> list[str]:
    return list(
        page.evaluate("[...document.querySelectorAll('audio')].filter(a => !a.paused).map(a => a.id)")
    )


def wait_until(page: Page, holds: str) -> None:
    """Ask again and again; Playwright's own wait would need ``eval``, which the page forbids."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {holds}")


def wait_until_later(page: Page, audio: str, seconds: float) -> None:
    wait_until(page, f"document.getElementById('{audio}').currentTime > {seconds}")


def test_every_player_plays_one_at_a_time_and_the_playhead_follows(opened: Callable[..., Page]) -> None:
    page = opened()
    players = page.evaluate("[...document.querySelectorAll('audio[controls]')].map(a => a.id)")
    assert len(players) == 5
    for player in players:
        page.evaluate(f"document.getElementById('{player}').play()")
        wait_until_later(page, player, 0.1)
        assert playing(page) == [player]
    page.evaluate("document.getElementById('own-0').play()")
    wait_until_later(page, "own-0", 0.5)
    wait_until(page, "document.querySelector('.plot.tall .seek').value > 0.3")
    assert page.locator(".plot.tall .seek").get_attribute("aria-valuetext") == "0:00"


def test_a_click_on_the_spectrogram_seeks(opened: Callable[..., Page]) -> None:
    page = opened()
    box = page.locator(".plot.tall").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
    wait_until(page, "document.getElementById('own-0').currentTime > 1")
    assert time_of(page, "own-0") == pytest.approx(6.0, abs=0.2)


def test_pointing_at_a_region_lights_it_on_both_sides_and_in_the_list(opened: Callable[..., Page]) -> None:
    page = opened()
    boxes = page.locator(f"{CARD} .box")
    assert boxes.count() >= 4
    assert page.locator(".lit").count() == 0
    boxes.first.hover(force=True)
    key = boxes.first.get_attribute("data-lit")
    lit = page.locator(".lit")
    assert lit.count() == 3
    assert {lit.nth(at).get_attribute("data-lit") for at in range(3)} == {key}
    first, second = (page.locator(f"{CARD} .spectrogram").nth(at).locator(".lit") for at in (0, 1))
    assert first.inner_text() == second.inner_text() != ""
    page.mouse.move(0, 0)
    assert page.locator(".lit").count() == 0


def test_a_click_on_a_region_plays_that_stretch_and_stops_at_its_end(opened: Callable[..., Page]) -> None:
    page = opened()
    box = page.locator(f"{CARD} .spectrogram").nth(1).locator(".box").first
    button = page.locator(f"#{box.get_attribute('data-press')}")
    audio = str(button.get_attribute("data-audio"))
    start, end = (float(str(button.get_attribute(f"data-{name}"))) for name in ("start", "end"))
    box.click(force=True)
    wait_until(page, f"!document.getElementById('{audio}').paused")
    assert button.get_attribute("aria-pressed") == "true"
    assert time_of(page, audio) >= start - 0.05
    wait_until(page, f"document.getElementById('{audio}').paused")
    assert end <= time_of(page, audio) < end + 1.0
    assert button.get_attribute("aria-pressed") == "false"


def test_only_the_matched_sounds_play(opened: Callable[..., Page]) -> None:
    page = opened()
    button = page.locator(f"{CARD} button", has_text="only these sounds").first
    button.click()
    audio = str(button.get_attribute("data-audio"))
    wait_until_later(page, audio, 0.2)
    button.click()
    assert playing(page) == []


def test_everything_can_be_done_with_keys(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator(".plot.tall .seek").focus()
    page.keyboard.press("PageUp")
    wait_until(page, "document.getElementById('own-0').currentTime > 0.5")
    button = page.locator(f"{CARD} button").first
    button.focus()
    assert page.locator(".lit").count() == 3
    page.keyboard.press("Enter")
    wait_until(page, "[...document.querySelectorAll('audio')].some(a => !a.paused)")
    page.keyboard.press("Escape")
    assert playing(page) == []
    summary = page.locator("#features-1 summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#features-1 details .all").is_visible()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out(opened: Callable[..., Page], width: int) -> None:
    page = opened(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


CONTRASTS = """() => {
  const luminance = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255);
    const [r, g, b] = parts.map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!colour.endsWith(", 0)")) return colour;
    }
  };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || one.closest("svg, script, .box") || !one.checkVisibility()) continue;
    const [a, b] = [luminance(getComputedStyle(one).color), luminance(behind(one))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([contrast, `${one.className} ${one.textContent.slice(0, 30)}`]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_in_light_and_in_the_dark(opened: Callable[..., Page], scheme: str) -> None:
    page = opened(color_scheme=scheme)
    found = page.evaluate(CONTRASTS)
    assert len(found) > MANY
    assert min(found)[0] >= 4.5, min(found)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(23, 24, 26)") is (scheme == "dark")


def test_without_scripts_it_still_reads_and_plays(opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)
    assert page.locator("#spectrogram-1 .sentence").is_visible()
    assert page.locator("#spectrogram-1 .bars").is_visible()
    assert page.locator("audio[controls]").first.is_visible()
    assert page.locator(".script:visible").count() == 0
    page.locator("#features-1 summary").click()
    assert page.locator("#features-1 details .all").is_visible()


def test_it_prints_without_players(opened: Callable[..., Page]) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert page.locator("audio:visible").count() == 0
    assert page.locator("button:visible").count() == 0
    assert page.locator(f"{CARD} .box").first.is_visible()
