"""How diverse the tracks of one list are, and how well known.

Methods: intra-list diversity (Ziegler et al., Improving recommendation lists through topic diversification,
WWW 2005), judged by what the system does not rank by; novelty as self-information (Zhou et al., PNAS 2010);
popularity lift (Jannach et al., What recommenders recommend, UMUAI 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.baselines import raw_columns
from soundglass.recommend.base import Recommender
from soundglass.recommend.filters import artists

Lists = NDArray[np.int64]
"""Places of tracks among those that are ranked, shape (n_lists, n_places); -1 where a list has ended."""

Floats = NDArray[np.float64]
Judge: TypeAlias = Callable[[Lists], Floats]

RANK_BY: Mapping[str, frozenset[str]] = {
    "features": frozenset({"features", "blend", "seed-cosine", "vibenet"}),
    "spectrogram": frozenset({"spectrogram", "blend", "musicnn-pooled"}),
}
"""Space to the systems that rank in it or in a part of it, whose lists it cannot judge."""


def judges(context: Context, systems: Sequence[System]) -> dict[str, Judge]:
    """Make what judges lists, by the heading of its column; those that lack what they need are left out."""
    rows = systems[0].rows
    table = context.store.columns(["_rowoffset", "artist", "genres"])
    places = np.searchsorted(np.asarray(table["_rowoffset"], dtype=np.int64), rows)
    about = table.take(places).to_pydict()
    by = [artists(artist or "") for artist in about["artist"]]
    of_genre = [frozenset(genre.casefold() for genre in genres or ()) for genres in about["genres"]]
    found: dict[str, Judge] = {}
    if len(set().union(*by)) > 1:
        found["different artists"] = partial(different, labels=by)
    if len(set().union(*of_genre)) > 1:
        found["different genres"] = partial(different, labels=of_genre)
    for name in {system.name for system in systems} & set(RANK_BY):
        space = context.explainers.of(name, int(rows[0])).recommender
        found[f"unlike by {name}"] = partial(unlikeness, recommender=space, rows=rows)
    popularity = raw_columns(context.store, rows, ["popularity"])[:, 0]
    if np.nansum(popularity) > 0:
        found["novelty, bits"] = partial(mean_of_listed, values=information(popularity))
        found["popularity lift"] = partial(mean_of_listed, values=popularity / np.nanmean(popularity))
    return found


def different(lists: Lists, labels: Sequence[frozenset[str]]) -> Floats:
    """Give the share of pairs in each list that have no label in common; tracks without labels are in none.

    Parameters
    ----------
    labels : sequence of frozenset, shape (n_tracks,)

    Returns
    -------
    ndarray, shape (n_lists,)
        0 to 1; NaN where there is no pair.
    """
    shares = np.full(len(lists), np.nan)
    for at, places in enumerate(lists.tolist()):
        own = [labels[place] for place in places if place >= 0 and labels[place]]
        pairs = [one.isdisjoint(other) for i, one in enumerate(own) for other in own[:i]]
        if pairs:
            shares[at] = sum(pairs) / len(pairs)
    return shares


def unlikeness(lists: Lists, recommender: Recommender, rows: NDArray[np.int64]) -> Floats:
    """Give 1 − the mean score of all pairs in each list: 0 for copies, 1 for random tracks of the library.

    Parameters
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Of the library, by the places that the lists name.

    Returns
    -------
    ndarray, shape (n_lists,)
        NaN where there is no pair that can be compared.
    """
    means = np.full(len(lists), np.nan)
    for at, places in enumerate(lists):
        own = rows[places[places >= 0]]
        scores = [recommender.exact_scores(one, own[own != one]) for one in own.tolist()]
        known = [score for of_one in scores for score in of_one.tolist() if np.isfinite(score)]
        if known:
            means[at] = 1 - sum(known) / len(known)
    return means


def information(popularity: Floats) -> Floats:
    """Give −log2 of each track's share of all popularity, in bits; NaN where nobody knows it.

    One is added to each, so that a track of popularity 0 is new without being infinitely so.
    """
    shares = (popularity + 1) / np.nansum(popularity + 1)
    bits: Floats = -np.log2(shares)
    return bits


def mean_of_listed(lists: Lists, values: Floats) -> Floats:
    """Average what is known of the tracks of each list, shape (n_lists,); NaN where nothing is.

    Parameters
    ----------
    values : ndarray, shape (n_tracks,)
    """
    listed = np.where(lists >= 0, values[lists], np.nan)
    known = np.isfinite(listed)
    total = np.where(known, listed, 0.0).sum(axis=1)
    means: Floats = total / np.where(known.any(axis=1), known.sum(axis=1), np.nan)
    return means
