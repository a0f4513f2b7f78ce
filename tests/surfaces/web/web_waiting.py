"""Waiting for what a page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def wait_until(page: Page, holds: str, tries: int = 200) -> None:
    """Ask again and again; Playwright's own wait would need ``eval``, which the pages forbid."""
    for _ in range(tries):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {holds}")
