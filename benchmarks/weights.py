"""What the weights of features are worth: ``python -m benchmarks.weights``.

On TidyTuesday's Spotify tracks, by the questions of ``soundglass evaluate`` (the share of the ten nearest
with a genre, subgenre or playlist in common, tracks by the query's artist barred); and on short excerpts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import soundglass
from benchmarks.__main__ import SHARED
from soundglass.core.catalogue import CATALOGUE
from soundglass.evaluate.context import Context
from soundglass.evaluate.kept import Kept
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.baselines import Points, raw_columns, standardised
from soundglass.evaluate.ranking.protocol import ask, protocol
from soundglass.evaluate.ranking.results import Results
from soundglass.evaluate.ranking.truth import truths
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender

_VARIANTS: Mapping[str, Mapping[str, float]] = {
    "as in the catalogue": {},
    "liveness at 1": {"liveness": 2.0},
    "tempo at half": {"tempo": 0.5},
    "key and mode at 0.25": {"key": 2.5},
    "without key and mode": {"key": 0.0},
    "duration at 1": {"duration": 2.0},
    "duration at 0.25": {"duration": 0.5},
    "without duration": {"duration": 0.0},
}

_DESCRIPTORS = ("brightness", "bass", "dynamics", "activity", "pulse", "roughness")
_TRUTHS = ("genre", "subgenre", "playlist")


@dataclass(frozen=True, slots=True)
class Named:
    """A recommender under another name."""

    name: str
    recommender: FeatureRecommender

    @property
    def rows(self) -> NDArray[np.int64]:
        """The recommender's."""
        return self.recommender.rows

    def scores(self, query: int) -> NDArray[np.float32]:
        """Score as the recommender does."""
        return self.recommender.scores(query)


def main() -> None:
    """Print the tables of ``docs/decisions/0001-feature-space.md``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weights")
    table = SHARED / "csv" / "tidytuesday_spotify_songs.csv.gz"
    parser.add_argument("--table", type=Path, default=table, help="the TidyTuesday table")
    with tempfile.TemporaryDirectory() as folder:
        uri = str(Path(folder) / "tracks.lance")
        soundglass.open(uri).import_table(parser.parse_args().table)
        _report(Store(uri))
        _report_descriptors(SHARED / "audio", Path(folder))


def _report(store: Store) -> None:
    """Print P@10 with its 95 % interval for each variant."""
    rows = np.arange(len(store))
    context = Context(store, Explainers(store), Kept())
    asked = protocol(context, rows, truths(store))
    print(f"{'P@10':<36} {''.join(f'{truth:<21}' for truth in _TRUTHS)}")
    for system in _systems(store, rows):
        results = Results(context, asked, {system.name: ask(context, system, asked)})
        questions = [results.question(truth, True) for truth in _TRUTHS]
        found = [results.mean(system.name, one, "P@10") for one in questions if one]
        cells = "".join(f"{one.value:.4f} ({one.low:.3f}-{one.high:.3f}) " for one in found)
        print(f"{system.name:<36} {cells}", flush=True)


def _systems(store: Store, rows: NDArray[np.int64]) -> Iterator[System]:
    plain = raw_columns(store, rows, [name for name in CATALOGUE if name != "duration"])
    plain = plain[:, np.isfinite(plain).any(axis=0)]
    plain = np.where(np.isfinite(plain), plain, np.nanmean(plain, axis=0))
    yield Points("plain standard scores", rows, standardised(plain))
    for name, weights in _VARIANTS.items():
        yield Named(name, FeatureRecommender.from_store(store, "csv", weights))


def _report_descriptors(audio: Path, scratch: Path) -> None:
    """Print the share of the five nearest excerpts from the same soundtrack, by the descriptors' weight."""
    library = soundglass.open(scratch / "excerpts.lance")
    library.scan(audio)
    store = Store(library.uri)
    names = [Path(path).name.partition("__")[0] for path in store.columns(["path"])["path"].to_pylist()]
    soundtrack = np.unique(names, return_inverse=True)[1]
    print(f"\n{len(names)} excerpts: share of the five nearest from the same soundtrack")
    for factor in (0.0, 0.5, 1.0, 2.0, 4.0):
        recommender = FeatureRecommender.from_store(store, "audio", dict.fromkeys(_DESCRIPTORS, factor))
        shares = []
        for query in range(len(names)):
            scores = recommender.scores(query).copy()
            scores[query] = -np.inf
            shares.append(np.mean(soundtrack[np.argsort(-scores)[:5]] == soundtrack[query]))
        print(f"  descriptors at {factor / 4:.3f}: {np.mean(shares):.3f}")


if __name__ == "__main__":
    main()
