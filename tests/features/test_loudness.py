"""Loudness against EBU test signals, pyloudnorm, FFmpeg's ebur128 filter and closed forms."""

from __future__ import annotations

import gc
import math
import re
from fractions import Fraction
from pathlib import Path

import av
import av.logging
import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.types import Measurement
from soundglass.features.loudness import LoudnessMeter, k_weighting

RATE = 48_000
EVERY_NTH_FILE = 6


def measure(samples: np.ndarray, rate: int, piece: int = 65_536) -> tuple[Measurement, Measurement]:
    meter = LoudnessMeter(rate, samples.shape[1])
    for start in range(0, len(samples), piece):
        meter.push(samples[start : start + piece])
    loudness, dynamic_range = meter.finish()
    assert (loudness.name, dynamic_range.name) == ("loudness", "dynamic_range")
    return loudness, dynamic_range


def tone(*levels: tuple[float, float], rate: int = RATE, channels: int = 2) -> np.ndarray:
    """A 1 kHz sine with (seconds, dBFS) steps, in phase on all channels."""
    gain = np.concatenate([np.full(int(seconds * rate), 10 ** (level / 20)) for seconds, level in levels])
    sine = gain * np.sin(2 * np.pi * 1000 * np.arange(gain.size) / rate)
    return np.repeat(sine[:, None], channels, axis=1).astype(np.float32)


