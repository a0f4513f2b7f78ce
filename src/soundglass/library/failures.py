"""What the storage engine raises, said in one line with a remedy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pyarrow as pa

from soundglass.core.errors import LibraryError

DAMAGED = "Restore a copy, or make the library anew; the music itself is untouched"

_MAX_REASON = 200


class NoLibrary(LibraryError):  # noqa: N818  (reads as what it is)
    """There is none at the place that was named."""


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
        raise _explained(error, what, uri, where) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":  # a panic of the engine, which damaged files can cause
            raise
        raise LibraryError(f"{what}: the data make no sense", path=uri, remedy=DAMAGED) from error


@contextlib.contextmanager
def understanding(where: str) -> Iterator[None]:
    """Turn an error while a filter is planned, before any data are read, into a :class:`LibraryError`."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, pa.ArrowException) as error:
        reason = _first_line(error).removeprefix("Invalid user input: ").removeprefix("Schema error: ")
        raise _misunderstood(where, reason.partition(", _row")[0]) from error


def _misunderstood(where: str, reason: str) -> LibraryError:
    shown = where if len(where) <= _MAX_REASON else f"{where[:_MAX_REASON]}…"
    return LibraryError(
        f"the condition {shown!r} is not understood: {reason}",
        remedy="Example: --where \"genre = 'rock' and tempo < 120\"",
    )


def _explained(error: Exception, what: str, uri: str, where: str | None) -> LibraryError:
    text = str(error)
    if where is not None and "Error applying filter" in text:
        return _misunderstood(where, _first_line(error).rpartition("Arrow error: ")[2])
    if any(mark in text for mark in ("No space left", "StorageFull", "File too large", "FileTooLarge")):
        return LibraryError("the disk is full", path=uri, remedy="Make room and run the command again")
    if "ermission denied" in text or "Read-only" in text:
        return LibraryError(
            f"{what}: permission denied", path=uri, remedy="Check the folder's owner and mode"
        )
    if isinstance(error, OSError) and error.strerror:
        return LibraryError(f"{what}: {error.strerror}", path=uri, remedy="Check the path")
    return LibraryError(f"{what}: {_first_line(error)}", path=uri, remedy=DAMAGED)


def _first_line(error: Exception) -> str:
    """Return the engine's message without where in its own sources it arose."""
    line = str(error).partition("\n")[0].partition(", /")[0]
    return line if len(line) <= _MAX_REASON else f"{line[:_MAX_REASON]}…"
