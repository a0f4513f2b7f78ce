"""The network against musicnn's own numbers, its log-mel against librosa, and what each cell can see."""

from __future__ import annotations

import importlib.util
import json
from itertools import product
from pathlib import Path
from types import ModuleType

import librosa
import numpy as np
import pytest

from soundglass.core.errors import ModelError
from soundglass.core.types import Region
from soundglass.embeddings.network import (
    GRID,
    HOP_LENGTH,
    N_CHANNELS,
    N_FFT,
    N_MELS,
    PATCH_FRAMES,
    SAMPLE_RATE,
    TAGS,
    Field,
    TokenNetwork,
    field_region,
    log_mel,
    receptive_field,
)
from soundglass.models import PINNED

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests" / "golden" / "musicnn.json").read_text(encoding="utf-8"))
NETWORKS = GOLDEN["networks"]
FILES = {"MTT_vgg": "musicnn-mtt-vgg-0.1.0.onnx"}
LAYERS = ("pool4", "conv5")


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_musicnn", ROOT / "tools" / "golden_musicnn.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


@pytest.fixture(scope="module", params=LAYERS)
def network(request: pytest.FixtureRequest) -> TokenNetwork:
    return TokenNetwork.load(layer=request.param)


def noise_patch(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((PATCH_FRAMES, N_MELS), dtype=np.float32) * 3


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", NETWORKS)
def test_equals_the_package(name: str, layer: str) -> None:
    network = TokenNetwork.load(FILES[name], layer)
    patches = {key: TOOL.pattern(key)[None] for key in TOOL.PATTERNS}
    patches |= {key: TOOL.cut(log_mel(TOOL.samples(key))) for key in TOOL.FILES}
    assert set(patches) == set(NETWORKS[name])
    for key, batch in patches.items():
        found = network.run(batch)
        assert found.tags == pytest.approx(np.array([g["tags"] for g in NETWORKS[name][key]]), abs=1e-5), key
        probes = np.stack([TOOL.probe(cells) for cells in found.cells])
        assert probes == pytest.approx(np.array([g[layer] for g in NETWORKS[name][key]]), abs=1e-4), key


def test_tags_are_the_package_s_in_its_order() -> None:
    assert [tag.replace("_", " ") for tag in TAGS] == GOLDEN["labels"]


def test_golden_covers_enough() -> None:
    assert sum(len(patches) for patches in NETWORKS["MTT_vgg"].values()) >= 20


def test_metal_is_told_from_an_orchestra() -> None:
    network = TokenNetwork.load()
    for file, tag in (
        ("muldjord-chaos-god.ogg", "metal"),
        ("mattias-westlund-silvan-sanctuary.ogg", "strings"),
    ):
        tags = network.run(TOOL.cut(log_mel(TOOL.samples(file)))).tags.mean(axis=0)
        assert tag in {TAGS[k] for k in np.argsort(-tags)[:3]}


def test_each_patch_is_heard_by_itself(network: TokenNetwork) -> None:
    patches = np.stack([noise_patch(seed) for seed in range(3)])
    together, alone = network.run(patches), network.run(patches[1:2])
    assert together.cells.shape == (3, *GRID, N_CHANNELS)
    assert np.array_equal(together.cells[1:2], alone.cells)
    assert np.array_equal(together.tags[1:2], alone.tags)


def test_no_patches_give_no_activations(network: TokenNetwork) -> None:
    found = network.run(np.zeros((0, PATCH_FRAMES, N_MELS), dtype=np.float32))
    assert found.cells.shape == (0, *GRID, N_CHANNELS)
    assert found.tags.shape == (0, len(TAGS))


def test_altered_weights_are_refused_with_the_expected_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"not the weights")
    with pytest.raises(ModelError, match=PINNED["musicnn-mtt-vgg-0.1.0.onnx"]):
        TokenNetwork.load()


