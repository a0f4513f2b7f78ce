"""What is heard of real music: tokens that lie where they say, whatever the volume; nothing of silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from soundglass.audio.decode import read_mono
from soundglass.demo import demo_music
from soundglass.embeddings import analysis
from soundglass.embeddings.analysis import MAX_PATCHES, Embedder, Embedding, Excerpt
from soundglass.embeddings.network import (
    GRID,
    HOP_LENGTH,
    N_CHANNELS,
    N_FFT,
    N_MELS,
    PATCH_FRAMES,
    SAMPLE_RATE,
    TAGS,
    TokenNetwork,
    field_region,
    mel_power,
    receptive_field,
)
from soundglass.embeddings.projection import Projection
from soundglass.embeddings.tokens import MAX_TOKENS, N_DIMENSIONS, TokenSet
from soundglass.embeddings.traits import N_TRAITS
from soundglass.spectrogram import mel_feet

NAMES = (
    "muldjord-chaos-god.ogg",
    "mattias-westlund-silvan-sanctuary.ogg",
    "lupusmechanicus-advanced-manufacturing.opus",
    "mortimer-twang-mortimers-chipdisko.ogg",
)


class CountingNetwork(TokenNetwork):
    """The real network, which tells how many patches it was given."""

    n_patches = 0

    def run(self, patches: np.ndarray):
        self.n_patches += len(patches)
        return super().run(patches)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.load()


@pytest.fixture(scope="module", params=NAMES)
def samples(request: pytest.FixtureRequest) -> np.ndarray:
    return read_mono(demo_music() / request.param, SAMPLE_RATE)


@pytest.fixture(scope="module")
def heard(embedder: Embedder, samples: np.ndarray) -> Embedding:
    return embedder([Excerpt(0.0, samples)])


def music(seconds: float) -> np.ndarray:
    return read_mono(demo_music() / NAMES[1], SAMPLE_RATE)[: round(seconds * SAMPLE_RATE)]


def assert_sound(tokens: TokenSet, start_s: float, end_s: float) -> None:
    """Check everything that holds of the tokens of any recording."""
    n = len(tokens)
    assert 1 <= n <= MAX_TOKENS
    assert (tokens.vectors.shape, tokens.vectors.dtype) == ((n, N_DIMENSIONS), np.int8)
    assert (tokens.traits.shape, tokens.traits.dtype) == ((n, N_TRAITS), np.uint8)
    assert (np.abs(tokens.vectors.astype(int)).max(axis=1) == 127).all()
    assert (tokens.weights > 0).all()
    assert tokens.weights.sum() == pytest.approx(1, abs=1e-5)
    starts, ends, lows, highs = tokens.boxes.T
    assert (starts >= start_s).all()
    assert (ends <= end_s + 1e-4).all()
    assert (starts < ends).all()
    assert (lows >= 0).all()
    assert (highs <= SAMPLE_RATE / 2).all()
    assert (lows < highs).all()


def test_music_has_tokens_within_it_and_tags(heard: Embedding, samples: np.ndarray) -> None:
    assert_sound(heard.tokens, 0.0, len(samples) / SAMPLE_RATE)
    assert len(heard.tokens) == MAX_TOKENS
    assert heard.tags.shape == (len(TAGS),)
    assert ((heard.tags > 0) & (heard.tags < 1)).all()


def test_each_box_is_the_field_of_a_cell(heard: Embedding, samples: np.ndarray) -> None:
    n_frames = 1 + len(samples) // HOP_LENGTH
    firsts = np.linspace(0, n_frames - PATCH_FRAMES, n_frames // PATCH_FRAMES).astype(int).tolist()
    regions = [
        field_region(receptive_field("pool4", place), first, len(samples) / SAMPLE_RATE)
        for first in firsts
        for place in np.ndindex(*GRID)
    ]
    known = np.array([(r.start_s, r.end_s, r.low_hz, r.high_hz) for r in regions])
    for box in heard.tokens.boxes:
        assert np.abs(known - box).max(axis=1).min() < 1e-3


def shuffled(where: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Make a mel spectrogram whose power is shuffled where told; the level of the whole stays the same."""

    def perturbed(samples: np.ndarray) -> np.ndarray:
        power = mel_power(samples)
        mask = where(power)
        power[mask] = np.random.default_rng(0).permutation(power[mask])
        return power

    return perturbed


