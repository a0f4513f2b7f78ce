"""The music with the questions of ``soundglass evaluate``: soundtrack, album and artist in common."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import soundglass
from soundglass.core.errors import CatalogueError
from soundglass.core.statistics import Estimate
from soundglass.core.types import Json
from soundglass.evaluate.context import Context
from soundglass.evaluate.kept import Kept
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.exposure import exposure
from soundglass.evaluate.ranking.protocol import Protocol, ask, protocol
from soundglass.evaluate.ranking.results import Results
from soundglass.evaluate.ranking.truth import truths
from soundglass.explain.registry import Explainers
from soundglass.library.search import file_of
from soundglass.library.store import Store

_QUESTIONS = (("soundtrack", False), ("album", False), ("album", True), ("artist", False))

HEAD = (
    f"{'P@5':<36} soundtrack        album             of others         artist            skew of N10  most"
)
"""What :meth:`Music.line` prints; *of others*: of the same album, tracks by the query's artist barred."""


@dataclass(frozen=True, slots=True)
class Music:
    """What ``tools/fetch_game_music.py`` gathered, scanned.

    Attributes
    ----------
    files : list of Path
        In the order of the library.
    """

    context: Context
    asked: Protocol
    files: list[Path]

    @classmethod
    def open(cls, folder: Path) -> Music:
        """Open the library in the folder, or make it."""
        uri = folder / "library.lance"
        if not uri.exists():
            soundglass.open(uri).scan(folder)
        store = Store(str(uri))
        context = Context(store, Explainers(store), Kept())
        rows = np.arange(len(store))
        asked = protocol(context, rows, truths(store, labels=folder / "tracks.csv"))
        return cls(context, asked, [file_of(store, row) for row in rows.tolist()])

    def line(self, system: System) -> str:
        """Measure a system and write its row."""
        results = Results(self.context, self.asked, {system.name: ask(self.context, system, self.asked)})
        questions = [results.question(*wanted) for wanted in _QUESTIONS]
        cells = [_cell(results.mean(system.name, one, "P@5")) if one else f"{'':18}" for one in questions]
        shown = exposure(self.context, system, self.asked.truths.artists)
        return f"{system.name:<36} {''.join(cells)}{shown.skewness.value:11.2f}  {shown.largest_hub:4}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A system given by all its distances, shape (n_tracks, n_tracks)."""

    name: str
    distances: NDArray[np.float64]

    @property
    def rows(self) -> NDArray[np.int64]:
        """All tracks."""
        return np.arange(len(self.distances))

    def scores(self, query: int) -> NDArray[np.float64]:
        """Give the negative distances of a track."""
        scores: NDArray[np.float64] = -self.distances[query]
        return scores


def in_order(music: Music, folder: Path, of_table: NDArray[np.floating]) -> Json:
    """Put what was made in the order of ``tracks.csv`` into that of the library."""
    with (folder / "tracks.csv").open(encoding="utf-8", newline="") as file:
        place = {(folder / row["path"]).resolve(): at for at, row in enumerate(csv.DictReader(file))}
    if len(place) != len(of_table):
        raise CatalogueError(f"{len(of_table)} vectors for {len(place)} tracks")
    return [of_table[place[file.resolve()]].tolist() for file in music.files]


def _cell(found: Estimate) -> str:
    return f"{found.value:.3f} ({found.low:.2f}-{found.high:.2f}) "
