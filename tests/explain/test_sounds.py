"""Words for sounds hold for sounds whose nature is known, and only for what both sides share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from soundglass.embeddings.network import PATCH_FRAMES, SAMPLE_RATE, Field, log_mel
from soundglass.embeddings.traits import Traits, measure, weighted_power
from soundglass.explain.sounds import Quality, common_sound, hertz

TIME = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
NOISE = np.random.default_rng(5).standard_normal(len(TIME))
PLAIN = Traits(400.0, 900.0, -8.0, 3.0, 10.0, 2.0, 0.0, 0.0, 0.0)


def heard(samples: NDArray[np.float64]) -> Traits:
    power = weighted_power(log_mel(samples.astype(np.float32))[:PATCH_FRAMES])
    return Traits.unpack(measure(power, Field(40, 140, 0, 96), float(power.sum(axis=1).mean())))


def sine(hz: float) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * hz * TIME)


def plucked(hz: float) -> NDArray[np.float64]:
    return sum(sine(hz * k) / k for k in range(1, 5)) * np.exp(-6 * (TIME % 1.4))


@pytest.mark.parametrize(
    ("samples", "phrase"),
    [
        (sine(110), "steady low drone"),
        (sine(800), "steady mid-range tone"),
        (sine(4000), "steady high tone"),
        (0.1 * NOISE, "steady high noise"),
        (np.where(TIME % 0.25 < 1e-4, 0.8, 0.0), "driving high pulse"),
        (np.where(np.abs(TIME - 1.4) < 0.05, 0.2 * NOISE, 0), "high hit"),
        (plucked(500), "mid-range struck tone"),
        (0.3 * np.sin(2 * np.pi * np.cumsum(400 * 2**TIME) / SAMPLE_RATE), "rising mid-range sound"),
    ],
)
def test_known_sounds_are_called_what_they_are(samples: NDArray[np.float64], phrase: str) -> None:
    found = common_sound([heard(samples)]).phrase
    if phrase.split(maxsplit=1)[0] in {"rising", "steady"}:
        assert set(phrase.split()[:-1]) <= set(found.split()), found
    else:
        assert found == phrase


def test_only_what_holds_on_both_sides_is_said() -> None:
    drone, tone = heard(sine(110)), heard(sine(800))
    assert common_sound([drone, tone]).phrase == "steady tone"
    assert common_sound([drone, heard(0.1 * NOISE)]).phrase == "steady sound"
    assert common_sound([drone, replace(drone, fluctuation_db=2.0)]).phrase == "low tone"


def test_the_range_holds_both_bands() -> None:
    both = common_sound([replace(PLAIN, low_hz=310.0), PLAIN])
    assert both.band == (310.0, 900.0)
    assert both.name == "mid-range sound, 310–900 Hz"
    assert common_sound([replace(PLAIN, low_hz=60.0), replace(PLAIN, high_hz=4000.0)]).band is None


def test_a_rate_is_told_only_where_both_pulse_at_it() -> None:
    pulse = replace(PLAIN, regularity=0.8, pulse_rate=4.0, attack_db=20.0)
    assert (
        common_sound([pulse, replace(pulse, pulse_rate=4.2)]).name
        == "mid-range pulse, 400–900 Hz, 4.1 a second"
    )
    assert common_sound([pulse, replace(pulse, pulse_rate=5.0)]).name == "mid-range pulse, 400–900 Hz"
    assert common_sound([pulse, replace(pulse, regularity=0.3)]).noun == "accent"


def test_silence_has_no_quality() -> None:
    nothing = Traits(0.0, 0.0, -100.0, 0.0, 0.0, 0.0, 0.0, 0.0, -8.0)
    assert not any(quality.holds(nothing) for quality in Quality)
    assert common_sound([nothing, PLAIN]).name == "sound"


def test_at_most_three_qualities_are_said() -> None:
    much = Traits(200.0, 900.0, -20.0, 1.0, 5.0, 5.0, 0.0, 0.0, 0.5)
    assert common_sound([much]).phrase == "faint steady rising tone"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (61.3, 178.2, "61–180 Hz"),
        (46.6, 99.5, "46–100 Hz"),
        (1044, 1306, "1000–1400 Hz"),
        (2913, 7384, "2900–7400 Hz"),
    ],
)
def test_ranges_are_rounded_outwards(low: float, high: float, text: str) -> None:
    assert hertz(low, high) == text
