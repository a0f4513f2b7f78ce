"""Questions answered: which tracks are like this one, and why this pair."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import FeatureMismatchError
from soundglass.core.types import Part, Recommendation, Recommendations, Track
from soundglass.explain.base import Explainer
from soundglass.explain.named import named_parts
from soundglass.explain.whatif import Counterfactual
from soundglass.library.schema import TRACK_COLUMNS, track_from_row
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender, best_first, place
from soundglass.recommend.filters import Filters, Selection

_SPARE = 6


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a pair scores what it does: all that takes no look at other tracks.

    Attributes
    ----------
    query, match : Track
    by : str
    score : float
    parts : tuple of Part
        All of them; they sum to ``score``.
    sentence : str
    """

    query: Track
    match: Track
    by: str
    score: float
    parts: tuple[Part, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair explained in full.

    Attributes
    ----------
    query, match : Track
    by : str
    score : float
    rank, n_tracks : int
        The match's place among all tracks the query can be compared with, unfiltered; 0 for itself.
    parts : tuple of Part
        All of them; they sum to ``score``.
    sentence : str
    counterfactuals : tuple of Counterfactual
    """

    query: Track
    match: Track
    by: str
    score: float
    rank: int
    n_tracks: int
    parts: tuple[Part, ...]
    sentence: str
    counterfactuals: tuple[Counterfactual, ...]


def recommend(
    store: Store,
    explainer: Explainer,
    query: int,
    n: int,
    filters: Filters,
    among: NDArray[np.int64] | None = None,
) -> Recommendations:
    """Find the tracks most like one, each with its reason.

    Parameters
    ----------
    query : int
        Row of the library.
    n : int
        How many; fewer where the filters leave fewer.
    among : ndarray of int, optional
        Rows of the library; others do not appear.
    """
    selection, rows = nearest(store, explainer.recommender, query, n, filters, among)
    return explained(store, explainer, query, selection, rows, of_all=among is None)


def explained(
    store: Store, explainer: Explainer, query: int, selection: Selection, rows: Sequence[int], *, of_all: bool
) -> Recommendations:
    """Give what :func:`nearest` found its reasons.

    Parameters
    ----------
    of_all : bool
        Whether all of the library was to be compared, so that what cannot be is told.
    """
    recommender = explainer.recommender
    of_each = explainer.parts(query, rows)
    results = tuple(
        Recommendation(rank, track, score, explainer.sentence(parts, score), parts)
        for rank, ((track, score), parts) in enumerate(zip(selection.chosen, of_each, strict=True), start=1)
    )
    left_out = dict(selection.left_out)
    if of_all:
        left_out[f"that {recommender.name} cannot compare with it"] = len(store) - len(recommender.rows)
    notes = tuple(
        f"left out {count:,} {'track' if count == 1 else 'tracks'} {reason}"
        for reason, count in left_out.items()
        if count
    )
    if not results and not np.isfinite(recommender.scores(query)).any():
        marked = f" ({', '.join(selection.query.flags)})" if selection.query.flags else ""
        notes = (f"too little is known of this track to compare it{marked}",)
    return Recommendations(selection.query, recommender.name, results, notes)


def nearest(
    store: Store,
    recommender: Recommender,
    query: int,
    n: int,
    filters: Filters,
    among: NDArray[np.int64] | None = None,
) -> tuple[Selection, list[int]]:
    """Find the tracks most like one that the filters let through, and their rows, best first."""
    allowed = None if among is None else np.isin(recommender.rows, among, assume_unique=True)
    if filters.where:
        fit = np.isin(recommender.rows, store.rows_where(filters.where), assume_unique=True)
        allowed = fit if allowed is None else allowed & fit
    return _select(store, query, best_first(recommender, query, allowed), n, filters)


def _select(
    store: Store, query: int, ranked: Iterator[tuple[int, float]], n: int, filters: Filters
) -> tuple[Selection, list[int]]:
    """Offer matches to the filters, best first, until n are taken; return the rows taken, too."""
    batch = list(islice(ranked, n + _SPARE))
    first, *offered = tracks(store, [query, *(row for row, _ in batch)])
    selection, taken = Selection(first, filters), list[int]()
    while batch:
        for (row, score), track in zip(batch, offered, strict=True):
            if len(taken) < n and selection.offer(track, score):
                taken.append(row)
        batch = list(islice(ranked, 2 * len(batch))) if len(taken) < n else []
        offered = tracks(store, [row for row, _ in batch]) if batch else []
    return selection, taken


def reasons(store: Store, explainer: Explainer, query: int, match: int) -> Reasons:
    """Explain the score of one pair, which takes as long in a library of any size.

    Parameters
    ----------
    query, match : int
        Rows of the library.

    Raises
    ------
    FeatureMismatchError
        Too little is known of both tracks, or nothing tells the library's tracks apart.
    """
    recommender = explainer.recommender
    score = float(recommender.exact_scores(query, np.array([match]))[0])
    if math.isnan(score):
        raise FeatureMismatchError(
            "the two tracks cannot be compared: too little is known of both, or nothing tells tracks apart",
            remedy="Choose other tracks",
        )
    parts = explainer.parts(query, [match])[0]
    sentence = "They are the same track." if query == match else explainer.sentence(parts, score)
    one, other = tracks(store, [query, match])
    return Reasons(one, other, recommender.name, score, parts, sentence)


def explain_pair(store: Store, explainer: Explainer, query: int, match: int) -> Pair:
    """Explain one pair in full: every part, what speaks against it, what would change its place.

    Parameters and errors are those of :func:`reasons`.
    """
    recommender, why = explainer.recommender, reasons(store, explainer, query, match)
    scores = recommender.scores(query)
    named, against = named_parts(why.parts)
    asked = [*named, *([against] if against else [])]
    itself = query == match
    return Pair(
        query=why.query,
        match=why.match,
        by=why.by,
        score=why.score,
        rank=0 if itself else place(recommender, query, why.score, scores, match),
        n_tracks=int(np.isfinite(scores).sum()) - 1,
        parts=why.parts,
        sentence=why.sentence,
        counterfactuals=() if itself else explainer.counterfactuals(query, match, asked),
    )


def tracks(store: Store, rows: list[int]) -> list[Track]:
    """Read tracks by row."""
    return [track_from_row(row) for row in store.take(rows, TRACK_COLUMNS).to_pylist()]
