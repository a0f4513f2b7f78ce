"""A study in another language: no page says a word that was not translated."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient
from study_taking import HTML, Taking, join

from soundglass.evaluate.study.instruments.loading import copy, load
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.instruments.tables import FORMS
from soundglass.evaluate.study.plan import Evidence, Plan
from soundglass.evaluate.study.steps import StepKind
from soundglass.library.study.studies import Studies

SAID = {"alt", "aria-label", "aria-description", "placeholder", "title"}
UNSAID = {"script", "style"}


class Texts(HTMLParser):
    """All that a page says: to those who see it, and to those who hear it read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []
        self.direction = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.direction = dict(attrs).get("dir") or ""
        self._inside.append(tag)
        self.found += [value for name, value in attrs if name in SAID and value]

    def handle_data(self, data: str) -> None:
        if not UNSAID & set(self._inside[-1:]) and data.strip():
            self.found.append(data.strip())


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Instruments:
    """Wording in which every text stands in brackets."""
    folder = tmp_path_factory.mktemp("translated")
    for file, form in zip(copy(folder), FORMS, strict=True):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for row in rows:
            for column in form.texts:
                row[column] = {"language": "he", "direction": "rtl"}.get(
                    row.get("id", ""), row[column] and f"⟦{row[column]}⟧"
                )
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, form.columns)
            writer.writeheader()
            writer.writerows(rows)
    return load(folder)


@pytest.fixture(scope="module")
def theirs(studies: Studies, translated: Instruments) -> set[str]:
    """Add a study in that language; give what the recommenders say themselves, which is in English."""
    english = studies.study()
    plan = Plan.from_json(english.plan)
    every = [one.of[by].evidence for one in (*plan.sets, plan.practice) for by in one.of]
    keys = {material for why in every for material in materials(why)}
    studies.add(
        "translated",
        plan=english.plan,
        instruments=translated.to_json(),
        materials=[studies.material(english.id, key) for key in sorted(keys)],
    )
    return {text for why in every for text in told(why)}


def materials(why: Evidence) -> set[str]:
    return {one.material for one in (*why.pictures, *why.sounds)}


def told(why: Evidence) -> set[str]:
    bars = {text for bar in why.bars for text in (bar.label, bar.amount)}
    labels = {one.label for one in why.sounds} | {one.said for one in why.pictures}
    return {why.sentence, why.score, why.score_words, why.said, *bars, *labels}


@pytest.fixture(scope="module")
def taking(client: Callable[..., TestClient], own_study: Path, studies: Studies, theirs: set[str]) -> Taking:
    return join(client(own_study), studies)


def untranslated(page: str, theirs: set[str]) -> set[str]:
    texts = Texts(page)
    assert texts.direction == "rtl"
    own = (text for text in texts.found if not {"⟦", "⟧"} & {*text})
    return {text for text in own if re.search(r"[^\W\d_]", text)} - theirs


def test_every_page_of_a_participant_is_translated(taking: Taking, theirs: set[str]) -> None:
    seen = set()
    while not (step := taking.step())["finished"]:
        shown = [name for name, part in (step["explanation"] or {}).items() if part]
        kind = step["kind"], *shown, *(scale["id"] for scale in step["scales"])
        if kind not in seen:
            page = taking.client.get(taking.address, headers=HTML)
            assert untranslated(page.text, theirs) == set(), step["step"]
            step = taking.step()
        seen.add(kind)
        assert taking.give(step).status_code == 200
    assert {kind for kind, *_ in seen} == set(get_args(StepKind))
    last = taking.client.get(taking.address, headers=HTML).text
    assert untranslated(last, {taking.pseudonym, "us@example.org"}) == set()


def test_the_pages_around_it_are_translated(taking: Taking, studies: Studies) -> None:
    organisers = {"us@example.org", "Us"}
    record = studies.study("translated")
    address = f"/study/join/{record.join_code}"
    invitation = taking.client.get(address, headers=HTML).text
    assert untranslated(invitation, organisers) == set()
    studies.set_open("translated", False)
    closed = taking.client.get(address, headers=HTML).text
    assert untranslated(closed, organisers) == set()
    refused = taking.client.post(f"/api{address}", json={"consent": True, "wording": "0" * 64})
    assert "⟦" in refused.json()["error"]
