"""The perceptual features against the vibenet package's own numbers, the excerpts, and damaged weights."""

from __future__ import annotations

import importlib.util
import json
import math
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given
from hypothesis import strategies as st

from soundglass.core.types import Measurement
from soundglass.features.perceptual import (
    EXCERPT_S,
    FEATURES,
    MAX_EXCERPTS,
    SAMPLE_RATE,
    PerceptualModel,
    excerpt_windows,
    network_input,
)

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests" / "golden" / "vibenet.json").read_text(encoding="utf-8"))


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_vibenet", ROOT / "tools" / "golden_vibenet.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


@pytest.fixture(scope="module")
def model() -> PerceptualModel:
    return PerceptualModel.load()


def as_dict(measurements: list[Measurement]) -> dict[str, float]:
    return {measurement.name: measurement.value for measurement in measurements}


def chord(duration_s: float) -> np.ndarray:
    t = np.arange(int(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    return sum(0.1 * np.sin(2 * np.pi * f * t) for f in (262, 330, 392)).astype(np.float32)


@pytest.mark.parametrize("name", sorted(GOLDEN["signals"]))
def test_equals_the_package_on_synthetic_signals(model: PerceptualModel, name: str) -> None:
    assert as_dict(model.predict(TOOL.synthesise(name))) == pytest.approx(GOLDEN["signals"][name], abs=1e-3)


@pytest.mark.parametrize("name", sorted(GOLDEN["files"]))
def test_equals_the_package_on_recordings(model: PerceptualModel, shared_data: Path, name: str) -> None:
    samples, rate = soundfile.read(shared_data / "audio" / name, dtype="float32", always_2d=True)
    resampled = soxr.resample(samples.mean(axis=1), rate, SAMPLE_RATE)
    assert as_dict(model.predict(resampled)) == pytest.approx(GOLDEN["files"][name], abs=1e-3)


def test_golden_covers_enough() -> None:
    assert set(GOLDEN["signals"]) == set(TOOL.SIGNALS)
    assert len(GOLDEN["signals"]) >= 12
    assert len(GOLDEN["files"]) >= 10


def test_excerpts_are_averaged(model: PerceptualModel) -> None:
    one, other = TOOL.synthesise("melody"), TOOL.synthesise("white noise")
    both = as_dict(model.predict(one, other))
    apart = [as_dict(model.predict(samples)) for samples in (one, other)]
    assert both == pytest.approx({name: (apart[0][name] + apart[1][name]) / 2 for name in FEATURES})


def test_too_short_and_silent_excerpts_do_not_count(model: PerceptualModel) -> None:
    music = chord(4.0)
    silence = np.zeros(SAMPLE_RATE * 4, dtype=np.float32)
    assert as_dict(model.predict(chord(0.5), music, silence)) == as_dict(model.predict(music))


@pytest.mark.parametrize("excerpts", [[], [chord(0.99)], [np.zeros(SAMPLE_RATE * 4, dtype=np.float32)]])
def test_nothing_usable_gives_nan(model: PerceptualModel, excerpts: list[np.ndarray]) -> None:
    found = as_dict(model.predict(*excerpts))
    assert list(found) == list(FEATURES)
    assert all(math.isnan(value) for value in found.values())


@pytest.mark.parametrize(("n", "frames"), [(1, 1), (640, 1), (959, 1), (960, 2), (16_000, 49)])
def test_network_input_frames_are_not_centred(n: int, frames: int) -> None:
    assert network_input(np.ones(n, dtype=np.float32)).shape == (128, frames)


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [
        (0.3, [(0.0, 0.3)]),
        (30.02, [(0.01, 30.01)]),
        (50.0, [(0.0, 25.0), (25.0, 50.0)]),
        (90.0, [(0.0, 30.0), (30.0, 60.0), (60.0, 90.0)]),
        (240.0, [(25.0, 55.0), (105.0, 135.0), (185.0, 215.0)]),
    ],
)
def test_excerpt_windows(duration_s: float, expected: list[tuple[float, float]]) -> None:
    assert np.array(excerpt_windows(duration_s)) == pytest.approx(np.array(expected))


@given(st.floats(0.0, 40_000.0))
def test_excerpt_windows_lie_within_the_recording_and_apart(duration_s: float) -> None:
    windows = excerpt_windows(duration_s)
    assert 1 <= len(windows) <= MAX_EXCERPTS
    edges = [edge for window in windows for edge in window]
    assert all(earlier <= later + 1e-6 for earlier, later in pairwise(edges))
    assert edges[0] >= -1e-6
    assert edges[-1] <= duration_s + 1e-6
    assert all(end - start <= EXCERPT_S + 1e-6 for start, end in windows)
