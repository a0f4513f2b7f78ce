"""A library that is opened when it is first asked for anything."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TypeAlias

from soundglass.core.settings import DEFAULTS, Settings
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store

Named: TypeAlias = str | PathLike[str]
"""A track by its id, its path, or words of title, artist or album."""


class Opened:
    """What all parts of a :class:`~soundglass.surfaces.library.Library` stand on.

    Parameters
    ----------
    uri : path-like or str
        A folder, or the URI of one on object storage. It is made by the first scan or import.
    settings : Settings
    """

    def __init__(self, uri: str | PathLike[str], settings: Settings = DEFAULTS) -> None:
        text = fspath(uri)
        self.uri = text if "://" in text else str(Path(text).expanduser())
        self.settings = settings
        self._opened: Store | None = None
        self._explained: tuple[int, Explainers] | None = None

    def __len__(self) -> int:
        return len(self._store())

    def __repr__(self) -> str:
        return f"soundglass.open({self.uri!r})"

    def _store(self, *, create: bool = False) -> Store:
        """Open the store, at its newest snapshot."""
        if self._opened is None:
            self._opened = Store(self.uri, create=create)
        self._opened.refresh()
        return self._opened

    def _snapshot(self) -> tuple[Store, Explainers]:
        """Give the newest snapshot and its recommenders; one question keeps to one snapshot."""
        store = self._store()
        if self._explained is None or self._explained[0] != store.version:
            self._explained = store.version, Explainers(store)
        return store, self._explained[1]
