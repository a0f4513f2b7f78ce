"""Pointing game, relevance mass and overlap, against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.core.types import Region
from soundglass.evaluate.faithfulness.pointing import Pointed, by_profile, by_region, intersection_over_union


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 2), (0, 2), 1.0),
        ((0, 2), (1, 3), 1 / 3),
        ((0, 4), (1, 2), 0.25),
        ((0, 1), (1, 2), 0.0),
        ((0, 1), (5, 6), 0.0),
    ],
)
def test_intersection_over_union(
    one: tuple[float, float], other: tuple[float, float], expected: float
) -> None:
    assert intersection_over_union(one, other) == pytest.approx(expected)


def test_a_profile_is_judged_by_peak_mass_and_stretch() -> None:
    profile = np.array([1.0, 1, 1, 1, 6, 8, 6, 1, 1, 1])  # in half seconds: raised from 2 to 3.5 s
    found = by_profile(profile, 0.5, (2.0, 4.0))
    assert found == Pointed(hit=True, mass=21 / 27, overlap=1.5 / 2)
    elsewhere = by_profile(profile, 0.5, (0.0, 2.0))
    assert elsewhere == Pointed(hit=False, mass=4 / 27, overlap=0.0)


def test_what_speaks_against_counts_as_nothing() -> None:
    found = by_profile(np.array([-50.0, -50, 2, 2, 0, 0]), 1.0, (2.0, 4.0))
    assert found == Pointed(hit=True, mass=1.0, overlap=1.0)


@pytest.mark.parametrize("profile", [np.zeros(4), np.full(4, -1.0)])
def test_no_relevance_points_nowhere(profile: np.ndarray) -> None:
    assert by_profile(profile, 1.0, (0.0, 4.0)) == Pointed(False, 0.0, 0.0)


def test_a_region_is_judged_by_its_middle_and_length() -> None:
    assert by_region(Region(2.0, 3.0, 0, 100), (2.25, 5.25)) == Pointed(True, 0.75, 0.75 / 3.25)
    assert by_region(Region(1.0, 3.0, 0, 100), (2.25, 5.25)) == Pointed(False, 0.375, 0.75 / 4.25)
