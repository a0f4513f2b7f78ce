"""Soundglass's own recommenders, on a library scanned from the music as anybody would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import soundglass
from benchmarks.soundtracks.measures import Distances
from benchmarks.soundtracks.systems import Hears, System
from soundglass.explain.registry import RECOMMENDERS, Explainers
from soundglass.library.store import Store

_HEARS: dict[str, Hears] = {"spectrogram": "3 x 30 s", "mel-pca": "10 s"}


@dataclass(frozen=True, slots=True)
class Ours:
    """One recommender: its distance is the negative of its score."""

    library: Path
    recommender: str

    @property
    def name(self) -> str:
        """Say that it is ours."""
        return f"soundglass {self.recommender}"

    @property
    def hears(self) -> Hears:
        """Say what a scan hears of a track for this: all of it where features take part."""
        return _HEARS.get(self.recommender, "whole file")

    def distances(self, files: Sequence[Path]) -> Distances:
        """Scan what is new and score every track against all."""
        library = soundglass.open(self.library)
        library.scan(*files)
        store = Store(library.uri)
        row_of = {path: row for row, path in enumerate(store.columns(["path"])["path"].to_pylist())}
        rows = np.array([row_of[str(file.absolute())] for file in files])
        recommender = Explainers(store).of(self.recommender).recommender
        place = np.full(len(store), -1)
        place[recommender.rows] = np.arange(len(recommender.rows))
        between = np.full((len(files), len(files)), np.nan)
        compared = np.flatnonzero(place[rows] >= 0)
        for query in compared.tolist():
            scores = recommender.scores(int(rows[query]))
            between[query, compared] = -scores[place[rows[compared]]]
        return between


def ours(library: Path) -> list[System]:
    """List Soundglass's recommenders."""
    return [Ours(library, name) for name in RECOMMENDERS]
