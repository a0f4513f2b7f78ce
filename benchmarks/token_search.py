"""How well and how fast the best of 30,000 tracks are found: ``python -m benchmarks.token_search MUSIC``.

No collection of that size is at hand, so tracks are mixed: every file gives several excerpts of ten seconds,
each at a random place and with a random gain and tilt of its spectrum, whose tokens are found as in a scan; a
track is 48 tokens out of two to four excerpts from one folder.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.decode import read_mono
from soundglass.audio.discover import FoundFile, discover
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import AudioError
from soundglass.core.types import FloatArray, Track
from soundglass.embeddings.analysis import Embedder, Embedding, Excerpt
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.embeddings.tokens import MAX_TOKENS, TokenSet
from soundglass.library import background
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.library.versions import VERSIONS
from soundglass.recommend import base
from soundglass.recommend.spectrogram import SpectrogramRecommender
from soundglass.surfaces.library import Library

T = TypeVar("T")

_EXCERPT_S = 10
_QUERIES, _TIMED, _FEW = 100, 40, 8
_SPAN = {"duration": (60.0, 360.0), "tempo": (60.0, 180.0), "loudness": (-30.0, -6.0)}
_BATCH = 2000


def main() -> None:
    """Print recall and times."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.token_search")
    parser.add_argument("music", type=Path, help="a folder of music, a folder in it for each album")
    parser.add_argument("--tracks", type=int, default=30_000, help="how many to mix")
    parser.add_argument("--excerpts", type=int, default=10, help="of each file")
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    heard = excerpts(arguments.music, arguments.excerpts, rng)
    print(f"{sum(map(len, heard)):,} excerpts of {len(heard)} folders")
    report(mixed(heard, arguments.tracks, rng))


def excerpts(folder: Path, n: int, rng: np.random.Generator) -> list[list[TokenSet]]:
    """Find the tokens of n excerpts of each file, folder by folder."""
    embedder, found = Embedder.load(), dict[Path, list[TokenSet]]()
    for file in discover([folder]):
        if not isinstance(file, FoundFile):
            continue
        try:
            samples = read_mono(file.path, SAMPLE_RATE)
        except AudioError:
            continue
        for _ in range(n):
            first = int(rng.integers(0, max(1, len(samples) - _EXCERPT_S * SAMPLE_RATE)))
            piece = _tilted(samples[first : first + _EXCERPT_S * SAMPLE_RATE], rng)
            tokens = embedder([Excerpt(first / SAMPLE_RATE, piece)]).tokens
            if tokens is not None:
                found.setdefault(file.path.parent, []).append(tokens)
    return list(found.values())


