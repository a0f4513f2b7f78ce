"""Cold start and warm queries of the ``features`` recommender, at 28,356 and at 1,000,000 tracks."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

import soundglass
from soundglass.core.catalogue import CATALOGUE
from soundglass.library import schema
from soundglass.library.store import Store
from soundglass.surfaces.library import Library

_MILLION = 1_000_000
_QUERIES = 60


def report(table: Path) -> None:
    """Import a table of Spotify features and time questions to it."""
    with tempfile.TemporaryDirectory() as folder:
        library = soundglass.open(Path(folder) / "tracks.lance")
        start = time.perf_counter()
        library.import_table(table)
        print(f"import of {len(library):,} tracks: {time.perf_counter() - start:.2f} s")
        _report_cold(library)
        _report_warm(library)
    print()


def report_million(table: Path) -> None:
    """Replicate the table with noise to a million tracks and time questions to them."""
    with tempfile.TemporaryDirectory() as folder:
        source = soundglass.open(Path(folder) / "source.lance")
        source.import_table(table)
        library = Library(str(Path(folder) / "million.lance"))
        _replicate(Store(source.uri), Store(library.uri, create=True))
        _report_cold(library)
        _report_warm(library)
    print()


def _report_cold(library: Library) -> None:
    command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "similar"]
    wanted = [_ids(library)[0], "--library", library.uri]

    def run() -> None:
        subprocess.run([*command, *wanted], check=True, capture_output=True)

    times = _timed(run, 7)
    print(f"cold 'soundglass similar' at {len(library):,}: median {statistics.median(times):.2f} s")


def _report_warm(library: Library) -> None:
    ids = _ids(library)
    library.similar(ids[0])
    rng = np.random.default_rng(0)
    chosen = iter(rng.choice(ids, _QUERIES + 1, replace=False).tolist())
    times = [1e3 * t for t in _timed(lambda: library.similar(next(chosen), n=10), _QUERIES)]
    late = np.percentile(times, 95)
    print(
        f"warm query with 10 explanations at {len(library):,}: median {statistics.median(times):.1f} ms, "
        f"95th percentile {late:.1f} ms"
    )


def _ids(library: Library) -> list[str]:
    ids: list[str] = Store(library.uri).columns(["id"])["id"].to_pylist()
    return ids


def _timed(action: Callable[[], object], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def _replicate(source: Store, target: Store) -> None:
    """Copy tracks with features moved by a twentieth of their spread, until there are a million."""
    rows = source.columns(schema.TRACKS.names)
    rng = np.random.default_rng(0)
    for copy in range(-(-_MILLION // len(rows))):
        table = rows.slice(0, min(len(rows), _MILLION - copy * len(rows)))
        ids = pa.array([f"{copy}-{track}" for track in table["id"].to_pylist()])
        table = table.set_column(0, schema.TRACKS.field("id"), ids)
        titles = pa.array([f"{title} {copy}" for title in table["title"].to_pylist()])  # no copies to skip
        table = table.set_column(schema.TRACKS.get_field_index("title"), schema.TRACKS.field("title"), titles)
        for name in CATALOGUE:
            values = table[name].to_numpy(zero_copy_only=False)
            if name in {"key", "mode"} or not np.isfinite(values).any():
                continue
            noisy = values + rng.normal(0, np.nanstd(values) / 20, len(values))
            bounded = np.clip(noisy, CATALOGUE[name].low, CATALOGUE[name].high)
            at = schema.TRACKS.get_field_index(name)
            column = pa.array(bounded, pa.float32(), from_pandas=True)
            table = table.set_column(at, schema.TRACKS.field(name), column)
        target.upsert_table(table.cast(schema.TRACKS))
