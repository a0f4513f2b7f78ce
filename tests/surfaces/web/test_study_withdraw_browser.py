"""Taking everything back: on any page, after being asked, for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from study_taking import Taking
from study_walking import answer, visit_step
from web_waiting import wait_until

from soundglass.library.study.studies import Studies

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.xdist_group("browser")

Somebody = Callable[..., Taking]
KEPT = "Object.keys(localStorage).length"
LEAVE = "Delete my answers and leave"


def is_known(studies: Studies, taking: Taking) -> bool:
    pseudonyms = {one.pseudonym for one in studies.participants(studies.study(), "people")}
    return taking.pseudonym in pseudonyms


def ask(page: Page, place: str) -> None:
    page.get_by_role("button", name=LEAVE).click()
    assert page.locator("#sure").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Cancel"


def test_everything_can_be_taken_back_half_way(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext], studies: Studies
) -> None:
    taking = somebody("scales")
    page = visit_step(device(), place, taking)
    answer(page)
    wait_until(page, f"{KEPT} === 1")
    ask(page, place)
    page.get_by_role("button", name="Cancel").click()
    assert is_known(studies, taking)
    assert page.evaluate("document.activeElement.id") == "delete"
    ask(page, place)
    page.get_by_role("button", name="Delete all my answers").click()
    page.get_by_role("heading", name="Deleted").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert not is_known(studies, taking)
    assert page.locator("#step, .way, audio").count() == 0
    assert page.evaluate(KEPT) == 0
    page.reload()
    assert page.get_by_text("does not lead anywhere").is_visible()


def test_nothing_is_said_to_be_deleted_that_is_not(
    place: str, somebody: Somebody, device: Callable[..., BrowserContext], studies: Studies
) -> None:
    taking = somebody("instructions")
    context = device()
    page = visit_step(context, place, taking)
    context.set_offline(True)
    ask(page, place)
    page.get_by_role("button", name="Delete all my answers").click()
    page.get_by_text("The connection is lost").wait_for()
    assert is_known(studies, taking)
    assert page.locator("#step").is_visible()
    context.set_offline(False)
    ask(page, place)
    page.get_by_role("button", name="Delete all my answers").click()
    page.get_by_role("heading", name="Deleted").wait_for()
    assert not is_known(studies, taking)


def test_a_page_with_the_question_is_accessible(
    place: str,
    somebody: Somebody,
    device: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = visit_step(device(), place, somebody("instructions"))
    assert_accessible(page)
    ask(page, place)
    assert_accessible(page)
