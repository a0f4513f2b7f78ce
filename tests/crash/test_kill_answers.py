"""Kill -9 amid answers: what a participant was told to be kept is there, whole, and the study goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from soundglass.library.study.studies import Studies

SCRIPT = Path(__file__).with_name("answer_for_ever.py")
KILLS = int(os.environ.get("SOUNDGLASS_KILLS", "6"))
SEED = int(os.environ.get("SOUNDGLASS_KILL_SEED", "0"))


def told_until_killed(studies: Studies, code: str, seconds: float) -> list[list[str]]:
    """Let somebody take part until killed; give what had been told to be kept."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT, studies.path.parent, code], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    rest, _ = process.communicate()
    return [line.split() for line in (first + rest).splitlines()]


def test_answers_survive_kills(tmp_path: Path) -> None:
    studies, rng = Studies(str(tmp_path)), random.Random(SEED)
    study = studies.add("Pilot", plan="{}", instruments="{}")
    told: dict[str, set[str]] = defaultdict(set)
    for _ in range(KILLS):
        for pseudonym, what in told_until_killed(studies, study.join_code, rng.uniform(0, 0.4)):
            told[pseudonym].add(what)
        assert list(studies.problems()) == []
    kept: dict[str, set[str]] = defaultdict(set)
    for given in studies.given(study, "people"):
        kept[given.participant].add(given.step)
        assert given.shown == {"text": "x" * 20_000}
        assert given.answers == {"comment": "y" * 20_000}
        assert given.heard_s == {"query": 10.5}
    people = {p.pseudonym for p in studies.participants(study, "people")}
    for pseudonym, steps in told.items():
        if "withdrew" in steps:
            assert pseudonym not in people
        elif pseudonym in people:
            assert steps <= kept[pseudonym]
        else:  # deleted before that was told
            assert len(steps) == 3
    count = studies.counts(study)["people"]
    assert count.joined - count.deleted == len(people)
    assert count.joined >= len(told) >= KILLS
    assert sum(count.slots.values()) == len(people)
