"""musicnn's VGG network: a log-mel becomes local activations and tags, each cell with the field it can see.

Method: five convolutions of 3 x 3 with pooling between, trained to tag music (Pons & Serra, "musicnn:
pre-trained convolutional neural networks for music audio tagging", 2019; musicnn 0.1.0, ISC). The weights
are the published ones, converted by ``tools/convert_musicnn.py``; the preprocessing is the package's with
the logarithm taken in float32.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from soundglass.core.settings import SpectrogramSettings
from soundglass.core.types import FloatArray, Region
from soundglass.models import open_network
from soundglass.spectrogram import StreamingSpectrogram, mel_feet

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Layer: TypeAlias = Literal["pool4", "conv5"]

SAMPLE_RATE, HOP_LENGTH, N_FFT, N_MELS = 16_000, 256, 512, 96
"""Hz, samples, samples, bands from 0 to 8000 Hz: what the network was trained on."""

PATCH_FRAMES = 187
"""Frames the network reads at a time."""

PATCH_S = PATCH_FRAMES * HOP_LENGTH / SAMPLE_RATE
"""Seconds from the start of one patch to that of the next, about 3."""

GRID, N_CHANNELS = (11, 6), 128
"""Cells of either layer along time and along frequency, and the channels of each cell."""

TAGS = (
    "guitar",
    "classical",
    "slow",
    "techno",
    "strings",
    "drums",
    "electronic",
    "rock",
    "fast",
    "piano",
    "ambient",
    "beat",
    "violin",
    "vocal",
    "synth",
    "female",
    "indian",
    "opera",
    "male",
    "singing",
    "vocals",
    "no_vocals",
    "harpsichord",
    "loud",
    "quiet",
    "flute",
    "woman",
    "male_vocal",
    "no_vocal",
    "pop",
    "soft",
    "sitar",
    "solo",
    "man",
    "classic",
    "choir",
    "voice",
    "new_age",
    "dance",
    "male_voice",
    "female_vocal",
    "beats",
    "harp",
    "cello",
    "no_voice",
    "weird",
    "country",
    "metal",
    "female_voice",
    "choral",
)
"""The 50 tags in the order of the network's outputs: MagnaTagATune's vocabulary."""

_SETTINGS = SpectrogramSettings(
    sample_rate=SAMPLE_RATE,
    n_fft=N_FFT,
    hop_length=HOP_LENGTH,
    n_mels=N_MELS,
    f_min=0.0,
    f_max=SAMPLE_RATE / 2,
)
_CONVOLUTION, _POOL = (3, 1, 1), (2, 2, 0)
_TIME = (_CONVOLUTION, (4, 2, 0), *(_CONVOLUTION, _POOL) * 3, _CONVOLUTION)
_FREQUENCY = (_CONVOLUTION, (1, 2, 0), *(_CONVOLUTION, _POOL) * 3, _CONVOLUTION)
_DEPTH: dict[Layer, int] = {"pool4": 8, "conv5": 9}


@dataclass(frozen=True, slots=True)
class Activations:
    """What the network makes of some patches.

    Attributes
    ----------
    cells : ndarray, shape (n_patches, *GRID, N_CHANNELS)
        Of the chosen layer, after batch normalisation.
    tags : ndarray, shape (n_patches, len(TAGS))
        Likelihoods, 0 to 1.
    """

    cells: FloatArray
    tags: FloatArray


@dataclass(frozen=True, slots=True)
class Field:
    """The part of a patch that one cell can see; the ends are exclusive."""

    first_frame: int
    end_frame: int
    first_band: int
    end_band: int


class TokenNetwork:
    """The network up to one layer and its tags; one CPU thread.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The network; :meth:`load` makes it.
    layer : {"pool4", "conv5"}
        Where the cells are taken.
    """

    def __init__(self, session: InferenceSession, layer: Layer) -> None:
        self._session = session
        self.layer = layer

    @classmethod
    def load(cls, name: str = "musicnn-mtt-vgg-0.1.0.onnx", layer: Layer = "pool4") -> TokenNetwork:
        """Load packaged weights.

        Raises
        ------
        ModelError
            They are missing or not the pinned ones.
        """
        return cls(open_network(name), layer)

    def run(self, patches: FloatArray) -> Activations:
        """Compute activations and tags.

        Parameters
        ----------
        patches : ndarray, shape (n_patches, PATCH_FRAMES, N_MELS)
            Cut from :func:`compressed` mel power. Each is heard by itself; the others change nothing.
        """
        cells = np.empty((len(patches), *GRID, N_CHANNELS), dtype=np.float32)
        tags = np.empty((len(patches), len(TAGS)), dtype=np.float32)
        # One at a time: as fast as a batch of ten, in a fifth of the memory.
        for k in range(len(patches)):
            cells[k], tags[k] = self._session.run([self.layer, "tags"], {"log_mel": patches[k : k + 1]})
        return Activations(cells, tags)


def log_mel(samples: FloatArray) -> FloatArray:
    """Compute the log-mel that the network reads: :func:`mel_power`, :func:`compressed`."""
    return compressed(mel_power(samples))


def mel_power(samples: FloatArray) -> FloatArray:
    """Compute the power in each mel band.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Mono at ``SAMPLE_RATE``.

    Returns
    -------
    ndarray, shape (1 + n // HOP_LENGTH, N_MELS)
        Frame ``t`` is centred on sample ``t * HOP_LENGTH``, with zeros beyond both ends. No samples give no
        frames.
    """
    stream = StreamingSpectrogram(_SETTINGS)
    blocks = [block.mel for block in (*stream.push(samples), *stream.flush())]
    return np.concatenate([np.zeros((0, N_MELS), dtype=np.float32), *blocks])


def compressed(power: FloatArray) -> FloatArray:
    """Compress mel power as the network was trained: ``log10(1 + 10000 power)``, at least 0."""
    logarithm: FloatArray = np.log10(np.float32(1.0) + np.float32(10_000.0) * power)
    return logarithm


@cache
def receptive_field(layer: Layer, cell: tuple[int, int]) -> Field:
    """Find all that one cell can see.

    Parameters
    ----------
    layer : {"pool4", "conv5"}
        Where the cell is.
    cell : (int, int)
        Its place in ``GRID``, along time and along frequency.

    Returns
    -------
    Field
        Exact: whatever lies outside has no influence on the cell.
    """
    time, frequency = cell
    depth = _DEPTH[layer]
    return Field(*_seen(_TIME[:depth], PATCH_FRAMES, time), *_seen(_FREQUENCY[:depth], N_MELS, frequency))


def field_region(field: Field, first_frame: int = 0, duration_s: float = math.inf) -> Region:
    """Convert a field to seconds and Hz.

    Parameters
    ----------
    field : Field
        Within a patch.
    first_frame : int
        The frame of the signal with which the patch begins.
    duration_s : float
        Length of the signal; the region ends there at the latest.

    Returns
    -------
    Region
        From the first to the last sample in the windows of the field's frames, in seconds from the start
        of the signal, and between the outer feet of its mel triangles.
    """
    start = (first_frame + field.first_frame) * HOP_LENGTH - N_FFT // 2
    end = (first_frame + field.end_frame - 1) * HOP_LENGTH + N_FFT // 2
    feet = mel_feet(N_MELS, _SETTINGS.f_min, _SETTINGS.f_max)
    return Region(
        max(0.0, start / SAMPLE_RATE),
        min(duration_s, end / SAMPLE_RATE),
        float(feet[field.first_band]),
        float(feet[field.end_band + 1]),
    )


def _seen(steps: Sequence[tuple[int, int, int]], size: int, index: int) -> tuple[int, int]:
    """Follow one position back through layers of (kernel, stride, padding); the end is exclusive."""
    sizes = [size]
    for kernel, stride, padding in steps:
        sizes.append((sizes[-1] + 2 * padding - kernel) // stride + 1)
    if not 0 <= index < sizes.pop():
        raise IndexError(f"no cell {index} in this layer")
    first = last = index
    for (kernel, stride, padding), length in zip(reversed(steps), reversed(sizes), strict=True):
        first = max(0, first * stride - padding)
        last = min(length - 1, last * stride - padding + kernel - 1)
    return first, last + 1
