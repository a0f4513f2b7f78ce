"""What is on a page, and what must not be."""

from __future__ import annotations

import json
from functools import cache

import pytest

from soundglass.core.types import Json
from soundglass.evaluate.study.conditions import EXPLANATIONS
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.shown import shown
from soundglass.evaluate.study.steps import Step, steps
from study_plans import plan_of

PLAN = plan_of(listen_s=7.5)


@cache
def words() -> Instruments:
    return load()


def pages(plan: Plan = PLAN, slot: int = 2, seed: int = 5) -> list[tuple[Step, dict[str, Json]]]:
    way = steps(plan, words(), slot, seed)
    return [(step, shown(step, plan, words(), number=n, of=len(way))) for n, step in enumerate(way, start=1)]


def page(kind: str, explanation: str | None = None, plan: Plan = PLAN) -> dict[str, Json]:
    return next(
        told
        for step, told in pages(plan)
        if step.kind == kind
        and step.block != 0
        and (explanation is None or (step.cell is not None and step.cell.explanation == explanation))
    )


def texts(value: Json) -> list[str]:
    """Gather all that is told, keys left out."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [str(value)]


@pytest.mark.parametrize("slot", range(N_SLOTS))
def test_no_page_tells_the_truth_the_condition_or_a_track(slot: int) -> None:
    for step, told in pages(slot=slot, seed=slot):
        rest = {name: value for name, value in told.items() if name not in {"step", "kind"}}
        said = " ".join(texts(rest))
        ids = {track for track in PLAN.tracks if track in said}
        assert not ids, step.id
        assert not any(word in said for word in ("spectrogram,", "Title of", "Artist of", ".mp3", ".webp"))
        assert told["condition"] is None
        assert "higher_side" not in json.dumps(told)
        assert "expected" not in {key for question in told["questions"] for key in question}


def test_the_two_orders_of_a_trial_look_alike() -> None:
    """A page is the same whichever side is right: so nothing on it can tell."""
    by_side = {}
    for step, told in pages():
        if step.kind == "trial" and step.block == 3:
            by_side[step.higher_side] = {
                name: value for name, value in told.items() if name not in {"step", "number"}
            }
    assert by_side["left"] == by_side["right"]


def test_only_the_practice_says_what_was_right() -> None:
    spoken = [step.id for step, told in pages() if told["feedback"] is not None]
    assert spoken == ["practice-trial-1"]
    for seed in range(6):
        step, told = next(one for one in pages(seed=seed) if one[0].id == "practice-trial-1")
        other = {"left": "right", "right": "left"}[step.higher_side]
        assert told["feedback"][step.higher_side] == words().words["practice.right"]
        assert told["feedback"][other] == words().words["practice.wrong"]


def test_explanations_show_what_their_condition_is_made_of() -> None:
    for kind in ("expectation", "trial"):
        assert page(kind, "none")["explanation"] is None
        fixed, bars, regions = (page(kind, name)["explanation"] for name in EXPLANATIONS[1:])
        assert fixed["sentence"] == words().words["fixed.sentence"]
        assert not (fixed["score"] or fixed["bars"] or fixed["pictures"] or fixed["sounds"] or fixed["said"])
        assert bars["sentence"].startswith("Sentence of set-")
        assert [bar["amount"] for bar in bars["bars"]] == ["+0.50", "0.80"]
        assert (bars["score"], bars["score_words"]) == ("0.80", "very alike")
        assert bars["said"] == words().words["evidence.bars"]
        assert not (bars["pictures"] or bars["sounds"])
        assert bars["said"] == words().words["evidence.bars"]
        assert not (regions["bars"] or regions["score"])
        assert regions["said"] == "How to read it."
        assert [picture["name"] for picture in regions["pictures"]] == ["picture-query", "picture-match"]
        assert regions["pictures"][0]["boxes"] == [
            {"number": 1, "left": 10, "top": 20, "width": 30, "height": 40}
        ]
        assert [sound["name"] for sound in regions["sounds"]] == ["sound-1", "sound-2"]


def test_a_trial_shows_the_explanation_of_its_recommendation() -> None:
    for number in range(9):
        told = [
            page for step, page in pages() if step.block == number and step.kind in {"expectation", "trial"}
        ]
        assert all(page["explanation"] == told[0]["explanation"] for page in told)


def test_nothing_is_explained_while_rating_after_listening() -> None:
    assert all(told["explanation"] is None for step, told in pages() if step.kind == "impression")


def test_what_is_to_be_heard() -> None:
    sounds = {
        kind: {sound["name"]: sound["must_hear_s"] for sound in page(kind)["sounds"]}
        for kind in ("sound", "expectation", "impression", "trial", "scales")
    }
    assert sounds == {
        "sound": {"tones": 0},
        "expectation": {"query": 7.5},
        "impression": {"query": 0, "match": 7.5},
        "trial": {"query": 0, "left": 7.5, "right": 7.5},
        "scales": {},
    }
    assert page("trial")["sounds"][0]["gain_db"] == -3.0


def test_names_are_shown_only_where_the_design_says_so() -> None:
    plan = plan_of(show_names=True)
    told = page("expectation", plan=plan)
    assert told["sounds"][0]["title"].startswith("Title of set-")
    assert "· Artist of set-" in told["sounds"][0]["title"]
    assert "-match · Artist" in told["text"][-1] or "-match · Artist" in told["text"][-2]
    assert page("expectation")["sounds"][0]["title"] is None


def test_numbers_count_up() -> None:
    told = [page for _, page in pages()]
    assert [page["number"] for page in told] == list(range(1, len(told) + 1))
    assert {page["of"] for page in told} == {len(told)}


def test_questions_by_page() -> None:
    asked = {step.id: [question["id"] for question in told["questions"]] for step, told in pages()}
    assert asked["sound"] == ["tones"]
    assert asked["1-expectation"] == ["expectation"]
    assert asked["1-impression"] == ["impression", "known"]
    assert asked["1-trial-1"] == ["choice", "sure"]
    assert asked["comment"] == ["comment"]
    assert asked["instructions"] == []
    assert [key for key in asked["1-tlx"] if not key.startswith("tlx-")] == []


def test_what_checks_attention_stands_amid_the_others() -> None:
    (step, told), _ = ((step, told) for step, told in pages() if step.check)
    ids = [question["id"] for question in told["questions"]]
    assert 0 < ids.index(step.check) < len(ids) - 1
    assert told["scales"][0]["questions"] == ids
    assert told["scales"][0]["id"] == step.scales[0]


def test_the_first_words_of_the_study_end_the_practice() -> None:
    done = words().words["practice.done"]
    assert [step.id for step, told in pages() if done in told["text"]] == ["1-expectation"]
    assert all("{" not in text for _, told in pages() for text in (*told["text"], told["title"]))


def test_it_is_said_whether_something_is_explained() -> None:
    unexplained, again = words().words["expectation.unexplained"], words().words["trial.explained"]
    for explanation in EXPLANATIONS:
        is_none = explanation == "none"
        assert (unexplained in page("expectation", explanation)["text"]) == is_none
        assert (again in page("trial", explanation)["text"]) == (not is_none)
        assert not {unexplained, again} & set(page("impression", explanation)["text"])
