"""What is compared: the recommenders and what they must beat, all on the same tracks of one library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.base import Among, System
from soundglass.evaluate.ranking.baselines import Chance, Popularity, raw_columns, seed_cosine
from soundglass.evaluate.ranking.hearing import heard
from soundglass.evaluate.ranking.peers import peers, vibenet
from soundglass.evaluate.ranking.timbre import MFCC_GAUSS
from soundglass.explain.registry import RECOMMENDERS

__all__ = ["System", "on_same_rows", "systems"]

LEAST_SHARE = 0.5
"""A system that can rank fewer of the tracks is left out, for all others are held to the tracks it can."""

MOST_HEARD = 2000
"""Systems that have to hear every track again are left out of larger libraries."""


def systems(context: Context) -> tuple[list[System], list[str]]:
    """Make every system that a library can have.

    Returns
    -------
    list of System
        All with the same ``rows``, which are of one origin: features from a table and from audio are never
        compared. Baselines first.
    list of str
        What was left out, systems and tracks, and why.
    """
    origin, rows, notes = _tracks(context)
    found: list[System] = []
    if len(rows):
        found += _baselines(context, rows, notes)
        if origin == "audio":
            found += _heard(context, rows, notes)
        found += _recommenders(context, origin, rows, notes)
    kept, left_out = on_same_rows(found, rows)
    return kept, notes + left_out


def on_same_rows(found: Sequence[System], rows: NDArray[np.int64]) -> tuple[list[System], list[str]]:
    """Hold systems to the rows that all of them can rank.

    Parameters
    ----------
    rows : ndarray of int
        All that should be ranked; a system that can rank fewer than ``LEAST_SHARE`` of them is left out.
    """
    notes: list[str] = []
    kept: list[System] = []
    lacking: list[str] = []
    shared = rows
    for system in found:
        own = np.intersect1d(rows, system.rows, assume_unique=True)
        if len(own) < LEAST_SHARE * len(rows):
            notes.append(f"{system.name} is left out: it can rank only {len(own)} of {len(rows)} tracks")
        else:
            kept.append(system)
            lacking += [system.name] * (len(own) < len(rows))
            shared = np.intersect1d(shared, own, assume_unique=True)
    if len(shared) < len(rows):
        few, names = len(rows) - len(shared), ", ".join(lacking)
        notes.append(f"{few} of {len(rows)} tracks are left out: {names} cannot rank them")
    return [_held_to(system, shared) for system in kept], notes


def _held_to(system: System, rows: NDArray[np.int64]) -> System:
    if np.array_equal(system.rows, rows):
        return system
    return Among(system, rows, np.searchsorted(system.rows, rows))


def _tracks(context: Context) -> tuple[Literal["audio", "csv"], NDArray[np.int64], list[str]]:
    """Choose the tracks: all that have their features from where most have them."""
    table = context.store.columns(["_rowoffset", "origin"])
    origins = np.asarray(table["origin"].to_pylist(), dtype=np.str_)
    counts = Counter(origins.tolist())
    origin: Literal["audio", "csv"] = "csv" if counts["csv"] > counts["audio"] else "audio"
    rows = np.asarray(table["_rowoffset"], dtype=np.int64)[origins == origin]
    notes = []
    if not len(rows):
        notes.append("The library is empty: there is nothing to rank")
    elif len(rows) < len(origins):
        others = "tables" if origin == "audio" else "audio"
        notes.append(
            f"{len(origins) - len(rows)} tracks from {others} are left out: origins are not compared"
        )
    return origin, rows, notes


def _baselines(context: Context, rows: NDArray[np.int64], notes: list[str]) -> Iterator[System]:
    yield Chance(rows, context.settings.seed)
    popularity = raw_columns(context.store, rows, ["popularity"])[:, 0]
    if np.isfinite(popularity).any():
        yield Popularity(rows, popularity)
    else:
        notes.append("popularity is left out: nobody says how popular the tracks are")
    yield seed_cosine(context.store, rows)


def _heard(context: Context, rows: NDArray[np.int64], notes: list[str]) -> Iterator[System]:
    """Make the systems that describe audio in their own way."""
    kinds = [MFCC_GAUSS]
    if context.settings.peers:
        yield vibenet(context.store, rows)
        others, missing = peers()
        kinds += others
        notes += missing
    if len(rows) <= MOST_HEARD:
        yield from heard(context, rows, kinds)
        return
    names = ", ".join(kind.name for kind in kinds)
    notes.append(f"{names} are left out: they are measured on libraries of at most {MOST_HEARD} tracks")


def _recommenders(
    context: Context, origin: Literal["audio", "csv"], rows: NDArray[np.int64], notes: list[str]
) -> Iterator[System]:
    if origin == "csv":
        notes.append("Only features can be ranked by: the tracks come from a table and have no audio")
    names = ("mel-pca", *(name for name in RECOMMENDERS if name != "mel-pca"))
    for name in names if origin == "audio" else ("features",):
        try:
            yield context.explainers.of(name, *rows[: origin == "csv"].tolist()).recommender
        except SoundglassError as error:
            remedy = f". {error.remedy}" if error.remedy else ""
            notes.append(f"{name} is left out: {error.message}{remedy}")
