"""Print how well descriptors find tracks of the same soundtrack, album and artist: see the package."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.soundtracks.music import HEAD, Music, in_order
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import FloatArray, Json
from soundglass.embeddings import network
from soundglass.embeddings.network import PATCH_FRAMES, Layer, TokenNetwork
from soundglass.evaluate.ranking.baselines import Points, directions, standardised
from soundglass.evaluate.ranking.hearing import Describe, Hearing, Recording, heard
from soundglass.evaluate.ranking.timbre import mfcc
from soundglass.spectrogram import log_mel

_SAMPLE_RATE = DEFAULTS.spectrogram.sample_rate


def main() -> None:
    """Describe the middle 30 s of every track in each way and print one row for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soundtracks")
    parser.add_argument("folder", type=Path, help="what tools/fetch_game_music.py gathered")
    parser.add_argument(
        "--vectors",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "FILE"),
        help="rows of a .npy file, in the order of tracks.csv, instead of the descriptors",
    )
    arguments = parser.parse_args()
    music = Music.open(arguments.folder)
    rows = music.asked.rows
    made = [
        _by_angle(name, rows, in_order(music, arguments.folder, np.load(file)))
        for name, file in arguments.vectors
    ]
    print(f"{len(rows)} tracks\n{HEAD}")
    for system in made or heard(music.context, rows, list(_descriptors())):
        print(music.line(system), flush=True)


def _descriptors() -> Iterator[Hearing]:
    yield Hearing("MFCC, mean and deviation", _described(_moments_of_mfcc), _by_distance)
    yield Hearing("log-mel, mean", _described(lambda samples: log_mel(samples).mean(axis=1)), _by_distance)
    for layer in ("pool4", "conv5"):
        yield Hearing(f"musicnn VGG {layer}, pooled", _pooled(layer), _by_angle)


def _described(describe: Callable[[FloatArray], NDArray[np.floating]]) -> Describe:
    return lambda recording: describe(recording.middle(_SAMPLE_RATE)).tolist()


def _moments_of_mfcc(samples: FloatArray) -> NDArray[np.float64]:
    coefficients = mfcc(samples)
    return np.concatenate([coefficients.mean(axis=1), coefficients.std(axis=1)])


def _pooled(layer: Layer) -> Describe:
    heard_by = TokenNetwork.load(layer=layer)

    def describe(recording: Recording) -> Json:
        mel = network.log_mel(recording.middle(network.SAMPLE_RATE))
        whole = mel[: len(mel) // PATCH_FRAMES * PATCH_FRAMES].reshape(-1, PATCH_FRAMES, mel.shape[1])
        return heard_by.run(whole).cells.mean(axis=(0, 1)).ravel().tolist()

    return describe


def _by_distance(name: str, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> Points:
    return Points(name, rows, standardised(np.array(descriptions)))


def _by_angle(name: str, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> Points:
    return Points(name, rows, directions(standardised(np.array(descriptions))))


if __name__ == "__main__":
    main()
