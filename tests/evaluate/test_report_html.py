"""The page: whole in itself, safe, and usable without sight, script or a wide screen."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from evaluations import BARS, DOTS, EVIL, LINES, MADE
from soundglass.evaluate.findings import Section
from soundglass.evaluate.report.html import facts, headline, html

VOID = {"meta", "br", "col", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """What is on a page: elements with attributes and text, and whether all are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.within: list[str] = []
        self.feed(text)
        self.close()
        assert self.within == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.within.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.within[-1] if self.within else "", data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def said(self) -> str:
        return " ".join(text for tag, text in self.texts if tag != "style")


@pytest.fixture(scope="module")
def text() -> str:
    return html(MADE)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_the_page_asks_for_nothing_from_elsewhere(text: str, page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object", "embed", "base"} & {
        tag for tag, _ in page.elements
    }
    addresses = [
        value or ""
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "xlink:href", "srcset", "data", "action"}
    ]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))
    assert "@import" not in text
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)


def test_what_a_library_says_is_only_ever_text(text: str, page: Page) -> None:
    assert "<script" not in text
    assert page.said().count(EVIL) >= 4  # summary, remark, note, table
    assert "music &amp; more.lance" in text


def test_every_target_is_shown_with_its_verdict(page: Page) -> None:
    said = page.said()
    for target in MADE.targets:
        assert target.what in said
        assert target.aim in said
        assert target.remark in said
    assert headline(MADE.targets) == "2 of 3 targets that this library can tell are met"
    verdicts = [
        attributes["class"] for attributes in page.all("td") if "verdict" in (attributes.get("class") or "")
    ]
    assert verdicts == ["verdict met", "verdict missed", "verdict unknown", "verdict met"]
    assert [said.count(word) for word in ("✓ met", "✗ missed", "? can’t tell")] == [2, 1, 1]


def test_everything_found_is_shown(page: Page) -> None:
    said = page.said()
    for section in MADE.sections:
        for words in (section.title, section.summary, *section.notes):
            assert words in said
        for table in section.tables:
            assert table.title in said
            assert table.caption in said
        for chart in section.charts:
            assert chart.title in said
            assert chart.caption in said
    for figure in ("0.310", "0.280–0.340 · n 298", "−0.100 to 0.900 · n 51", "1,200", "0.0002", "3×10⁻¹⁶"):
        assert figure in said


def test_what_is_not_known_is_a_dash(text: str, page: Page) -> None:
    assert not re.search(r"\b(nan|none|inf|undefined)\b", page.said(), re.IGNORECASE)
    assert "–" in page.said()


def test_the_best_figures_are_bold(page: Page) -> None:
    bold = [a for a in page.all("td") if "best" in (a.get("class") or "")]
    assert len(bold) == 2  # the highest P@10, the lowest skew


def test_headings_form_an_outline(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_say_what_their_cells_belong_to(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) == 3
    assert all(heading.get("scope") in {"col", "row", "rowgroup"} for heading in page.all("th"))
    regions = [a for a in page.all("div") if a.get("role") == "region"]
    assert len(regions) == 3
    assert all(region.get("aria-label") and region.get("tabindex") == "0" for region in regions)


def test_charts_have_words_for_those_who_do_not_see_them(page: Page) -> None:
    said = [a.get("aria-label") or "" for a in page.all("div") if a.get("role") == "img"]
    assert [words.partition(".")[0] for words in said] == [chart.title for chart in (DOTS, LINES, BARS)]
    assert all(a.get("aria-hidden") == "true" for a in page.all("svg") if a.get("focusable"))


def test_links_lead_somewhere_and_ids_are_unique(page: Page) -> None:
    ids = Counter(a["id"] for _, a in page.elements if "id" in a)
    assert max(ids.values()) == 1
    for name in ("href", "xlink:href", "aria-labelledby"):
        assert {(a[name] or "").lstrip("#") for _, a in page.elements if name in a} <= set(ids)


def test_the_page_says_what_it_is_and_suits_any_screen(text: str, page: Page) -> None:
    assert text.startswith("<!doctype html>")
    assert page.all("html") == [{"lang": "en"}]
    assert ("title", "music & more.lance – Soundglass evaluation") in page.texts
    metas = {a.get("name"): a.get("content") for a in page.all("meta")}
    assert metas["viewport"] == "width=device-width, initial-scale=1"
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert facts(MADE.library) == "298 tracks, 290 with audio; 41 artists, 1 genre (snapshot 7)."


def test_no_place_on_the_machine_is_told(text: str) -> None:
    assert "/home/somebody" not in text
    assert "listening.tsv" in text


def test_terms_are_explained_for_the_parts_there_are(page: Page) -> None:
    assert {"Score", "P@5, P@10", "95 % interval", "MS-SSIM", "Comprehensiveness", "IoU"} <= {
        words for tag, words in page.texts if tag == "dt"
    }
    only_ranking = Page(html(replace(MADE, sections=MADE.sections[:1]))).said()
    assert "P@5, P@10" in only_ranking
    assert "MS-SSIM" not in only_ranking


def test_a_page_of_nothing_is_still_one() -> None:
    page = Page(html(replace(MADE, sections=(Section("visual", "Visual similarity", ""),))))
    assert "None of what was evaluated has a target." in page.said()
    assert headline(()) == "Targets"
    assert headline(MADE.targets[:1]) == "1 of 1 target is met"


def test_the_same_evaluation_makes_the_same_page(text: str) -> None:
    assert html(MADE) == text
