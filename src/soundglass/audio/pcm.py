"""A recording as 16-bit samples that can be read from anywhere, as if it were a WAV file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.audio._container import identify_container
from soundglass.audio._pyav import PyavSource
from soundglass.audio._soundfile import SoundfileSource
from soundglass.audio.blocks import AudioBlocks, Decoder
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

Pcm: TypeAlias = NDArray[np.int16]

MAX_CHANNELS = 8
"""Of what has more channels than browsers play, one channel with their mean is made."""

_DEFAULT_LIMITS = AudioLimits()
_REACH_S = 2.0
"""So far a place is reached by decoding what lies before it; farther by a jump."""

_REACH_OF_OGG_S = 60.0
"""In Ogg, libsndfile's jumps end up to a packet beside their place, or fail: worth it for long ways only."""

_PREROLL_S = 0.5
"""Decoders that build on earlier packets settle in this time."""


def demuxer_of(path: Path, limits: AudioLimits = _DEFAULT_LIMITS) -> str:
    """Name the kind of container a file is by its first bytes: FFmpeg's name, such as ``mov``.

    Raises
    ------
    AudioError
        The file cannot be read or is not audio.
    """
    return identify_container(path, limits).demuxer


def channels_of(channels: int) -> int:
    """Say how many channels a recording of so many is read with."""
    return channels if channels <= MAX_CHANNELS else 1


class PcmReader:
    """One recording, open for reading at any place; what is read piece by piece is what is read at once.

    Where the container says exactly where its packets lie, reading goes straight to a place; otherwise what
    comes before is decoded. Reading on costs nothing. Only in Ogg files of over a minute, a jump may end a
    few milliseconds beside its place.

    Parameters
    ----------
    path : Path
    decoder : {"soundfile", "pyav"}
        The library that found most in it when it was scanned; FFmpeg takes over where libsndfile fails.
    limits : AudioLimits

    Attributes
    ----------
    sample_rate, channels : int
        Of what is read; the rate is the file's.

    Raises
    ------
    AudioError
        The file cannot be decoded.
    """

    def __init__(
        self, path: Path, decoder: Decoder = "soundfile", limits: AudioLimits = _DEFAULT_LIMITS
    ) -> None:
        self._path = path
        self._container = identify_container(path, limits)
        self._limits = limits
        self._by_soundfile = decoder == "soundfile" and self._container.soundfile
        self._source: SoundfileSource | PyavSource
        self._open()
        self.sample_rate = self._source.sample_rate
        self.channels = channels_of(self._source.channels)

    def read(self, first: int, n_frames: int) -> Pcm:
        """Read samples.

        Parameters
        ----------
        first, n_frames : int
            Where and how many, in frames.

        Returns
        -------
        ndarray of int16, shape (n_frames, channels)
            Rounded, clipped at full scale; shorter where the recording ends.
        """
        pieces = [np.empty((0, self.channels), np.int16)]
        self._go_to(first)
        while n_frames > 0 and (block := self._next_block()) is not None:
            pieces.append(self._converted(block[:n_frames]))
            self._put_back(block[n_frames:])
            n_frames -= len(pieces[-1])
        return np.concatenate(pieces)

    def close(self) -> None:
        """Release the file."""
        self._source.close()

    def _open(self) -> None:
        """Open the file at its beginning."""
        if self._by_soundfile:
            try:
                self._source = SoundfileSource(self._path, self._limits)
            except AudioError:
                self._by_soundfile = False
        if not self._by_soundfile:
            self._source = PyavSource(self._path, self._container, self._limits)
        self._begin(0)

    def _begin(self, at: int) -> None:
        self._blocks: Iterator[FloatArray] = AudioBlocks(self._source, self._limits)
        self._held: FloatArray | None = None
        self._at = at

    def _go_to(self, first: int) -> None:
        """Make a frame the next that is read."""
        reach = (_REACH_OF_OGG_S if self._container.demuxer == "ogg" else _REACH_S) * self.sample_rate
        if not 0 <= first - self._at <= reach:
            start = first - round(_PREROLL_S * self.sample_rate) if self._by_soundfile else first
            if first > reach and self._source.seek(start):
                self._begin(start)
            elif first < self._at or not self._by_soundfile:
                self.close()
                self._open()
        while self._at < first and (block := self._next_block()) is not None:
            self._put_back(block[first - self._at + len(block) :])

    def _next_block(self) -> FloatArray | None:
        block = self._held if self._held is not None else next(self._blocks, None)
        self._held = None
        if block is None and self._by_soundfile and self._source.damaged:
            self._fall_back()
            block = next(self._blocks, None)
        if block is not None:
            self._at += len(block)
        return block

    def _put_back(self, rest: FloatArray) -> None:
        if len(rest):
            self._held = rest
            self._at -= len(rest)

    def _fall_back(self) -> None:
        """Go on with FFmpeg where libsndfile stumbled."""
        at = self._at
        self.close()
        self._by_soundfile = False
        self._open()
        self._go_to(at)

    def _converted(self, block: FloatArray) -> Pcm:
        if block.shape[1] != self.channels:
            block = block.mean(axis=1, keepdims=True)
        pcm: Pcm = np.rint(np.clip(block * np.float32(32768), -32768, 32767)).astype(np.int16)
        return pcm
