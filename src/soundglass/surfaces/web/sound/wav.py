"""A WAV file that is never written: any byte of it is decoded when it is asked for.

Its length follows from what the scan found, so a browser can jump anywhere at once, and nothing is stored.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_SAMPLE = 2
_LARGEST = (1 << 32) - 1
_FIRST_S, _LONGEST_S = 0.5, 8.0
"""A stream begins with a short piece, to be heard at once; each further one is twice as long."""


@dataclass(frozen=True, slots=True)
class WavContent:
    """A recording as 16-bit PCM in a WAV file.

    Attributes
    ----------
    path : Path
    stamp : (int, int)
        Size in bytes and time of change in nanoseconds of the file.
    decoder : str
        The library that decodes it best.
    sample_rate, channels : int
    n_frames : int
        How long it is; it is cut at 4 GiB, all that a WAV file holds, which is 6 hours of CD sound.
    ask : callable
        ``Workshop.ask``.
    """

    path: Path
    stamp: tuple[int, int]
    decoder: str
    sample_rate: int
    channels: int
    n_frames: int
    ask: Callable[..., Json]

    media_type = "audio/wav"

    @property
    def size(self) -> int:
        """Bytes, with the header."""
        return _HEADER.size + self._n_bytes

    @property
    def etag(self) -> str:
        """Changes with the file."""
        return f'"wav-{self.stamp[0]:x}-{self.stamp[1]:x}-{self.n_frames:x}"'

    @property
    def header(self) -> bytes:
        """The first bytes: RIFF, the format, and how many samples follow."""
        byte_rate = self.sample_rate * self._align
        form = (b"fmt ", 16, 1, self.channels, self.sample_rate, byte_rate, self._align, 8 * _SAMPLE)
        return _HEADER.pack(b"RIFF", self.size - 8, b"WAVE", *form, b"data", self._n_bytes)

    def blocks(self, start: int, stop: int) -> Generator[bytes, None, None]:
        """Decode bytes piece by piece; what cannot be decoded is silence, once the beginning could.

        Raises
        ------
        SoundglassError
            The file cannot be decoded, or too much is asked for at once.
        """
        head = self.header[start:stop]
        at, end, seconds = max(0, start - _HEADER.size), stop - _HEADER.size, _FIRST_S
        while at < end:
            first = at // self._align
            n_frames = min(round(seconds * self.sample_rate), -(-end // self._align) - first)
            try:
                block = self._decoded(first, n_frames)
            except SoundglassError:
                if seconds == _FIRST_S:
                    raise
                block = bytes(n_frames * self._align)
            yield head + block[at - first * self._align : end - first * self._align]
            head, at = b"", (first + n_frames) * self._align
            seconds = min(_LONGEST_S, 2 * seconds)
        if head:
            yield head

    def _decoded(self, first: int, n_frames: int) -> bytes:
        job: Mapping[str, Json] = {
            "path": str(self.path),
            "stamp": list(self.stamp),
            "decoder": self.decoder,
            "form": [self.sample_rate, self.channels],
        }
        text = self.ask("pcm", **job, first=first, n_frames=n_frames)
        # Silence stands for what is not there: the scan's count may differ by a few samples.
        return base64.b64decode(text).ljust(n_frames * self._align, b"\0")

    @property
    def _align(self) -> int:
        return _SAMPLE * self.channels

    @property
    def _n_bytes(self) -> int:
        room = (_LARGEST - _HEADER.size) // self._align
        return min(self.n_frames, room) * self._align
