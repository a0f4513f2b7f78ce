"""Features of recommended tracks removed in many orders, pair by pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Json, Recommendation
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.feature_orders import Removal, area, bounds, normalised
from soundglass.evaluate.faithfulness.reference_features import FeatureReference, Values
from soundglass.evaluate.faithfulness.sentences import statements
from soundglass.evaluate.faithfulness.witnessed import Witnessed
from soundglass.evaluate.faithfulness.words_of_features import OPPOSED, feature_of
from soundglass.explain.answer import recommend
from soundglass.explain.compare import spread
from soundglass.recommend.filters import Filters

N_LISTED = 10
N_RANDOM = 20
"""Random orders a pair; their figures are averaged."""

N_TOP = 3
"""After so many removals the place of the match is told."""


@dataclass(frozen=True, slots=True)
class RemovedPair:
    """What the removal of features did to one match.

    Attributes
    ----------
    artist : str
        Of the query; empty if unknown.
    orders : mapping of str to mapping
        For each order the ``comprehensiveness``, ``sufficiency``, ``naopc``, the ``place`` after three
        removals and the ``curve`` of losses.
    named : mapping of str to float, or None
        The ``loss`` and the ``place`` without the groups that the sentence names as shared, ``n`` in number,
        and the ``random_loss`` and ``random_place`` without as many at random; ``None`` where it names none.
    place : int
        With nothing removed.
    best : float
        The comprehensiveness of the best order there is.
    sum_error : float
        How far the sum of the parts is from the score.
    """

    artist: str
    orders: dict[str, dict[str, Json]]
    named: dict[str, float] | None
    place: int
    best: float
    sum_error: float


def removed_pairs(context: Context, one: Witnessed, reference: FeatureReference) -> list[RemovedPair]:
    """Take the first recommendations of some tracks apart."""
    found: list[RemovedPair] = []
    artists = context.store.columns(["artist"])["artist"].to_pylist()
    queries = spread(reference.rows, one.n_queries).tolist()
    for done, query in enumerate(queries, start=1):
        key = f"removal of {one.name}, row {query}"
        pairs = context.kept(key, partial(_of_query, context, one, reference, query))
        found += [RemovedPair(artists[query] or "", **pair) for pair in pairs]
        context.progress(f"taking {one.name} away", done, len(queries))
    return found


def _of_query(context: Context, one: Witnessed, reference: FeatureReference, query: int) -> list[Json]:
    answer = recommend(context.store, one.explainer, query, N_LISTED, Filters())
    position = reference.position(query)
    scores, found = reference.scores(position), []
    for result in answer:
        row = context.store.row_of(result.track.id)
        if row is not None:
            match = reference.position(row)
            others = np.isfinite(scores) & ~np.isin(np.arange(len(scores)), [position, match])
            rng = np.random.default_rng([context.settings.seed, query, row])
            pair = _of_pair(Removal.of(reference, position, match), result, scores[others], rng)
            found += [pair] if pair is not None else []
    return found


def _of_pair(
    removal: Removal, result: Recommendation, rivals: Values, rng: np.random.Generator
) -> Json | None:
    """Remove the features of one match in every order; ``None`` where there is but one feature to remove."""
    if len(removal.groups) < 2:
        return None
    losses = removal.losses()
    score = float(removal.scores(np.zeros((1, len(removal.groups)), bool))[0])

    def place(of_score: float) -> int:
        return 1 + int((rivals > of_score).sum())

    told = {}
    for name, orders in removal.orders(rng, N_RANDOM).items():
        curves = [removal.curves(order) for order in orders]
        without, alone = (np.mean([curve[k] for curve in curves], axis=0) for k in (0, 1))
        top = min(N_TOP, len(without)) - 1
        told[name] = {
            "comprehensiveness": area(without),
            "sufficiency": area(alone),
            "naopc": normalised(area(without), losses),
            "place": float(np.mean([place(score - float(curve[0][top])) for curve in curves])),
            "curve": without.tolist(),
        }
    total = sum(part.contribution for part in result.parts)
    return {
        "orders": told,
        "named": _named(removal, result.sentence, rng, place, score),
        "place": place(score),
        "best": bounds(losses)[1],
        "sum_error": abs(total - score) / (1 + abs(score)),
    }


def _named(
    removal: Removal, sentence: str, rng: np.random.Generator, place: Callable[[float], int], score: float
) -> dict[str, float] | None:
    """Remove what a sentence names as shared, all at once, and as much at random."""
    features = [feature_of(said) for said in statements(sentence) if said.kind not in OPPOSED]
    named = {CATALOGUE[feature].group for feature in features if feature}
    chosen = [index for index, group in enumerate(removal.groups) if group in named]
    if not chosen:
        return None
    removed = np.zeros((1 + N_RANDOM, len(removal.groups)), dtype=bool)
    removed[0, chosen] = True
    for row in removed[1:]:
        row[rng.choice(len(row), len(chosen), replace=False)] = True
    own, *random = removal.scores(removed).tolist()
    return {
        "n": len(chosen),
        "loss": score - own,
        "place": place(own),
        "random_loss": score - float(np.mean(random)),
        "random_place": float(np.mean([place(other) for other in random])),
    }
