"""Every limit and analysis constant, in one frozen object."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AudioLimits:
    """Bounds that keep one hostile file from hurting the rest.

    Attributes
    ----------
    max_duration_s : float
        Longest recording that is analysed; the rest is ignored and the track is flagged ``cut``.
    max_channels, max_sample_rate, min_sample_rate : int
        Formats beyond these are refused (Hz for the rates).
    block_frames : int
        Frames decoded at a time.
    file_timeout_s : float
        Seconds without an answer after which a worker is killed for a file of ordinary length.
    timeout_per_minute_s : float
        Extra seconds of patience per minute of audio the container claims.
    max_worker_memory : int
        Address space in bytes a worker may use beyond what it has after start-up.
    max_tag_length : int
        Characters kept of any tag.
    max_file_bytes : int
        Larger files are refused.
    """

    max_duration_s: float = 6 * 3600.0
    max_channels: int = 32
    max_sample_rate: int = 768_000
    min_sample_rate: int = 1_000
    block_frames: int = 1 << 16
    file_timeout_s: float = 60.0
    timeout_per_minute_s: float = 6.0
    max_worker_memory: int = 2 << 30
    max_tag_length: int = 400
    max_file_bytes: int = 8 << 30


@dataclass(frozen=True, slots=True)
class SpectrogramSettings:
    """The one STFT every measured feature shares.

    Attributes
    ----------
    sample_rate : int
        Hz; mono.
    n_fft, hop_length : int
        Samples; Hann window of ``n_fft``.
    n_mels : int
        Slaney mel bands between ``f_min`` and ``f_max`` Hz.
    """

    sample_rate: int = 22_050
    n_fft: int = 2048
    hop_length: int = 512
    n_mels: int = 128
    f_min: float = 0.0
    f_max: float = 11_025.0

    @property
    def frame_rate(self) -> float:
        """Frames per second."""
        return self.sample_rate / self.hop_length


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How a scan batches its work.

    Attributes
    ----------
    batch_tracks, batch_seconds
        A commit happens at whichever comes first, so no more than this is lost by a kill.
    workers : int
        Analysis processes.
    """

    batch_tracks: int = 48
    batch_seconds: float = 10.0
    workers: int = field(
        default_factory=lambda: max(
            1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, handed down explicitly; nothing reads the environment behind your back."""

    audio: AudioLimits = field(default_factory=AudioLimits)
    spectrogram: SpectrogramSettings = field(default_factory=SpectrogramSettings)
    scan: ScanSettings = field(default_factory=ScanSettings)


DEFAULTS = Settings()
