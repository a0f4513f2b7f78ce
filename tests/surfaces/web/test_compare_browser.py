"""Two lists side by side in a real browser: aligned and joined, accessible, narrow; the library's in time."""

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

Visit = Callable[..., "Page"]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def at(address: str, own_demo: Path) -> str:
    return f"{address}/tracks/{soundglass.open(own_demo).find('vermocsar').id}/compare"


def test_lines_join_the_same_track(at: str, visit: Visit) -> None:
    page = visit(at)
    ends = page.evaluate(
        """() => [...document.querySelectorAll(".joins path")].map(path => {
            const matrix = path.getScreenCTM(), length = path.getTotalLength();
            return [0, length].map(along => path.getPointAtLength(along).matrixTransform(matrix).y);
        })"""
    )
    assert ends
    boxes = page.evaluate(
        """() => [1, 2].map(side => Object.fromEntries([...document.querySelectorAll(`.side-${side} li.both`)]
            .map(item => [item.querySelector("a.name").href, item.getBoundingClientRect()])
            .map(([href, box]) => [href, [box.top, box.bottom]])))"""
    )
    left, right = boxes
    assert set(left) == set(right)
    for one, other in ends:
        held = [href for href, (top, bottom) in left.items() if top < one < bottom]
        assert held == [href for href, (top, bottom) in right.items() if top < other < bottom]
        assert len(held) == 1


def test_a_mark_leads_to_the_other_list(at: str, visit: Visit) -> None:
    page = visit(at)
    mark = page.locator(".side-1 .joined").first
    name = page.locator(".side-1 li.both a.name").first.text_content()
    mark.click()
    assert page.locator(".side-2 li:target a.name").text_content() == name


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_both_pages_are_accessible_and_narrow_enough(
    at: str,
    address: str,
    visit: Visit,
    settings: dict[str, object],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = visit(at, **settings)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page = visit(f"{address}/compare?by=features&other=mel-pca", **settings)
    wait_until(page, "document.querySelector('.histogram') !== null", tries=600)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_library_is_shown_when_it_is_done(address: str, visit: Visit) -> None:
    page = visit(f"{address}/compare?by=spectrogram&other=mel-pca")
    wait_until(page, "document.querySelector('.histogram') !== null", tries=600)
    assert page.locator(".plain li").count() == 10
    assert page.get_by_role("row", name="random tracks").is_visible()
