"""Fit the projection of token activations to a folder of music, and write it into src/soundglass/models.

``python tools/fit_projection.py FOLDER`` prints the SHA-256 to pin. The packaged one was fitted to what
``python tools/fetch_game_music.py FOLDER --selection tools/projection_music.toml`` gathers.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np

from soundglass.audio.decode import read_mono
from soundglass.audio.discover import FoundFile, discover
from soundglass.core.types import FloatArray
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.network import SAMPLE_RATE, TokenNetwork
from soundglass.embeddings.projection import Projection
from soundglass.embeddings.tokens import N_DIMENSIONS
from soundglass.features.perceptual import excerpt_windows
from soundglass.models import TOKEN_PROJECTION

MODELS = Path(__file__).parents[1] / "src" / "soundglass" / "models"
CELLS_PER_TRACK = 200


def excerpts(path: Path) -> list[Excerpt]:
    """Cut the excerpts that a scan would hear."""
    samples = read_mono(path, SAMPLE_RATE)
    return [
        Excerpt(start, samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])
        for start, end in excerpt_windows(len(samples) / SAMPLE_RATE)
    ]


def sample(cells: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw some cells of one track, the same number for long and short ones."""
    return cells[rng.choice(len(cells), min(len(cells), CELLS_PER_TRACK), replace=False)]


def main() -> None:
    """Hear every file, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    files = [found.path for found in discover([folder]) if isinstance(found, FoundFile)]
    embedder = Embedder(
        TokenNetwork.load(), Projection(np.zeros(1, np.float32), np.zeros((1, 1), np.float32))
    )
    rng = np.random.default_rng(0)
    cells = np.concatenate([sample(embedder.cells(excerpts(path)).activations, rng) for path in files])
    content = Projection.fit(cells, N_DIMENSIONS).save()
    (MODELS / TOKEN_PROJECTION).write_bytes(content)
    print(f"{len(files)} tracks, {len(cells)} cells, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
