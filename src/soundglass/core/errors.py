"""One error tree: every failure says what happened, where, and what to do."""

from __future__ import annotations

from os import PathLike, fspath


class SoundglassError(Exception):
    """Base of everything Soundglass raises on purpose.

    Parameters
    ----------
    message : str
        What happened, in one line.
    path : path-like, optional
        The file or folder concerned.
    remedy : str, optional
        What the user can do about it.
    """

    def __init__(
        self, message: str, *, path: str | PathLike[str] | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else fspath(path)
        self.remedy = remedy

    def __str__(self) -> str:
        text = self.message if self.path is None else f"{self.path}: {self.message}"
        return text if self.remedy is None else f"{text}. {self.remedy}"


class AudioError(SoundglassError):
    """A file that cannot be read as audio."""


class CatalogueError(SoundglassError):
    """A table with missing or impossible values."""


class LibraryError(SoundglassError):
    """The store is locked, newer than this program, damaged or missing."""


class TrackNotFound(SoundglassError):  # noqa: N818  (the name users read and catch)
    """No track answers to what was asked for."""


class FeatureMismatchError(SoundglassError):
    """Two feature vectors do not live in the same space."""


class ModelError(SoundglassError):
    """Model weights are missing or do not have the pinned hash."""
