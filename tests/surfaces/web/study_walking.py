"""A scripted participant in a browser: listens, answers by a fixed policy, goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study_taking import Taking
from web_waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

LOCKED = "document.getElementById('asked').disabled"


def step_of(page: Page) -> str:
    """Name the step that is shown; empty for a page that is none."""
    form = page.locator("#step")
    return form.get_attribute("data-step") or "" if form.count() else ""


def visit_step(context: BrowserContext, place: str, taking: Taking) -> Page:
    """Open a participant's page in a window."""
    page = context.new_page()
    page.goto(place + taking.address)
    return page


def join(page: Page) -> None:
    """Agree on the page of a study's invitation, and wait for the first step."""
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="I agree").click()
    page.wait_for_selector("#step")


def listen(page: Page) -> None:
    """Hear as much as has to be heard, for real."""
    for card in page.locator(".sound").all():
        if float(card.get_attribute("data-must") or 0):
            name = card.get_attribute("data-sound")
            card.locator(".listen").click()
            wait_until(page, f"document.querySelector('[data-sound={name}].is-heard') !== null")
    wait_until(page, f"!{LOCKED}")


def answer(page: Page, tones: int = 0) -> None:
    """Answer every question: the second choice, the third point, a slider by keys, a few words."""
    for question in page.locator("[data-question]").all():
        _answer(question, question.get_attribute("data-kind") or "", tones)


def _answer(question: Locator, kind: str, tones: int) -> None:
    if kind in {"rating", "choice"}:
        question.locator("input").nth(2 if kind == "rating" else 1).check(force=True)
    elif kind == "slider":
        question.locator("input").press("ArrowRight")
    elif kind == "number":
        question.locator("input").fill(str(tones))
    else:
        question.locator("textarea").fill("Für mich war alles klar.")


def send(page: Page) -> None:
    """Send the answers, read what is said to them if anything is, and wait for the next page."""
    following = f"#step:not([data-step='{step_of(page)}']), #end"
    page.locator("#send").click()
    page.wait_for_selector(f"{following}, #feedback:not([hidden])")
    if page.locator("#feedback:not([hidden])").count():
        page.locator("#send").click()
        page.wait_for_selector(following)


def go_on(page: Page, tones: int = 0) -> None:
    """Do a whole step."""
    listen(page)
    answer(page, tones)
    send(page)
