"""What stands behind the names on a page, and which answer is right."""

from __future__ import annotations

from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.roles import materials, tracks
from soundglass.evaluate.study.steps import Step, steps
from soundglass.evaluate.study.truth import truth
from study_plans import plan_of

PLAN = plan_of()


def way() -> tuple[Step, ...]:
    return steps(PLAN, load(), 4, 9)


def test_tracks_are_those_of_the_set_and_its_recommender() -> None:
    for step in way():
        ids = {role: track.id for role, track in tracks(step, PLAN).items()}
        key = f"{step.item_set}-{step.cell.by}" if step.cell else ""
        if step.kind == "expectation":
            assert ids == {"query": f"{step.item_set}-query"}
        elif step.kind == "impression":
            assert ids == {"query": f"{step.item_set}-query", "match": f"{key}-match"}
        elif step.kind == "trial":
            pair = [f"{key}-high-{step.trial}", f"{key}-low-{step.trial}"]
            left, right = pair if step.higher_side == "left" else pair[::-1]
            assert ids == {"query": f"{step.item_set}-query", "left": left, "right": right}
        else:
            assert ids == {}


def test_materials_are_given_only_where_they_are_shown() -> None:
    for step in way():
        is_shown = step.kind in {"expectation", "trial"} and step.cell.explanation == "regions"
        key = f"{step.item_set}-{step.cell.by}" if step.cell else ""
        expected = {
            "picture-query": f"{key}-query.webp",
            "picture-match": f"{key}-match.webp",
            "sound-1": f"{key}-both.mp3",
            "sound-2": f"{key}-one.mp3",
        }
        assert materials(step, PLAN) == (expected if is_shown else {}), step.id


def test_the_truth_is_where_the_higher_track_stands() -> None:
    trials = [step for step in way() if step.kind == "trial"]
    assert len(trials) == 25
    for step in trials:
        told = truth(step, PLAN)
        assert told is not None
        assert "-high-" in (told.left if told.higher == "left" else told.right)
        assert "-low-" in (told.right if told.higher == "left" else told.left)
        assert told.disagree == (step.trial == 0)
        assert told.margin == 1.0 + step.trial


def test_nothing_else_is_right_or_wrong() -> None:
    assert all(truth(step, PLAN) is None for step in way() if step.kind != "trial")
