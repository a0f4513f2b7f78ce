"""What is compared: the protocol of a system, chance, and the descriptors everybody knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks.soundtracks.measures import Distances
from soundglass.core.types import FloatArray
from soundglass.embeddings.network import PATCH_FRAMES, Layer, TokenNetwork
from soundglass.embeddings.network import SAMPLE_RATE as NETWORK_RATE
from soundglass.embeddings.network import log_mel as network_log_mel
from soundglass.features.perceptual import excerpt_windows
from soundglass.spectrogram import log_mel

EXCERPT_S = 30
_SAMPLE_RATE = 22_050
_N_MFCC = 20

Hears: TypeAlias = Literal["nothing", "middle 30 s", "whole file", "3 x 30 s", "10 s"]


class System(Protocol):
    """Something that says how far tracks are from one another.

    Attributes
    ----------
    name : str
        As the table calls it.
    hears : str
        How much of each track it is given.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def hears(self) -> Hears: ...  # noqa: D102

    def distances(self, files: Sequence[Path]) -> Distances:
        """Measure all pairs, shape (n_tracks, n_tracks); NaN for tracks it cannot read."""
        ...


@dataclass(frozen=True, slots=True)
class Chance:
    """Distances drawn at random."""

    name: str = "random"
    hears: Hears = "nothing"

    def distances(self, files: Sequence[Path]) -> Distances:
        """Draw them, the same each time."""
        return np.random.default_rng(0).random((len(files), len(files)))


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Euclidean distance between descriptions of the middle 30 s, each dimension standardised."""

    name: str
    describe: Callable[[FloatArray], FloatArray]
    hears: Hears = "middle 30 s"

    def distances(self, files: Sequence[Path]) -> Distances:
        """Describe every track and compare."""
        return euclidean(
            standardised(np.array([self.describe(excerpt(file, _SAMPLE_RATE)) for file in files]))
        )


@dataclass(frozen=True, slots=True)
class PooledNetwork:
    """Cosine distance between mean activations of the packaged network, each dimension standardised.

    The mean is over time alone: what lies where in frequency is kept.
    """

    layer: Layer
    hears: Hears = "middle 30 s"

    @property
    def name(self) -> str:
        """Say which layer."""
        return f"musicnn VGG {self.layer}, pooled"

    def distances(self, files: Sequence[Path]) -> Distances:
        """Run the network on every track and compare."""
        network = TokenNetwork.load(layer=self.layer)
        cut = _excerpts if self.hears == "3 x 30 s" else lambda file: [excerpt(file, NETWORK_RATE)]
        return cosine(np.array([_mean_cells(network, cut(file)) for file in files]))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors made elsewhere, one row a track, compared like a :class:`PooledNetwork`'s."""

    name: str
    vectors: NDArray[np.floating]
    hears: Hears = "middle 30 s"

    def distances(self, files: Sequence[Path]) -> Distances:
        """Compare them."""
        if len(self.vectors) != len(files):
            raise ValueError(f"{self.name} describes {len(self.vectors)} tracks, not {len(files)}")
        return cosine(self.vectors)


@cache
def excerpt(file: Path, sample_rate: int) -> FloatArray:
    """Read the middle 30 s of a file, mono; all of it where it is shorter. Kept, for the next system."""
    with soundfile.SoundFile(file) as audio:
        n_frames = EXCERPT_S * audio.samplerate
        audio.seek(max(0, (audio.frames - n_frames) // 2))
        channels = audio.read(n_frames, dtype="float32", always_2d=True)
    resampled: FloatArray = soxr.resample(channels.mean(axis=1), audio.samplerate, sample_rate)
    return resampled


def standardised(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give each dimension mean 0 and deviation 1."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    points: NDArray[np.float64] = centred / np.maximum(vectors.std(axis=0), 1e-12)
    return points


def euclidean(points: NDArray[np.float64]) -> Distances:
    """Compare points by Euclidean distance."""
    squares = (points**2).sum(axis=1)
    between: Distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0.0))
    return between


def cosine(vectors: NDArray[np.floating]) -> Distances:
    """Compare vectors by the angle between them, seen from their mean."""
    points = standardised(vectors)
    return euclidean(points / np.linalg.norm(points, axis=1, keepdims=True))


def baselines() -> list[System]:
    """List chance and the descriptors that need no other program."""
    return [
        Chance(),
        Descriptor("MFCC, mean and deviation", _mfcc),
        Descriptor("log-mel, mean", lambda samples: log_mel(samples).mean(axis=1)),
        PooledNetwork("pool4"),
        PooledNetwork("conv5"),
        PooledNetwork("pool4", "3 x 30 s"),
    ]


def _mean_cells(network: TokenNetwork, excerpts: Sequence[FloatArray]) -> FloatArray:
    mels = [network_log_mel(samples) for samples in excerpts]
    whole = [mel[: len(mel) // PATCH_FRAMES * PATCH_FRAMES] for mel in mels]
    patches = np.concatenate(whole).reshape(-1, PATCH_FRAMES, mels[0].shape[1])
    means: FloatArray = network.run(patches).cells.mean(axis=(0, 1))
    return means.ravel()


def _excerpts(file: Path) -> list[FloatArray]:
    """Read the pieces of a file that a scan hears."""
    with soundfile.SoundFile(file) as audio:
        rate, pieces = audio.samplerate, []
        for start, end in excerpt_windows(audio.frames / rate):
            audio.seek(round(start * rate))
            channels = audio.read(round((end - start) * rate), dtype="float32", always_2d=True)
            pieces.append(soxr.resample(channels.mean(axis=1), rate, NETWORK_RATE))
    return pieces


def _mfcc(samples: FloatArray) -> FloatArray:
    import librosa

    coefficients = librosa.feature.mfcc(y=samples, sr=_SAMPLE_RATE, n_mfcc=_N_MFCC)
    return np.concatenate([coefficients.mean(axis=1), coefficients.std(axis=1)])
