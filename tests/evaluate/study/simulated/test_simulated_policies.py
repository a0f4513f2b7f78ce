"""Who takes part in a simulation."""

from __future__ import annotations

from collections import Counter

import pytest

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study.simulated.policies import POLICIES, roster


def test_forty_are_of_all_kinds_and_most_are_informed() -> None:
    kinds = Counter(policy.name for policy in roster(40))
    assert set(kinds) == set(POLICIES)
    assert kinds["informed"] == 20
    assert {kinds[name] for name in POLICIES if name != "informed"} == {2, 3}


def test_one_policy_for_all() -> None:
    assert [policy.name for policy in roster(2, "guesser")] == ["guesser"] * 2


def test_what_cannot_be_simulated() -> None:
    with pytest.raises(SoundglassError, match="0 participants"):
        roster(0)
    with pytest.raises(SoundglassError, match=r"'genius'.*Choose one of informed, guesser"):
        roster(3, "genius")
