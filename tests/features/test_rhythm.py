"""Tempo, metre, onset rate and pulse clarity."""

from __future__ import annotations

import json
import math
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.settings import SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.features.periodicity import local_periodicity
from soundglass.features.rhythm import RhythmAnalyser, count_onsets
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram

SETTINGS = SpectrogramSettings()
RATE = SETTINGS.sample_rate
NAMES = {"tempo", "time_signature", "onset_rate", "pulse_clarity"}


def whole(samples: FloatArray) -> SpectrogramBlock:
    stream = StreamingSpectrogram(SETTINGS)
    blocks = [*stream.push(samples.astype(np.float32)), *stream.flush()]
    return SpectrogramBlock(
        0, np.concatenate([b.power for b in blocks]), np.concatenate([b.mel for b in blocks])
    )


def measure(block: SpectrogramBlock, cuts: Sequence[int] = ()) -> dict[str, Measurement]:
    analyser = RhythmAnalyser(SETTINGS)
    for start, stop in pairwise([0, *sorted(cuts), len(block.mel)]):
        analyser.push(SpectrogramBlock(start, block.power[start:stop], block.mel[start:stop]))
    return {measurement.name: measurement for measurement in analyser.finish()}


def strike(kind: str, rng: np.random.Generator) -> FloatArray:
    time = np.arange(2000) / RATE
    if kind == "kick":
        return np.sin(2 * np.pi * 60 * time) * np.exp(-time / 0.03)
    if kind == "snare":
        return 0.5 * rng.standard_normal(2000) * np.exp(-time / 0.02)
    return 0.3 * np.sin(2 * np.pi * 3000 * time) * np.exp(-time / 0.007)


def pattern(bpm: float, bar: Sequence[str], seconds: float = 20.0) -> FloatArray:
    """One entry a beat: names of drums struck on it, joined by ``+``."""
    rng = np.random.default_rng(0)
    samples = np.zeros(int(seconds * RATE))
    for beat, onset in enumerate(np.arange(0.1, seconds - 0.2, 60 / bpm)):
        for kind in bar[beat % len(bar)].split("+"):
            start = round(onset * RATE)
            sound = strike(kind, rng)[: len(samples) - start]
            samples[start : start + len(sound)] += 0.3 * sound
    return samples.astype(np.float32)


@pytest.fixture(scope="module")
def groove() -> SpectrogramBlock:
    return whole(pattern(104, ["kick+hat", "snare+hat"], 12.0))


@pytest.mark.parametrize("bpm", [50, 61.5, 75, 93, 110, 128, 146.3, 174, 197, 220])
def test_click_tempo(bpm: float) -> None:
    tempo = measure(whole(pattern(bpm, ["hat"])))["tempo"]
    assert tempo.value == pytest.approx(bpm, rel=0.003)
    assert tempo.confidence is not None and tempo.confidence > 0.8


def test_alternatives_hold_an_octave_relative_and_are_json(groove: SpectrogramBlock) -> None:
    tempo = measure(groove)["tempo"]
    alternatives = json.loads(json.dumps(dict(tempo.evidence)))["alternatives"]
    ratios = [entry["bpm"] / tempo.value for entry in alternatives]
    assert any(abs(ratio / factor - 1) < 0.04 for ratio in ratios for factor in (0.5, 2))
    strengths = [entry["strength"] for entry in alternatives]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 <= strength <= 1 for strength in strengths)


@pytest.mark.parametrize("bpm", [84, 120, 168])
def test_waltz_has_three_and_rock_four_beats(bpm: float) -> None:
    waltz = measure(whole(pattern(bpm, ["kick+hat", "hat", "hat"], 30.0)))["time_signature"]
    rock = measure(whole(pattern(bpm, ["kick+hat", "hat", "snare+hat", "hat"], 30.0)))["time_signature"]
    assert (waltz.value, rock.value) == (3, 4)


def test_plain_clicks_say_nothing_of_triple_time() -> None:
    assert all(
        measure(whole(pattern(bpm, ["hat"])))["time_signature"].value == 4 for bpm in (50, 97, 143, 211)
    )


