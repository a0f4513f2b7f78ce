"""Make a library of any size with tokens: ``python -m benchmarks.large_library MUSIC TABLE OUT``.

Every track takes tokens and features from one to three tracks of MUSIC (a library of scanned music), moved
a little, and its names from TABLE (a library of a table). So all columns are as a scan fills them, and no two
tracks are the same. It has no files of its own: nothing of it can be played.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE
from soundglass.library import background, schema
from soundglass.library.store import Store

_BATCH = 5_000
_MOST_TOKENS = 48
_MOVED = 0.6
"""Of a feature's spread."""

_STEPS = {"key", "mode", "time_signature"}
_NAMES = ("title", "artist", "album", "genre", "genres", "year")


@dataclass(frozen=True, slots=True)
class _Tokens:
    vectors: NDArray[np.int8]
    weights: NDArray[np.float32]
    boxes: NDArray[np.float32]
    traits: NDArray[np.uint8]

    @classmethod
    def of(cls, row: dict[str, Any]) -> _Tokens:
        weights = np.frombuffer(row["token_weights"], "<f4")
        n = len(weights)
        return cls(
            np.frombuffer(row["token_vectors"], np.int8).reshape(n, -1),
            weights,
            np.frombuffer(row["token_boxes"], "<f4").reshape(n, 4),
            np.frombuffer(row["token_traits"], np.uint8).reshape(n, -1),
        )


def make(music: Store, table: Store, target: Store, n_tracks: int) -> None:
    """Fill a library with so many tracks, and measure them against one background."""
    heard = [row for row in music.columns(schema.TRACKS.names).to_pylist() if row["token_weights"]]
    named = table.columns(_NAMES).to_pylist()
    tokens = [_Tokens.of(row) for row in heard]
    spreads = {
        name: float(np.nanstd([row[name] if row[name] is not None else np.nan for row in heard]))
        for name in CATALOGUE
    }

    def made() -> Iterator[dict[str, Any]]:
        for at in range(n_tracks):
            rng = np.random.default_rng(at)
            first, *others = rng.integers(len(heard), size=int(rng.integers(1, 4))).tolist()
            again, names = divmod(at, len(named))
            yield {
                **heard[first],
                **named[names],
                "id": hashlib.blake2b(f"large {at}".encode(), digest_size=8).hexdigest(),
                "title": named[names]["title"] + (f" (take {again + 1})" if again else ""),
                "path": "",
                "files": [],
                **_features(heard, first, spreads, rng),
                **_columns([tokens[one] for one in (first, *others)], rng),
            }

    batch = list[dict[str, Any]]()
    for row in made():
        batch.append(row)
        if len(batch) == _BATCH:
            target.upsert_table(pa.Table.from_pylist(batch, schema=schema.TRACKS))
            batch.clear()
    if batch:
        target.upsert_table(pa.Table.from_pylist(batch, schema=schema.TRACKS))
    target.compact()
    with target.writing("benchmark"):
        background.refresh(target)
    target.compact()


def _features(
    heard: list[dict[str, Any]], first: int, spreads: dict[str, float], rng: np.random.Generator
) -> dict[str, float | None]:
    found = dict[str, float | None]()
    for name, feature in CATALOGUE.items():
        value = heard[first][name]
        if name in _STEPS and rng.random() < 0.4:
            value = heard[int(rng.integers(len(heard)))][name]
        elif value is not None and name not in {*_STEPS, "duration"}:
            value = float(np.clip(value + rng.normal(0, _MOVED * spreads[name]), feature.low, feature.high))
        found[name] = value
    return found


def _columns(sources: list[_Tokens], rng: np.random.Generator) -> dict[str, Any]:
    total = sum(len(one.weights) for one in sources)
    n = min(total, _MOST_TOKENS if rng.random() < 0.9 else int(rng.integers(20, _MOST_TOKENS)))
    chosen = rng.choice(total, n, replace=False)
    vectors = np.concatenate([one.vectors for one in sources])[chosen].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors += rng.normal(0, 0.35, vectors.shape) * lengths / np.sqrt(vectors.shape[1])
    vectors *= 127 / np.abs(vectors).max(axis=1, keepdims=True)
    weights = np.concatenate([one.weights for one in sources])[chosen]
    return {
        "token_vectors": np.rint(vectors).astype(np.int8).tobytes(),
        "token_weights": (weights / weights.sum()).astype("<f4").tobytes(),
        "token_boxes": np.concatenate([one.boxes for one in sources])[chosen].tobytes(),
        "token_traits": np.concatenate([one.traits for one in sources])[chosen].tobytes(),
        **dict.fromkeys(("token_means", "token_shares", "token_scale", "background")),
    }


def main() -> None:
    """Make the library that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_library")
    parser.add_argument("music", help="a library of scanned music")
    parser.add_argument("table", help="a library of a table, for names")
    parser.add_argument("out", type=Path, help="the library to make")
    parser.add_argument("--tracks", type=int, default=100_000)
    asked = parser.parse_args()
    make(Store(asked.music), Store(asked.table), Store(str(asked.out), create=True), asked.tracks)


if __name__ == "__main__":
    main()
