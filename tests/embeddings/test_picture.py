"""Pictures against the image of the whole clip, as librosa makes it."""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
import pytest

from soundglass.audio.decode import read_mono
from soundglass.demo import demo_music
from soundglass.embeddings.picture import CLIP_S, N_COLUMNS, PICTURE, PictureMaker, band_edges
from soundglass.spectrogram import StreamingSpectrogram

RATE, HOP = 22_050, 512
FRAMES = 432


def picture(samples: np.ndarray, said_s: float | None = None, pieces: int = 1) -> np.void | None:
    maker = PictureMaker(len(samples) / RATE if said_s is None else said_s)
    stream = StreamingSpectrogram()
    for piece in np.array_split(samples.astype(np.float32), pieces):
        for block in stream.push(piece):
            maker.push(block)
    for block in stream.flush():
        maker.push(block)
    packed = maker.finish()
    return None if packed is None else np.frombuffer(packed, PICTURE)[0]


def image(samples: np.ndarray, first: int) -> np.ndarray:
    """The whole clip as librosa sees it, frame by frame; 0 is black and 1 white."""
    power = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=2048, hop_length=HOP, n_mels=128, fmax=11_025, pad_mode="constant"
    )
    decibels = librosa.power_to_db(power[:, first : first + FRAMES], ref=np.max, top_db=80.0)
    return 1 + decibels / 80


def sweep(duration_s: float, gain: float = 0.3) -> np.ndarray:
    t = np.arange(int(duration_s * RATE)) / RATE
    noise = np.random.default_rng(0).normal(0, 0.01, len(t))
    return (gain * (np.sin(2 * np.pi * (200 + 60 * t) * t) + noise)).astype(np.float32)


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    return read_mono(next(Path(demo_music()).rglob("*.ogg")), RATE)


def test_pixels_are_means_of_librosas_image(music: np.ndarray) -> None:
    found = picture(music)
    assert found is not None
    first = (round(len(music) / HOP) - FRAMES) // 2
    expected = image(music, first).reshape(128, N_COLUMNS, -1).mean(axis=2)
    np.testing.assert_allclose(found["pixels"], 255 * expected, atol=0.51)
    assert found["pixels"].max() > 200
    assert found["start_s"] == pytest.approx(first * HOP / RATE, abs=1e-3)


def test_the_clip_lies_in_the_middle() -> None:
    found = picture(sweep(60))
    assert found is not None
    assert found["start_s"] + found["end_s"] == pytest.approx(60, abs=0.05)
    assert found["end_s"] - found["start_s"] == pytest.approx(CLIP_S, abs=0.05)


def test_how_samples_were_cut_makes_no_difference() -> None:
    samples = sweep(31)
    assert picture(samples, pieces=37) == picture(samples)


@pytest.mark.parametrize("gain", [1e-3, 3.0])
def test_gain_makes_no_difference(gain: float) -> None:
    quiet, loud = picture(sweep(20)), picture(sweep(20, 0.3 * gain))
    assert quiet is not None and loud is not None
    np.testing.assert_allclose(quiet["pixels"].astype(int), loud["pixels"], atol=1)


def test_a_short_recording_is_followed_by_black() -> None:
    found = picture(sweep(4))
    assert found is not None
    assert found["start_s"] == 0
    assert found["end_s"] == pytest.approx(4, abs=0.05)
    assert found["pixels"][:, :6].mean() > 20
    assert not found["pixels"][:, 7:].any()


@pytest.mark.parametrize("said_s", [60.0, 1e6])
def test_a_recording_shorter_than_said_shows_its_last_ten_seconds(said_s: float) -> None:
    found = picture(sweep(20), said_s)
    assert found is not None
    assert found["end_s"] == pytest.approx(20, abs=0.05)
    np.testing.assert_allclose(
        found["pixels"], 255 * image(sweep(20), 862 - FRAMES).reshape(128, 16, -1).mean(axis=2), atol=0.51
    )


def test_a_recording_longer_than_said_shows_what_was_to_be_its_middle() -> None:
    found = picture(sweep(60), 30.0)
    assert found is not None
    assert found["start_s"] == pytest.approx(10, abs=0.05)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0),
        np.zeros(20 * RATE),
        np.random.default_rng(0).uniform(-1, 1, 20 * RATE) / 32_768,
    ],
    ids=["nothing", "zeros", "the last bit"],
)
def test_silence_has_no_picture(samples: np.ndarray) -> None:
    assert picture(samples, 20.0) is None


def test_whispers_have_one() -> None:
    assert picture(np.random.default_rng(0).normal(0, 1e-3, 20 * RATE)) is not None


def test_a_picture_takes_two_kilobytes() -> None:
    assert PICTURE.itemsize == 2056


def test_band_edges_lie_between_librosas_centres() -> None:
    edges = band_edges()
    centres = librosa.mel_frequencies(n_mels=130, fmax=11_025)[1:-1]
    assert edges[0] == 0
    assert edges[-1] == pytest.approx(11_025)
    assert ((edges[:-1] < centres) & (centres < edges[1:])).all()
    np.testing.assert_allclose(edges[1:30], (centres[:29] + centres[1:30]) / 2, rtol=1e-6)
