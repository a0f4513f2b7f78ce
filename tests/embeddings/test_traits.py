"""Sounds whose nature is known, rendered to audio, have the traits they should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.embeddings.network import PATCH_FRAMES, SAMPLE_RATE, Field, log_mel
from soundglass.embeddings.traits import N_TRAITS, Traits, measure, weighted_power

WHOLE = Field(40, 140, 0, 96)
LOWEST = Field(70, 118, 0, 22)
TIME = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
NOISE = np.random.default_rng(5).standard_normal(len(TIME))


def sine(hz: float) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * hz * TIME)


def clicks(per_s: float) -> NDArray[np.float64]:
    found = np.zeros(len(TIME))
    found[np.arange(0, len(TIME), SAMPLE_RATE / per_s).astype(int)] = 0.8
    return found


def plucked(hz: float, every_s: float) -> NDArray[np.float64]:
    return (
        0.3 * sum(np.sin(2 * np.pi * hz * k * TIME) / k for k in range(1, 6)) * np.exp(-6 * (TIME % every_s))
    )


def swept(start_hz: float, octaves_per_s: float) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * np.cumsum(start_hz * 2 ** (octaves_per_s * TIME)) / SAMPLE_RATE)


def packed(samples: NDArray[np.float64], field: Field = WHOLE, gain: float = 1.0) -> NDArray[np.uint8]:
    mel: FloatArray = log_mel((gain * samples).astype(np.float32))[:PATCH_FRAMES]
    power = weighted_power(mel)
    return measure(power, field, float(power.sum(axis=1).mean()))


def traits(samples: NDArray[np.float64], field: Field = WHOLE) -> Traits:
    return Traits.unpack(packed(samples, field))


@pytest.mark.parametrize("hz", [60, 100, 150, 440, 1000, 3000, 6000])
def test_the_main_band_of_a_tone_holds_the_tone_and_little_else(hz: float) -> None:
    found = traits(sine(hz))
    assert found.low_hz <= hz <= found.high_hz
    assert found.high_hz - found.low_hz <= max(65, 0.25 * hz)
    assert found.level_db == pytest.approx(0, abs=2.5)


def test_a_drone_is_steady_tonal_and_does_not_pulse() -> None:
    found = traits(sine(100), LOWEST)
    assert (found.fluctuation_db, found.attack_db, found.slope) == (0, 0, 0)
    assert found.prominence_db > 8
    assert found.regularity < 0.1


def test_clicks_pulse_at_their_rate_with_sharp_attacks() -> None:
    for rate in (2.0, 4.0, 7.0):
        found = traits(clicks(rate))
        assert found.pulse_rate == pytest.approx(rate, rel=0.03)
        assert found.regularity > 0.8
        assert found.attack_db == 40
        assert found.prominence_db < 0.5


def test_white_noise_is_steady_and_has_no_tone() -> None:
    found = traits(0.1 * NOISE)
    assert found.prominence_db < 0.5
    assert found.fluctuation_db < 0.5
    assert found.regularity < 0.5
    assert found.high_hz > 2 * found.low_hz


def test_noise_within_a_band_is_found_there() -> None:
    spectrum = np.fft.rfft(NOISE)
    hz = np.fft.rfftfreq(len(TIME), 1 / SAMPLE_RATE)
    found = traits(0.1 * np.fft.irfft(spectrum * ((hz > 2500) & (hz < 4000))))
    assert 2400 < found.low_hz < found.high_hz < 4200
    assert 700 < found.high_hz - found.low_hz < 1300


@pytest.mark.parametrize("octaves_per_s", [1.0, 0.5, -0.5, -1.0])
def test_a_sweep_moves_at_its_speed(octaves_per_s: float) -> None:
    start = 500 if octaves_per_s > 0 else 4000
    assert traits(swept(start, octaves_per_s)).slope == pytest.approx(octaves_per_s, rel=0.2)


def test_plucked_tones_are_sharp_tonal_and_decay() -> None:
    found = traits(plucked(220, 0.5))
    assert found.attack_db > 10
    assert found.prominence_db > 10
    assert found.fluctuation_db > 3
    assert found.pulse_rate == pytest.approx(2, rel=0.03)
    assert found.slope == 0


def test_only_what_is_in_the_box_counts() -> None:
    both = sine(150) + 0.3 * clicks(4)
    assert traits(both, LOWEST).high_hz < 250
    high = traits(both, Field(40, 140, 60, 96))
    assert high.low_hz > 2000
    assert high.pulse_rate == pytest.approx(4, rel=0.03)


def test_level_is_that_of_the_band_in_the_track() -> None:
    mel = log_mel((sine(1000) + 0.01 * sine(3000)).astype(np.float32))[:PATCH_FRAMES]
    power = weighted_power(mel)
    loud, soft = (
        Traits.unpack(measure(power, Field(40, 140, *bands), float(power.sum(axis=1).mean())))
        for bands in ((0, 45), (60, 96))
    )
    # Of two tones that differ by 40 dB; A-weighting lifts 3000 Hz by 1.2 dB.
    assert soft.level_db - loud.level_db == pytest.approx(-40 + 1.2, abs=2.5)


@settings(deadline=None, max_examples=15)
@given(gain_db=st.floats(-40, 10))
def test_gain_changes_nothing(gain_db: float) -> None:
    sound = plucked(220, 0.4) + 0.05 * NOISE
    quiet, loud = packed(sound, gain=10 ** (gain_db / 20)), packed(sound)
    assert np.abs(quiet.astype(int) - loud.astype(int)).max() <= 1


def test_silence_has_no_band() -> None:
    found = packed(np.zeros(len(TIME)))
    assert found.shape == (N_TRAITS,)
    assert not found.any()
    assert Traits.unpack(found).high_hz == 0


def test_whatever_lies_outside_the_box_in_time_changes_only_the_pulse() -> None:
    burst = np.where((TIME > 2.6) & (TIME < 2.9), NOISE, 0)
    before, after = packed(sine(440), Field(40, 100, 0, 96)), packed(sine(440) + burst, Field(40, 100, 0, 96))
    assert before[[0, 1, 3, 4, 5, 8]].tolist() == after[[0, 1, 3, 4, 5, 8]].tolist()
