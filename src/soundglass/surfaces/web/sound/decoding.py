"""Jobs of workers that decode sounds and covers; files stay open while someone reads on."""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TypeAlias

from soundglass.audio.blocks import Decoder
from soundglass.audio.cover import read_cover
from soundglass.audio.pcm import PcmReader
from soundglass.core.errors import AudioError

_Key: TypeAlias = tuple[str, tuple[int, ...], Decoder]
_MOST_OPEN = 4
_IDLE_S = 20.0
"""Files are released when nobody has read on for so long, so that disks can be unmounted."""


def pcm(
    path: str, stamp: list[int], decoder: Decoder, form: list[int], first: int, n_frames: int
) -> str:  # fmt: skip
    """Decode samples.

    Parameters
    ----------
    path : str
    stamp : list of int
        Size and time of change of the file.
    decoder : {"soundfile", "pyav"}
    form : list of int
        Rate in Hz and channels the recording is known to have.
    first, n_frames : int

    Returns
    -------
    str
        16-bit samples, little-endian, in base64; fewer where the recording ends.

    Raises
    ------
    AudioError
        The file cannot be decoded, or is not what it was.
    """
    return _READERS.read((path, tuple(stamp), decoder), form, first, n_frames)


def cover(path: str, beside: str | None, size: int) -> str | None:
    """Read a cover; see :func:`soundglass.audio.cover.read_cover`. The picture is in base64."""
    found = read_cover(Path(path), None if beside is None else Path(beside), size)
    return None if found is None else base64.b64encode(found).decode("ascii")


class _Readers:
    """The files that were read last."""

    def __init__(self) -> None:
        self._open: OrderedDict[_Key, PcmReader] = OrderedDict()
        self._lock = threading.Lock()
        self._idle: threading.Timer | None = None

    def read(self, key: _Key, form: list[int], first: int, n_frames: int) -> str:
        with self._lock:
            reader = self._open.pop(key, None) or PcmReader(Path(key[0]), key[2])
            try:
                if [reader.sample_rate, reader.channels] != form:
                    raise AudioError(
                        "has changed since it was scanned", path=key[0], remedy="Scan its folder again"
                    )
                samples = reader.read(first, n_frames)
            except BaseException:
                reader.close()
                raise
            self._keep(key, reader)
        return base64.b64encode(samples.astype("<i2").tobytes()).decode("ascii")

    def release(self) -> None:
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def _keep(self, key: _Key, reader: PcmReader) -> None:
        self._open[key] = reader
        if len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        if self._idle is not None:
            self._idle.cancel()
        self._idle = threading.Timer(_IDLE_S, self.release)
        self._idle.daemon = True
        self._idle.start()


_READERS = _Readers()
