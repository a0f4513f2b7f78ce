"""Key, mode, chroma and tuning."""

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
from soundglass.features.tonal import (
    CHROMA_EXPONENT,
    LOWEST_PITCH,
    MAJOR,
    MINOR,
    N_PITCHES,
    STEPS,
    TonalAnalyser,
    fold,
    key_strengths,
    label,
    spectral_peaks,
    tuning,
)
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram

SETTINGS = SpectrogramSettings()
RATE = SETTINGS.sample_rate
CADENCES = {
    "major": [(0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)],
    "minor": [(0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)],
}


def whole(samples: FloatArray) -> SpectrogramBlock:
    stream = StreamingSpectrogram(SETTINGS)
    blocks = [*stream.push(samples.astype(np.float32)), *stream.flush()]
    return SpectrogramBlock(
        0, np.concatenate([b.power for b in blocks]), np.concatenate([b.mel for b in blocks])
    )


def measure(block: SpectrogramBlock, cuts: Sequence[int] = ()) -> dict[str, Measurement]:
    analyser = TonalAnalyser(SETTINGS)
    for start, stop in pairwise([0, *sorted(cuts), len(block.power)]):
        analyser.push(SpectrogramBlock(start, block.power[start:stop], block.mel[start:stop]))
    return {measurement.name: measurement for measurement in analyser.finish()}


def tone(pitch: float, seconds: float) -> FloatArray:
    time = np.arange(int(seconds * RATE)) / RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    partials = [0.7**k * np.sin(2 * np.pi * frequency * k * time) for k in range(1, 8)]
    return np.asarray(0.05 * np.sum(partials, axis=0) * np.exp(-time))


def cadence(tonic: int, mode: str, cents: float = 0.0) -> FloatArray:
    """I-IV-V-I, or i-iv-V-i, with the bass an octave below."""
    chords = []
    for chord in CADENCES[mode]:
        pitches = [48 + tonic + chord[0], *(60 + tonic + degree for degree in chord)]
        chords.append(np.sum([tone(pitch + cents / 100, 0.7) for pitch in pitches], axis=0))
    return np.concatenate(chords)


def histogram(pitches: Sequence[float]) -> np.ndarray:
    counts = np.zeros(STEPS * N_PITCHES)
    for pitch in pitches:
        counts[round((pitch - LOWEST_PITCH) * STEPS)] += 1
    return counts


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_cadence_in_every_key(tonic: int, mode: str) -> None:
    found = measure(whole(cadence(tonic, mode)))
    assert (found["key"].value, found["mode"].value) == (tonic, mode == "major")
    assert found["key"].evidence["label"] == label(tonic + 12 * (mode == "minor"))


def test_a_long_soft_passage_outweighs_a_short_loud_one() -> None:
    soft, loud = np.tile(cadence(2, "major"), 5), cadence(8, "major")
    found = measure(whole(np.concatenate([0.05 * soft, loud])))
    assert (found["key"].value, found["mode"].value) == (2, 1)


@pytest.mark.parametrize("cents", [-40, -20, 25, 40])
def test_key_survives_detuning(cents: float) -> None:
    found = measure(whole(cadence(9, "major", cents)))
    assert (found["key"].value, found["mode"].value) == (9, 1)


def test_evidence_is_json_and_complete() -> None:
    evidence = json.loads(json.dumps(dict(measure(whole(cadence(4, "minor")))["key"].evidence)))
    assert len(evidence["chroma"]) == 12
    assert sum(evidence["chroma"]) == pytest.approx(1, abs=1e-3)
    assert np.argmax(evidence["chroma"]) in {4, 11}
    strengths = [entry["strength"] for entry in evidence["alternatives"]]
    assert strengths == sorted(strengths, reverse=True)
    assert evidence["label"] not in {entry["label"] for entry in evidence["alternatives"]}


