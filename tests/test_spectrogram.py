"""The spectrogram against librosa, and its blocks against any way of cutting the samples."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.settings import SpectrogramSettings
from soundglass.spectrogram import (
    BLOCK_FRAMES,
    SpectrogramBlock,
    StreamingSpectrogram,
    log_mel,
    mel_filterbank,
    power_to_db,
)

DEFAULT = SpectrogramSettings()
SMALL = SpectrogramSettings(sample_rate=8000, n_fft=64, hop_length=16, n_mels=8, f_min=50.0, f_max=4000.0)


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, n).astype(np.float32)


def reference(samples: np.ndarray, with_settings: SpectrogramSettings) -> np.ndarray:
    return librosa.feature.melspectrogram(
        y=samples,
        sr=with_settings.sample_rate,
        n_fft=with_settings.n_fft,
        hop_length=with_settings.hop_length,
        n_mels=with_settings.n_mels,
        fmin=with_settings.f_min,
        fmax=with_settings.f_max,
        center=True,
        pad_mode="constant",
    )


def collect(stream: StreamingSpectrogram, pieces: list[np.ndarray]) -> list[SpectrogramBlock]:
    blocks = [block for piece in pieces for block in stream.push(piece)]
    return [*blocks, *stream.flush()]


@pytest.mark.parametrize(
    "arguments",
    [(22_050, 2048, 128, 0.0, 11_025.0), (16_000, 1024, 128, 0.0, 8000.0), (8000, 64, 8, 50.0, 4000.0)],
)
def test_mel_filterbank_equals_librosa(arguments: tuple[int, int, int, float, float]) -> None:
    sample_rate, n_fft, n_mels, f_min, f_max = arguments
    expected = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels, fmin=f_min, fmax=f_max)
    np.testing.assert_allclose(mel_filterbank(*arguments), expected, rtol=1e-5, atol=1e-9)


@pytest.mark.filterwarnings("ignore:n_fft=2048 is too large:UserWarning")
@pytest.mark.parametrize("n", [1, 100, 511, 512, 2047, 2048, 5000, 66_000, 200_001])
def test_log_mel_equals_librosa(n: int) -> None:
    samples = 0.3 * noise(n) + np.sin(np.arange(n) * 0.2).astype(np.float32)
    expected = reference(samples, DEFAULT)
    found = log_mel(samples)
    assert found.shape == expected.shape
    assert found.dtype == np.float32
    np.testing.assert_allclose(10.0 ** (found / 10.0), np.maximum(expected, 1e-10), rtol=1e-4)
    np.testing.assert_allclose(found, librosa.power_to_db(expected, top_db=None), rtol=1e-4, atol=1e-4)


def test_top_db_equals_librosa() -> None:
    samples = np.concatenate([noise(30_000), 1e-6 * noise(30_000)])
    expected = librosa.power_to_db(reference(samples, DEFAULT), top_db=80.0)
    np.testing.assert_allclose(log_mel(samples, top_db=80.0), expected, rtol=1e-4, atol=1e-4)


def test_power_is_the_squared_stft() -> None:
    samples = noise(30_000)
    stft = librosa.stft(samples, n_fft=2048, hop_length=512, pad_mode="constant")
    power = np.concatenate([block.power for block in collect(StreamingSpectrogram(), [samples])])
    np.testing.assert_allclose(power.T, np.abs(stft) ** 2, rtol=1e-3, atol=1e-5)


@settings(deadline=None, max_examples=60)
@given(lengths=st.lists(st.integers(0, 5000), max_size=8))
def test_blocks_do_not_depend_on_how_samples_were_cut(lengths: list[int]) -> None:
    samples = noise(sum(lengths))
    whole = collect(StreamingSpectrogram(SMALL), [samples])
    pieces = collect(StreamingSpectrogram(SMALL), np.split(samples, np.cumsum(lengths)[:-1]))
    assert [block.first_frame for block in pieces] == [block.first_frame for block in whole]
    for one, other in zip(pieces, whole, strict=True):
        np.testing.assert_array_equal(one.power, other.power)
        np.testing.assert_array_equal(one.mel, other.mel)


@pytest.mark.parametrize(
    "n_frames", [1, BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 1, 2 * BLOCK_FRAMES + 45]
)
def test_blocks_are_consecutive_and_complete(n_frames: int) -> None:
    blocks = collect(StreamingSpectrogram(SMALL), [noise(SMALL.hop_length * (n_frames - 1) + 7)])
    assert [block.first_frame for block in blocks] == list(range(0, n_frames, BLOCK_FRAMES))
    assert all(len(block.power) == BLOCK_FRAMES for block in blocks[:-1])
    assert sum(len(block.power) for block in blocks) == n_frames
    assert all(block.mel.shape == (len(block.power), SMALL.n_mels) for block in blocks)


def test_unread_blocks_come_with_the_next_push() -> None:
    samples = noise(16 * 500)
    stream = StreamingSpectrogram(SMALL)
    stream.push(samples[:5000])
    found = [*stream.push(samples[5000:]), *stream.flush()]
    expected = collect(StreamingSpectrogram(SMALL), [samples])
    np.testing.assert_array_equal(
        np.concatenate([block.mel for block in found]), np.concatenate([block.mel for block in expected])
    )


def test_no_samples_give_no_frames() -> None:
    assert collect(StreamingSpectrogram(), []) == []
    assert collect(StreamingSpectrogram(), [np.zeros(0, dtype=np.float32)]) == []
    assert log_mel(np.zeros(0, dtype=np.float32)).shape == (128, 0)


def test_silence_is_at_the_floor() -> None:
    np.testing.assert_allclose(log_mel(np.zeros(3000, dtype=np.float32)), -100.0, atol=1e-4)
    np.testing.assert_allclose(power_to_db(np.array([0, 1, 10], dtype=np.float32)), [-100, 0, 10], atol=1e-4)