def ffmpeg(samples: np.ndarray, rate: int) -> tuple[float, float]:
    """Integrated loudness and loudness range as FFmpeg's ebur128 filter logs them, to 0.1."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="fltp", layout="stereo", time_base=Fraction(1, rate))
    meter, sink = graph.add("ebur128", "framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    for start in range(0, len(samples), rate):
        planes = np.ascontiguousarray(samples[start : start + rate].T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = rate, start
        source.push(frame)
    source.push(None)
    av.logging.set_level(av.logging.INFO)
    with av.logging.Capture() as logs:
        while True:
            try:
                sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
        del source, meter, sink, graph
        gc.collect()
    av.logging.set_level(None)
    summary = "".join(message for _, _, message in logs)
    integrated, range_lu = (re.search(rf"{key}:\s+(-?[\d.]+) L", summary) for key in ("I", "LRA"))
    return float(integrated[1]), float(range_lu[1])


@pytest.mark.parametrize(
    "levels",
    [
        [(20, -23.0)],
        [(10, -36.0), (60, -23.0), (10, -36.0)],
        [(10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)],
        [(20, -26.0), (20.1, -20.0), (20, -26.0)],
    ],
)
def test_ebu_tech_3341_signals_measure_23_lufs(levels: list[tuple[float, float]]) -> None:
    assert measure(tone(*levels), RATE)[0].value == pytest.approx(-23.0, abs=0.1)


def test_ebu_tech_3341_five_channel_signal_measures_23_lufs() -> None:
    gains = 10 ** (np.array([-28.0, -28.0, -24.0, -30.0, -30.0]) / 20)
    samples = (tone((20, 0.0), channels=5) * gains).astype(np.float32)
    assert measure(samples, RATE)[0].value == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("rate", "tolerance"), [(8000, 0.25), (11_025, 0.15), (22_050, 0.04), (44_100, 0.02), (192_000, 0.02)]
)
def test_every_sample_rate_measures_the_same_tone_alike(rate: int, tolerance: float) -> None:
    assert measure(tone((5, -23.0), rate=rate), rate)[0].value == pytest.approx(-23.0, abs=tolerance)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(20, -20.0), (20, -30.0)], 10.0),
        ([(20, -20.0), (20, -15.0)], 5.0),
        ([(20, -40.0), (20, -20.0)], 20.0),
        ([(20, -50.0), (20, -35.0), (20, -20.0), (20, -35.0), (20, -50.0)], 15.0),
    ],
)
def test_ebu_tech_3342_signals(levels: list[tuple[float, float]], expected: float) -> None:
    assert measure(tone(*levels), RATE)[1].value == pytest.approx(expected, abs=0.2)


def test_k_weighting_equals_the_published_coefficients_at_48_khz() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    np.testing.assert_allclose(k_weighting(RATE), [shelf, high_pass], atol=1e-8)


def test_lfe_does_not_count_and_surround_counts_more() -> None:
    one = tone((5, -20.0), channels=1)
    alone = {}
    for channel in range(6):
        samples = np.zeros((len(one), 6), dtype=np.float32)
        samples[:, channel] = one[:, 0]
        alone[channel] = measure(samples, RATE)[0].value
    assert math.isnan(alone[3])
    assert alone[0] == alone[1] == alone[2] == pytest.approx(measure(one, RATE)[0].value)
    assert alone[4] - alone[0] == alone[5] - alone[0] == pytest.approx(10 * math.log10(1.41))


def test_recordings_agree_with_pyloudnorm_and_ffmpeg(shared_data: Path) -> None:
    paths = sorted((shared_data / "audio").glob("*.ogg"))[::EVERY_NTH_FILE]
    for path in paths:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        loudness, dynamic_range = measure(samples, rate)
        reference = pyloudnorm.Meter(rate).integrated_loudness(samples.astype(np.float64))
        assert loudness.value == pytest.approx(reference, abs=0.1), path.name
        integrated, range_lu = ffmpeg(samples, rate)
        assert loudness.value == pytest.approx(integrated, abs=0.1), path.name
        assert dynamic_range.value == pytest.approx(range_lu, abs=0.3), path.name


@settings(deadline=None, max_examples=30)
@given(lengths=st.lists(st.integers(0, 9000), min_size=1, max_size=10), seed=st.integers(0, 99))
def test_does_not_depend_on_how_samples_were_cut(lengths: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-0.5, 0.5, (sum(lengths), 2)).astype(np.float32)
    meter = LoudnessMeter(11_025, 2)
    for piece in np.split(samples, np.cumsum(lengths)[:-1]):
        meter.push(piece)
    whole = LoudnessMeter(11_025, 2)
    whole.push(samples)
    assert repr(meter.finish()) == repr(whole.finish())


@given(gain_db=st.floats(-30.0, 6.0))
@settings(deadline=None, max_examples=10)
def test_follows_gain_exactly(gain_db: float) -> None:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE * 4, 1)).astype(np.float32)
    plain = measure(samples, RATE)
    louder = measure((samples * 10 ** (gain_db / 20)).astype(np.float32), RATE)
    assert louder[0].value - plain[0].value == pytest.approx(gain_db, abs=1e-3)
    assert louder[1].value == pytest.approx(plain[1].value, abs=1e-3)


def test_peak_is_evidence() -> None:
    samples = tone((1, -40.0))
    samples[100, 1] = -0.5
    assert measure(samples, RATE)[0].evidence["sample_peak_dbfs"] == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((0, 2), dtype=np.float32),
        np.zeros((RATE * 4, 2), dtype=np.float32),
        tone((4, -80.0)),
        tone((0.399, -10.0)),
    ],
    ids=["nothing", "silence", "below the gate", "shorter than a block"],
)
def test_what_cannot_be_measured_is_nan(samples: np.ndarray) -> None:
    assert all(math.isnan(measurement.value) for measurement in measure(samples, RATE))


def test_loudness_needs_400_ms_and_its_range_3_s() -> None:
    assert math.isfinite(measure(tone((0.4, -10.0)), RATE)[0].value)
    assert math.isnan(measure(tone((2.99, -10.0)), RATE)[1].value)
    assert math.isfinite(measure(tone((3.0, -10.0)), RATE)[1].value)


@pytest.mark.parametrize("rate", [1000, 2000, 3400])
def test_very_low_sample_rates_are_stable(rate: int) -> None:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (rate * 10, 1)).astype(np.float32)
    expected = -0.691 + 10 * math.log10(0.25 / 3)
    assert measure(samples, rate)[0].value == pytest.approx(expected, abs=1.0)
