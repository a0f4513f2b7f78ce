"""What each choice in the tokens and their score is worth, by the questions of ``soundglass evaluate``.

``python -m benchmarks.soundtracks.choices FOLDER`` changes one thing at a time and prints the share of the
five nearest of the same soundtrack, album and artist, and how evenly tracks are listed. Projections of other
layers are fitted to the very music they are measured on, which favours them a little over the packaged one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.soundtracks.music import HEAD, Measured, Music
from soundglass.audio.decode import read_mono
from soundglass.core.types import FloatArray
from soundglass.embeddings import analysis
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.medoids import medoids
from soundglass.embeddings.network import SAMPLE_RATE, Layer, TokenNetwork, compressed
from soundglass.embeddings.projection import Projection
from soundglass.embeddings.tokens import MAX_TOKENS, N_DIMENSIONS
from soundglass.features.perceptual import excerpt_windows
from soundglass.library.background import SHARPNESS

_CELLS_PER_TRACK = 200

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to make tokens and to score them; the defaults are what the program does."""

    what: str = "as built"
    layer: Layer = "pool4"
    levelled: bool = True
    spread: bool = True
    n_tokens: int = MAX_TOKENS
    power: float = 0.5
    by_spread: bool = True
    score: str = "scaled"


AS_BUILT = Choice()
CHOICES = (
    AS_BUILT,
    replace(AS_BUILT, what="layer conv5", layer="conv5"),
    replace(AS_BUILT, what="volume as recorded", levelled=False),
    replace(AS_BUILT, what="the middle 30 s only", spread=False),
    replace(AS_BUILT, what="24 tokens", n_tokens=24),
    replace(AS_BUILT, what="weights: shares, no square root", power=1.0),
    replace(AS_BUILT, what="weights: not divided by the spread", by_spread=False),
    replace(AS_BUILT, what="score without scales g", score="centred"),
    replace(AS_BUILT, what="score without g, m and spreads", by_spread=False, score="plain"),
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of all tracks: unit vectors, weights, and where each track's begin and the last one's end."""

    vectors: FloatArray
    weights: FloatArray
    starts: NDArray[np.intp]


def main() -> None:
    """Hear the music once, then try every choice on it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="what tools/fetch_game_music.py gathered")
    music = Music.open(parser.parse_args().folder)
    heard = [_excerpts(read_mono(path, SAMPLE_RATE)) for path in music.files]
    print(f"{len(heard)} tracks\n{HEAD}")
    known: dict[tuple[Layer, bool, bool], list[FloatArray]] = {}
    for choice in CHOICES:
        key = (choice.layer, choice.levelled, choice.spread)
        if key not in known:
            known[key] = [cells(choice, excerpts) for excerpts in heard]
        print(music.line(Measured(choice.what, distances(choice, tokens(choice, known[key])))), flush=True)


def cells(choice: Choice, excerpts: Sequence[Excerpt]) -> FloatArray:
    """Give the activations of one track that its tokens are chosen from."""
    if not choice.spread:
        excerpts = excerpts[len(excerpts) // 2 :][:1]
    network = TokenNetwork.load(layer=choice.layer)
    if choice.levelled:
        return Embedder(network, Projection.load()).cells(excerpts).activations
    patches = [
        patch for one in excerpts for patch in analysis._cut(one, analysis.MAX_PATCHES // len(excerpts))
    ]
    heard = network.run(compressed(np.stack([patch.power for patch in patches]))).cells
    return heard.reshape(-1, heard.shape[-1])


def tokens(choice: Choice, of_tracks: Sequence[FloatArray]) -> Tokens:
    """Choose and weigh the tokens of all tracks."""
    projection = Projection.load() if choice.layer == "pool4" else _own_projection(of_tracks)
    vectors, weights = zip(*(_tokens(choice, projection, of_track) for of_track in of_tracks), strict=True)
    starts = np.concatenate([[0], np.cumsum([len(found) for found in weights])])
    return Tokens(np.concatenate(vectors), np.concatenate(weights), starts)


def distances(choice: Choice, of_all: Tokens) -> Values:
    """Score every track against all, with all of them as the background; near is low."""
    first = of_all.starts[:-1]
    best = np.concatenate(list(_best(of_all))).astype(np.float64)
    weights = of_all.weights / (best.std(axis=1) if choice.by_spread else 1.0)
    weights /= np.repeat(np.add.reduceat(weights, first), np.diff(of_all.starts))
    near: Values = np.add.reduceat(weights[:, np.newaxis] * best, first, axis=0)
    if choice.score == "plain":
        return -(near + near.T)
    unlike = (1 - near) / (1 - near).mean(axis=1, keepdims=True)
    scales = np.ones(len(unlike))
    if choice.score == "scaled":
        others = ~np.eye(len(unlike), dtype=bool)
        scales = np.exp([SHARPNESS * row[mask].std() for row, mask in zip(unlike, others, strict=True)])
    found: Values = scales[:, np.newaxis] * scales * (unlike + unlike.T)
    return found


def _best(of_all: Tokens) -> Iterator[FloatArray]:
    """Find the cosine of each token with the nearest token of every track, track by track."""
    for start, end in zip(of_all.starts, of_all.starts[1:], strict=False):
        yield np.maximum.reduceat(of_all.vectors[start:end] @ of_all.vectors.T, of_all.starts[:-1], axis=1)


def _tokens(choice: Choice, projection: Projection, of_track: FloatArray) -> tuple[FloatArray, FloatArray]:
    directions = projection.directions(of_track)
    chosen, shares = medoids(directions, choice.n_tokens)
    weights = shares**choice.power
    return directions[chosen], weights / weights.sum()


def _own_projection(of_tracks: Sequence[FloatArray]) -> Projection:
    rng = np.random.default_rng(0)
    drawn = [one[rng.choice(len(one), min(len(one), _CELLS_PER_TRACK), replace=False)] for one in of_tracks]
    return Projection.fit(np.concatenate(drawn), N_DIMENSIONS)


def _excerpts(samples: FloatArray) -> list[Excerpt]:
    windows = excerpt_windows(len(samples) / SAMPLE_RATE)
    return [Excerpt(a, samples[round(a * SAMPLE_RATE) : round(b * SAMPLE_RATE)]) for a, b in windows]


if __name__ == "__main__":
    main()
