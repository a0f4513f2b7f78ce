"""The pages of those who run a study, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from study_taking import join
from web_waiting import wait_until

import soundglass

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

NARROW = {"width": 360, "height": 800}
DARK = {"color_scheme": "dark", "viewport": NARROW}


@pytest.fixture(scope="module")
def study_address(serve: Callable[..., str], own_study: Path) -> str:
    address = serve(own_study)
    with httpx.Client(base_url=address) as client:
        join(client, soundglass.open(own_study).studies)  # type: ignore[arg-type]
    return address


@pytest.mark.parametrize("settings", [{}, DARK], ids=["wide", "narrow and dark"])
@pytest.mark.parametrize("path", ["/study", "/study/results/Trial run?population=simulated"])
def test_pages_are_accessible_and_fit(
    visit: Callable[..., Page],
    study_address: str,
    assert_accessible: Callable[[Page], None],
    path: str,
    settings: dict[str, object],
) -> None:
    page = visit(study_address + path, **settings)
    for more in page.locator("details > summary").all():
        more.click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_link_is_copied_by_one_click(visit: Callable[..., Page], study_address: str) -> None:
    page = visit(f"{study_address}/study", permissions=["clipboard-read", "clipboard-write"])
    link = page.get_by_label("Link for people", exact=True)
    page.get_by_role("button", name="Copy: Link for people").click()
    wait_until(page, "document.getElementById('said').textContent === 'The link is copied'")
    assert page.evaluate("navigator.clipboard.readText()") == link.input_value()
    assert link.input_value().startswith(f"{study_address}/study/join/")


def test_a_link_leads_to_the_invitation(visit: Callable[..., Page], study_address: str) -> None:
    page = visit(f"{study_address}/study")
    page.goto(page.get_by_label("Link for people", exact=True).input_value())
    assert page.get_by_role("checkbox").is_visible()
    assert page.get_by_role("link", name="Home").count() == 0


def test_simulated_results_say_so_and_lead_to_those_of_people(
    visit: Callable[..., Page], study_address: str
) -> None:
    page = visit(f"{study_address}/study")
    page.get_by_role("link", name="Results of simulated participants").click()
    assert page.get_by_text("SIMULATED", exact=True).is_visible()
    page.get_by_role("navigation", name="Whose answers").get_by_role("link", name="People").click()
    wait_until(page, "location.search === '?population=people'")
    assert page.get_by_text("SIMULATED", exact=True).count() == 0
