"""One pass over a recording: its blocks feed the loudness meter, the spectrogram and the excerpts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from soundglass.audio.blocks import AudioBlocks
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.features import perceptual
from soundglass.features.loudness import LoudnessMeter
from soundglass.features.rhythm import RhythmAnalyser
from soundglass.features.timbre import TimbreAnalyser
from soundglass.features.tonal import TonalAnalyser
from soundglass.spectrogram import SpectrogramBlock, StreamingSpectrogram


@dataclass(frozen=True, slots=True)
class Analyser:
    """Finds every feature of a recording while it is decoded.

    Attributes
    ----------
    model : PerceptualModel
    settings : SpectrogramSettings
    """

    model: perceptual.PerceptualModel
    settings: SpectrogramSettings = DEFAULTS.spectrogram

    def __call__(self, blocks: AudioBlocks, duration_s: float) -> tuple[Measurement, ...]:
        """Read the blocks to their end.

        Parameters
        ----------
        blocks : AudioBlocks
            Samples at the recording's own rate and channels.
        duration_s : float
            How long the recording is said to be; decides which excerpts the learned features hear.

        Returns
        -------
        tuple of Measurement
            One per catalogue feature that audio tells of, ``duration`` among them.
        """
        loudness = LoudnessMeter(blocks.sample_rate, blocks.channels)
        excerpts = _Excerpts(blocks.sample_rate, perceptual.excerpt_windows(duration_s))
        spectrogram = StreamingSpectrogram(self.settings)
        analysers = (
            RhythmAnalyser(self.settings),
            TonalAnalyser(self.settings),
            TimbreAnalyser(self.settings),
        )
        for part in self._spectrogram_blocks(_heard(blocks, loudness, excerpts), blocks, spectrogram):
            for analyser in analysers:
                analyser.push(part)
        return (
            *self.model.predict(*excerpts.resampled()),
            *loudness.finish(),
            *(measurement for analyser in analysers for measurement in analyser.finish()),
            Measurement("duration", blocks.duration_s),
        )

    def _spectrogram_blocks(
        self, mono: Iterable[FloatArray], blocks: AudioBlocks, spectrogram: StreamingSpectrogram
    ) -> Iterator[SpectrogramBlock]:
        for samples in resampled(mono, blocks.sample_rate, self.settings.sample_rate):
            yield from spectrogram.push(samples)
        yield from spectrogram.flush()


def resampled(chunks: Iterable[FloatArray], rate: int, target_rate: int) -> Iterator[FloatArray]:
    """Resample consecutive mono chunks by soxr at high quality."""
    stream = soxr.ResampleStream(rate, target_rate, 1, dtype="float32", quality="HQ")
    for chunk in chunks:
        yield stream.resample_chunk(chunk)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def _heard(blocks: AudioBlocks, loudness: LoudnessMeter, excerpts: _Excerpts) -> Iterator[FloatArray]:
    """Pass on the mean of the channels, after the meter and the excerpts have had their share."""
    for block in blocks:
        loudness.push(block)
        mono = np.ascontiguousarray(block.mean(axis=1))
        excerpts.push(mono)
        yield mono


class _Excerpts:
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

    def resampled(self) -> list[FloatArray]:
        """Give the excerpts at the learned features' rate."""
        rate = perceptual.SAMPLE_RATE
        return [soxr.resample(np.concatenate(k), self._sample_rate, rate) for k in self._kept if k]
