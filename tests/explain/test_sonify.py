from __future__ import annotations

from dataclasses import replace

import librosa
import numpy as np
import pytest

from media_files import music
from soundglass.audio.decode import read_mono
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.demo import demo_music
from soundglass.explain.listen import MOST_PEAK, loudness
from soundglass.explain.pictures.mel import MelImage, mel_of, read_mel
from soundglass.explain.sonify import RANGE_DB, SOUND_LUFS, sonify

RATE = DEFAULTS.spectrogram.sample_rate


def image_of_music(seconds: float = 2.0, settings: SpectrogramSettings = DEFAULTS.spectrogram) -> MelImage:
    samples = read_mono(demo_music() / "flare-cave-theme.ogg", settings.sample_rate)
    first = 2 * settings.sample_rate
    return mel_of(samples[first : first + round(seconds * settings.sample_rate)], settings=settings)


def difference_db(samples: np.ndarray, image: MelImage) -> float:
    """By librosa, at whatever level the samples are, where the image is loud enough and nothing fades."""
    settings = image.settings
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=settings.sample_rate,
        n_fft=settings.n_fft,
        hop_length=settings.hop_length,
        n_mels=settings.n_mels,
        pad_mode="constant",
    )
    compared = (image.decibels > -RANGE_DB)[:, 3:-3]
    found = (librosa.power_to_db(power, amin=1e-20, top_db=None) - image.decibels)[:, 3:-3][compared]
    return float((found - np.median(found)).std())


@pytest.mark.parametrize("name", ["flare-cave-theme.ogg", "sectoid-feelings.ogg"])
def test_music_comes_back_nearer_than_by_librosa(name: str) -> None:
    image = read_mel(demo_music() / name, 2.0, 4.0)
    found = sonify(image)
    samples = found.clip.samples[:, 0]
    error = difference_db(samples, image)
    assert error < 0.8
    assert found.error_db == pytest.approx(error, abs=0.2)
    reference = librosa.feature.inverse.mel_to_audio(
        librosa.db_to_power(image.decibels),
        sr=RATE,
        n_fft=2048,
        hop_length=512,
        pad_mode="constant",
        n_iter=16,
    )
    assert error < 0.5 * difference_db(reference, image)
    assert f"{found.error_db:.1f} dB" in found.sentence


@pytest.mark.parametrize("hz", [110.0, 440.0, 2500.0])
def test_a_tone_keeps_its_pitch(hz: float) -> None:
    samples = 0.3 * np.sin(2 * np.pi * hz * np.arange(3 * RATE) / RATE).astype(np.float32)
    heard = sonify(mel_of(samples)).clip.samples[:, 0]
    spectrum = np.abs(np.fft.rfft(heard[RATE : 2 * RATE] * np.hanning(RATE)))
    assert spectrum.argmax() == pytest.approx(
        hz, abs=max(5.0, 0.02 * hz)
    )  # the width of a band allows no more


def test_a_rhythm_keeps_its_place() -> None:
    clicks = np.zeros(4 * RATE, np.float32)
    places = [0.5, 1.0, 2.25, 3.0]
    noise = np.random.default_rng(0).normal(0, 0.3, 500).astype(np.float32)
    for place in places:
        clicks[round(place * RATE) :][:500] = noise
    heard = np.abs(sonify(mel_of(clicks)).clip.samples[:, 0])
    for place in places:
        near = heard[round((place - 0.05) * RATE) : round((place + 0.07) * RATE)].max()
        assert near > 10 * heard[round((place + 0.2) * RATE) : round((place + 0.23) * RATE)].max()


def test_the_sound_is_as_long_as_loud_and_as_quiet_at_its_ends_as_it_should_be() -> None:
    image = image_of_music()
    clip = sonify(image).clip
    assert (clip.sample_rate, clip.channels) == (RATE, 1)
    assert len(clip.samples) == (image.n_frames - 1) * 512
    assert loudness(clip) == pytest.approx(SOUND_LUFS, abs=0.1) or clip.peak == pytest.approx(
        MOST_PEAK, abs=1e-4
    )
    assert clip.peak <= MOST_PEAK + 1e-6
    assert not clip.samples[[0, -1]].any()
    assert np.array_equal(sonify(image).clip.samples, clip.samples)


def test_level_is_not_part_of_an_image() -> None:
    samples = music(2.0, RATE, 1)[:, 0]
    loud, quiet = (sonify(mel_of(gain * samples)).clip for gain in (np.float32(1), np.float32(0.125)))
    np.testing.assert_allclose(quiet.samples, loud.samples, atol=1e-3)


def test_silence_is_silent() -> None:
    found = sonify(mel_of(np.zeros(2 * RATE, np.float32)))
    assert not found.clip.samples.any()
    assert found.clip.duration_s == pytest.approx(2.0, abs=0.03)
    assert found.error_db == 0
    assert "silent" in found.sentence


def test_a_pause_is_silent() -> None:
    samples = music(4.0, RATE, 1)[:, 0]
    samples[RATE : 2 * RATE] = 0
    heard = sonify(mel_of(samples)).clip.samples[:, 0]
    assert heard[round(1.2 * RATE) : round(1.8 * RATE)].std() < 1e-3 * heard[2 * RATE :].std()


@pytest.mark.parametrize(
    "settings",
    [
        SpectrogramSettings(sample_rate=16_000, n_fft=1024, hop_length=256, n_mels=64, f_max=8000.0),
        SpectrogramSettings(n_fft=2048, hop_length=1024, n_mels=40),
    ],
)
def test_other_settings_are_inverted_too(settings: SpectrogramSettings) -> None:
    found = sonify(image_of_music(settings=settings))
    assert found.clip.sample_rate == settings.sample_rate
    assert found.error_db < 1.5


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"n_frames": 3}, "too short"),
        ({"n_frames": 40_000}, "too long"),
        ({"hop_length": 500}, "cannot be put back together"),
        ({"hop_length": 2048}, "cannot be put back together"),
        ({"n_fft": 1 << 20}, "cannot be put back together"),
    ],
)
def test_what_cannot_be_heard_is_refused(change: dict[str, int], problem: str) -> None:
    n_frames = change.pop("n_frames", 100)
    settings = replace(DEFAULTS.spectrogram, **change)
    image = MelImage(np.zeros((128, n_frames), np.float32), settings=settings)
    with pytest.raises(SoundglassError, match=problem) as caught:
        sonify(image)
    assert caught.value.remedy
