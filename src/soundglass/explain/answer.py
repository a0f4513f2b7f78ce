"""Questions answered: which tracks are like this one, and why this pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from soundglass.core.types import Part, Recommendation, Recommendations, Track
from soundglass.explain.claims import claim, leading_feature
from soundglass.explain.parts import feature_parts
from soundglass.explain.whatif import Counterfactual, counterfactuals
from soundglass.explain.words import named_parts, sentence
from soundglass.library.schema import TRACK_COLUMNS, track_from_row
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters, Selection

_LOOKED_AT = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair explained in full.

    Attributes
    ----------
    query, match : Track
    by : str
    score : float
    rank, n_tracks : int
        The match's place among all other tracks of the library, unfiltered.
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
    selection = Selection(tracks(store, [query])[0], filters)
    rows = _select(store, best_first(recommender, query, allowed), selection, n)
    explained = feature_parts(recommender, query, rows)
    results = tuple(
        Recommendation(rank, track, score, say(recommender, parts), parts)
        for rank, ((track, score), parts) in enumerate(zip(selection.chosen, explained, strict=True), start=1)
    )
    notes = tuple(f"left out {count} {reason}" for reason, count in selection.left_out.items())
    return Recommendations(selection.query, recommender.name, results, notes)


def _select(store: Store, ranked: Iterator[tuple[int, float]], selection: Selection, n: int) -> list[int]:
    """Offer matches to the filters, best first, until n are taken; return the rows taken."""
    taken: list[int] = []
    while len(taken) < n and (batch := list(islice(ranked, max(_LOOKED_AT, n)))):
        offered = tracks(store, [row for row, _ in batch])
        for (row, score), track in zip(batch, offered, strict=True):
            if len(taken) < n and selection.offer(track, score):
                taken.append(row)
    return taken


def explain_pair(store: Store, recommender: FeatureRecommender, query: int, match: int) -> Pair:
    """Explain one pair in full: every part, what speaks against it, what would change its place.

    Parameters
    ----------
    query, match : int
        Rows of the library.
    """
    parts = feature_parts(recommender, query, [match])[0]
    score = math.fsum(part.contribution for part in parts)
    scores = recommender.exact_scores(query, recommender.rows[recommender.rows != query])
    named, against = named_parts(parts)
    asked = [*named, *([against] if against else [])]
    pair = tracks(store, [query, match])
    return Pair(
        query=pair[0],
        match=pair[1],
        by=recommender.name,
        score=score,
        rank=1 + int((scores > score + 1e-12).sum()),
        n_tracks=len(scores),
        parts=parts,
        sentence=say(recommender, parts),
        counterfactuals=counterfactuals(recommender, query, match, asked) if query != match else (),
    )


def say(recommender: FeatureRecommender, parts: tuple[Part, ...]) -> str:
    """Make the sentence of a set of parts."""
    named, against = named_parts(parts)
    claims = [claim(part, spread(recommender, part)) for part in named]
    objection = claim(against, spread(recommender, against)) if against is not None else None
    return sentence([c for c in claims if c is not None], objection)


def spread(recommender: FeatureRecommender, part: Part) -> float:
    """Give the library's standard deviation of a part's leading feature, in its unit."""
    return recommender.space.spreads[leading_feature(part).name]


def tracks(store: Store, rows: list[int]) -> list[Track]:
    """Read tracks by row."""
    return [track_from_row(row) for row in store.take(rows, TRACK_COLUMNS).to_pylist()]
