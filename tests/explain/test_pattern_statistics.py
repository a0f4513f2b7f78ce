"""Spectrogram statistics against librosa, brute force, and sounds whose values are known in closed form."""

from __future__ import annotations

import math

import librosa
import numpy as np
import pytest

from soundglass.explain.patterns import statistics
from soundglass.explain.patterns.statistics import STATISTICS, bands_hz, see
from soundglass.spectrogram import log_mel

RATE = 22_050
SECONDS = 6


def times(seconds: float = SECONDS) -> np.ndarray:
    return np.arange(round(seconds * RATE)) / RATE


def tone(hz: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hz * times())).astype(np.float32)


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, len(times())).astype(np.float32)


def clicks(period_s: float = 0.5) -> np.ndarray:
    """Short bursts of noise, on a faint bed of it."""
    samples = noise(1) * 1e-6
    for start in np.arange(0.2, SECONDS - 0.1, period_s):
        at = round(start * RATE)
        samples[at : at + 200] += noise(2)[:200] * 3
    return samples.astype(np.float32)


def music() -> np.ndarray:
    """Steady enough that every frame is loud, and with tones, noise and clicks."""
    return (tone(440) + 0.5 * tone(1234.5) + 0.2 * tone(5000) + noise() + clicks()).astype(np.float32)


def numbers(samples: np.ndarray) -> dict[str, float]:
    seen = see(samples)
    assert seen is not None
    return dict(zip(STATISTICS, seen.numbers.tolist(), strict=True))


def levelled(samples: np.ndarray) -> np.ndarray:
    return samples * np.float32(statistics.LEVEL_RMS / math.sqrt(np.square(samples, dtype=np.float64).mean()))


@pytest.fixture(scope="module")
def power() -> np.ndarray:
    return np.abs(librosa.stft(levelled(music()), n_fft=2048, hop_length=512, pad_mode="constant")) ** 2


@pytest.fixture(scope="module")
def mel(power: np.ndarray) -> np.ndarray:
    return librosa.feature.melspectrogram(S=power, sr=RATE, n_mels=128)


# -- against librosa ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "measure", "tolerance"),
    [
        ("centroid", lambda s: librosa.feature.spectral_centroid(S=np.sqrt(s), sr=RATE), 0.1),
        ("bandwidth", lambda s: librosa.feature.spectral_bandwidth(S=np.sqrt(s), sr=RATE), 0.5),
        (
            "flatness",
            lambda s: 10 * np.log10(librosa.feature.spectral_flatness(S=np.sqrt(s), amin=1e-4)),
            0.01,
        ),
        (
            "contrast",
            lambda s: librosa.feature.spectral_contrast(S=s, sr=RATE, linear=False)[:, ::4],
            0.01,
        ),
    ],
)
def test_means_over_frames_are_librosas(name: str, measure, tolerance: float, power: np.ndarray) -> None:
    assert numbers(music())[name] == pytest.approx(float(measure(power).mean()), abs=tolerance)


def test_onset_strength_is_librosas(mel: np.ndarray) -> None:
    decibels = librosa.power_to_db(mel, top_db=80)
    theirs = librosa.onset.onset_strength(S=decibels, sr=RATE, center=False)
    np.testing.assert_allclose(statistics.onset_strength(decibels), theirs, atol=1e-4)
    assert numbers(music())["flux"] == pytest.approx(theirs[1:].mean(), abs=1e-3)


def test_the_percussive_share_is_that_of_librosas_separation(mel: np.ndarray) -> None:
    _, mask = librosa.decompose.hpss(np.sqrt(mel), kernel_size=statistics.KERNEL, power=2, mask=True)
    expected = (mask * mel).sum() / mel.sum()
    assert numbers(music())["percussive"] == pytest.approx(expected, abs=1e-4)


def test_regularity_is_the_peak_of_the_autocorrelation() -> None:
    strength = statistics.onset_strength(log_mel(levelled(clicks()), top_db=80))
    centred = strength - strength.mean()
    products = librosa.autocorrelate(centred) / products_at_most(len(centred))
    lags = slice(round(0.25 * RATE / 512), round(2.0 * RATE / 512) + 1)
    expected = (products[lags] / products[0]).max()
    assert statistics.regularity(strength) == pytest.approx(min(1.0, expected), abs=1e-6)


def products_at_most(n: int) -> np.ndarray:
    """How many products each lag sums."""
    return np.arange(n, 0, -1)


# -- known sounds ------------------------------------------------------------------------------------


