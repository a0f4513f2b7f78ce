"""Questions answered: which tracks are like this one, and why this pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from soundglass.core.errors import FeatureMismatchError
from soundglass.core.types import Part, Recommendation, Recommendations, Track
from soundglass.explain.claims import claim
from soundglass.explain.parts import feature_parts
from soundglass.explain.whatif import Counterfactual, counterfactuals
from soundglass.explain.words import named_parts, sentence
from soundglass.library.schema import TRACK_COLUMNS, track_from_row
from soundglass.library.store import Store
from soundglass.recommend.base import best_first, place
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters, Selection

_SPARE = 6


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
    store: Store, recommender: FeatureRecommender, query: int, n: int, filters: Filters
) -> Recommendations:
    """Find the tracks most like one, each with its reason.

    Parameters
    ----------
    query : int
        Row of the library.
    n : int
        How many; fewer where the filters leave fewer.
    """
    allowed = None
    if filters.where:
        allowed = np.isin(recommender.rows, store.rows_where(filters.where), assume_unique=True)
    ranked = best_first(recommender, query, allowed)
    selection, rows = _select(store, query, ranked, n, filters)
    explained = feature_parts(recommender, query, rows)
    results = tuple(
        Recommendation(rank, track, score, say(recommender, parts, score), parts)
        for rank, ((track, score), parts) in enumerate(zip(selection.chosen, explained, strict=True), start=1)
    )
    notes = tuple(
        f"left out {count} {'track' if count == 1 else 'tracks'} {reason}"
        for reason, count in selection.left_out.items()
    )
    return Recommendations(selection.query, recommender.name, results, notes)


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


def explain_pair(store: Store, recommender: FeatureRecommender, query: int, match: int) -> Pair:
    """Explain one pair in full: every part, what speaks against it, what would change its place.

    Parameters
    ----------
    query, match : int
        Rows of the library.

    Raises
    ------
    FeatureMismatchError
        Too little is known of both tracks, or nothing tells the library's tracks apart.
    """
    score = float(recommender.exact_scores(query, np.array([match]))[0])
    if math.isnan(score):
        raise FeatureMismatchError(
            "the two tracks cannot be compared: too few features are known of both, or no feature varies",
            remedy="Choose other tracks",
        )
    parts = feature_parts(recommender, query, [match])[0]
    scores = recommender.scores(query)
    named, against = named_parts(parts)
    asked = [*named, *([against] if against else [])]
    pair = tracks(store, [query, match])
    itself = query == match
    return Pair(
        query=pair[0],
        match=pair[1],
        by=recommender.name,
        score=score,
        rank=0 if itself else place(recommender, query, score, scores, match),
        n_tracks=int(np.isfinite(scores).sum()) - 1,
        parts=parts,
        sentence="They are the same track." if itself else say(recommender, parts, score),
        counterfactuals=() if itself else counterfactuals(recommender, query, match, asked),
    )


def say(recommender: FeatureRecommender, parts: tuple[Part, ...], score: float) -> str:
    """Make the sentence of a set of parts and the score they sum to."""
    library = recommender.space.distributions
    named, against = named_parts(parts)
    claims = [claim(part, library) for part in named]
    objection = claim(against, library) if against is not None else None
    return sentence([c for c in claims if c is not None], objection, score)


def tracks(store: Store, rows: list[int]) -> list[Track]:
    """Read tracks by row."""
    return [track_from_row(row) for row in store.take(rows, TRACK_COLUMNS).to_pylist()]
