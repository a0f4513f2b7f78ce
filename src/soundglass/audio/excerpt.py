"""A stretch of a recording as mono samples of one rate, without decoding what comes before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from soundglass.audio._container import Container, identify_container
from soundglass.audio._pyav import Media, PyavSource
from soundglass.audio._soundfile import SoundfileSource
from soundglass.audio.blocks import AudioBlocks
from soundglass.audio.decode import decode, falls_short
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

_DEFAULT_LIMITS = AudioLimits()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Samples and where in the recording they lie.

    Attributes
    ----------
    samples : ndarray of float32, shape (n_samples,)
        The mean of the channels, full scale at 1.
    start_s : float
        Seconds from the start of the recording.
    sample_rate : int
        Hz.
    """

    samples: FloatArray
    start_s: float
    sample_rate: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for; ``start_s=None`` is the middle, ``seconds=None`` all that follows."""

    start_s: float | None
    seconds: float | None

    def begins_at(self, duration_s: float | None) -> float:
        if self.start_s is not None:
            return self.start_s
        if duration_s is None or self.seconds is None:
            return 0.0
        return max(0.0, (duration_s - self.seconds) / 2)


def read_excerpt(
    path: Path,
    sample_rate: int,
    start_s: float | None = 0.0,
    seconds: float | None = None,
    limits: AudioLimits = _DEFAULT_LIMITS,
    *,
    jump: bool = False,
) -> Excerpt:
    """Read a stretch of a recording.

    Where libsndfile reads the file and finds it as long as it says it is, it goes straight to the stretch;
    otherwise the file is decoded from its beginning.

    Parameters
    ----------
    path : Path
        An audio file.
    sample_rate : int
        Hz, of the result.
    start_s : float, optional
        Seconds from the start of the recording; ``None`` for its middle.
    seconds : float, optional
        How long; all that follows if left out. Where the recording ends before, the result is shorter.
    limits : AudioLimits
        Bounds as in :func:`soundglass.audio.decode.decode`.
    jump : bool
        Also go straight to the stretch where FFmpeg reads the file by exact time stamps. AAC decoders fill in
        noise of their own, which then is other noise than in the whole decode.

    Returns
    -------
    Excerpt
        Resampled by soxr at high quality.

    Raises
    ------
    AudioError
        The file cannot be decoded, or ends before the stretch.
    """
    if seconds is not None and not seconds > 0:
        raise AudioError(f"no {seconds:g} s can be cut", path=path, remedy="Ask for more than nothing")
    wanted = _Wanted(start_s, seconds)
    container = identify_container(path, limits)
    go = _sought if container.soundfile else _jumped if jump else None
    found = go(path, container, wanted, limits) if go else None
    start_s, mono, rate = found or _from_the_beginning(path, container, wanted, limits)
    if not len(mono):
        raise AudioError(
            f"ends before {start_s:.2f} s", path=path, remedy="Choose an earlier start, or leave it out"
        )
    samples = soxr.resample(mono, rate, sample_rate, quality="HQ") if rate != sample_rate else mono
    return Excerpt(samples, start_s, sample_rate)


def _sought(
    path: Path, container: Container, wanted: _Wanted, limits: AudioLimits
) -> tuple[float, FloatArray, int] | None:
    """Go straight to the stretch; ``None`` where the file may be damaged."""
    try:
        source = SoundfileSource(path, limits)
    except (AudioError, OSError):
        return None
    with closing(source):
        rate, duration_s = source.sample_rate, source.n_frames / source.sample_rate
        if falls_short(duration_s, _length_s(path, container, limits)):
            return None
        start_s = wanted.begins_at(duration_s)
        first, last = _edges(start_s, wanted.seconds, rate)
        last = source.n_frames if last is None else min(last, source.n_frames)
        if first >= last:
            return start_s, np.empty(0, np.float32), rate
        if not source.seek(first):
            return None
        mono = _joined(_mono(AudioBlocks(source, limits)), last - first)
    return (start_s, mono, rate) if len(mono) == last - first else None


def _jumped(
    path: Path, container: Container, wanted: _Wanted, limits: AudioLimits
) -> tuple[float, FloatArray, int] | None:
    """Go to a stretch by time stamps; ``None`` where there are none to trust, or nothing is there."""
    if wanted.start_s is None or wanted.seconds is None:
        return None
    try:
        source = PyavSource(path, container, limits)
    except (AudioError, OSError):
        return None
    with closing(source):
        first, last = _edges(wanted.start_s, wanted.seconds, source.sample_rate)
        if last is None or not source.seek(first):
            return None
        mono = _joined(_mono(AudioBlocks(source, limits)), last - first)
    return (wanted.start_s, mono, source.sample_rate) if len(mono) and not source.damaged else None


def _from_the_beginning(
    path: Path, container: Container, wanted: _Wanted, limits: AudioLimits
) -> tuple[float, FloatArray, int]:
    duration_s = _length_s(path, container, limits, count=True)
    start_s = wanted.begins_at(duration_s)

    def cut(blocks: AudioBlocks) -> tuple[FloatArray, int]:
        first, last = _edges(start_s, wanted.seconds, blocks.sample_rate)
        return _joined(_mono(blocks), None if last is None else last - first, first), blocks.sample_rate

    mono, rate = decode(path, cut, limits, expected_s=duration_s).result
    return start_s, mono, rate


def _length_s(path: Path, container: Container, limits: AudioLimits, *, count: bool = False) -> float | None:
    """Give what the header claims; where it claims nothing, or with ``count``, the sum of the packets."""
    try:
        media = Media(path, container, limits)
    except (AudioError, OSError):
        return None
    with closing(media):
        if media.claimed_s is not None and not count:
            return media.claimed_s
        deque(media.packets(), maxlen=0)
        return media.packets_s


def _edges(start_s: float, seconds: float | None, rate: int) -> tuple[int, int | None]:
    first = round(max(0.0, start_s) * rate)
    return first, None if seconds is None else first + round(seconds * rate)


def _mono(blocks: AudioBlocks) -> Iterator[FloatArray]:
    weights = np.full(blocks.channels, 1.0 / blocks.channels, np.float32)
    for block in blocks:
        yield block @ weights  # ten times as fast as the mean over so short an axis


def _joined(pieces: Iterator[FloatArray], length: int | None, skip: int = 0) -> FloatArray:
    """Join pieces, without the first samples, until there are enough."""
    kept, held = [np.empty(0, np.float32)], 0
    for piece in pieces:
        rest = piece[skip:]
        skip = max(0, skip - len(piece))
        kept.append(rest)
        held += len(rest)
        if length is not None and held >= length:
            break
    return np.concatenate(kept)[:length]