@pytest.mark.parametrize("bpm", [60, 150, 300])
def test_onset_rate_counts_strikes(bpm: float) -> None:
    assert measure(whole(pattern(bpm, ["kick"])))["onset_rate"].value == pytest.approx(bpm / 60, rel=0.06)


def test_count_onsets_needs_a_rise_above_the_surroundings() -> None:
    strength = np.full(100, 3.0)
    strength[[20, 50, 80]] += [1.0, 0.1, 1.0]
    assert count_onsets(strength) == 2


def test_noise_has_no_pulse_and_no_confidence() -> None:
    noise = measure(whole(np.random.default_rng(1).standard_normal(20 * RATE) * 0.1))
    clicks = measure(whole(pattern(120, ["hat"])))
    assert noise["pulse_clarity"].value < 0.1
    assert 0.8 < clicks["pulse_clarity"].value <= 1
    assert noise["tempo"].confidence is not None and noise["tempo"].confidence < 0.4
    assert noise["time_signature"].value == 4
    assert noise["time_signature"].confidence is not None and noise["time_signature"].confidence < 0.5


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0), np.zeros(5 * RATE), pattern(120, ["kick"], 0.9), np.sin(np.arange(5 * RATE) * 0.2)],
    ids=["empty", "silent", "short", "steady tone"],
)
def test_nothing_to_say_is_nan(samples: FloatArray) -> None:
    block = whole(samples) if len(samples) else SpectrogramBlock(0, np.zeros((0, 1025)), np.zeros((0, 128)))
    found = measure(block)
    assert set(found) == NAMES
    assert all(math.isnan(measurement.value) for measurement in found.values())


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 500), max_size=40))
def test_block_boundaries_do_not_matter(groove: SpectrogramBlock, cuts: list[int]) -> None:
    assert len(groove.mel) > 500
    once, cut = measure(groove), measure(groove, cuts)
    for name in NAMES:
        assert cut[name].value == pytest.approx(once[name].value, rel=1e-4)
        assert (cut[name].confidence or 0) == pytest.approx(once[name].confidence or 0, rel=1e-3)


@pytest.mark.parametrize("gain", [0.1, 10.0])
def test_gain_does_not_matter(gain: float) -> None:
    samples = pattern(104, ["kick+hat", "snare+hat"]) + 1e-4 * np.random.default_rng(2).standard_normal(
        20 * RATE
    )
    plain, changed = measure(whole(samples)), measure(whole(gain * samples))
    for name in NAMES:
        assert changed[name].value == pytest.approx(plain[name].value, rel=1e-3)


def test_onset_strength_equals_librosa() -> None:
    import librosa

    rng = np.random.default_rng(3)
    mel = rng.exponential(1e-3, (200, 128)).astype(np.float32) * np.geomspace(1, 1e-7, 128, dtype=np.float32)
    mel[0, 0] = 1.0
    analyser = RhythmAnalyser(SETTINGS)
    analyser.push(SpectrogramBlock(0, np.zeros((200, 1025), np.float32), mel))
    expected = librosa.onset.onset_strength_multi(
        S=librosa.power_to_db(mel.T, amin=1e-7, top_db=60),
        lag=1,
        max_size=3,
        center=False,
        channels=[slice(start, start + 16) for start in range(0, 128, 16)],
    )
    np.testing.assert_allclose(analyser.onset_strength(), expected.T, atol=2e-4)


def test_autocorrelation_equals_its_definition() -> None:
    onsets = np.random.default_rng(4).exponential(1, (120, 2)).astype(np.float32)
    centred = onsets / onsets.std(axis=0)
    centred -= centred.mean(axis=0)
    expected = [(centred[lag:] * centred[: 120 - lag]).sum() / (120 - lag) for lag in range(90)]
    found = local_periodicity(onsets, SETTINGS.frame_rate).exact
    np.testing.assert_allclose(found, np.array(expected) / expected[0], atol=1e-5)


def test_memory_grows_by_a_few_numbers_a_frame() -> None:
    mel = np.random.default_rng(5).exponential(1, (1000, 128)).astype(np.float32)
    block = SpectrogramBlock(0, np.zeros((1000, 1), np.float32), mel)
    analyser = RhythmAnalyser(SETTINGS)
    tracemalloc.start()
    for _ in range(50):
        analyser.push(block)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 50_000 * 40
