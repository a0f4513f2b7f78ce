"""What a request sees: one snapshot of the library, and what the server keeps for all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Request

from soundglass.core.errors import SoundglassError, TrackNotFound
from soundglass.core.types import Track
from soundglass.explain.answer import tracks
from soundglass.explain.base import Explainer
from soundglass.explain.registry import Explainers
from soundglass.library.roots import roots
from soundglass.library.saved import Saved
from soundglass.library.store import Store
from soundglass.recommend.space import FeatureSpace
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.home.scanner import Scanner
from soundglass.surfaces.web.settings import WebSettings
from soundglass.surfaces.web.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

MOST_KEPT = 512

_LARGE = 5_000
_AGE_S, _AGE_OF_LARGE_S = 1.0, 30.0
"""How long a snapshot is shown at least: a large one takes time to prepare, and a scan makes many."""


class Snapshot:
    """One snapshot of the library, for as many requests as ask while it is the newest; they keep theirs.

    Parameters
    ----------
    store : Store
        At one snapshot; it is never refreshed.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.explainers = Explainers(store)
        self.n_tracks = len(store)
        self._measuring, self._hearing = threading.RLock(), threading.RLock()
        self._kept: dict[Hashable, Future[Any]] = {}
        self._keeping = threading.Lock()

    @property
    def version(self) -> int:
        """The snapshot's number in the store."""
        return self.store.version

    @cached_property
    def roots(self) -> list[Path]:
        """The folders that were scanned."""
        return roots(self.store)

    def row(self, track_id: str) -> int:
        """Find the row of a track by its id.

        Raises
        ------
        TrackNotFound
            The library has none of that id.
        """
        row = self.store.row_of(track_id)
        if row is None:
            raise TrackNotFound("there is no such track in this library", remedy="Search for it by name")
        return row

    def track(self, row: int) -> Track:
        """Read a track."""
        return self.tracks([row])[0]

    def tracks(self, rows: Sequence[int]) -> list[Track]:
        """Read tracks."""
        return tracks(self.store, list(rows)) if len(rows) else []

    def explainer(self, by: str, *rows: int, weight: float | None = None) -> Explainer:
        """Give a recommender with its reasons, as :meth:`Explainers.of` does; nothing is loaded twice.

        Those of features do not wait for those of spectrograms, which take longer to load.
        """
        if by in ("features", "blend"):
            with self._measuring:
                measured = self.explainers.features(rows[0] if rows else None)
            if by == "features" and weight is None:
                return measured
        with self._hearing:
            return self.explainers.of(by, *rows, weight=weight)

    def space(self, row: int | None = None) -> FeatureSpace:
        """Give the space of features a track lives in; without one, that of tracks with audio."""
        with self._measuring:
            return self.explainers.features(row).recommender.space

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Make something once, and keep it with the snapshot; who asks meanwhile waits for it.

        Of more than ``MOST_KEPT`` things the one that was longest not asked for is forgotten.
        """
        with self._keeping:
            mine = key not in self._kept
            future = self._kept[key] = self._kept.pop(key, Future())
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                with self._keeping:
                    self._kept.pop(key, None)
                future.set_exception(error)
        value: T = future.result()
        return value


class Web:
    """What one server has: a library, its settings, its workers, and the newest snapshot.

    Parameters
    ----------
    library : Library
    settings : WebSettings
    prepare : callable
        Makes what the first questions to a snapshot need; called beside the first of them.

    Attributes
    ----------
    stopping : Event
        Set when the server is told to stop: what goes on telling ends.
    """

    def __init__(
        self, library: Library, settings: WebSettings, prepare: Callable[[Snapshot], None] = lambda _: None
    ) -> None:
        self.library = library
        self.settings = settings
        self.workshop = Workshop(settings.workers)
        self.saved = Saved(library.uri)
        self.scanner = Scanner(library.uri)
        self.listeners: set[object] = set()
        self.stopping = threading.Event()
        self.prepare = prepare
        self._snapshot: Snapshot | None = None
        self._looked = 0.0
        self._looking = threading.Lock()

    def snapshot(self) -> Snapshot:
        """Give the newest snapshot, or one that was the newest a moment ago.

        Raises
        ------
        LibraryError
            There is no library, or it cannot be read.
        """
        with self._looking:
            if self._snapshot is None or self._is_stale(self._snapshot):
                self._snapshot = Snapshot(Store(self.library.uri))
                self._looked = time.monotonic()
                threading.Thread(target=self._prepared, args=(self._snapshot,), daemon=True).start()
            return self._snapshot

    def _prepared(self, now: Snapshot) -> None:
        """Make what will be asked for; what goes wrong is told to who asks."""
        with suppress(SoundglassError):
            self.prepare(now)

    def _is_stale(self, shown: Snapshot) -> bool:
        age = _AGE_OF_LARGE_S if shown.n_tracks > _LARGE else _AGE_S
        if time.monotonic() - self._looked < age:
            return False
        self._looked = time.monotonic()
        return not shown.store.is_newest

    def close(self) -> None:
        """End the workers, and a scan that was started here."""
        self.workshop.close()
        self.scanner.close()


def web_of(request: Request) -> Web:
    """Give the app's state."""
    web: Web = request.app.state.web
    return web


def now_of(request: Request) -> Snapshot:
    """Give the snapshot a request keeps to."""
    return web_of(request).snapshot()


TheWeb = Annotated[Web, Depends(web_of)]
Now = Annotated[Snapshot, Depends(now_of)]
