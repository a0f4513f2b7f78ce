"""Small libraries with systems whose lists are known, for tests of evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from feature_tables import random_values
from soundglass.core.types import Track
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store


class Told:
    """A system that is told its scores, one row for each query; rows are ``step`` apart."""

    def __init__(self, scores: np.ndarray, name: str = "told", step: int = 1) -> None:
        self.name = name
        self.rows = np.arange(len(scores)) * step
        self._scores = scores
        self._step = step
        self.asked: list[int] = []

    def scores(self, query: int) -> np.ndarray:
        self.asked.append(query)
        return self._scores[query // self._step]


def context_of(store: Store, kept: Path | None = None, **settings: object) -> Context:
    """Make a context that draws few resamples."""
    settings = {"resamples": 200, **settings}
    return Context(store, Explainers(store), Kept(kept), EvaluationSettings(**settings))


def tracks_of(
    n: int, origin: str = "csv", genres: Sequence[tuple[str, ...]] = (), artists: Sequence[str] = ()
) -> list[Track]:
    """Make tracks ``t0`` and on, each by its own artist unless told otherwise."""
    return [
        Track(
            f"{origin}{i}",
            origin,
            title=f"Title {i}",
            artist=artists[i] if artists else f"Artist {i}",
            genres=genres[i] if genres else (),
        )
        for i in range(n)
    ]


def library_of(folder: Path, tracks: Sequence[Track], popularity: Sequence[float | None] = ()) -> Store:
    """Write tracks with random features."""
    values = random_values(len(tracks))
    store = Store(str(folder / "library.lance"), create=True)
    store.upsert(
        [
            TrackRow(
                track,
                {name: column[i] for name, column in values.items()},
                popularity=popularity[i] if popularity else None,
            )
            for i, track in enumerate(tracks)
        ]
    )
    return store
