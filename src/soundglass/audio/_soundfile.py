"""libsndfile as a source of blocks: the fast decoder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import soundfile

from soundglass.audio.blocks import Decoder, check_format
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

_CODECS = {"MPEG_LAYER_III": "mp3", "VORBIS": "vorbis", "OPUS": "opus"}

_UNKNOWN_LENGTH = (1 << 63) - 1


class SoundfileSource:
    """One file opened by libsndfile; iterating it gives blocks until the end or the first error.

    Raises
    ------
    AudioError
        libsndfile cannot open the file or know its length, or its format is beyond the limits.
    """

    decoder: Decoder = "soundfile"

    def __init__(self, path: Path, limits: AudioLimits) -> None:
        with ExitStack() as resources:
            name = _unnamed(path, resources)
            try:
                self._file = resources.enter_context(soundfile.SoundFile(name, closefd=False))
            except soundfile.SoundFileError as error:
                raise AudioError("libsndfile cannot open it", path=path) from error
            if self._file.frames == _UNKNOWN_LENGTH:
                # libsndfile loses the end of a FLAC that does not state its length.
                raise AudioError("states no length", path=path)
            self.sample_rate = int(self._file.samplerate)
            self.channels = int(self._file.channels)
            check_format(path, self.sample_rate, self.channels, limits)
            self._resources = resources.pop_all()
        subtype = self._file.subtype
        self.codec = "flac" if self._file.format == "FLAC" else _CODECS.get(subtype, subtype.lower())
        self.damaged = False
        self._block_frames = limits.block_frames

    @property
    def n_frames(self) -> int:
        """Frames the file says it holds."""
        return int(self._file.frames)

    def seek(self, frame: int) -> bool:
        """Make this frame the next that is read; false where the file cannot do so."""
        try:
            return bool(self._file.seek(frame) == frame)
        except soundfile.SoundFileError:
            return False

    def __iter__(self) -> Iterator[FloatArray]:
        while True:
            try:
                block = self._file.read(self._block_frames, dtype="float32", always_2d=True)
            except soundfile.SoundFileError:
                self.damaged = True
                return
            if not len(block):
                return
            yield block

    def close(self) -> None:
        """Release the file."""
        self._resources.close()


def _unnamed(path: Path, resources: ExitStack) -> int | str:
    """Open a file for libsndfile, which reads other files (``._name``) where it knows the name."""
    if sys.platform == "win32":
        # There a descriptor means nothing to another C library.
        return str(path.absolute())
    descriptor = os.open(path, os.O_RDONLY)
    resources.callback(os.close, descriptor)
    return descriptor
