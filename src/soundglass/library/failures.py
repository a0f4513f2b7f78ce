"""What the storage engine raises, said in one line with a remedy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pyarrow as pa

from soundglass.core.errors import LibraryError

DAMAGED = "Restore a copy, or make the library anew; the music itself is untouched"


@contextlib.contextmanager
def translating(what: str, uri: str, where: str | None = None) -> Iterator[None]:
    """Turn an error of Lance or Arrow inside the block into a :class:`LibraryError`.

    Parameters
    ----------
    what : str
        What failed, as in ``"cannot be read"``.
    uri : str
        The library.
    where : str, optional
        The user's filter, when one is evaluated inside.
    """
    try:
        yield
    except (OSError, ValueError, RuntimeError, pa.ArrowException) as error:
        raise _explained(str(error), what, uri, where) from error


def _explained(text: str, what: str, uri: str, where: str | None) -> LibraryError:
    first_line = text.partition("\n")[0].partition(", /")[0]
    if where is not None and any(mark in text for mark in ("parsing", "Schema error", "Invalid user input")):
        reason = first_line.rpartition("Schema error: ")[2].partition(", _row")[0]
        return LibraryError(
            f"the condition {where!r} is not understood: {reason}",
            remedy="Example: --where \"genre = 'rock' and tempo < 120\"",
        )
    if "No space left" in text or "StorageFull" in text:
        return LibraryError("the disk is full", path=uri, remedy="Make room and run the command again")
    if "ermission denied" in text or "Read-only" in text:
        return LibraryError(
            f"{what}: permission denied", path=uri, remedy="Check the folder's owner and mode"
        )
    return LibraryError(f"{what}: {first_line[:200]}", path=uri, remedy=DAMAGED)