@pytest.mark.filterwarnings("ignore:n_fft=")
@pytest.mark.parametrize("n", [1, 255, 256, 16_000, 50_001])
@pytest.mark.parametrize("gain", [1e-4, 1.0])
def test_log_mel_equals_librosa(n: int, gain: float) -> None:
    samples = (np.random.default_rng(n).standard_normal(n) * gain).astype(np.float32)
    mel = librosa.feature.melspectrogram(
        y=samples, sr=SAMPLE_RATE, n_fft=N_FFT, hop_length=HOP_LENGTH, n_mels=N_MELS
    )
    found = log_mel(samples)
    assert found.dtype == np.float32
    assert found == pytest.approx(np.log10(1 + 10_000 * mel.T), abs=1e-4)


def test_log_mel_of_silence_and_of_nothing() -> None:
    assert np.array_equal(log_mel(np.zeros(512, dtype=np.float32)), np.zeros((3, N_MELS)))
    assert log_mel(np.zeros(0, dtype=np.float32)).shape == (0, N_MELS)


def edges(spans: list[tuple[int, int]], size: int) -> list[int]:
    """The positions just outside and just inside every span."""
    near = {position for first, end in spans for position in (first - 1, first, end - 1, end)}
    return sorted(near & set(range(size)))


@pytest.mark.parametrize("axis", [0, 1])
def test_fields_end_exactly_where_the_influence_does(network: TokenNetwork, axis: int) -> None:
    fields = [receptive_field(network.layer, (k, 0) if axis == 0 else (0, k)) for k in range(GRID[axis])]
    spans = [(f.first_frame, f.end_frame) if axis == 0 else (f.first_band, f.end_band) for f in fields]
    patch = noise_patch()
    before = network.run(patch[None]).cells[0]
    for position in edges(spans, patch.shape[axis]):
        changed = patch.copy()
        changed.swapaxes(0, axis)[position] += 3 * noise_patch(1).swapaxes(0, axis)[position]
        difference = np.abs(network.run(changed[None]).cells[0] - before)
        moved = difference.max(axis=(1 - axis, 2)) > 1e-6
        assert moved.tolist() == [first <= position < end for first, end in spans], position


def test_nothing_outside_the_field_matters(network: TokenNetwork) -> None:
    patch = noise_patch()
    before = network.run(patch[None]).cells[0]
    for cell in product((0, 4, 10), (0, 3, 5)):
        field = receptive_field(network.layer, cell)
        inside = np.s_[field.first_frame : field.end_frame, field.first_band : field.end_band]
        changed = noise_patch(1)
        changed[inside] = patch[inside]
        after = network.run(changed[None]).cells[0]
        assert after[cell] == pytest.approx(before[cell], abs=1e-6)


@pytest.mark.parametrize("cell", [(11, 0), (0, 6), (-1, 0)])
def test_cells_beyond_the_grid_have_no_field(cell: tuple[int, int]) -> None:
    with pytest.raises(IndexError):
        receptive_field("conv5", cell)


def test_regions_are_whole_windows_and_triangles() -> None:
    feet = librosa.mel_frequencies(n_mels=N_MELS + 2, fmin=0, fmax=SAMPLE_RATE / 2)
    found = field_region(Field(10, 12, 20, 21), first_frame=100)
    assert found.start_s == (110 * HOP_LENGTH - N_FFT / 2) / SAMPLE_RATE
    assert found.end_s == (111 * HOP_LENGTH + N_FFT / 2) / SAMPLE_RATE
    assert (found.low_hz, found.high_hz) == pytest.approx((feet[20], feet[22]))
    whole = field_region(Field(0, PATCH_FRAMES, 0, N_MELS), duration_s=2.5)
    assert whole == Region(0.0, 2.5, 0.0, pytest.approx(8000.0))


def test_samples_outside_a_region_leave_its_frames_alone() -> None:
    samples = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32)
    field = Field(20, 24, 0, N_MELS)
    region = field_region(field)
    outside = samples.copy()
    outside[: round(region.start_s * SAMPLE_RATE)] = outside[round(region.end_s * SAMPLE_RATE) :] = 0
    frames = slice(field.first_frame, field.end_frame)
    assert np.array_equal(log_mel(outside)[frames], log_mel(samples)[frames])
    assert not np.allclose(log_mel(outside)[19], log_mel(samples)[19])
    assert not np.allclose(log_mel(outside)[24], log_mel(samples)[24])
