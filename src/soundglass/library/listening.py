"""One pass over a recording: decoded once, resampled once a rate, heard by every part that is wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
import soxr

from soundglass.audio.blocks import AudioBlocks
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.embeddings import network
from soundglass.embeddings.analysis import Embedder, Embedding, Excerpt
from soundglass.embeddings.picture import PictureMaker
from soundglass.features import perceptual
from soundglass.features.analysis import FeatureAnalyser
from soundglass.library.versions import AnalysisPart
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram

SAMPLE_RATE = perceptual.SAMPLE_RATE
"""Hz, of the excerpts that both networks hear."""

if network.SAMPLE_RATE != SAMPLE_RATE:
    raise ImportError("the networks hear at different rates")


@dataclass(frozen=True, slots=True)
class Heard:
    """What one pass found; ``None`` for a part that was not wanted, and for the picture of silence."""

    features: tuple[Measurement, ...] | None = None
    embedding: Embedding | None = None
    picture: bytes | None = None


class Listener:
    """Hears recordings.

    Parameters
    ----------
    model : PerceptualModel
    embedder : Embedder
    settings : SpectrogramSettings
        Of the spectrogram that the features and the picture share.
    """

    def __init__(
        self,
        model: perceptual.PerceptualModel,
        embedder: Embedder,
        settings: SpectrogramSettings = DEFAULTS.spectrogram,
    ) -> None:
        self._model = model
        self._embedder = embedder
        self._settings = settings

    @classmethod
    def load(cls) -> Listener:
        """Load the packaged networks; :class:`ModelError` where their weights are not the pinned ones."""
        return cls(perceptual.PerceptualModel.load(), Embedder.load())

    def __call__(self, blocks: AudioBlocks, duration_s: float, parts: Set[AnalysisPart]) -> Heard:
        """Read the blocks to their end.

        Parameters
        ----------
        blocks : AudioBlocks
            Samples at the recording's own rate and channels.
        duration_s : float
            How long the recording is said to be; decides which excerpts are heard.
        parts : set of str
            What is wanted; nothing else is computed.
        """
        features = picture = None
        if "features" in parts:
            features = FeatureAnalyser(self._model, blocks.sample_rate, blocks.channels, self._settings)
        if "picture" in parts:
            picture = PictureMaker(duration_s)
        windows = perceptual.excerpt_windows(duration_s) if parts & {"features", "embedding"} else []
        keeper = _ExcerptKeeper(blocks.sample_rate, windows)
        mono = _mono(blocks, features, keeper)
        if features or picture:
            for block in self._spectrogram(mono, blocks.sample_rate):
                if features:
                    features.push(block)
                if picture:
                    picture.push(block)
        deque(mono, maxlen=0)
        excerpts = keeper.excerpts()
        return Heard(
            features.finish([excerpt.samples for excerpt in excerpts], blocks.duration_s)
            if features
            else None,
            self._embedder(excerpts) if "embedding" in parts else None,
            picture.finish() if picture else None,
        )

    def _spectrogram(self, mono: Iterable[FloatArray], sample_rate: int) -> Iterator[SpectrogramBlock]:
        spectrogram = StreamingSpectrogram(self._settings)
        for samples in resampled(mono, sample_rate, self._settings.sample_rate):
            yield from spectrogram.push(samples)
        yield from spectrogram.flush()


def excerpts_of(samples: FloatArray) -> list[Excerpt]:
    """Cut a whole recording, mono at ``SAMPLE_RATE``, into the excerpts that are heard of it."""
    windows = perceptual.excerpt_windows(len(samples) / SAMPLE_RATE)
    return [Excerpt(a, samples[round(a * SAMPLE_RATE) : round(b * SAMPLE_RATE)]) for a, b in windows]


def resampled(chunks: Iterable[FloatArray], rate: int, target_rate: int) -> Iterator[FloatArray]:
    """Resample consecutive mono chunks by soxr at high quality."""
    stream = soxr.ResampleStream(rate, target_rate, 1, dtype="float32", quality="HQ")
    for chunk in chunks:
        yield stream.resample_chunk(chunk)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def _mono(
    blocks: AudioBlocks, features: FeatureAnalyser | None, keeper: _ExcerptKeeper
) -> Iterator[FloatArray]:
    """Pass on the mean of the channels, after the loudness meter and the excerpts have had their share."""
    for block in blocks:
        if features is not None:
            features.push_samples(block)
        mono = np.ascontiguousarray(block.mean(axis=1))
        keeper.push(mono)
        yield mono


class _ExcerptKeeper:
    """Keeps the samples within given windows, and no others."""

    def __init__(self, sample_rate: int, windows: Sequence[tuple[float, float]]) -> None:
        self._sample_rate = sample_rate
        self._windows = [(round(a * sample_rate), round(b * sample_rate)) for a, b in windows]
        self._kept: list[list[FloatArray]] = [[] for _ in windows]
        self._position = 0

    def push(self, mono: FloatArray) -> None:
        """Keep what of these samples lies within a window."""
        for kept, (start, end) in zip(self._kept, self._windows, strict=True):
            piece = mono[max(0, start - self._position) : max(0, end - self._position)]
            if len(piece):
                kept.append(piece)
        self._position += len(mono)

    def excerpts(self) -> list[Excerpt]:
        """Give the excerpts at the networks' rate; none for a window beyond the recording's end."""
        return [
            Excerpt(
                start / self._sample_rate,
                soxr.resample(np.concatenate(kept), self._sample_rate, SAMPLE_RATE),
            )
            for kept, (start, _) in zip(self._kept, self._windows, strict=True)
            if kept
        ]
