"""A study as it was kept, by this version or another."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError
from soundglass.evaluate.study.fixed import fixed, way
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.steps import steps
from soundglass.library.study.studies import Studies
from soundglass.surfaces.study.told import study_json
from study_plans import plan_of


def test_a_study_is_read_once_and_as_it_was_kept(tmp_path: Path) -> None:
    studies = Studies(str(tmp_path))
    record = studies.add("Neu", plan=plan_of(seed=3).to_json(), instruments=load().to_json())
    assert (fixed(record).plan, fixed(record).instruments) == (plan_of(seed=3), load())
    assert fixed(studies.study("neu")) is fixed(record)
    assert way(fixed(record), 2, 7) == steps(plan_of(seed=3), load(), 2, 7)


@pytest.mark.parametrize("which", ["plan", "instruments"])
def test_a_form_that_is_not_known_is_told_in_one_line(tmp_path: Path, which: str) -> None:
    form = {"plan": plan_of().to_json(), "instruments": load().to_json(), which: '{"version": 9}'}
    studies = Studies(str(tmp_path))
    record = studies.add("Neu", **form)
    with pytest.raises(LibraryError, match="another version"):
        study_json(studies, record)
