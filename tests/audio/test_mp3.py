"""A sound coded as MP3 is as long, in the same place, and a little different."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.audio.clip import Clip
from soundglass.audio.mp3 import through_mp3
from soundglass.core.errors import AudioError


def chirps(rate: int, channels: int) -> Clip:
    time = np.arange(2 * rate) / rate
    sides = [np.sin(2 * np.pi * (300 * (k + 1) * time + 400 * time**2)) for k in range(channels)]
    return Clip((0.3 * np.stack(sides, axis=1)).astype(np.float32), rate)


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_round_trip_keeps_length_and_place(rate: int, channels: int) -> None:
    before = chirps(rate, channels)
    after = through_mp3(before)
    assert (after.sample_rate, after.samples.shape) == (rate, before.samples.shape)
    error = after.samples - before.samples
    assert 1e-5 < np.std(error) < 0.03  # lossy, but neither delayed nor inverted


@pytest.mark.parametrize(("rate", "channels", "left"), [(22_050, 1, 1), (96_000, 2, 2), (44_100, 6, 1)])
def test_what_mp3_cannot_hold_is_converted(rate: int, channels: int, left: int) -> None:
    after = through_mp3(chirps(rate, channels))
    assert (after.sample_rate, after.channels) == (44_100, left)
    assert after.duration_s == pytest.approx(2.0, abs=0.01)


def test_nothing_cannot_be_coded() -> None:
    with pytest.raises(AudioError):
        through_mp3(Clip(np.zeros((0, 2), np.float32), 44_100))
