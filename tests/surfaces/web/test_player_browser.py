"""The player in a real browser: it is heard, seen, moved by mouse and keys, and stays light however long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from web_waiting import wait_until

from media_files import music, write
from soundglass.core.types import Track
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.surfaces.web.sight.layout import from_top

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

SHORT_S, LONG_S = 30.0, 40 * 60.0
CLOCK, SOUND = (
    "document.querySelector('.player-clock').textContent",
    "document.querySelector('.player-audio')",
)
TILES_THERE = "document.querySelectorAll('.strip-tile.there').length > 0"


@pytest.fixture(scope="module")
def shown(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server with a short recording, a long one, and one whose file is gone."""
    folder = tmp_path_factory.mktemp("player")
    long = folder / "long.flac"
    noise = np.random.default_rng(0).normal(0, 0.05, 8000 * 60).astype(np.float32)
    soundfile.write(long, np.tile(noise, round(LONG_S / 60)), 8000)
    files = {"short": (write(folder / "short.flac", "flac", music(SHORT_S)), SHORT_S), "long": (long, LONG_S)}
    store = Store(str(folder / "library"), create=True)
    rows = [_row(name, *of) for name, of in files.items()]
    gone = TrackRow(
        Track("gone", "audio", title="Gone"),
        {"duration": 9.0, "energy": 0.1},
        [FileStamp(str(folder / "x"), 1, 1)],
    )
    with store.writing("test"):
        store.upsert([*rows, gone])
    return serve(folder / "library")


def _row(name: str, path: Path, duration_s: float) -> TrackRow:
    status = path.stat()
    stamp = FileStamp(str(path), status.st_size, status.st_mtime_ns)
    values = {"duration": duration_s, "loudness": -20.0, "energy": 0.5, "tempo": 120.0}
    track = Track(name, "audio", title=f"The {name} one", artist="Nobody")
    known = soundfile.info(path)
    return TrackRow(
        track, values, [stamp], codec="flac", sample_rate=known.samplerate, channels=known.channels
    )


@pytest.fixture
def player(visit: Callable[..., Page], shown: str) -> Callable[..., Page]:
    """Open the page of a track and wait for the first tile and the waveform."""

    def open_page(track: str = "short", **settings: object) -> Page:
        page = visit(f"{shown}/tracks/{track}", **settings)
        wait_until(page, TILES_THERE)
        wait_until(page, "!document.querySelector('.wave').classList.contains('waiting')")
        return page

    return open_page


def now(page: Page) -> float:
    return float(page.evaluate(f"{SOUND}.currentTime"))


def place(page: Page, selector: str) -> float:
    """Give the middle of something, as a share of the spectrogram's width."""
    return float(
        page.evaluate(
            """selector => {
              const box = of => document.querySelector(of).getBoundingClientRect();
              const [one, all] = [box(selector), box('.strip-scroller')];
              return (one.left + one.width / 2 - all.left) / all.width;
            }""",
            selector,
        )
    )


def test_it_plays_and_both_playheads_follow(player: Callable[..., Page]) -> None:
    page = player()
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(page, f"{SOUND}.currentTime > 1")
    page.get_by_role("button", name="Pause", exact=True).click()
    share = now(page) / SHORT_S
    wait_until(
        page,
        f"Math.abs({SOUND}.currentTime - parseFloat(document.querySelector('.wave').ariaValueNow)) < .11",
    )
    assert place(page, ".strip-head") == pytest.approx(share, abs=0.005)
    assert place(page, ".wave-head") == pytest.approx(share, abs=0.005)
    assert page.locator(".player-clock").inner_text() == f"0:0{int(now(page))} / 0:30"
    assert page.evaluate("navigator.mediaSession.metadata.title") == "The short one"


def test_only_one_thing_sounds(player: Callable[..., Page]) -> None:
    page = player()
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(page, f"!{SOUND}.paused")
    page.evaluate("import('/static/play.js').then(m => m.play({src: '/audio/short', title: 'x'}))")
    wait_until(page, "!document.getElementById('audio').paused")
    wait_until(page, f"{SOUND}.paused")
    page.locator(".player .round").click()
    wait_until(page, f"!{SOUND}.paused")
    wait_until(page, "document.getElementById('audio').paused")


def test_keys_alone_seek_play_zoom_and_loop(player: Callable[..., Page]) -> None:
    page = player()
    page.get_by_role("slider", name="Position in The short one").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert now(page) == pytest.approx(10, abs=0.05)
    page.keyboard.press("l")
    assert page.locator(".player-loop").inner_text() == "Loop 0:10 to here"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    assert page.get_by_role("button", name="End loop 0:10–0:15").get_attribute("aria-pressed") == "true"
    assert page.locator(".strip-loop").is_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("l")
    assert page.locator(".strip-loop").is_hidden()
    for key, where in (("End", SHORT_S), ("PageDown", 0), ("Home", 0)):
        page.keyboard.press(key)
        assert now(page) == pytest.approx(where, abs=0.1)
    whole = page.evaluate("document.querySelector('.strip-inner').offsetWidth")
    page.keyboard.press("+")
    assert page.evaluate("document.querySelector('.strip-inner').offsetWidth") == pytest.approx(
        2 * whole, abs=2
    )
    page.keyboard.press("0")
    assert page.evaluate("document.querySelector('.strip-inner').offsetWidth") == pytest.approx(whole, abs=2)
    page.keyboard.press(" ")
    wait_until(page, f"!{SOUND}.paused")
    page.keyboard.press(" ")
    wait_until(page, f"{SOUND}.paused")
    assert page.locator(".wave").get_attribute("aria-valuetext").endswith("of 30 s")


