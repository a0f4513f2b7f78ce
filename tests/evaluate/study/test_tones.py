"""Tones that can be counted by ear, and by nothing else."""

from __future__ import annotations

import io
import wave

import numpy as np
import pyloudnorm
import pytest

from soundglass.evaluate.study import tones


def samples(seed: int) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(tones.wav(seed))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32_768, file.getframerate()


@pytest.mark.parametrize("seed", [0, 1, 77, 2**32 - 1])
def test_as_many_bursts_are_heard_as_there_are_places(seed: int) -> None:
    signal, rate = samples(seed)
    assert len(signal) == tones.DURATION_S * rate
    frames = np.abs(signal).reshape(-1, rate // 50).max(axis=1) > 0
    bursts = np.flatnonzero(np.diff(frames.astype(int), prepend=0) == 1) / 50
    assert [int(start) for start in bursts] == list(tones.places(seed))


def test_the_number_differs_and_the_length_does_not_tell_it() -> None:
    numbers = [len(tones.places(seed)) for seed in range(200)]
    assert set(numbers) == {3, 4, 5, 6}
    assert max(numbers.count(n) for n in set(numbers)) < 80
    assert len({len(tones.wav(seed)) for seed in range(20)}) == 1


def test_they_are_as_loud_as_music_and_do_not_click() -> None:
    signal, rate = samples(3)
    assert -25 < pyloudnorm.Meter(rate).integrated_loudness(signal) < -22
    assert np.abs(np.diff(signal)).max() < 0.15 * 2 * np.pi * 660 / rate * 1.05


def test_only_the_right_whole_number_counts() -> None:
    right = len(tones.places(5))
    assert tones.are_counted(5, right)
    for wrong in (right + 1, right - 1, 0, None, str(right), float(right), True):
        assert not tones.are_counted(5, wrong)
