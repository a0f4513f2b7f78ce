"""Small libraries of tokens for tests: real ones, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

from soundglass.core.types import Track
from soundglass.demo import demo_music
from soundglass.embeddings import network
from soundglass.embeddings.analysis import Embedder, Embedding, Excerpt
from soundglass.embeddings.matching import TokenTable
from soundglass.embeddings.tokens import N_DIMENSIONS, TokenSet
from soundglass.library.background import Background
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.library.token_sources import HeldTokens, MeasuredTokens
from soundglass.library.versions import VERSIONS
from soundglass.recommend.spectrogram import SpectrogramRecommender


@cache
def real_token_sets() -> tuple[TokenSet, ...]:
    """The tokens of three seconds of every piece of the demo music."""
    embedder = Embedder.load()
    pieces = (_three_seconds(path) for path in sorted(demo_music().glob("*.ogg")))
    found = (embedder([Excerpt(10.0, piece)]).tokens for piece in pieces)
    return tuple(tokens for tokens in found if tokens is not None)


def _three_seconds(path: Path) -> np.ndarray:
    rate = soundfile.info(path).samplerate
    samples, _ = soundfile.read(path, 3 * rate, 10 * rate, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, network.SAMPLE_RATE)


def random_token_sets(n: int, seed: int = 0, most: int = 12) -> list[TokenSet]:
    """Draw tracks of 1 to ``most`` tokens, each near one of a few dozen directions, as sounds are."""
    rng = np.random.default_rng(seed)
    kinds = rng.normal(size=(30, N_DIMENSIONS))
    return [_random_tokens(rng, kinds, int(rng.integers(1, most, endpoint=True))) for _ in range(n)]


def _random_tokens(rng: np.random.Generator, kinds: np.ndarray, n: int) -> TokenSet:
    points = kinds[rng.integers(len(kinds), size=n)] + 0.5 * rng.normal(size=(n, N_DIMENSIONS))
    vectors = np.rint(127 * points / np.abs(points).max(axis=1, keepdims=True)).astype(np.int8)
    weights = rng.uniform(0.1, 1, n).astype(np.float32)
    start, low = rng.uniform(0, 25, n), rng.uniform(0, 4000, n)
    boxes = np.stack([start, start + 1.3, low, low + 2000], axis=1).astype(np.float32)
    traits = rng.integers(0, 256, (n, 9)).astype(np.uint8)
    return TokenSet(vectors, weights / weights.sum(), boxes, traits)


def table_of(tokens: Sequence[TokenSet]) -> tuple[TokenTable, np.ndarray]:
    """Lay token sets out one after the other, and their weights."""
    table = TokenTable.of(np.concatenate([one.vectors for one in tokens]), [len(one) for one in tokens])
    return table, np.concatenate([one.weights for one in tokens])


def spectrogram_of(tokens: Sequence[TokenSet], step: int = 1) -> SpectrogramRecommender:
    """Make a recommender of every ``step``-th row of a library that is its own background."""
    table, weights = table_of(tokens)
    ids = [f"t{index}" for index in range(len(tokens))]
    background = Background.of(1, len(tokens), ids, table, weights)
    standings = background.measure(ids, table, weights)
    rows = np.arange(len(tokens)) * step
    held = HeldTokens(MeasuredTokens(table, standings.shares, standings.means))
    return SpectrogramRecommender(
        rows, held, standings.scales, lambda some: [tokens[row // step] for row in some]
    )


def track_row(track_id: str, tokens: TokenSet | None, title: str = "") -> TrackRow:
    """Make the row of a track that has been analysed."""
    return TrackRow(
        Track(track_id, "audio", title=title or track_id),
        {"duration": 30.0},
        [FileStamp(f"/m/{track_id}", 1, 2)],
        embedding=Embedding(tokens),
        versions=VERSIONS,
    )


def store_tokens(store: Store, tokens: Sequence[TokenSet | None], first: int = 0) -> list[str]:
    """Add tracks ``t<first>`` and on; none is measured against a background."""
    ids = [f"t{first + index}" for index in range(len(tokens))]
    store.upsert([track_row(track, of_track) for track, of_track in zip(ids, tokens, strict=True)])
    return ids
