"""Which excerpts stand for a whole track: ``python -m benchmarks.excerpts FOLDER`` (docs/decisions/0004).

The mean absolute difference, over VibeNet's seven features, from the mean of all consecutive 30 s windows.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.decode import read_mono
from soundglass.audio.discover import FoundFile, discover
from soundglass.core.types import FloatArray
from soundglass.features.perceptual import SAMPLE_RATE, PerceptualModel, excerpt_windows

_TRACKS = 40
_LENGTHS_S = (100, 420)
_WAYS = {
    "middle 30 s": (1, 30.0),
    "2 x 15 s": (2, 15.0),
    "3 x 10 s": (3, 10.0),
    "2 x 30 s": (2, 30.0),
    "4 x 15 s": (4, 15.0),
    "6 x 15 s": (6, 15.0),
    "4 x 30 s": (4, 30.0),
}


def main() -> None:
    """Print error and cost of each way to choose excerpts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.excerpts")
    parser.add_argument("folder", type=Path, help="full-length tracks")
    model = PerceptualModel.load()
    errors: dict[str, list[NDArray[np.float64]]] = {}
    cost: dict[str, float] = {}
    n_tracks = 0
    for item in discover([parser.parse_args().folder]):
        if not isinstance(item, FoundFile) or n_tracks == _TRACKS:
            continue
        samples = read_mono(item.path, SAMPLE_RATE)
        if not _LENGTHS_S[0] <= len(samples) / SAMPLE_RATE <= _LENGTHS_S[1]:
            continue
        n_tracks += 1
        reference, _ = _estimate(model, _consecutive(samples))
        for way, excerpts in _choices(samples).items():
            values, seconds = _estimate(model, excerpts)
            errors.setdefault(way, []).append(np.abs(values - reference))
            cost[way] = cost.get(way, 0.0) + seconds
    print(f"{n_tracks} tracks\n{'excerpts':<24} {'core-s':>7} {'error':>7} {'worst':>7}")
    for way, found in errors.items():
        print(f"{way:<24} {cost[way] / n_tracks:7.2f} {np.mean(found):7.3f} {np.max(found):7.2f}")


def _choices(samples: FloatArray) -> dict[str, list[FloatArray]]:
    seconds = len(samples) / SAMPLE_RATE
    chosen = {way: _spread(samples, number, length) for way, (number, length) in _WAYS.items()}
    own = [samples[round(a * SAMPLE_RATE) : round(b * SAMPLE_RATE)] for a, b in excerpt_windows(seconds)]
    every = _consecutive(samples)
    return {**chosen, "as excerpt_windows says": own, "all windows": every, "whole file": [samples]}


def _spread(samples: FloatArray, number: int, length_s: float) -> list[FloatArray]:
    """Cut windows, each in the middle of its equal share."""
    share, length = len(samples) / number, round(length_s * SAMPLE_RATE)
    starts = [round((k + 0.5) * share - length / 2) for k in range(number)]
    return [samples[max(0, start) : max(0, start) + length] for start in starts]


def _consecutive(samples: FloatArray) -> list[FloatArray]:
    length = 30 * SAMPLE_RATE
    return [samples[start : start + length] for start in range(0, len(samples) - length // 2, length)]


def _estimate(model: PerceptualModel, excerpts: list[FloatArray]) -> tuple[NDArray[np.float64], float]:
    start = time.process_time()
    values = np.array([measurement.value for measurement in model.predict(*excerpts)])
    return values, time.process_time() - start


if __name__ == "__main__":
    main()
