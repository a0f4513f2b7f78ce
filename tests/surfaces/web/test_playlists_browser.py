"""Playlists in a real browser: made, saved, played, put in order by hand and by keys, renamed, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from web_waiting import wait_until

import soundglass
from soundglass.library.playlists import Playlist
from soundglass.surfaces.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("browser")

Visit = Callable[..., "Page"]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def library(own_demo: Path) -> Iterator[Library]:
    opened = soundglass.open(own_demo)
    yield opened
    for heading in opened.playlists.all():
        opened.playlists.delete(heading.id)


@pytest.fixture
def mix(library: Library) -> Playlist:
    rows = library.similar("vermocsar", n=4)
    return library.playlists.make("Mix", [rec.track.id for rec in rows])


def order(library: Library, playlist: Playlist) -> list[str]:
    return [entry.track.id for entry in library.playlists.get(playlist.heading.id).entries]


def eventually(page: Page, library: Library, playlist: Playlist, expected: list[str]) -> None:
    for _ in range(100):
        if order(library, playlist) == expected:
            return
        page.wait_for_timeout(50)
    assert order(library, playlist) == expected


def test_a_mood_becomes_a_playlist(address: str, visit: Visit, library: Library) -> None:
    page = visit(f"{address}/playlists")
    page.get_by_role("link", name="By mood").click()
    slider = page.get_by_role("slider", name="energy, from calm to energetic")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    assert page.get_by_role("checkbox", name="energy").is_checked()
    assert page.locator("[data-mood]").first.locator("output").text_content() == "0.70"
    page.get_by_role("button", name="Find tracks").click()
    assert "on=energy" in page.url
    assert "energy=0.7" in page.url
    assert "valence" not in page.url
    found = [item.get_attribute("data-track") for item in page.locator("#preview-tracks > li").all()]
    assert len(found) == 12
    page.get_by_role("button", name="Leave").first.click()
    assert page.locator("#preview-tracks .position").first.text_content() == "1"
    page.get_by_label("Name").fill("Energetic ☀ שמש")
    page.get_by_role("button", name="Save as a playlist").click()
    page.get_by_role("heading", name="Energetic ☀ שמש").wait_for()
    (saved,) = library.playlists.all()
    kept = library.playlists.get(saved.id)
    assert [entry.track.id for entry in kept.entries] == found[1:]
    assert all("asked" in entry.reason for entry in kept.entries)
    assert page.get_by_text(kept.entries[0].reason).is_visible()


def test_typing_offers_tracks(address: str, visit: Visit) -> None:
    page = visit(f"{address}/playlists?make=path")
    box = page.get_by_role("searchbox", name="From")
    box.fill("vermocs")
    offer = page.locator("#found-start a").first
    offer.wait_for()
    assert box.evaluate("box => document.activeElement === box")
    assert "rmocs" in (offer.text_content() or "")
    offer.click()
    assert "start=" in page.url
    page.get_by_role("searchbox", name="To").fill("chaosland")
    page.locator("#found-end a").first.click()
    page.locator("#preview-tracks li").first.wait_for()
    assert page.locator("#preview-tracks .reason").first.text_content() == "Where the way begins."


def test_order_is_changed_by_keys(address: str, visit: Visit, library: Library, mix: Playlist) -> None:
    a, b, c, d = order(library, mix)
    page = visit(f"{address}/playlists/{mix.heading.id}")
    down = page.get_by_role("button", name="Move").nth(1)
    down.focus()
    down.press("Enter")
    down_focus = "document.activeElement.textContent.includes('down')"
    assert page.evaluate(down_focus)
    page.keyboard.press("Enter")
    eventually(page, library, mix, [b, c, a, d])
    assert "number 3 of 4" in (page.locator("#said").text_content() or "")
    page.get_by_role("button", name="Remove").nth(1).click()
    eventually(page, library, mix, [b, a, d])
    assert "3 tracks" in (page.locator("[data-count]").text_content() or "")
    page.reload()
    assert [item.get_attribute("data-track") for item in page.locator("#playlist-tracks > li").all()] == [
        b,
        a,
        d,
    ]


def test_order_is_changed_by_dragging(address: str, visit: Visit, library: Library, mix: Playlist) -> None:
    a, b, c, d = order(library, mix)
    page = visit(f"{address}/playlists/{mix.heading.id}")
    handle = page.locator("[data-handle]").first.bounding_box()
    last = page.locator("#playlist-tracks > li").last.bounding_box()
    assert handle is not None
    assert last is not None
    page.mouse.move(handle["x"] + 4, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(handle["x"] + 4, last["y"] + 5, steps=12)
    page.mouse.up()
    eventually(page, library, mix, [b, c, d, a])


def test_what_goes_wrong_is_said_on_the_page(
    address: str, browser: Browser, library: Library, mix: Playlist
) -> None:
    context = browser.new_context()  # not visit(): Chromium logs every refused request
    page = context.new_page()
    page.goto(f"{address}/playlists/{mix.heading.id}")
    before = order(library, mix)
    library.playlists.change(mix.heading.id, note="changed elsewhere")
    page.get_by_role("button", name="Move").nth(1).click()
    alert = page.get_by_role("alert")
    alert.get_by_text("changed elsewhere meanwhile").wait_for()
    assert order(library, mix) == before
    alert.get_by_role("link", name="Load it again").click()
    page.get_by_role("button", name="Move").nth(1).click()
    eventually(page, library, mix, [before[1], before[0], *before[2:]])
    page.goto(f"{address}/playlists?make=seeds&seed={before[0]}")
    page.get_by_label("Name").fill("mix")
    page.get_by_role("button", name="Save as a playlist").click()
    page.get_by_role("alert").get_by_text("There is a playlist 'mix' already").wait_for()
    context.close()


def test_a_playlist_is_renamed_and_deleted(
    address: str, visit: Visit, library: Library, mix: Playlist
) -> None:
    page = visit(f"{address}/playlists/{mix.heading.id}")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("<b>New</b> name")
    page.get_by_role("textbox", name="Note").fill("a note")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="<b>New</b> name").wait_for()
    assert library.playlists.get(mix.heading.id).heading.note == "a note"
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    assert library.playlists.all()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="Saved").wait_for()
    assert library.playlists.all() == []


def test_a_playlist_is_played_through(address: str, visit: Visit, mix: Playlist) -> None:
    page = visit(f"{address}/playlists/{mix.heading.id}")
    page.get_by_role("button", name="Play all").click()
    wait_until(page, "!document.getElementById('audio').paused")
    pressed = "[...document.querySelectorAll('[data-play]')].findIndex(b => b.ariaPressed === 'true')"
    wait_until(page, f"{pressed} === 0")
    page.evaluate(
        "document.getElementById('audio').currentTime = document.getElementById('audio').duration - .1"
    )
    wait_until(page, f"{pressed} === 1")
    second = page.locator("#playlist-tracks > li").nth(1).get_attribute("data-track")
    assert second in page.evaluate("document.getElementById('audio').src")


def test_any_page_can_add_to_a_playlist(
    address: str, visit: Visit, library: Library, mix: Playlist, assert_accessible: Callable[[Page], None]
) -> None:
    page = visit(f"{address}/playlists/{mix.heading.id}")
    track = next(rec.track.id for rec in library.similar("vermocsar", n=9) if rec.rank == 9)
    page.evaluate(
        """id => {
            const button = Object.assign(document.createElement("button"), {textContent: "add it"});
            button.dataset.add = id;
            button.dataset.reason = "because";
            document.querySelector("main").append(button);
        }""",
        track,
    )
    button = page.get_by_role("button", name="add it")
    button.click()
    page.get_by_role("dialog").get_by_role("button", name="Mix").wait_for()
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Mix").click()
    wait_until(page, "!document.querySelector('dialog.add')")
    assert order(library, mix)[-1] == track
    assert library.playlists.get(mix.heading.id).entries[-1].reason == "because"
    assert button.evaluate("button => document.activeElement === button")
    button.click()
    page.get_by_label("New playlist").fill("Fresh")
    page.get_by_role("button", name="Make it").click()
    wait_until(page, "!document.querySelector('dialog.add')")
    assert [entry.track.id for entry in library.playlists.find("fresh").entries] == [track]


def test_an_export_is_a_download(address: str, visit: Visit, library: Library, mix: Playlist) -> None:
    page = visit(f"{address}/playlists/{mix.heading.id}")
    page.get_by_text("Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="M3U8").click()
    assert download.value.suggested_filename == "Mix.m3u8"
    text = Path(download.value.path()).read_text("utf-8")
    assert text.startswith("#EXTM3U\n#PLAYLIST:Mix\n")
    assert all(library.file(track).name in text for track in order(library, mix))


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_pages_are_accessible_and_narrow_enough(
    address: str,
    visit: Visit,
    mix: Playlist,
    settings: dict[str, object],
    assert_accessible: Callable[[Page], None],
) -> None:
    seed, other = (entry.track.id for entry in mix.entries[:2])
    for place in (
        f"/playlists/{mix.heading.id}",
        f"/playlists?make=seeds&seed={seed}&q=battle",
        f"/playlists?make=path&start={seed}&end={other}",
        "/playlists?make=mood&on=energy&energy=0.8",
    ):
        page = visit(f"{address}{place}", **settings)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_reading_needs_no_script(address: str, mix: Playlist) -> None:
    text = (
        urlopen(Request(f"{address}/playlists/{mix.heading.id}", headers={"Accept": "text/html"}))
        .read()
        .decode()
    )
    assert all(entry.track.title in text for entry in mix.entries)
