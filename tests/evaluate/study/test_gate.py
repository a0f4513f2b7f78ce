"""The listening gate."""

from __future__ import annotations

from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.gate import still_to_hear
from soundglass.evaluate.study.steps import Step

TRIAL = Step("1-trial-1", "trial", 1, must_hear=("left", "right"))


def test_each_track_has_to_be_heard() -> None:
    design = Design(listen_s=10)
    assert still_to_hear(TRIAL, design, {}) == {"left": 10, "right": 10}
    assert still_to_hear(TRIAL, design, {"left": 4, "right": 10, "query": 60}) == {"left": 6}
    assert still_to_hear(TRIAL, design, {"left": 12, "right": 10}) == {}


def test_a_moment_is_no_matter_but_a_second_is() -> None:
    design = Design(listen_s=10)
    assert still_to_hear(TRIAL, design, {"left": 9.96, "right": 10}) == {}
    assert set(still_to_hear(TRIAL, design, {"left": 9.9, "right": 9})) == {"left", "right"}


def test_pages_without_tracks_stand_open() -> None:
    assert still_to_hear(Step("comment", "comment"), Design(), {}) == {}
