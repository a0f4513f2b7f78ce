"""A short piece of sound in memory: cut from a file, or written to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
import soxr

from soundglass.audio.decode import AudioBlocks, decode
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

_DEFAULT_LIMITS = AudioLimits()
_FORMATS = {".wav": "WAV", ".flac": "FLAC"}
_DITHER_SEED = 0

MAX_CLIP_S = 300.0
"""Longest piece that is read into memory."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Samples with their rate.

    Attributes
    ----------
    samples : ndarray of float32, shape (n_samples, channels)
        Full scale at 1.
    sample_rate : int
        Hz.
    """

    samples: FloatArray
    sample_rate: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def channels(self) -> int:
        """How many channels."""
        return int(self.samples.shape[1])

    @property
    def peak(self) -> float:
        """Largest absolute sample, 0 for an empty clip."""
        return float(np.abs(self.samples).max(initial=0.0))

    def resampled(self, sample_rate: int) -> Clip:
        """Convert to another rate (Hz), by soxr at high quality."""
        if sample_rate == self.sample_rate:
            return self
        samples = soxr.resample(self.samples, self.sample_rate, sample_rate, quality="HQ")
        return Clip(samples.astype(np.float32, copy=False), sample_rate)

    def spread_over(self, channels: int) -> Clip:
        """Put the mean of all channels on so many, where it has another number of them."""
        if channels == self.channels:
            return self
        mono = self.samples.mean(axis=1, keepdims=True)
        return Clip(np.repeat(mono, channels, axis=1), self.sample_rate)


def read_clip(path: Path, start_s: float, end_s: float, limits: AudioLimits = _DEFAULT_LIMITS) -> Clip:
    """Read a piece of a file; see :func:`read_clips`."""
    (clip,) = read_clips(path, [(start_s, end_s)], limits)
    return clip


def read_clips(
    path: Path, spans: Sequence[tuple[float, float]], limits: AudioLimits = _DEFAULT_LIMITS
) -> list[Clip]:
    """Read pieces of a file in one pass, at the file's own rate and with all its channels.

    The file is decoded from its beginning, which places the pieces to the sample in every format, and no
    further than to the end of the last.

    Parameters
    ----------
    path : Path
        An audio file.
    spans : sequence of (float, float)
        Start and end of each piece, in seconds from the start of the file; they may overlap, and what lies
        beyond the file's ends is left out.
    limits : AudioLimits
        Bounds as in :func:`soundglass.audio.decode.decode`.

    Returns
    -------
    list of Clip

    Raises
    ------
    AudioError
        The file cannot be decoded or ends before a piece, or a piece is empty or too long.
    """
    for start_s, end_s in spans:
        if not 0 < end_s - start_s <= MAX_CLIP_S:
            raise AudioError(
                f"no piece can be cut from {start_s:.2f} s to {end_s:.2f} s",
                path=path,
                remedy=f"Ask for more than nothing and at most {MAX_CLIP_S:.0f} s",
            )

    def cut(blocks: AudioBlocks) -> list[Clip]:
        edges = [[round(max(0.0, second) * blocks.sample_rate) for second in span] for span in spans]
        kept = [[np.empty((0, blocks.channels), np.float32)] for _ in spans]
        for block in blocks:
            at = blocks.n_frames - len(block)
            for pieces, (first, last) in zip(kept, edges, strict=True):
                if first < blocks.n_frames and at < last:
                    pieces.append(block[max(0, first - at) : last - at])
            if all(last <= blocks.n_frames for _, last in edges):
                break
        return [Clip(np.concatenate(pieces), blocks.sample_rate) for pieces in kept]

    decoded = decode(path, cut, limits, expected_s=max(end_s for _, end_s in spans))
    for clip, (start_s, _) in zip(decoded.result, spans, strict=True):
        if not len(clip.samples):
            raise AudioError(
                f"ends at {decoded.duration_s:.2f} s, before the piece from {start_s:.2f} s",
                path=path,
                remedy="Scan the file again if it has changed",
            )
    return decoded.result


def write_clip(clip: Clip, path: Path, bits: Literal[16, 24, 32] = 16) -> None:
    """Write samples as WAV or FLAC, by the file's suffix.

    Parameters
    ----------
    clip : Clip
        What exceeds full scale is clipped, unless it is written as float.
    path : Path
        An existing file is replaced.
    bits : {16, 24, 32}
        16 and 24 are integers with triangular dither, the same for the same samples; 32 is float, WAV only.

    Raises
    ------
    AudioError
        The suffix is another, the format cannot hold them, or the file cannot be written.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise AudioError("is neither WAV nor FLAC", path=path, remedy="End the name in .wav or .flac")
    try:
        encoded = _encoded(clip, kind, bits)
    except (soundfile.SoundFileError, ValueError) as error:
        raise AudioError(
            f"{kind} cannot hold {clip.channels} channels of {bits} bits at {clip.sample_rate} Hz",
            path=path,
            remedy="Choose WAV, fewer channels, or fewer bits",
        ) from error
    try:
        path.write_bytes(encoded)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AudioError(f"cannot be written ({reason})", path=path, remedy="Choose another place") from error


def _encoded(clip: Clip, kind: str, bits: Literal[16, 24, 32]) -> bytes:
    file = BytesIO()  # libsndfile reports a full disk by tracebacks from its callbacks
    if bits == 32:
        soundfile.write(file, clip.samples, clip.sample_rate, "FLOAT", format=kind)
        return file.getvalue()
    full = 2 ** (bits - 1)
    noise = np.random.default_rng(_DITHER_SEED).random((2, *clip.samples.shape))
    dithered = np.rint(clip.samples * float(full) + noise[0] - noise[1])
    whole = np.clip(dithered, -full, full - 1).astype(np.int32) << (32 - bits)
    soundfile.write(file, whole, clip.sample_rate, f"PCM_{bits}", format=kind)
    return file.getvalue()
