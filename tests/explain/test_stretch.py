"""The stretch and the area that a map singles out, against trying everything."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.embeddings.network import N_MELS, SAMPLE_RATE
from soundglass.explain.relevance import Relevance
from soundglass.explain.stretch import density, holding, intensity, stretch
from soundglass.spectrogram import hz_to_mel


def by_trying(profile: np.ndarray) -> slice:
    """Fit one raised stretch by least squares, every one in turn."""
    best, n = (np.inf, slice(0, len(profile))), len(profile)
    for first in range(n):
        for end in range(first + 1, n + 1):
            inside = np.zeros(n, dtype=bool)
            inside[first:end] = True
            if inside.all() or profile[inside].mean() <= profile[~inside].mean():
                continue
            error = sum(((part - part.mean()) ** 2).sum() for part in (profile[inside], profile[~inside]))
            if error < best[0] - 1e-12:
                best = error, slice(first, end)
    return best[1]


@pytest.mark.parametrize("seed", range(20))
def test_the_stretch_is_the_step_that_fits_best(seed: int) -> None:
    rng = np.random.default_rng(seed)
    profile = rng.normal(size=30)
    profile[8:19] += rng.uniform(0, 3)
    assert stretch(profile) == by_trying(profile)


def test_a_raised_stretch_is_found_exactly() -> None:
    assert stretch(np.r_[np.zeros(10), np.ones(4), np.zeros(6)]) == slice(10, 14)
    assert stretch(np.r_[np.ones(3), np.full(7, 0.2)]) == slice(0, 3)


@pytest.mark.parametrize("profile", [np.zeros(5), np.full(7, 3.0), np.ones(1)])
def test_what_never_changes_is_one_stretch(profile: np.ndarray) -> None:
    assert stretch(profile) == slice(0, len(profile))


def test_a_box_is_spread_evenly_over_its_seconds_and_bands() -> None:
    top = hz_to_mel(np.array([SAMPLE_RATE / 2]))[0]
    mels = np.linspace(0, top, 500)
    half = float(np.interp(top / 2, mels, np.linspace(0, top, 500)))
    hz = next(f for f in np.arange(0, 8000, 0.5) if hz_to_mel(np.array([f]))[0] >= half)
    boxes = np.array([[1.0, 3.0, 0.0, hz]], dtype=np.float32)
    found = density(Relevance(boxes, np.array([4.0])), np.arange(0.05, 4, 0.1))
    assert found.shape == (40, N_MELS)
    assert found.sum() * 0.1 == pytest.approx(4.0)
    assert not found[:10].any()
    assert not found[30:].any()
    np.testing.assert_allclose(found[10:30, : N_MELS // 2], 2 / (N_MELS // 2))
    assert not found[:, N_MELS // 2 :].any()


def test_boxes_that_overlap_add_up() -> None:
    boxes = np.array([[0.0, 2.0, 0.0, 8000.0], [1.0, 2.0, 0.0, 8000.0]], dtype=np.float32)
    found = density(Relevance(boxes, np.array([2.0, -3.0])), np.array([0.5, 1.5]))
    np.testing.assert_allclose(found.sum(axis=1), [1.0, -2.0])


def test_intensity_is_the_mean_over_the_places_heard() -> None:
    boxes = np.array([[0.0, 2.0, 0, 100], [1.0, 3.0, 0, 100], [2.5, 3.0, 0, 100]], dtype=np.float32)
    found = intensity(Relevance(boxes, np.array([2.0, 4.0, -1.0])), np.array([0.5, 1.5, 2.25, 2.75, 9.0]))
    np.testing.assert_allclose(found, [2.0, 3.0, 4.0, (4 / 2 - 1 / 0.5) / (1 / 2 + 1 / 0.5), 0.0])


def test_the_smallest_area_that_holds_half() -> None:
    found = holding(np.array([[5.0, 1.0], [3.0, -9.0], [2.0, 1.0]]))
    assert found.tolist() == [[True, False], [True, False], [False, False]]
    assert holding(np.array([4.0, 3.0, 3.0]), 0.3).tolist() == [True, False, False]


def test_nothing_positive_holds_nothing() -> None:
    assert not holding(np.array([-1.0, 0.0])).any()
