"""The whole study in a browser: a scripted participant hears, answers and is thanked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from study_walking import go_on, join, step_of

from soundglass.evaluate.study import tones
from soundglass.evaluate.study.conditions import CELLS
from soundglass.evaluate.study.plan import Plan
from soundglass.library.study.records import StudyRecord
from soundglass.library.study.studies import Studies

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def short(studies: Studies) -> StudyRecord:
    """The study with fewer questionnaires: all blocks, all that is heard and seen in them."""
    record = studies.study()
    plan = Plan.from_json(record.plan)
    fewer = replace(plan, design=replace(plan.design, scales=("tlx",), background=("about",)))
    evidence = [of.evidence for one in (*plan.sets, plan.practice) for of in one.of.values()]
    keys = {part.material for one in evidence for part in (*one.pictures, *one.sounds)}
    materials = [studies.material(record.id, key) for key in sorted(keys)]
    return studies.add("Short", plan=fewer.to_json(), instruments=record.instruments, materials=materials)


def test_a_simulated_participant_goes_all_the_way(
    place: str, studies: Studies, short: StudyRecord, visit: Callable[..., Page]
) -> None:
    page = visit(f"{place}/study/join/{short.simulated_code}")
    banner = page.get_by_text("SIMULATED")
    assert banner.is_visible()
    join(page)
    _, me = studies.participant(page.url.rpartition("/")[2])
    n_tones = len(tones.places(me.seed))
    shown = list[str]()
    while step := step_of(page):
        assert banner.is_visible()
        assert page.locator("header progress").get_attribute("value") == str(len(shown) + 1)
        assert page.locator(".plot img").evaluate_all(
            "all => all.every(one => one.complete && one.naturalWidth)"
        )
        shown.append(step)
        go_on(page, n_tones)
    assert page.get_by_text(me.pseudonym).is_visible()
    assert page.get_by_text("the same for every recommendation").is_visible()

    given = list(studies.given(short, "simulated"))
    assert [one.step for one in given] == shown
    cells = [tuple(one.facts["step"]["cell"]) for one in given if one.step.endswith("-expectation")][1:]
    assert sorted(cells) == sorted(CELLS)
    for one in given:
        for sound in one.shown["sounds"]:
            assert one.heard_s[sound["name"]] >= sound["must_hear_s"] - 0.11
        required = {question["id"] for question in one.shown["questions"] if question["required"]}
        assert required <= one.answers.keys()
        assert one.facts["times_ms"]["sent_ms"] > 0
    assert list(studies.given(short, "people")) == []
