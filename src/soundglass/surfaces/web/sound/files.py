"""A file as it is, over HTTP."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from soundglass.core.errors import AudioError

_BLOCK = 1 << 18
# Never through a link, and never waiting for the other end of a pipe.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)


@dataclass(frozen=True, slots=True)
class FileContent:
    """A plain file, for as long as it is the same.

    Attributes
    ----------
    path : Path
        Without links.
    media_type : str
    size, mtime_ns : int
        What the file had when it was looked at.
    """

    path: Path
    media_type: str
    size: int
    mtime_ns: int

    @property
    def etag(self) -> str:
        """Changes with the file."""
        return f'"{self.size:x}-{self.mtime_ns:x}"'

    def blocks(self, start: int, stop: int) -> Generator[bytes, None, None]:
        """Read bytes piece by piece.

        Raises
        ------
        AudioError
            The file cannot be opened, or is another by now.
        """
        try:
            descriptor = os.open(self.path, _FLAGS)
        except OSError as error:
            raise unreadable(self.path, error) from error
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or (status.st_size, status.st_mtime_ns) != (
                self.size,
                self.mtime_ns,
            ):
                raise AudioError("was changed just now", path=self.path, remedy="Try again")
            file.seek(start)
            while start < stop and (block := file.read(min(_BLOCK, stop - start))):
                yield block
                start += len(block)


def unreadable(path: Path, error: OSError) -> AudioError:
    """Say what the operating system has against reading a file."""
    reason = error.strerror or type(error).__name__
    return AudioError(f"cannot be read ({reason})", path=path, remedy="Check that it may be read")
