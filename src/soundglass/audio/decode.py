"""Decode a file to blocks of float32: libsndfile first, FFmpeg where that fails or falls short."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import soxr

from soundglass.audio._container import Container, identify_container, unreadable
from soundglass.audio._pyav import Media, PyavSource
from soundglass.audio._soundfile import SoundfileSource
from soundglass.audio.blocks import AudioBlocks, Decoder, Source
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

__all__ = ["AudioBlocks", "Decoded", "decode", "read_mono"]

_DEFAULT_LIMITS = AudioLimits()
_TOLERANCE = 0.01
_TOLERANCE_S = 0.2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Decoded(Generic[T]):
    """What a consumer made of a file, and what the file is.

    Attributes
    ----------
    result : T
        What ``consume`` returned.
    duration_s : float
        Seconds of audio that were decoded.
    sample_rate, channels : int
        As in the file (Hz for the rate).
    codec : str
        FFmpeg's name of the codec.
    decoder : {"soundfile", "pyav"}
        The library whose samples were kept.
    flags : tuple of str
        Any of ``silent``, ``short`` (under 1 s), ``cut``, ``clipped``, ``peaks_over_full_scale``,
        ``non_finite``, ``damaged``, ``truncated``.
    """

    result: T
    duration_s: float
    sample_rate: int
    channels: int
    codec: str
    decoder: Decoder
    flags: tuple[str, ...]


def decode(
    path: Path,
    consume: Callable[[AudioBlocks], T],
    limits: AudioLimits = _DEFAULT_LIMITS,
    *,
    expected_s: float | None = None,
) -> Decoded[T]:
    """Stream a file through a consumer.

    libsndfile is tried first. Where it cannot open the file or gives less than the packets hold, FFmpeg
    decodes the file again, ``consume`` is called anew, and the longer result is kept.

    Parameters
    ----------
    path : Path
        An audio file.
    consume : callable
        Reads the blocks to the end and returns anything. It may be called twice; it is never called for
        a file without audio.
    limits : AudioLimits
        Bounds on size, duration, rate and channels.
    expected_s : float, optional
        Seconds the packets of the file add up to (:func:`soundglass.audio.identity.content_hash`);
        measured here when not given.

    Returns
    -------
    Decoded

    Raises
    ------
    AudioError
        The file is not audio, empty, beyond a limit, or neither library decodes it.
    """
    container = identify_container(path, limits)
    lengths = _measure(path, container, limits, expected_s)
    best: Decoded[T] | None = None
    failures: list[AudioError] = []
    damaged = False
    for open_source in _decoders(path, container, limits):
        try:
            source = open_source()
        except AudioError as error:
            failures.append(error)
            continue
        except OSError as error:
            raise unreadable(path, error) from error
        with closing(source):
            attempt, complete = _attempt(source, consume, limits, lengths)
            damaged |= source.damaged
        if attempt is not None and (best is None or attempt.duration_s > best.duration_s):
            best = attempt
        if complete:
            break
    if best is None:
        raise _explain(path, failures)
    # FFmpeg conceals what libsndfile trips over; it is damage all the same.
    return replace(best, flags=(*best.flags, "damaged")) if damaged else best


def read_mono(path: Path, sample_rate: int, limits: AudioLimits = _DEFAULT_LIMITS) -> FloatArray:
    """Read a whole file as mono.

    Parameters
    ----------
    path : Path
        An audio file.
    sample_rate : int
        Hz, of the result.
    limits : AudioLimits
        Bounds as in :func:`decode`.

    Returns
    -------
    FloatArray, shape (n_samples,)
        The mean of the channels, resampled by soxr at high quality.

    Raises
    ------
    AudioError
        As :func:`decode`.
    """
    return decode(path, lambda blocks: np.concatenate(list(_mono(blocks, sample_rate))), limits).result


def _mono(blocks: AudioBlocks, sample_rate: int) -> Iterator[FloatArray]:
    resample = soxr.ResampleStream(blocks.sample_rate, sample_rate, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield resample.resample_chunk(block.mean(axis=1))
    yield resample.resample_chunk(np.empty(0, np.float32), last=True)


@dataclass(frozen=True, slots=True)
class _Lengths:
    """Seconds that the packets add up to, and seconds that the header claims; ``None`` where unknown."""

    packets_s: float | None
    claimed_s: float | None


def _measure(path: Path, container: Container, limits: AudioLimits, packets_s: float | None) -> _Lengths:
    try:
        media = Media(path, container, limits)
    except (AudioError, OSError):
        return _Lengths(packets_s, None)
    with closing(media):
        if packets_s is None:
            deque(media.packets(), maxlen=0)
            packets_s = media.packets_s
        return _Lengths(packets_s, media.claimed_s)


def _decoders(path: Path, container: Container, limits: AudioLimits) -> Iterator[Callable[[], Source]]:
    if container.soundfile:
        yield lambda: SoundfileSource(path, limits)
    yield lambda: PyavSource(path, container, limits)


def _attempt(
    source: Source, consume: Callable[[AudioBlocks], T], limits: AudioLimits, lengths: _Lengths
) -> tuple[Decoded[T] | None, bool]:
    """Run the consumer on one decoder; also say whether another decoder could find no more."""
    blocks = AudioBlocks(source, limits)
    if not blocks.has_audio():
        return None, False
    result = consume(blocks)
    flags = blocks.flags()
    whole = not blocks.exhausted or "cut" in flags
    if not whole and falls_short(blocks.duration_s, lengths.claimed_s):
        flags += ("truncated",)
    decoded = Decoded(
        result, blocks.duration_s, blocks.sample_rate, blocks.channels, blocks.codec, blocks.decoder, flags
    )
    return decoded, whole or not (source.damaged or falls_short(blocks.duration_s, lengths.packets_s))


def falls_short(duration_s: float, expected_s: float | None) -> bool:
    """Tell whether this is less than was expected by more than lengths usually differ."""
    return expected_s is not None and duration_s < (1 - _TOLERANCE) * expected_s - _TOLERANCE_S


def _explain(path: Path, failures: list[AudioError]) -> AudioError:
    """Pick the failure that tells the user what to do, or say that no decoder found audio."""
    told = next((error for error in failures if error.remedy), None)
    return told or AudioError(
        "holds no audio that can be decoded", path=path, remedy="It is damaged or cut short; replace it"
    )