def test_a_click_seeks_and_dragging_loops(player: Callable[..., Page]) -> None:
    page = player()
    box = page.locator(".strip-scroller").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 50)
    assert now(page) == pytest.approx(15, abs=0.1)
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 60, steps=4)
    page.mouse.up()
    assert page.locator(".player-loop").inner_text() == "End loop 0:06–0:07"
    assert now(page) == pytest.approx(15, abs=0.1)
    page.locator(".player .round").click()
    wait_until(page, f"{SOUND}.currentTime > 6.9 && {SOUND}.currentTime < 7.6")
    wait_until(page, f"{SOUND}.currentTime < 6.5")
    assert now(page) >= 5.9


def test_of_a_long_recording_only_what_is_seen_is_there(player: Callable[..., Page]) -> None:
    page = player("long")
    seen = "document.querySelectorAll('.strip-tile').length"
    assert page.evaluate(seen) <= 8
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate(seen) <= 8
    page.evaluate("document.querySelector('.strip-scroller').scrollLeft = 1e9")
    last = "[...document.querySelectorAll('.strip-tile')].at(-1)"
    end = "document.querySelector('.strip-inner').getBoundingClientRect().right"
    wait_until(page, f"Math.abs({last}.getBoundingClientRect().right - {end}) < 2 && {last}.naturalWidth > 0")
    assert page.evaluate(seen) <= 8
    page.get_by_role("button", name="Show the whole recording").click()
    wait_until(page, f"{last}.naturalWidth > 0")
    ticks = page.locator(".strip-times span").all_inner_texts()
    assert ticks[0] == "0:00"
    assert 5 <= len(ticks) <= 20
    assert page.evaluate(seen) <= 8


def test_regions_are_buttons_where_they_sound(player: Callable[..., Page]) -> None:
    page = player()
    page.evaluate(
        """async () => {
          const { mountPlayer } = await import(document.querySelector('script[src*="player.js"]').src);
          const player = await mountPlayer(document.querySelector('[data-player]'));
          window.told = [];
          const tell = name => number => window.told.push([name, number]);
          player.setRegions([{
            number: 1, start_s: 12, end_s: 15, low_hz: 500, high_hz: 2000,
            colour: '#56b4e9', label: 'Region 1: low pulse',
          }], {hover: tell('hover'), focus: tell('focus'), click: tell('click')});
          window.player = player;
        }"""
    )
    box = page.get_by_role("button", name="Region 1: low pulse")
    assert place(page, ".strip-mark") == pytest.approx(13.5 / SHORT_S, abs=0.003)
    top, bottom = page.evaluate(
        """() => {
          const box = of => document.querySelector(of).getBoundingClientRect();
          const [one, all] = [box('.strip-mark'), box('.strip-marks')];
          return [one.top, one.bottom].map(y => (y - all.top) / all.height);
        }"""
    )
    assert (top, bottom) == (pytest.approx(from_top(2000), abs=0.01), pytest.approx(from_top(500), abs=0.01))
    box.hover()
    box.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.told.filter(([name]) => name !== 'hover')") == [["focus", 1], ["click", 1]]
    assert page.evaluate("window.told[0]") == ["hover", 1]
    page.evaluate("player.light(1)")
    assert "lit" in (box.get_attribute("class") or "")
    page.evaluate("player.play(12, 12.4)")
    wait_until(page, f"{SOUND}.paused && {SOUND}.currentTime >= 12.4")
    assert now(page) < 13


def test_what_a_browser_cannot_play_is_asked_for_as_wav(visit: Callable[..., Page], shown: str) -> None:
    page = visit(f"{shown}/tracks/gone")
    page.route(
        lambda url: "/audio/" in url and "as=wav" not in url,
        lambda route: route.fulfill(body=b"noise", content_type="audio/x-ape"),
    )
    page.goto(f"{shown}/tracks/short")
    wait_until(page, TILES_THERE)
    wait_until(page, f"{SOUND}.currentSrc.endsWith('as=wav')")
    page.locator(".player .round").click()
    wait_until(page, f"{SOUND}.currentTime > 0.3")


def test_without_script_there_is_the_sound_and_a_picture(visit: Callable[..., Page], shown: str) -> None:
    page = visit(f"{shown}/tracks/short", java_script_enabled=False)
    assert page.locator("audio.player-audio[controls]").is_visible()
    picture = page.locator("svg.still-picture")
    assert picture.is_visible()
    assert picture.locator("image").count() == 1
    assert (picture.bounding_box() or {})["height"] > 100


def test_a_missing_file_is_one_line(visit: Callable[..., Page], shown: str) -> None:
    page = visit(f"{shown}/tracks/gone")
    assert "no longer there" in page.locator(".no-player").inner_text()
    assert page.locator(".player").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(
    scheme: str, player: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    page = player(color_scheme=scheme, viewport={"width": 360, "height": 740})
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    small = page.locator(".player button").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).filter(b => b.width < 24 || b.height < 24).length"
    )
    assert small == 0
