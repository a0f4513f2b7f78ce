"""Overlaps against cases worked out by hand; explanations that stay where they are."""

from __future__ import annotations

import math

import numpy as np
import pytest

from soundglass.core.statistics import Estimate
from soundglass.core.types import Region
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.faithfulness import pairs, robustness
from soundglass.evaluate.faithfulness.robustness import (
    CHANGES,
    evaluate_robustness,
    overlap,
    region_overlap,
)
from soundglass.evaluate.findings import Section
from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


def context(library: Library, n: int = 5) -> Context:
    store = Store(library.uri)
    return Context(store, Explainers(store), Kept(), EvaluationSettings(resamples=200, pairs=n))


@pytest.fixture(scope="module")
def section(demo_library: Library) -> Section:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "PIECE_S", 6.0)
        return evaluate_robustness(context(demo_library))


def test_areas_overlap_by_intersection_over_union() -> None:
    one = np.array([[True, True], [False, False]])
    assert overlap(one, one) == 1
    assert overlap(one, np.array([[False, True], [True, False]])) == pytest.approx(1 / 3)
    assert overlap(one, ~one) == 0
    assert math.isnan(overlap(one & False, one & False))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Region(1, 3, 200, 400), 1.0),
        (Region(2, 4, 200, 400), 1 / 3),
        (Region(1, 3, 300, 500), 1 / 3),  # below 1 kHz mel is straight
        (Region(2, 4, 300, 500), 1 / 7),
        (Region(1, 2, 200, 400), 0.5),
        (Region(3, 4, 200, 400), 0.0),
        (Region(1, 3, 4000, 5000), 0.0),
    ],
)
def test_regions_overlap_by_intersection_over_union(other: Region, expected: float) -> None:
    assert region_overlap(Region(1, 3, 200, 400), other) == pytest.approx(expected)
    assert region_overlap(other, Region(1, 3, 200, 400)) == pytest.approx(expected)


def test_volume_changes_nothing_and_coding_little(section: Section) -> None:
    names = ("area", "area by chance", "stretch", "stretch by chance", "part", "correlation", "score")
    rows = {}
    for change, *cells in section.tables[0].rows:
        values = [cell.value for cell in cells if isinstance(cell, Estimate)]
        rows[str(change)] = dict(zip(names, values, strict=True))
    assert list(rows) == list(CHANGES)
    for change, found in rows.items():
        if change.startswith("3 dB"):
            assert min(found[name] for name in ("area", "stretch", "part", "correlation")) > 0.9
            assert found["score"] < 0.005
        else:
            assert 0.4 < found["area"] < 1
            assert 0.3 < found["stretch"] < 1
            assert 0.4 < found["correlation"] < 1
            assert 0 < found["score"] < 0.1
        assert found["area"] > found["area by chance"] + 0.05
        assert found["stretch"] > found["stretch by chance"] + 0.05


def test_every_change_is_judged_by_area_and_stretch(section: Section) -> None:
    assert len(section.targets) == 2 * len(CHANGES)
    for target in section.targets:
        assert isinstance(target.found, Estimate)
        assert target.met == (target.found.value >= 0.7)
        assert "by chance" in target.remark


def test_without_audio_there_is_a_note(
    demo_library: Library, spotify_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(evaluate_robustness(context(spotify_library)).notes) == 1
    monkeypatch.setattr(robustness, "read_pair", lambda *_: None)
    found = evaluate_robustness(context(demo_library))
    assert not found.tables
    assert len(found.notes) == 1
