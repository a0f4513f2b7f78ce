"""Steering in a real browser: by mouse, by keyboard alone, on a phone, in the dark, without script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ran import Ran
from web_waiting import wait_until

import soundglass
from soundglass.recommend.steering import Steering

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

NAMES = "[...document.querySelectorAll('.steered-one .name')].map((e) => e.textContent)"
SUMMARY = "document.querySelector('.steered-summary').textContent"


@pytest.fixture(scope="module")
def one(own_demo: Path) -> str:
    return soundglass.open(own_demo).find("vermocsar").id


@pytest.fixture
def steer(visit: Callable[..., Page], address: str, one: str) -> Callable[..., Page]:
    def open_page(query: str = "", **settings: Any) -> Page:
        page = visit(f"{address}/tracks/{one}/steer{query}", **settings)
        page.wait_for_load_state("load")
        return page

    return open_page


def titles(own_demo: Path, one: str, steering: Steering) -> list[str]:
    return [r.track.title for r in soundglass.open(own_demo).similar(one, n=12, steering=steering)]


def test_a_slider_turns_the_list_at_once(steer: Callable[..., Page], own_demo: Path, one: str) -> None:
    page = steer()
    assert page.evaluate(NAMES) == titles(own_demo, one, Steering())
    slider = page.get_by_label("energy", exact=True)
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    wait_until(page, "location.search === '?shift_energy=-1.5'")
    expected = Steering({}, {"energy": -1.5})
    assert page.evaluate(NAMES) == titles(own_demo, one, expected)
    assert page.evaluate("document.activeElement.id") == "shift-energy"
    assert slider.get_attribute("aria-valuetext") == "calmer, by 1.5"
    assert page.evaluate("document.getElementById('said').textContent") == page.evaluate(SUMMARY)
    assert "asked for" in page.locator("#asks-energy").inner_text()
    assert json.loads(page.locator("[data-steering]").get_attribute("data-steering")) == expected.to_json()
    page.reload()
    assert page.evaluate(NAMES) == titles(own_demo, one, expected)
    assert page.get_by_label("energy", exact=True).input_value() == "-1.5"


def test_a_reason_is_turned_off_by_keyboard(steer: Callable[..., Page], own_demo: Path, one: str) -> None:
    page = steer()
    first = page.locator("input[role=switch]").first
    group = first.get_attribute("value")
    assert page.get_by_role("switch", name=f"not because of {group}").count() == 1
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "switch":
            break
    page.keyboard.press("Space")
    wait_until(page, f"location.search === '?off={group}'")
    assert page.evaluate(NAMES) == titles(own_demo, one, Steering({group: 0}))
    assert page.evaluate("document.activeElement.checked") is True
    assert page.locator(f"#carries-{group}").inner_text().strip() == "off"
    marks = page.locator(".moved-mark").count()
    assert marks == page.locator(".moved").count() + page.locator(".steered-fallen li").count()
    assert marks > 0
    page.keyboard.press("Space")
    wait_until(page, "location.search === ''")
    assert page.evaluate(NAMES) == titles(own_demo, one, Steering())


def test_what_cannot_be_is_said_and_the_next_change_mends_it(steer: Callable[..., Page]) -> None:
    page = steer("?fastest=100")
    page.get_by_label("Slowest tempo, BPM").fill("150")
    wait_until(page, "document.querySelector('#steered [role=alert]') !== null")
    assert "No tempo lies between 150 and 100 BPM" in page.locator("#steered").inner_text()
    page.get_by_label("Slowest tempo, BPM").fill("70")
    wait_until(page, "document.querySelector('.steered-summary') !== null")
    assert page.evaluate("location.search") == "?slowest=70&fastest=100"


def test_a_profile_is_saved_applied_used_and_deleted(
    steer: Callable[..., Page], own_demo: Path, one: str, run: Callable[..., Ran]
) -> None:
    page = steer("?off=tempo&shift_valence=1")
    name = page.get_by_label("Name of the profile")
    name.fill("Sunny & slow?")
    name.press("Enter")
    wait_until(page, "document.querySelector('#profiles .name') !== null")
    assert page.locator("#profile-said").inner_text() == "Saved as Sunny & slow?"
    printed = run(
        "similar", one, "-n", 12, "--profile", "sunny & slow?", "--library", own_demo, "--json"
    ).json
    assert [result["title"] for result in printed["results"]] == page.evaluate(NAMES)
    page.get_by_role("link", name="Reset").click()
    page.wait_for_load_state("load")
    assert page.evaluate(NAMES) == titles(own_demo, one, Steering())
    page.get_by_role("link", name="Sunny & slow?").click()
    page.wait_for_load_state("load")
    assert [result["title"] for result in printed["results"]] == page.evaluate(NAMES)
    page.get_by_role("button", name="Delete profile Sunny & slow?").click()
    wait_until(page, "document.querySelector('#profiles .name') === null")
    assert soundglass.open(own_demo).profiles() == {}


def test_a_track_to_start_from_is_found_while_typing(
    visit: Callable[..., Page], address: str, one: str
) -> None:
    page = visit(f"{address}/steer")
    page.get_by_label("Which track do you start from?").press_sequentially("vermoc")
    wait_until(page, "document.querySelector('#steer-found .name') !== null")
    page.locator("#steer-found .name").first.click()
    page.wait_for_load_state("load")
    assert page.url == f"{address}/tracks/{one}/steer"


def test_it_works_without_script(steer: Callable[..., Page], own_demo: Path, one: str) -> None:
    page = steer(java_script_enabled=False)
    page.get_by_role("switch", name="not because of energy").check()
    page.get_by_label("Fastest tempo, BPM").fill("140")
    page.get_by_role("button", name="Steer").click()
    page.wait_for_load_state("load")
    assert page.url.endswith("?off=energy&fastest=140")
    shown = [name.inner_text() for name in page.locator(".steered-one .name").all()]
    assert shown == titles(own_demo, one, Steering({"energy": 0}, {}, None, 140))
    assert page.get_by_role("switch", name="not because of energy").is_checked()
    assert not page.get_by_role("button", name="Save").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_accessible_and_never_scrolls_sideways(
    steer: Callable[..., Page], assert_accessible: Callable[[Page], None], scheme: str, width: int
) -> None:
    page = steer(
        "?off=tempo&count_key=2&shift_energy=-1&shift_dynamics=1",
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    for closed in page.locator("details:not([open]) > summary").all()[:4]:
        closed.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
