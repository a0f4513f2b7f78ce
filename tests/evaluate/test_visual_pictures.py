"""Beat-aligned pictures: of made music whose beats are known, and of averages that can be done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_files import music
from soundglass.evaluate.visual.pictures import (
    ENOUGH_S,
    N_BEATS,
    N_COLUMNS,
    PER_BEAT,
    RANGE_DB,
    beat_aligned,
    laid_on,
    means_between,
    moderate,
    nearest_beat,
)

RATE = 22_050


def clicks(bpm: float, first_s: float, seconds: float = ENOUGH_S) -> np.ndarray:
    """Short decaying tones on every beat over faint noise; each fourth is higher."""
    rng = np.random.default_rng(0)
    samples = 1e-3 * rng.standard_normal(int(seconds * RATE))
    time = np.arange(RATE // 8) / RATE
    for number, at in enumerate(np.arange(first_s, seconds - 0.2, 60 / bpm)):
        tone = np.sin(2 * np.pi * (1500 if number % 4 == 0 else 500) * time) * np.exp(-30 * time)
        samples[int(at * RATE) :][: len(tone)] += 0.5 * tone
    return samples.astype(np.float32)


@pytest.mark.parametrize("bpm", [104.0, 131.0, 187.0])
@pytest.mark.parametrize("first_s", [0.05, 0.21])
def test_beats_stand_at_the_first_column_of_each_eight(bpm, first_s):
    picture = beat_aligned(clicks(bpm, first_s), bpm).astype(float)
    assert picture.shape == (128, N_COLUMNS)
    by_part = picture.mean(axis=0).reshape(N_BEATS, PER_BEAT).mean(axis=0)
    rise = by_part - np.roll(by_part, 1)
    assert int(np.argmax(rise)) in {0, PER_BEAT - 1}  # a frame's window reaches 46 ms ahead of its centre
    assert by_part[:2].mean() > by_part[3:6].mean() + 20


def test_the_same_music_at_another_tempo_and_place_looks_the_same():
    one, other = beat_aligned(clicks(110, 0.05), 110), beat_aligned(clicks(150, 0.33), 150)
    late = beat_aligned(clicks(150, 0.33 + 30 / 150), 150)

    def alike(picture):
        return np.corrcoef(one.ravel(), laid_on(one, picture).ravel())[0, 1]

    grid = beat_aligned(clicks(150, 0.33), math.nan)
    assert min(alike(other), alike(late)) > 0.85
    assert alike(grid) < min(alike(other), alike(late)) - 0.2


def test_half_and_double_tempo_give_the_same_picture():
    samples = clicks(140, 0.1)
    assert np.array_equal(beat_aligned(samples, 140), beat_aligned(samples, 70))
    assert np.array_equal(beat_aligned(samples, 140), beat_aligned(samples, 280))


def test_loudness_is_no_part_of_a_picture():
    samples = music(ENOUGH_S, RATE, 1)[:, 0]
    one, other = (beat_aligned(gain * samples, 120).astype(int) for gain in (1, 0.1))
    assert np.abs(one - other).max() <= 1
    assert one.max() == 255
    assert one.min() == 0


def test_pixels_are_decibels():
    time = np.arange(int(ENOUGH_S * RATE)) / RATE
    loud, soft = 0.5 * np.sin(2 * np.pi * 1000 * time), 0.05 * np.sin(2 * np.pi * 4000 * time)
    picture = beat_aligned((loud + soft).astype(np.float32)).astype(float)
    levels = picture.mean(axis=1)
    high = levels[80:].max() - levels[:60].max()
    # Slaney's bands have the same area: one at 4 kHz is wider and so weighs a tone less.
    assert -35 < high / 255 * RANGE_DB < -20
    assert picture.std(axis=1)[levels.argmax()] < 1


@pytest.mark.parametrize("seconds", [0.0, 1.0, ENOUGH_S / 2])
def test_what_is_too_short_has_no_picture(seconds):
    assert beat_aligned(music(seconds, RATE, 1)[:, 0], 100) is None


def test_silence_has_no_picture():
    assert beat_aligned(np.zeros(int(ENOUGH_S * RATE), np.float32), 120) is None


@settings(max_examples=25, deadline=None)
@given(bpm=st.floats(20, 400), start=st.floats(0, 0.5))
def test_enough_seconds_are_enough_at_any_tempo(bpm, start):
    samples = clicks(120, 0.05 + start)[: int(ENOUGH_S * RATE)]
    assert beat_aligned(samples, bpm).shape == (128, N_COLUMNS)


@pytest.mark.parametrize(
    ("bpm", "found"), [(100, 100), (60, 120), (199, 199), (200, 100), (45, 180), (400, 100), (math.nan, 120)]
)
def test_tempi_are_brought_into_one_octave(bpm, found):
    assert moderate(bpm) == pytest.approx(found)


@settings(max_examples=50, deadline=None)
@given(first=st.integers(0, 20), beat=st.integers(12, 25), near=st.floats(20, 180))
def test_the_nearest_beat_is_found(first, beat, near):
    strength = np.zeros(20 * beat, np.float32)
    strength[first % beat :: beat] = 1
    found = nearest_beat(strength, beat, near)
    assert (found - first) / beat == pytest.approx(round((found - first) / beat), abs=1e-4)
    assert abs(found - near) <= beat / 2 + 1e-6


def test_frames_that_an_edge_cuts_count_in_part():
    frames = np.array([[0.0], [4.0], [8.0], [2.0]])
    found = means_between(frames, np.array([0.0, 1.0, 1.5, 3.5, 4.0]))
    assert found.ravel() == pytest.approx([0, 4, (0.5 * 4 + 8 + 0.5 * 2) / 2, 2])


def test_a_picture_is_turned_back_by_whole_beats():
    one = np.random.default_rng(0).integers(0, 256, (128, N_COLUMNS)).astype(np.uint8)
    for beats in range(N_BEATS):
        assert np.array_equal(laid_on(one, np.roll(one, beats * PER_BEAT, axis=1)), one)
    between = np.roll(one, 3, axis=1)
    assert any(
        np.array_equal(laid_on(one, between), np.roll(between, b * PER_BEAT, axis=1)) for b in range(N_BEATS)
    )
