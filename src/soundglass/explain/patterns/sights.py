"""See a whole library: the spectrogram statistics of its tracks, heard in parallel and kept."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.pool import Outcome, WorkerPool, patience_s
from soundglass.core.settings import DEFAULTS, Settings
from soundglass.core.types import Json
from soundglass.explain.compare import spread
from soundglass.explain.patterns.kept import Kept
from soundglass.explain.patterns.statistics import SETTINGS, STATISTICS, Seen, Values
from soundglass.library.store import Store

WORKER = "soundglass.explain.patterns.worker"
FEW_ARTISTS = 8
"""Fewer artists than this cannot be drawn with replacement to any purpose; tracks are drawn instead."""

NOBODY = frozenset({"", "unknown", "<unknown>", "unknown artist", "various", "various artists"})
"""What stands for no artist. A folder's tracks without one are taken to be by the same people."""

_TABLE_ROW = "known from a table alone"
_GONE = "whose files are gone or changed since the scan"
_UNREADABLE = "that cannot be decoded"
_SILENT = "silent or shorter than a second"
_KEPT_AT_ONCE = 32
_NOTHING_KEPT = Kept()

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sights:
    """What was seen of a library.

    Attributes
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Of the tracks, in the store.
    files : tuple of Path
        Where each was heard.
    numbers : ndarray, shape (n_tracks, n_statistics)
    spectra : ndarray, shape (n_tracks, n_mels)
        Mean mel spectrum in dB, all tracks at one level.
    clusters : ndarray of int, shape (n_tracks,)
    by_artist : bool
        Which tracks belong together, as :func:`clusters_of` says.
    left_out : mapping of str to int
        Why tracks were left out, and how many.
    """

    rows: NDArray[np.int64]
    files: tuple[Path, ...]
    numbers: Values
    spectra: Values
    clusters: NDArray[np.intp]
    by_artist: bool
    left_out: Mapping[str, int]

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.clusters.max(initial=-1)) + 1


def see_library(
    store: Store,
    kept: Kept = _NOTHING_KEPT,
    *,
    sample: int | None = None,
    settings: Settings = DEFAULTS,
    progress: Progress = lambda _, __: None,
) -> Sights:
    """Measure the spectrograms of all tracks with audio, those that were not measured before.

    Parameters
    ----------
    kept : Kept
        Where measurements are found and kept.
    sample : int, optional
        At most so many tracks, evenly spread over the library.
    progress : callable
        Told how many recordings of how many were heard.
    """
    audio = store.rows_where("origin = 'audio'")
    chosen = audio if sample is None else spread(audio, sample)
    table = store.take(chosen, ["id", "artist", "files", "duration"])
    ids = table["id"].to_pylist()
    files = [_file(stamps or []) for stamps in table["files"].to_pylist()]
    seen = kept.read([track for track, file in zip(ids, files, strict=True) if file is not None])
    jobs = [
        {"id": track, "path": os.fspath(file), "duration_s": duration}
        for track, file, duration in zip(ids, files, table["duration"].to_pylist(), strict=True)
        if file is not None and track not in seen
    ]
    seen.update(_heard(jobs, kept, settings, progress))
    why_not = [_why_not(track, file, seen) for track, file in zip(ids, files, strict=True)]
    left_out = Counter({_TABLE_ROW: len(store) - len(audio)}) + Counter(filter(None, why_not))
    places = [at for at, reason in enumerate(why_not) if not reason]
    found = [one for at in places if (one := seen[ids[at]]) is not None]
    heard = tuple(file for at in places if (file := files[at]) is not None)
    clusters, by_artist = clusters_of([table["artist"][at].as_py() or "" for at in places], heard)
    return Sights(
        chosen[places],
        heard,
        np.array([one.numbers for one in found]).reshape(-1, len(STATISTICS)),
        np.array([one.spectrum for one in found]).reshape(-1, SETTINGS.n_mels),
        clusters,
        by_artist,
        dict(left_out),
    )


def _why_not(track: str, file: Path | None, seen: Mapping[str, Seen | None]) -> str:
    """Say why a track is left out; empty where it is not."""
    if file is None:
        return _GONE
    if track not in seen:
        return _UNREADABLE
    return _SILENT if seen[track] is None else ""


def _heard(
    jobs: Sequence[Mapping[str, Json]], kept: Kept, settings: Settings, progress: Progress
) -> dict[str, Seen | None]:
    """Hear recordings in worker processes; those that fail are absent."""
    seen: dict[str, Seen | None] = {}
    if not jobs:
        return seen
    fresh: dict[str, Seen | None] = {}
    with WorkerPool(WORKER, min(settings.scan.workers, len(jobs)), limits=settings.audio) as pool:
        waiting = iter(jobs)
        for done in range(len(jobs)):
            progress(done, len(jobs))
            while pool.has_room and (job := next(waiting, None)) is not None:
                pool.submit(job, timeout_s=patience_s(settings.audio, job["duration_s"]))
            outcome = pool.next_outcome()
            if outcome is not None and outcome.error is None:
                fresh[outcome.job["id"]] = _seen(outcome)
            if len(fresh) == _KEPT_AT_ONCE or done == len(jobs) - 1:
                kept.store(fresh)
                seen.update(fresh)
                fresh.clear()
        progress(len(jobs), len(jobs))
    return seen


def _seen(outcome: Outcome) -> Seen | None:
    result = outcome.result
    return result and Seen(*(np.array(result[part], dtype=np.float64) for part in ("numbers", "spectrum")))


def _file(stamps: Sequence[Mapping[str, Json]]) -> Path | None:
    """Find the first file of a track that is there, as long as when it was scanned."""
    for stamp in stamps:
        path = Path(os.fsdecode(stamp["path"]))
        try:
            if path.stat().st_size == stamp["size"]:
                return path
        except OSError:
            continue
    return None


def clusters_of(artists: Sequence[str], files: Sequence[Path]) -> tuple[NDArray[np.intp], bool]:
    """Give each artist a number, and each folder of tracks whose artist nobody knows.

    Returns
    -------
    clusters : ndarray of int, shape (n_tracks,)
    by_artist : bool
        ``False`` where there are fewer than ``FEW_ARTISTS`` of them, and each track is its own.
    """
    names = [" ".join(artist.casefold().split()) for artist in artists]
    labels = [
        f"folder {file.parent}" if name in NOBODY else f"artist {name}"
        for name, file in zip(names, files, strict=True)
    ]
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    if len(numbers) < FEW_ARTISTS:
        return np.arange(len(labels)), False
    return np.array([numbers[label] for label in labels], dtype=np.intp), True