def inside(box: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Mark the frames and bands that lie within a box altogether."""
    start, end, low, high = box.tolist()
    feet = np.asarray(mel_feet(N_MELS, 0.0, SAMPLE_RATE / 2))

    def mask(power: np.ndarray) -> np.ndarray:
        centres = np.arange(len(power)) * HOP_LENGTH
        heard = (centres - N_FFT // 2 >= start * SAMPLE_RATE - 1) | (start == 0)
        heard &= (centres + N_FFT // 2 <= end * SAMPLE_RATE + 1) | (centres >= (len(power) - 1) * HOP_LENGTH)
        heard &= (centres + N_FFT // 2 > start * SAMPLE_RATE) & (centres - N_FFT // 2 < end * SAMPLE_RATE)
        bands = (feet[:-2] >= low - 1e-2) & (feet[2:] <= high + 1e-2)
        return heard[:, np.newaxis] & bands

    return mask


def nearest(embedder: Embedder, samples: np.ndarray, vector: np.ndarray) -> float:
    """Give the cosine of a token with the nearest cell of a recording."""
    cells = Projection.load().directions(embedder.cells([Excerpt(0.0, samples)]).activations)
    return float((cells @ (vector / np.linalg.norm(vector.astype(np.float64)))).max())


@pytest.mark.parametrize("token", [0, 17, 40])
def test_a_token_depends_on_its_box_and_on_nothing_else(
    embedder: Embedder, token: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = music(12)
    tokens = embedder([Excerpt(0.0, samples)]).tokens
    vector, box = tokens.vectors[token], inside(tokens.boxes[token])
    assert nearest(embedder, samples, vector) > 0.9995
    monkeypatch.setattr(analysis, "mel_power", shuffled(lambda power: ~box(power)))
    assert nearest(embedder, samples, vector) > 0.9995
    monkeypatch.setattr(analysis, "mel_power", shuffled(box))
    assert nearest(embedder, samples, vector) < 0.99


@pytest.mark.parametrize("gain_db", [-20.0, -6.0, 20.0])
def test_volume_changes_nothing(
    embedder: Embedder, samples: np.ndarray, heard: Embedding, gain_db: float
) -> None:
    found = embedder([Excerpt(0.0, np.float32(10 ** (gain_db / 20)) * samples)])
    np.testing.assert_array_equal(found.tokens.boxes, heard.tokens.boxes)
    cosines = (found.tokens.directions() * heard.tokens.directions()).sum(axis=1)
    assert cosines.min() > 0.999
    np.testing.assert_allclose(found.tokens.weights, heard.tokens.weights, atol=1e-6)
    np.testing.assert_allclose(found.tags, heard.tags, rtol=0, atol=1e-3)
    assert np.abs(found.tokens.traits.astype(int) - heard.tokens.traits).max() <= 1


def test_the_same_samples_give_the_same_tokens(
    embedder: Embedder, samples: np.ndarray, heard: Embedding
) -> None:
    again = Embedder.load()([Excerpt(0.0, samples.copy())])
    for name in TokenSet.__slots__:
        np.testing.assert_array_equal(getattr(again.tokens, name), getattr(heard.tokens, name))
    np.testing.assert_array_equal(again.tags, heard.tags)


@pytest.mark.parametrize(
    "excerpts",
    [
        [],
        [np.zeros(5 * SAMPLE_RATE)],
        [np.zeros(0)],
        [np.full(5 * SAMPLE_RATE, 2e-4)],
        [np.random.default_rng(0).normal(0, 2e-4, 5 * SAMPLE_RATE), np.zeros(SAMPLE_RATE)],
    ],
    ids=["none", "zeros", "empty", "an offset", "two silent"],
)
def test_silence_has_neither_tokens_nor_tags(embedder: Embedder, excerpts: Sequence[np.ndarray]) -> None:
    found = embedder([Excerpt(10.0 * k, x.astype(np.float32)) for k, x in enumerate(excerpts)])
    assert found == Embedding(None, None)


def test_silent_excerpts_change_nothing(embedder: Embedder) -> None:
    loud, silent = Excerpt(40.0, music(12)), Excerpt(0.0, np.zeros(30 * SAMPLE_RATE, np.float32))
    one, two = embedder([loud]), embedder([silent, loud])
    np.testing.assert_array_equal(one.tokens.boxes, two.tokens.boxes)
    np.testing.assert_array_equal(one.tags, two.tags)
    assert_sound(two.tokens, 40.0, 52.0)


@pytest.mark.parametrize("seconds", [1 / SAMPLE_RATE, 0.02, 0.5, 1.5, 2.9])
def test_what_is_shorter_than_a_patch_is_heard_to_its_end(embedder: Embedder, seconds: float) -> None:
    found = embedder([Excerpt(7.0, music(5)[-round(seconds * SAMPLE_RATE) :])])
    assert_sound(found.tokens, 7.0, 7.0 + seconds)
    assert np.isfinite(found.tags).all()
    if seconds >= 0.5:
        assert found.tokens.boxes[:, 1].max() == pytest.approx(7.0 + seconds, abs=1e-4)


noise = np.random.default_rng(1).normal(0, 0.1, 4 * SAMPLE_RATE)
click = np.zeros(4 * SAMPLE_RATE)
click[2 * SAMPLE_RATE] = 1.0
drone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE)


@pytest.mark.parametrize(
    "signal",
    [noise, np.full(4 * SAMPLE_RATE, 0.5), drone, click, np.sign(drone), 1e-2 * noise],
    ids=["noise", "an offset", "a drone", "a click", "a square wave", "faint noise"],
)
def test_odd_signals_give_sound_tokens(embedder: Embedder, signal: np.ndarray) -> None:
    found = embedder([Excerpt(0.0, signal.astype(np.float32))])
    assert_sound(found.tokens, 0.0, 4.0)
    assert np.isfinite(found.tokens.directions()).all()
    assert ((found.tags > 0) & (found.tags < 1)).all()


def test_a_click_is_only_heard_where_it_is(embedder: Embedder) -> None:
    boxes = embedder([Excerpt(0.0, click.astype(np.float32))]).tokens.boxes
    assert (boxes[:, 0] < 2 + 1e-3).all()
    assert (boxes[:, 1] > 2 - 1e-3).all()


def test_samples_that_are_no_numbers_count_as_silence(embedder: Embedder) -> None:
    broken = music(4).copy()
    broken[1000] = np.nan
    assert embedder([Excerpt(0.0, broken)]) == Embedding(None, None)


@pytest.mark.parametrize(
    ("seconds", "expected"), [((30,), 10), ((40,), 12), ((30, 30), 12), ((30, 30, 30), 12)]
)
def test_a_dozen_patches_are_heard_at_most(seconds: Sequence[int], expected: int) -> None:
    network = CountingNetwork(TokenNetwork.load()._session, "pool4")
    pieces = [read_mono(demo_music() / name, SAMPLE_RATE) for name in NAMES]
    excerpts = [
        Excerpt(50.0 * k, np.tile(piece, 4)[: n * SAMPLE_RATE])
        for k, (piece, n) in enumerate(zip(pieces, seconds, strict=False))
    ]
    tokens = Embedder(network, Projection.load())(excerpts).tokens
    assert network.n_patches == expected <= MAX_PATCHES
    starts, ends = tokens.boxes[:, :2].T
    for excerpt, n in zip(excerpts, seconds, strict=True):
        assert ((starts >= excerpt.start_s) & (ends <= excerpt.start_s + n + 1e-3)).any()


def test_all_of_a_recording_is_heard_if_it_is_short(embedder: Embedder, samples: np.ndarray) -> None:
    cells = embedder.cells([Excerpt(0.0, samples)]).activations
    n_patches = (1 + len(samples) // HOP_LENGTH) // PATCH_FRAMES
    assert len(cells) <= n_patches * GRID[0] * GRID[1]
    assert len(cells) > 0.8 * n_patches * GRID[0] * GRID[1]


def test_no_recording_has_no_activations(embedder: Embedder) -> None:
    assert embedder.cells([]).activations.shape == (0, N_CHANNELS)
