"""How far the two recommenders agree: what both list, and in which order, over all and by genre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import bootstrap_mean
from soundglass.evaluate.context import Context
from soundglass.evaluate.findings import Cell, Table
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.lists import N_LISTED, nearest
from soundglass.explain.overlap import PERSISTENCE, rank_biased_overlap

COMPARED = ("features", "spectrogram")

LEAST_QUERIES = 5
"""A genre of fewer is not shown."""

_CHANCE = "random"
_DEPTH = 100
_MOST_GENRES = 20

Lists = NDArray[np.int64]


def agreement(
    context: Context, systems: Sequence[System], queries: NDArray[np.int64], artists: NDArray[np.str_]
) -> tuple[Table | None, tuple[str, ...]]:
    """Compare the lists of ``features`` and ``spectrogram``, no tracks left out.

    Parameters
    ----------
    systems : sequence of System
        All with the same rows.
    queries : ndarray of int, shape (n_queries,)
    artists : ndarray of str, shape (n_tracks,)
        Of the systems' rows; empty where unknown.

    Returns
    -------
    Table or None
        Without both recommenders there is none.
    notes : tuple of str
    """
    lists = {
        system.name: nearest(context, system, queries, _DEPTH)
        for system in systems
        if system.name in (*COMPARED, _CHANCE)
    }
    if not len(queries) or not lists.keys() >= set(COMPARED):
        return None, ("Agreement is left out: it takes both features and spectrogram",)
    groups = artists[np.searchsorted(systems[0].rows, queries)]
    one, other = (lists[name] for name in COMPARED)
    both, ordered = jaccard(one[:, :N_LISTED], other[:, :N_LISTED]), _overlaps(one, other)
    lines = [_line(context, "all", both, ordered, groups)]
    if _CHANCE in lists:
        by_chance = lists[_CHANCE]
        figures = jaccard(one[:, :N_LISTED], by_chance[:, :N_LISTED]), _overlaps(one, by_chance)
        lines.append(_line(context, f"{COMPARED[0]} and {_CHANCE}", *figures, groups))
    for genre, chosen in _genres(context, queries):
        lines.append(_line(context, genre, both[chosen], ordered[chosen], groups[chosen]))
    return _table(lines), ()


def jaccard(one: Lists, other: Lists) -> NDArray[np.float64]:
    """Give the share of the tracks of two lists that are in both, 0 to 1.

    Parameters
    ----------
    one, other : ndarray of int, shape (n_lists, n_places)
        Nothing twice in a list; -1 is no track.

    Returns
    -------
    ndarray, shape (n_lists,)
        NaN where both lists are empty.
    """
    shares = np.full(len(one), np.nan)
    for at, (left, right) in enumerate(zip(one, other, strict=True)):
        first, second = ({*of[of >= 0].tolist()} for of in (left, right))
        if first or second:
            shares[at] = len(first & second) / len(first | second)
    return shares


def _overlaps(one: Lists, other: Lists) -> NDArray[np.float64]:
    pairs = zip(one, other, strict=True)
    return np.array([rank_biased_overlap(a[a >= 0].tolist(), b[b >= 0].tolist()) for a, b in pairs])


def _line(
    context: Context,
    name: str,
    both: NDArray[np.float64],
    ordered: NDArray[np.float64],
    groups: NDArray[np.str_],
) -> tuple[Cell, ...]:
    n, seed = context.settings.resamples, context.settings.seed
    return (name, len(both), *(bootstrap_mean(values, groups, n, seed) for values in (both, ordered)))


def _genres(context: Context, queries: NDArray[np.int64]) -> list[tuple[str, NDArray[np.intp]]]:
    """Name the genres of enough queries, the most frequent first, each with its queries."""
    table = context.store.columns(["_rowoffset", "genres"])
    places = np.searchsorted(np.asarray(table["_rowoffset"], dtype=np.int64), queries)
    queries_of: dict[str, list[int]] = {}
    for at, genres in enumerate(table["genres"].take(places).to_pylist()):
        for genre in {genre.casefold() for genre in genres or ()}:
            queries_of.setdefault(genre, []).append(at)
    often = [(genre, np.array(of)) for genre, of in queries_of.items() if len(of) >= LEAST_QUERIES]
    return sorted(often, key=lambda one: (-len(one[1]), one[0]))[:_MOST_GENRES]


def _table(lines: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(
        f"Do {COMPARED[0]} and {COMPARED[1]} agree?",
        ("queries", "number", f"Jaccard@{N_LISTED}", "rank-biased overlap"),
        tuple(lines),
        f"0: nothing in common, 1: the same. Jaccard: of the tracks in either list of {N_LISTED}, the share "
        f"in both. Rank-biased overlap: of lists of {_DEPTH}, first places counting most "
        f"(p = {PERSISTENCE}). Intervals: 95 %, artists of the queries drawn with replacement.",
    )
