"""Regions of synthetic sounds are measured as what they are."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.core.types import Region
from soundglass.evaluate.faithfulness.region_audio import RATE, Heard, distance, listen
from soundglass.evaluate.faithfulness.words_of_regions import MEANINGS, words_of

TIMES = np.arange(6 * RATE) / RATE


def heard(samples: np.ndarray, low: float = 0.0, high: float = 8000.0) -> Heard:
    found = listen(samples.astype(np.float32), [Region(2.0, 3.0, low, high)])[0]
    assert found is not None
    return found


def means(word: str, found: Heard) -> bool:
    return all(test.holds(found, strictly=True) for test in MEANINGS[word])


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, len(TIMES))


def test_a_tone() -> None:
    found = heard(np.sin(2 * np.pi * 1000 * TIMES))
    assert found.low_hz < 1000 < found.high_hz
    assert found.high_hz - found.low_hz < 150
    assert -2.3 < found.level_db < 0  # the main band holds 60 % or more
    assert all(means(word, found) for word in ("tone", "steady", "mid-range"))
    assert not any(
        means(word, found) for word in ("low", "high", "noise", "pulse", "broad", "faint", "rising")
    )


def test_noise(noise: np.ndarray) -> None:
    found = heard(noise)
    assert all(means(word, found) for word in ("noise", "steady", "high"))
    assert not any(means(word, found) for word in ("tone", "pulse", "low"))


def test_a_pulse(noise: np.ndarray) -> None:
    found = heard(noise * (TIMES % 0.25 < 0.04))
    assert found.fast_regularity > 0.9
    assert all(means(word, found) for word in ("pulse", "driving", "accent"))
    assert not means("steady", found)


def test_a_slow_pulse_does_not_drive(noise: np.ndarray) -> None:
    found = heard(noise * (np.sin(2 * np.pi * 1.25 * TIMES) > 0.95))
    assert means("pulse", found)
    assert not means("driving", found)


def test_a_sweep_rises() -> None:
    found = heard(np.sin(2 * np.pi * 300 / np.log(2) * 2**TIMES))
    assert found.slope == pytest.approx(1, rel=0.1)
    assert means("rising", found)
    assert not means("falling", found)


def test_what_is_quieter_than_the_rest_is_faint() -> None:
    found = heard(np.sin(2 * np.pi * 1000 * TIMES) * np.where((TIMES > 1.9) & (TIMES < 3.1), 0.1, 1))
    assert found.level_db == pytest.approx(-21, abs=1)  # some of it lies beyond the main band
    assert means("faint", found)


def test_bass_is_weighed_as_the_ear_does() -> None:
    found = heard(np.sin(2 * np.pi * 60 * TIMES) + np.sin(2 * np.pi * 3000 * TIMES))
    assert found.above_1400 > 0.95


def test_only_the_region_counts() -> None:
    both = np.sin(2 * np.pi * 300 * TIMES) + np.sin(2 * np.pi * 3000 * TIMES)
    assert heard(both, 0, 1000).below_500 > 0.95
    assert heard(both, 1500, 8000).above_1400 > 0.95


def test_silence_and_round_trip(noise: np.ndarray) -> None:
    assert listen(np.zeros(RATE, np.float32), [Region(0.1, 0.5, 0, 8000)]) == [None]
    found = heard(noise)
    again = Heard.unpack(found.packed())
    assert again.level_db == pytest.approx(found.level_db, abs=1e-4)
    assert len(again.profile) == len(found.profile)


def test_distance(noise: np.ndarray) -> None:
    tone = heard(np.sin(2 * np.pi * 1000 * TIMES))
    other = heard(np.sin(2 * np.pi * 1020 * TIMES))
    assert distance(tone, tone) == 0
    assert distance(tone, other) < distance(tone, heard(noise))


def test_names_are_words_with_meaning() -> None:
    assert words_of("driving low pulse") == ["driving", "low", "pulse"]
    assert words_of("high struck tone") == ["high", "struck tone"]
    with pytest.raises(KeyError):
        words_of("lovely tone")