def _tilted(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Change gain and tilt by some decibels, the tilt by an octave."""
    spectrum = np.fft.rfft(samples)
    octaves = np.log2(np.maximum(np.arange(len(spectrum)), 1) / len(spectrum)) + 4
    decibels = rng.normal(0, 6) + rng.normal(0, 1) * octaves
    return np.fft.irfft(spectrum * 10 ** (decibels / 20), len(samples)).astype(np.float32)


def mixed(heard: Sequence[Sequence[TokenSet]], n: int, rng: np.random.Generator) -> Iterator[TokenSet]:
    """Mix n tracks."""
    sizes = np.array([len(sets) for sets in heard])
    for _ in range(n):
        sets = heard[rng.choice(len(heard), p=sizes / sizes.sum())]
        chosen = rng.choice(len(sets), min(len(sets), int(rng.integers(2, 5))), replace=False)
        vectors, weights, boxes, traits = (
            np.concatenate([getattr(sets[index], name) for index in chosen])
            for name in ("vectors", "weights", "boxes", "traits")
        )
        kept = rng.choice(len(weights), min(MAX_TOKENS, len(weights)), replace=False)
        yield TokenSet(vectors[kept], weights[kept] / weights[kept].sum(), boxes[kept], traits[kept])


def report(tokens: Iterator[TokenSet]) -> None:
    """Store tracks with these tokens and question them."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"{folder}/library.lance", create=True)
        for first in range(0, 1 << 30, _BATCH):
            batch = list(islice(tokens, _BATCH))
            store.upsert([_row(first + index, of_track) for index, of_track in enumerate(batch)])
            if len(batch) < _BATCH:
                break
        store.compact()
        seconds, _ = _timed(background.refresh, store)
        print(f"{len(store):,} tracks measured: {1e3 * seconds / len(store):.1f} ms each")
        seconds, recommender = _timed(SpectrogramRecommender.from_store, store)
        print(f"tokens read: {seconds:.2f} s")
        _report_search(recommender)
        _report_answers(Library(store.uri), [f"t{index}" for index in range(len(store))])


def _row(index: int, tokens: TokenSet) -> TrackRow:
    """Make a track with these tokens, and features at random."""
    rng = np.random.default_rng(index)
    track = Track(f"t{index}", "audio", title=f"Title {index}", artist=f"Artist {index % 3000}")
    values = {name: float(rng.uniform(*_SPAN.get(name, (0.0, 1.0)))) for name in CATALOGUE}
    files = [FileStamp(f"/music/{index}", 1, 1)]
    return TrackRow(track, values, files, embedding=Embedding(tokens), versions=VERSIONS)


def _report_search(recommender: SpectrogramRecommender) -> None:
    """Compare what is proposed with a pass over everything."""
    queries = np.random.default_rng(1).choice(recommender.rows, _QUERIES, replace=False).tolist()
    best = {query: _best(recommender, query) for query in queries}
    for n in (200, 512, base.PROPOSED, 2048):
        if n < len(recommender.rows) - 1:
            shares = [_share(recommender, query, n, best[query]) for query in queries]
            print(f"{n:5d} proposed hold {np.mean(shares):.3f} of the ten best")
    found = [np.isin(best[query], [row for row, _ in _first(recommender, query)]).mean() for query in queries]
    print(f"recall@10 of best_first: {np.mean(found):.3f}")
    _print_times("a pass over all", recommender.scores, queries)


def _best(recommender: SpectrogramRecommender, query: int) -> NDArray[np.int64]:
    scores = np.where(recommender.rows == query, -np.inf, recommender.scores(query))
    near = recommender.rows[np.argsort(-scores)[:30]]
    return near[np.argsort(-recommender.exact_scores(query, near), kind="stable")[:10]]


def _share(recommender: SpectrogramRecommender, query: int, n: int, best: NDArray[np.int64]) -> float:
    return float(np.isin(best, recommender.propose(query, n, recommender.rows != query)).mean())


def _first(recommender: SpectrogramRecommender, query: int) -> list[tuple[int, float]]:
    return list(islice(base.best_first(recommender, query), 10))


def _report_answers(library: Library, ids: list[str]) -> None:
    """Time whole questions, with all reasons, as the command line asks them."""
    queries = np.random.default_rng(2).choice(ids, _TIMED + 1, replace=False).tolist()
    pairs, by = dict(pairwise(queries)), "spectrogram"
    seconds, _ = _timed(lambda query: library.similar(query, by=by), queries[0])
    print(f"first answer, with opening: {seconds:.2f} s")
    _print_times("similar --by spectrogram -n 10", lambda query: library.similar(query, by=by), queries[1:])
    _print_times("why --by spectrogram", lambda query: library.why(query, pairs[query], by=by), queries[:-1])
    few = queries[:_FEW]
    library.similar(queries[-1], by="blend")
    _print_times("similar --by blend -n 10", lambda query: library.similar(query, by="blend"), few)
    _print_times("path --by spectrogram -n 12", lambda query: library.path(query, pairs[query], by=by), few)
    seconds, _ = _timed(lambda sample: library.compare_all(sample=sample), 50)
    print(f"compare --all --sample 50: {seconds:.1f} s")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


def _print_times(what: str, action: Callable[[Any], object], queries: Sequence[Any]) -> None:
    times = [1e3 * _timed(action, query)[0] for query in queries]
    late = np.percentile(times, 95)
    print(f"{what}: median {statistics.median(times):.0f} ms, 95th percentile {late:.0f} ms")


def _timed(action: Callable[[Any], T], argument: object) -> tuple[float, T]:
    start = time.perf_counter()
    result = action(argument)
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
