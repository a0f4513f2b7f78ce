"""What is taken out of a recording is gone, the rest stays, and what stands in its place is as was said."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from soundglass.core.types import FloatArray, Region
from soundglass.embeddings.analysis import Excerpt
from soundglass.embeddings.network import SAMPLE_RATE, mel_power
from soundglass.evaluate.faithfulness import removal
from soundglass.library.store import Store
from soundglass.spectrogram import hz_to_mel
from soundglass.surfaces.library import Library

LENGTH_S = 6.0


def tones(*frequencies: float) -> FloatArray:
    time = np.arange(round(LENGTH_S * SAMPLE_RATE)) / SAMPLE_RATE
    return np.sum([np.sin(2 * np.pi * f * time) for f in frequencies], axis=0).astype(np.float32)


def level(samples: FloatArray, frequency: float, start_s: float, end_s: float) -> float:
    """Measure the amplitude of a tone in part of a recording."""
    part = samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    time = np.arange(len(part)) / SAMPLE_RATE
    return float(2 * np.abs(np.mean(part * np.exp(-2j * np.pi * frequency * time))))


@pytest.fixture
def excerpts() -> list[Excerpt]:
    return [Excerpt(10.0, tones(300, 4000))]


def test_units_cover_what_is_heard_once_in_equal_seconds_and_mel(excerpts: list[Excerpt]) -> None:
    units = removal.divide([*excerpts, Excerpt(40.0, tones(300))])
    regions = [region for unit in units for region in unit]
    heard = sum((r.end_s - r.start_s) * np.ptp(hz_to_mel(np.array([r.low_hz, r.high_hz]))) for r in regions)
    assert len(units) == removal.N_TIMES * removal.N_BANDS
    assert heard == pytest.approx(2 * LENGTH_S * hz_to_mel(np.array([SAMPLE_RATE / 2]))[0], rel=1e-3)
    areas = [sum((r.end_s - r.start_s) for r in unit) for unit in units]
    np.testing.assert_allclose(areas, 2 * LENGTH_S / removal.N_TIMES, rtol=1e-3)
    assert [len(unit) for unit in units] == [1, 1, 2, 2, 1, 1]


def test_only_what_is_taken_away_is_gone(excerpts: list[Excerpt]) -> None:
    silence = [np.zeros_like(excerpts[0].samples)]
    (left,) = removal.removed(excerpts, (Region(12.0, 14.0, 0.0, 1700.0),), silence)
    assert left.start_s == 10.0
    assert level(left.samples, 300, 2.2, 3.8) < 0.01
    for frequency, start, end in ((300, 0.2, 1.8), (300, 4.2, 5.8), (4000, 0.2, 1.8), (4000, 2.2, 3.8)):
        assert level(left.samples, frequency, start, end) == pytest.approx(1, abs=0.01)


def test_something_else_stands_in_its_place(excerpts: list[Excerpt]) -> None:
    (left,) = removal.removed(excerpts, (Region(12.0, 14.0, 0.0, 1700.0),), [tones(700, 6000)])
    assert level(left.samples, 700, 2.2, 3.8) == pytest.approx(1, abs=0.01)
    assert level(left.samples, 6000, 2.2, 3.8) < 0.01
    assert level(left.samples, 700, 4.2, 5.8) < 0.01


def test_all_units_together_leave_nothing_but_the_fill(excerpts: list[Excerpt]) -> None:
    fill, units = [tones(900)], removal.divide(excerpts)
    prepared = removal.removals(excerpts, units, fill)
    (left,) = removal.without(excerpts, prepared, np.ones(len(units), dtype=bool))
    np.testing.assert_allclose(left.samples, fill[0], atol=1e-3)
    (whole,) = removal.without(excerpts, prepared, np.zeros(len(units), dtype=bool))
    np.testing.assert_array_equal(whole.samples, excerpts[0].samples)


def test_noise_has_the_spectrum_and_the_level_that_were_asked_for(excerpts: list[Excerpt]) -> None:
    spectrum = np.array([0.0, 1000.0, 2000.0, 8000.0]), np.array([1.0, 1.0, 0.01, 0.01])
    (noise,) = removal.noise(excerpts, spectrum, np.random.default_rng(0))
    frequencies, density = scipy.signal.welch(noise, SAMPLE_RATE, nperseg=2048)
    low = density[(frequencies > 100) & (frequencies < 900)].mean()
    high = density[(frequencies > 2500) & (frequencies < 7500)].mean()
    assert high / low == pytest.approx(0.01, rel=0.15)
    assert mel_power(noise).mean() == pytest.approx(mel_power(excerpts[0].samples).mean(), rel=1e-3)


def test_other_music_is_made_as_loud_and_as_long(excerpts: list[Excerpt]) -> None:
    (fitted,) = removal.as_loud([tones(500)[:SAMPLE_RATE] * 0.01], excerpts)
    assert len(fitted) == len(excerpts[0].samples)
    assert mel_power(fitted).mean() == pytest.approx(mel_power(excerpts[0].samples).mean(), rel=1e-3)


def test_the_usual_spectrum_of_music_falls_towards_high_frequencies(demo_library: Library) -> None:
    centres, powers = removal.usual_spectrum(Store(demo_library.uri))
    assert np.polyfit(np.log2(centres[2:]), 10 * np.log10(powers[2:]), 1)[0] < -1
    assert centres.max() < SAMPLE_RATE / 2


def test_the_usual_spectrum_of_some_tracks_is_theirs(demo_library: Library) -> None:
    store = Store(demo_library.uri)
    whole, every = removal.usual_spectrum(store), np.arange(len(store))
    for found, expected in zip(removal.usual_spectrum(store, every), whole, strict=True):
        np.testing.assert_array_equal(found, expected)
    one, other = (removal.usual_spectrum(store, np.array([row]))[1] for row in (0, 1))
    assert not np.allclose(one, other)
