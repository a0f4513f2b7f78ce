"""A sound coded as MP3 is as long, in the same place, a little different, and as small as is asked."""

from __future__ import annotations

from io import BytesIO

import av
import numpy as np
import pytest
import soundfile

from soundglass.audio.clip import Clip
from soundglass.audio.mp3 import encode, through_mp3
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
    nothing = Clip(np.zeros((0, 2), np.float32), 44_100)
    for code in (through_mp3, encode):
        with pytest.raises(AudioError, match="no sound"):
            code(nothing)


@pytest.mark.parametrize("kbps", [64, 96, 128, 320])
@pytest.mark.parametrize(("rate", "channels"), [(22_050, 1), (44_100, 2), (48_000, 6)])
def test_encoding_is_mono_and_of_the_bit_rate(kbps: int, rate: int, channels: int) -> None:
    before = chirps(rate, channels)
    coded = encode(before, kbps)
    with av.open(BytesIO(coded)) as file:
        stream = file.streams.audio[0]
        assert (stream.codec.name, stream.channels, stream.bit_rate) == ("mp3float", 1, 1000 * kbps)
    assert len(coded) == pytest.approx(125 * kbps * before.duration_s, rel=0.1)
    after, rate_after = soundfile.read(BytesIO(coded), dtype="float32")
    wanted = before.spread_over(1).resampled(rate_after).samples[:, 0]
    assert np.std(after[: len(wanted)] - wanted) < 0.1 * np.std(wanted)
    assert encode(before, kbps) == coded


def test_the_bit_rate_is_96_unless_told_and_can_be_told_within_limits() -> None:
    assert encode(chirps(44_100, 1)) == encode(chirps(44_100, 1), 96)
    for kbps in (0, 32, 400):
        with pytest.raises(AudioError, match=f"no {kbps} kbit/s"):
            encode(chirps(44_100, 1), kbps)
