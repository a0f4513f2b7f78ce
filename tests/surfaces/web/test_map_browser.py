"""The map in a browser: it is drawn, moves by keys, plays, selects, and both ways of drawing agree."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from web_waiting import wait_until

from soundglass.library.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.xdist_group("browser")

N = 51
DRAWN = "document.getElementById('map-canvas')?.dataset.drawn?.includes('{}')"
RINGED = "document.getElementById('map-tip').hidden === false"


@pytest.fixture
def shown(visit: Callable[..., Page], address: str) -> Callable[..., Page]:
    """Open the map as soon as its points are drawn."""

    def open_map(query: str = "method=pca&colour=energy", **settings: Any) -> Page:
        page = visit(f"{address}/map?{query}", reduced_motion="reduce", **settings)
        wait_until(page, DRAWN.format(" "))
        return page

    return open_map


def pixels(element: Locator) -> np.ndarray:
    """Take a picture of an element: red, green and blue, 0 to 255."""
    return np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"), dtype=int)


def coloured(picture: np.ndarray) -> int:
    """Count the pixels that are no shade of grey."""
    return int((np.ptp(picture, axis=2) > 40).sum())


def to_nearest(page: Page) -> tuple[float, float]:
    """Have the point nearest to the middle ringed; give where it is on the screen."""
    page.locator("#map-canvas").focus()
    page.keyboard.press("Home")
    wait_until(page, RINGED)
    ring, box = page.locator("#map-ring"), page.locator("#map-canvas").bounding_box()
    assert box is not None
    x, y = (float(ring.get_attribute(name) or "nan") for name in ("cx", "cy"))
    return box["x"] + x, box["y"] + y


def drag(page: Page, *places: tuple[float, float]) -> None:
    """Draw a line over the map; places are shares of its width and height."""
    box = page.locator("#map-canvas").bounding_box()
    assert box is not None
    ends = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*ends[0])
    page.mouse.down()
    for end in ends[1:]:
        page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_points_are_drawn_and_keys_move_them(shown: Callable[..., Page]) -> None:
    page = shown()
    canvas = page.locator("#map-canvas")
    to_nearest(page)
    first = pixels(canvas)
    assert coloured(first) > 10 * N
    for key, back in (("+", "-"), ("ArrowLeft", "ArrowRight")):
        page.keyboard.press(key)
        page.wait_for_timeout(100)
        assert (pixels(canvas) != first).any(axis=2).sum() > N
        page.keyboard.press(back)
    page.keyboard.press("+")
    page.keyboard.press("Home")
    page.wait_for_timeout(100)
    assert (pixels(canvas) == first).mean() > 0.99
    name = page.locator("#map-tip b").text_content() or "?"
    assert (page.locator("#said").text_content() or "").startswith(name)


def test_a_click_plays_and_shows_true_neighbours(shown: Callable[..., Page]) -> None:
    page = shown()
    place = to_nearest(page)
    name = page.locator("#map-tip b").text_content()
    page.mouse.click(*place)
    page.locator("#map-near details").wait_for()
    assert page.locator("#map-card h2").text_content() == name
    assert page.locator("#map-card [data-play]").get_attribute("aria-pressed") == "true"
    wait_until(page, "document.getElementById('audio').src.includes('/audio/')")
    assert page.locator("#map-lines line").count() == 10
    words = page.locator("#map-near p").text_content() or ""
    n_far = page.locator("#map-lines line.far").count()
    assert words.startswith(f"{n_far} of its 10" if n_far else "All of its 10")
    assert page.locator(".map-near .far").count() == n_far
    page.locator("#map-near summary").click()
    assert "/why/" in (page.locator(".map-near a[href*=why]").first.get_attribute("href") or "")
    page.locator("#map-canvas").focus()
    page.keyboard.press("Escape")
    wait_until(page, "document.querySelectorAll('#map-lines line').length === 0")
    assert page.locator("#map-card").is_hidden()


def test_a_lasso_becomes_a_playlist(shown: Callable[..., Page], address: str) -> None:
    page = shown()
    page.locator("[data-do=lasso]").click()
    drag(page, (0.01, 0.1), (0.99, 0.1), (0.99, 0.99), (0.01, 0.99))
    wait_until(page, "document.getElementById('map-list').children.length === 51")
    assert page.locator("#map-count").text_content() == f"{N} tracks in the lasso"
    page.locator("#map-name").fill("All of it <b>")
    page.locator("#map-save button").click()
    page.locator("#map-saved a").first.wait_for()
    saved = page.locator("#map-saved a").first.get_attribute("href") or ""
    kept = page.request.get(f"{address}/api{saved}").json()
    assert kept["name"] == "All of it <b>"
    assert len(kept["tracks"]) == N
    for link in page.locator("#map-saved a[download]").all():
        assert page.request.get(f"{address}{link.get_attribute('href')}").ok
    page.locator("#map-through").click()
    first = page.locator("#map-list [data-play]").first
    wait_until(page, "document.querySelector('#map-list [data-play]').ariaPressed === 'true'")
    assert (first.get_attribute("data-play") or "?") in page.evaluate("document.getElementById('audio').src")
    page.locator("#map-clear").click()
    assert page.locator("#map-chosen").is_hidden()


def test_tracks_are_selected_without_a_mouse(shown: Callable[..., Page]) -> None:
    page = shown("method=pca&colour=mode")
    page.locator("[data-do=view]").press("Enter")
    wait_until(page, "document.getElementById('map-list').children.length === 51")
    group = page.locator("[data-group='0']")
    n = int(group.locator(".number").text_content() or 0)
    group.press("Enter")
    wait_until(page, f"document.getElementById('map-list').children.length === {n}")
    assert group.get_attribute("aria-pressed") == "true"
    faint = coloured(pixels(page.locator("#map-canvas")))
    group.press("Enter")
    assert page.locator("#map-chosen").is_hidden()
    page.wait_for_timeout(100)
    assert coloured(pixels(page.locator("#map-canvas"))) != faint
    page.locator("#map-q").fill("vermocsar")
    page.locator("#map-q").press("Enter")
    wait_until(page, "document.getElementById('map-list').children.length === 1")


def test_spaces_and_colours_change_without_loading_anew(shown: Callable[..., Page]) -> None:
    page = shown()
    page.evaluate("window.same = true")
    before = pixels(page.locator("#map-canvas"))
    page.select_option("select[name=colour]", "artist")
    wait_until(page, DRAWN.format("artist"))
    page.wait_for_timeout(100)
    assert (pixels(page.locator("#map-canvas")) != before).any(axis=2).sum() > N
    page.select_option("select[name=by]", "spectrogram")
    wait_until(page, DRAWN.format("spectrogram"))
    assert "by=spectrogram" in page.url
    assert page.evaluate("window.same") is True
    page.locator("[data-do=errors]").click()
    assert page.locator("#map-errors").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_holds_it_and_everybody_can_use_it(
    shown: Callable[..., Page], assert_accessible: Callable[[Page], None], scheme: str
) -> None:
    page = shown("colour=genre", viewport={"width": 360, "height": 740}, color_scheme=scheme, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    x, y = to_nearest(page)
    page.touchscreen.tap(x, y)
    page.locator("#map-near details").wait_for()
    page.locator("[data-do=view]").tap()
    wait_until(page, "document.getElementById('map-list').children.length > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert_accessible(page)


def test_where_there_is_no_map_the_page_says_so(
    visit: Callable[..., Page], serve: Callable[..., str], tmp_path: Path
) -> None:
    page = visit(f"{serve(Store(str(tmp_path / 'empty.lance'), create=True).uri)}/map")
    assert page.get_by_text("The library is empty").is_visible()
    assert page.locator("#map-canvas").is_hidden()


def test_both_ways_of_drawing_agree(browser: Browser, address: str) -> None:
    """WebGL, in software here, and pixels put the same colours at the same places."""
    page = browser.new_page(viewport={"width": 700, "height": 400})
    page.goto(f"{address}/study")
    found = page.evaluate(
        """async () => {
          const [{ Points }, { Pixels }] = await Promise.all(
            ["points", "pixels"].map((name) => import(`/static/map_${name}.js`)));
          document.body.replaceChildren();
          const colours = new Uint8Array(1024), shapes = new Uint8Array(256);
          [[200, 0, 0], [0, 160, 0], [0, 0, 220]].forEach((rgb, i) => colours.set([...rgb, 255], 4 * i));
          return [Points, Pixels].map((kind, at) => {
            const canvas = document.createElement("canvas");
            canvas.id = `c${at}`;
            [canvas.width, canvas.height] = [300, 200];
            document.body.append(canvas);
            const drawer = kind.on(canvas, true);
            if (!drawer) return false;
            drawer.place(new Float32Array([-1, -0.5, 0, 0, 0.5, 0, 1, -0.5, 1]));
            drawer.colour(new Uint8Array([0, 1, 2]));
            drawer.palette({ colours, shapes, ground: [255, 255, 255] });
            drawer.mark(new Uint8Array([1, 1, 1]));
            drawer.size = 14;
            drawer.draw({ zoom: 100, left: 150, top: 100 });
            return true;
          });
        }"""
    )
    if not found[0]:
        pytest.skip("this browser has no WebGL")
    pictures = [pixels(page.locator(f"#c{at}")) for at in (0, 1)]
    for picture in pictures:
        for (x, y), colour in {
            (50, 150): (200, 0, 0),
            (150, 50): (0, 160, 0),
            (250, 150): (0, 0, 220),
        }.items():
            np.testing.assert_allclose(picture[y, x], colour, atol=3)
        assert coloured(picture[95:105, 145:155]) == 0
    counts = [coloured(picture) for picture in pictures]
    assert counts[0] == pytest.approx(counts[1], rel=0.15)
    page.close()