def test_a_tone_lies_where_it_sounds() -> None:
    low, high = numbers(tone(100)), numbers(tone(6000))
    assert low["low"] == pytest.approx(0, abs=0.05)
    assert high["high"] == pytest.approx(0, abs=0.05)
    assert high["low"] < -40
    assert high["centroid"] == pytest.approx(6000, rel=0.02)
    assert high["sparsity"] > 0.8
    assert high["percussive"] < 0.1
    assert high["flux"] < 0.2
    assert high["dynamics"] < 0.1
    assert numbers(tone(700))["low_mid"] == pytest.approx(0, abs=0.05)
    assert numbers(tone(2000))["mid"] == pytest.approx(0, abs=0.05)


def test_white_noise_fills_everything_evenly() -> None:
    found = numbers(noise())
    widths = {"low": 250, "low_mid": 750, "mid": 3000, "high": 11_025 - 4000}
    for name, width in widths.items():
        assert found[name] == pytest.approx(10 * math.log10(width / 11_025), abs=0.3)
    assert found["flatness"] == pytest.approx(-10 * np.euler_gamma / math.log(10), abs=0.05)
    assert found["filled"] == found["filled_high"] == 1.0
    assert found["sparsity"] < 0.1
    assert found["centroid"] == pytest.approx(11_025 / 2, rel=0.02)


def test_clicks_are_regular_percussive_and_counted() -> None:
    found = numbers(clicks())
    assert found["regularity"] > 0.9
    assert found["percussive"] > 0.8
    assert found["onsets"] == pytest.approx(2.0, abs=0.2)
    assert numbers(noise())["regularity"] < 0.3


def test_levels_twenty_decibels_apart_range_over_twenty() -> None:
    loud = np.where(times() % 2 < 1, 1.0, 0.1)
    assert numbers((loud * noise()).astype(np.float32))["dynamics"] == pytest.approx(20, abs=0.8)


def test_passages_too_quiet_to_be_heard_do_not_count() -> None:
    quiet = np.where(times() < 3, tone(2000), 1e-5 * noise())
    assert numbers(quiet.astype(np.float32))["centroid"] == pytest.approx(2000, rel=0.05)


def test_sparsity_and_filled_area_are_as_defined(mel: np.ndarray) -> None:
    found = numbers(music())
    root = math.sqrt(128)
    hoyer = [(root - np.abs(x).sum() / np.linalg.norm(x)) / (root - 1) for x in np.sqrt(mel).T]
    assert found["sparsity"] == pytest.approx(np.mean(hoyer), abs=1e-4)
    visible = librosa.power_to_db(mel, ref=np.max, top_db=None) > -40
    assert found["filled"] == pytest.approx(visible.mean(), abs=1e-3)
    high = librosa.mel_frequencies(n_mels=130, fmax=RATE / 2)[1:-1] >= 4000
    assert found["filled_high"] == pytest.approx(visible[high].mean(), abs=1e-3)


def test_the_spectrum_is_the_mean_of_the_bands(mel: np.ndarray) -> None:
    seen = see(music())
    assert seen is not None
    np.testing.assert_allclose(seen.spectrum, 10 * np.log10(mel.mean(axis=1)), atol=1e-3)
    np.testing.assert_allclose(bands_hz(), librosa.mel_frequencies(n_mels=130, fmax=RATE / 2)[1:-1])


# -- bounds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gain", [1e-3, 0.1, 30.0])
def test_gain_changes_nothing(gain: float) -> None:
    one, other = see(music()), see(music() * np.float32(gain))
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.numbers, other.numbers, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(one.spectrum, other.spectrum, atol=1e-3)


@pytest.mark.parametrize("samples", [np.zeros(RATE * 3), np.full(RATE * 3, 1e-6), np.ones(RATE - 1), []])
def test_silence_and_splinters_show_nothing(samples) -> None:
    assert see(np.asarray(samples, dtype=np.float32)) is None


def test_all_is_known_of_a_second_and_of_one_click() -> None:
    click = np.zeros(RATE, dtype=np.float32)
    click[RATE // 2] = 1.0
    for samples in (music()[:RATE], click, np.ones(RATE, dtype=np.float32)):
        assert np.isfinite(list(numbers(samples).values())).all()


def test_every_statistic_says_what_it_is() -> None:
    for statistic in STATISTICS.values():
        assert statistic.title
        assert statistic.method
        assert statistic.more != statistic.less
    assert STATISTICS["high"].text(-12.34) == "−12.3 dB"
    assert STATISTICS["centroid"].text(2910.4) == "2910 Hz"
    assert STATISTICS["sparsity"].text(0.456) == "0.46"