@pytest.mark.parametrize("frequency", [110.0, 147.3, 261.63, 440.0, 987.77, 1402.1])
def test_peak_interpolation_is_within_three_cents(frequency: float) -> None:
    block = whole(np.sin(2 * np.pi * frequency * np.arange(RATE) / RATE))
    _, found, magnitude = spectral_peaks(block.power[5:30], SETTINGS)
    strongest = found[np.argmax(magnitude)]
    assert abs(1200 * math.log2(strongest / frequency)) < 3
    assert magnitude.max() == pytest.approx(SETTINGS.n_fft / 4, rel=0.02)


@pytest.mark.parametrize("deviation", [-0.4, -0.15, 0.0, 0.3])
def test_tuning_is_the_common_deviation(deviation: float) -> None:
    assert tuning(histogram([60 + deviation, 64 + deviation, 79 + deviation])) == pytest.approx(
        deviation, abs=1e-6
    )


def test_fold_votes_for_fundamentals() -> None:
    expected = np.zeros(12)
    for partial in range(1, 7):
        pitch = 72 - 12 * math.log2(partial)
        weight = 0.6 ** (partial - 1) * math.cos(math.pi * (pitch - round(pitch))) ** 2
        expected[round(pitch) % 12] += weight
    np.testing.assert_allclose(fold(histogram([72])), expected / expected.sum(), atol=1e-9)


def test_key_strengths_are_pearson_correlations() -> None:
    chroma = np.random.default_rng(0).dirichlet(np.ones(12))
    expected = [
        np.corrcoef(chroma**CHROMA_EXPONENT, np.roll(profile, tonic))[0, 1]
        for profile in (MAJOR, MINOR)
        for tonic in range(12)
    ]
    np.testing.assert_allclose(key_strengths(chroma), expected, atol=1e-12)
    assert not key_strengths(np.full(12, 1 / 12)).any()


def test_noise_has_no_confidence() -> None:
    found = measure(whole(np.random.default_rng(1).standard_normal(10 * RATE) * 0.1))
    music = measure(whole(cadence(0, "major")))
    for name in ("key", "mode"):
        noise_confidence, music_confidence = found[name].confidence, music[name].confidence
        assert noise_confidence is not None and noise_confidence < 0.5
        assert music_confidence is not None and music_confidence > 0.8


@pytest.mark.parametrize(
    "samples", [np.zeros(0), np.zeros(3 * RATE), tone(60, 0.8)], ids=["empty", "silent", "short"]
)
def test_nothing_to_say_is_nan(samples: FloatArray) -> None:
    block = whole(samples) if len(samples) else SpectrogramBlock(0, np.zeros((0, 1025)), np.zeros((0, 128)))
    assert [math.isnan(m.value) for m in measure(block).values()] == [True, True]


@pytest.fixture(scope="module")
def phrase() -> SpectrogramBlock:
    return whole(np.concatenate([cadence(7, "minor"), cadence(10, "major")]))


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 240), max_size=40))
def test_block_boundaries_do_not_matter(phrase: SpectrogramBlock, cuts: list[int]) -> None:
    assert len(phrase.power) > 240
    once, cut = measure(phrase), measure(phrase, cuts)
    for name in ("key", "mode"):
        assert cut[name].value == once[name].value
        assert cut[name].confidence == pytest.approx(once[name].confidence, rel=1e-6)
    assert cut["key"].evidence["chroma"] == pytest.approx(once["key"].evidence["chroma"], abs=2e-4)


@pytest.mark.parametrize("gain", [0.1, 10.0])
def test_gain_does_not_matter(gain: float) -> None:
    samples = cadence(2, "minor")
    plain, louder = measure(whole(samples)), measure(whole(gain * samples))
    assert (louder["key"].value, louder["mode"].value) == (plain["key"].value, plain["mode"].value)
    assert louder["key"].confidence == pytest.approx(plain["key"].confidence, rel=1e-3)
    assert louder["key"].evidence["chroma"] == pytest.approx(plain["key"].evidence["chroma"], abs=2e-4)


def test_memory_does_not_grow(phrase: SpectrogramBlock) -> None:
    analyser = TonalAnalyser(SETTINGS)
    analyser.push(phrase)
    tracemalloc.start()
    for _ in range(20):
        analyser.push(phrase)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
