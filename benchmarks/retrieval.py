"""Do near tracks share genre, subgenre and playlist? ``python -m benchmarks.retrieval``.

The share of the ten nearest that has one in common with the query, on TidyTuesday's Spotify tracks: 1,500
queries, tracks by the query's artist left out.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import soundglass
from benchmarks.__main__ import SHARED
from soundglass.core.catalogue import CATALOGUE
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender

_QUERIES = 1500
_SEED_COSINE = ("danceability", "energy", "acousticness", "valence", "instrumentalness", "tempo")
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

Scorer = Callable[[int], NDArray[np.floating]]


def main() -> None:
    """Print the table of ``docs/decisions/0001-feature-space.md``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval")
    table = SHARED / "csv" / "tidytuesday_spotify_songs.csv.gz"
    parser.add_argument("--table", type=Path, default=table, help="the TidyTuesday table")
    with tempfile.TemporaryDirectory() as folder:
        uri = str(Path(folder) / "tracks.lance")
        soundglass.open(uri).import_table(parser.parse_args().table)
        store = Store(uri)
        truth = _truth(store)
        artists = np.unique(store.columns(["artist"])["artist"].to_pylist(), return_inverse=True)[1]
        print(f"{'space':<32} {'genre':>7} {'subgenre':>9} {'playlist':>9}")
        for name, scorer in _systems(store):
            shares = _precision(scorer, artists, truth)
            print(f"{name:<32} {shares[0]:7.3f} {shares[1]:9.3f} {shares[2]:9.4f}")
        _report_descriptors(SHARED / "audio", Path(folder))


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


def _systems(store: Store) -> list[tuple[str, Scorer]]:
    columns = store.columns(list(CATALOGUE))
    values = {name: np.asarray(columns[name], dtype=np.float64) for name in CATALOGUE}
    raw = np.nan_to_num(np.stack([values[name] for name in _SEED_COSINE], axis=1))
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    plain = np.stack([v for name, v in values.items() if np.isfinite(v).any() and name != "duration"], axis=1)
    plain = np.nan_to_num((plain - np.nanmean(plain, axis=0)) / np.nanstd(plain, axis=0))
    noise = np.random.default_rng(1)
    systems: list[tuple[str, Scorer]] = [
        ("random", lambda _: noise.random(len(raw))),
        ("cosine of six raw columns", lambda q: unit @ unit[q]),
        ("plain standard scores", lambda q: -((plain - plain[q]) ** 2).sum(axis=1)),
    ]
    for name, weights in _VARIANTS.items():
        systems.append((name, FeatureRecommender.from_store(store, "csv", weights).scores))
    return systems


def _truth(store: Store) -> list[NDArray[np.bool_]]:
    """Say which genres, subgenres and playlists each track is in: three tables, tracks by labels."""
    rows = {track: row for row, track in enumerate(store.columns(["id"])["id"].to_pylist())}
    memberships = store.playlists().to_pydict()
    owner = np.array([rows[track] for track in memberships["track_id"]])
    tables = []
    for label in ("genre", "subgenre", "playlist_id"):
        _, code = np.unique(memberships[label], return_inverse=True)
        table = np.zeros((len(rows), code.max() + 1), dtype=bool)
        table[owner, code] = True
        tables.append(table)
    return tables


def _precision(
    scorer: Scorer, artists: NDArray[np.intp], truth: list[NDArray[np.bool_]]
) -> NDArray[np.float64]:
    queries = np.random.default_rng(0).choice(len(artists), _QUERIES, replace=False)
    shares = np.zeros((len(queries), len(truth)))
    for at, query in enumerate(queries.tolist()):
        scores = np.nan_to_num(np.array(scorer(query), dtype=np.float64), nan=-np.inf)
        scores[artists == artists[query]] = -np.inf
        nearest = np.argpartition(-scores, 10)[:10]
        shares[at] = [(table[nearest] & table[query]).any(axis=1).mean() for table in truth]
    return shares.mean(axis=0)


if __name__ == "__main__":
    main()
