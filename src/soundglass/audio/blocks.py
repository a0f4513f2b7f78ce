"""Audio as a stream of clean float32 blocks, watched for what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np

from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

Decoder: TypeAlias = Literal["soundfile", "pyav"]

PEAK_BOUND = 4.0
SILENCE = 1e-4
FULL_SCALE = 0.999
_CLIP_RUN = 4
_CLIP_RUNS_PER_SECOND = 1.0


class Source(Protocol):
    """An open decoder; iterating it gives blocks of shape ``(n_frames, channels)``."""

    decoder: Decoder
    sample_rate: int
    channels: int
    codec: str

    @property
    def damaged(self) -> bool:
        """Whether anything had to be skipped so far."""
        ...

    def __iter__(self) -> Iterator[FloatArray]: ...

    def close(self) -> None:
        """Release the file."""
        ...


def check_format(path: Path, sample_rate: int, channels: int, limits: AudioLimits) -> None:
    """Refuse a rate (Hz) or channel count beyond the limits, with :class:`AudioError`."""
    if not limits.min_sample_rate <= sample_rate <= limits.max_sample_rate:
        raise AudioError(
            f"claims a sample rate of {sample_rate} Hz, outside the limits "
            f"{limits.min_sample_rate} to {limits.max_sample_rate} Hz (min_sample_rate, max_sample_rate)",
            path=path,
            remedy="Convert it to a usual sample rate",
        )
    if not 1 <= channels <= limits.max_channels:
        raise AudioError(
            f"claims {channels} channels, outside the limits 1 to {limits.max_channels} (max_channels)",
            path=path,
            remedy="Convert it to fewer channels",
        )


class AudioBlocks:
    """The samples of one file, block by block; an iterator that runs once.

    Every block is a float32 array of shape ``(n_frames, channels)``, full scale 1.0, finite and within
    ±4 (+12 dBFS). The blocks end where the file ends, is damaged, or reaches ``max_duration_s``.

    Attributes
    ----------
    sample_rate : int
        Hz, as in the file.
    channels : int
        As in the file.
    codec : str
        FFmpeg's name, such as ``mp3``.
    decoder : {"soundfile", "pyav"}
        Which library decodes.
    n_frames : int
        Frames given so far.
    exhausted : bool
        Whether the end was reached.
    """

    def __init__(self, source: Source, limits: AudioLimits) -> None:
        self.sample_rate = source.sample_rate
        self.channels = source.channels
        self.codec = source.codec
        self.decoder: Decoder = source.decoder
        self.n_frames = 0
        self.exhausted = False
        self._blocks = iter(source)
        self._max_frames = int(limits.max_duration_s * source.sample_rate)
        self._waiting: FloatArray | None = None
        self._peak = 0.0
        self._clip_runs = 0
        self._non_finite = self._over = self._cut = False

    @property
    def duration_s(self) -> float:
        """Seconds given so far."""
        return self.n_frames / self.sample_rate

    def __iter__(self) -> AudioBlocks:
        return self

    def __next__(self) -> FloatArray:
        block = self._waiting if self._waiting is not None else self._pull()
        self._waiting = None
        if block is None:
            self.exhausted = True
            raise StopIteration
        self.n_frames += len(block)
        return block

    def has_audio(self) -> bool:
        """Decode the first block, which stays to be read; false where there is none."""
        if self._waiting is None:
            self._waiting = self._pull()
        return self._waiting is not None

    def flags(self) -> tuple[str, ...]:
        """Return what is odd about the samples given so far."""
        found = {
            "silent": self._peak < SILENCE,
            "short": self.duration_s < 1.0,
            "cut": self._cut,
            "clipped": self._clip_runs > _CLIP_RUNS_PER_SECOND * self.duration_s,
            "peaks_over_full_scale": self._over,
            "non_finite": self._non_finite,
        }
        return tuple(name for name, is_so in found.items() if is_so)

    def _pull(self) -> FloatArray | None:
        block = next(self._blocks, None)
        if block is None:
            return None
        room = self._max_frames - self.n_frames
        if len(block) > room:
            self._cut = True
            block = block[:room]
        return self._clean(block) if len(block) else None

    def _clean(self, block: FloatArray) -> FloatArray:
        peak = _peak(block)
        if not np.isfinite(peak):
            self._non_finite = True
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
            peak = _peak(block)
        if peak >= FULL_SCALE:
            self._clip_runs += _count_clip_runs(block)
        if peak > PEAK_BOUND:
            self._over = True
            block = np.clip(block, -PEAK_BOUND, PEAK_BOUND)
            peak = PEAK_BOUND
        self._peak = max(self._peak, peak)
        return block


def _peak(block: FloatArray) -> float:
    # Not np.abs: it would copy the block. Both extremes are NaN where any sample is.
    return max(abs(float(block.max())), abs(float(block.min())))


def _count_clip_runs(block: FloatArray) -> int:
    """Count runs of four or more samples in a row at full scale, over all channels."""
    full = np.abs(block) >= FULL_SCALE
    if len(full) < _CLIP_RUN:
        return 0
    runs = full[:-3] & full[1:-2] & full[2:-1] & full[3:]
    return int(runs[0].sum() + (runs[1:] & ~runs[:-1]).sum())
