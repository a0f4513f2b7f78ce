"""The mel power of any stretch of a file, as a whole-track spectrogram has it there; runs in workers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soundglass.audio.excerpt import read_excerpt
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray
from soundglass.spectrogram import StreamingSpectrogram

CHUNK_FRAMES = 1 << 14
"""Frames that are heard at a time, six minutes: of an hour no more is held than of those."""

_MARGIN_S = 1.0
"""What is read beyond both ends, so that resampling has no edge within the stretch."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive frames of a recording.

    Attributes
    ----------
    mel : ndarray of float32, shape (n_frames, n_mels)
        Mel band power, as :class:`soundglass.spectrogram.StreamingSpectrogram` has it for the whole file.
    peaks : ndarray of float32, shape (n_frames, 2)
        Lowest and highest sample from each frame's centre to the next.
    """

    mel: FloatArray
    peaks: FloatArray


def stretches(
    path: Path, first: int, n_frames: int, settings: SpectrogramSettings = DEFAULTS.spectrogram
) -> Iterator[Stretch]:
    """Hear a stretch of a file chunk by chunk.

    Parameters
    ----------
    path : Path
        An audio file.
    first, n_frames : int
        Frames of the recording's spectrogram. Frames past its end are not given.

    Raises
    ------
    AudioError
        The file cannot be decoded, or ends before the stretch.
    """
    for start in range(first, first + n_frames, CHUNK_FRAMES):
        yield hear(path, start, min(CHUNK_FRAMES, first + n_frames - start), settings)


def hear(
    path: Path, first: int, n_frames: int, settings: SpectrogramSettings = DEFAULTS.spectrogram
) -> Stretch:
    """Hear a stretch of a file at once.

    Reading starts at a whole second, where samples of every whole rate coincide, so resampling gives the
    samples it would have given from the beginning.

    Raises
    ------
    AudioError
        The file cannot be decoded, or ends before the stretch.
    """
    rate, hop, n_fft = settings.sample_rate, settings.hop_length, settings.n_fft
    lead = min(first, n_fft // 2 // hop)
    start = (first - lead) * hop
    end = (first + n_frames - 1) * hop + max(n_fft // 2, hop)
    start_s = math.floor(max(0.0, start / rate - _MARGIN_S))
    seconds = math.ceil(end / rate + _MARGIN_S) - start_s
    excerpt = read_excerpt(path, rate, float(start_s), float(seconds), jump=True)
    samples = excerpt.samples[start - start_s * rate : end - start_s * rate]
    stream = StreamingSpectrogram(settings)
    blocks = [block.mel for block in (*stream.push(samples), *stream.flush())]
    mel = np.concatenate(blocks) if blocks else np.empty((0, settings.n_mels), np.float32)
    peaks = _peaks(samples[lead * hop :], hop, n_frames)
    return Stretch(mel[lead : lead + n_frames], peaks)


def _peaks(samples: FloatArray, hop: int, n_frames: int) -> FloatArray:
    """Find the extremes of each hop, shape (n_frames, 2); fewer where the samples end."""
    samples = samples[: n_frames * hop]
    if not samples.size:
        return np.empty((0, 2), np.float32)
    edges = np.arange(0, samples.size, hop)
    lowest = np.minimum.reduceat(samples, edges)
    highest = np.maximum.reduceat(samples, edges)
    return np.stack([lowest, highest], axis=1)
