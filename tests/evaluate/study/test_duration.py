"""How long a study takes, before anybody has taken part."""

from __future__ import annotations

from soundglass.evaluate.study.duration import minutes
from soundglass.evaluate.study.instruments.loading import load
from study_plans import plan_of


def test_it_is_told_in_fives() -> None:
    assert minutes(plan_of(), load()) % 5 == 0


def test_who_must_hear_more_needs_longer_by_just_that() -> None:
    # 8 blocks and the practice: query, match, and two tracks in each trial (one in the practice).
    short, long = plan_of(listen_s=1.0), plan_of(listen_s=30.0)
    heard = 8 * (2 + 2 * 3) + 2 + 2
    assert abs(minutes(long, load()) - minutes(short, load()) - heard * 29 / 60) <= 5


def test_fewer_questions_and_trials_are_done_sooner() -> None:
    everything = minutes(plan_of(), load())
    assert minutes(plan_of(trials=1), load()) < everything
    assert minutes(plan_of(scales=("trust",)), load()) < everything
