"""Recommendations of what somebody asks for besides a track, and what became of the plain list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from soundglass.core.catalogue import GROUPS
from soundglass.core.types import FeatureEvidence, Recommendation, Recommendations
from soundglass.explain.answer import explained, nearest
from soundglass.explain.base import Explainer
from soundglass.explain.moves import Move, Moves
from soundglass.explain.parts import evidence
from soundglass.explain.steering import Steered, asked_of, steer
from soundglass.library.store import Store
from soundglass.recommend.filters import Filters
from soundglass.recommend.space import FeatureSpace
from soundglass.recommend.steered import SteeredRecommender, Wanted
from soundglass.recommend.steering import Steering, wish


@dataclass(frozen=True, slots=True)
class SteeredList:
    """A steered list, and what became of the plain one.

    Attributes
    ----------
    steering : Steering
    answer : Recommendations
        The steered list.
    moves : tuple of Move
        One for each result of ``answer``, in its order.
    fallen : tuple of Move
        What is in the plain list only, in its order.
    carried : mapping of str to float
        What each group of features adds to the scores of ``answer`` on average, most first; all groups that
        tell the library's tracks apart, those that are turned off with 0.
    wanted : mapping of str to Wanted
        By feature, what is looked for instead of what the track has.
    has : mapping of str to FeatureEvidence
        What the track has of every feature.
    """

    steering: Steering
    answer: Recommendations
    moves: tuple[Move, ...]
    fallen: tuple[Move, ...]
    carried: Mapping[str, float]
    wanted: Mapping[str, Wanted]
    has: Mapping[str, FeatureEvidence]


def steered_list(
    store: Store,
    explainer: Explainer,
    row: int,
    steering: Steering,
    n: int,
    filters: Filters,
    plain: Sequence[int] | None = None,
) -> SteeredList:
    """Recommend what is asked for, and say who rose and fell against the plain list, and why.

    Parameters
    ----------
    explainer : Explainer
        Of features or the blend, not steered.
    row : int
        Row of the library.
    plain : sequence of int, optional
        The rows of the plain list, as :func:`plain_rows` finds them; found anew if left out.
    """
    before = plain_rows(store, explainer, row, n, filters) if plain is None else list(plain)
    steered = steer(explainer, steering, row)
    answer, now = _recommended(store, steered, row, n, filters)
    asked, share = asked_of(steered)
    rankings = explainer.recommender, steered.recommender
    known = [result.track for result in answer]
    moves, fallen = Moves(store, asked, rankings, (before, now), known, share).all()
    shown = evidence(asked.plain, np.array([asked.position(row)]))
    has = {name: reading for name, (reading,) in shown.items()}
    carried = _carried(asked.plain.space, answer)
    return SteeredList(steering, answer, moves, fallen, carried, asked.wanted, has)


def steered_answer(
    store: Store, explainer: Explainer, row: int, steering: Steering, n: int, filters: Filters
) -> Recommendations:
    """Recommend what is asked for besides a track, each with its reason; as :func:`steered_list`."""
    return _recommended(store, steer(explainer, steering, row), row, n, filters)[0]


def plain_rows(store: Store, explainer: Explainer, row: int, n: int, filters: Filters) -> list[int]:
    """Find the rows of the list that is not steered."""
    return nearest(store, explainer.recommender, row, n, filters)[1]


def _recommended(
    store: Store, steered: Steered, row: int, n: int, filters: Filters
) -> tuple[Recommendations, list[int]]:
    """Recommend from what is in the range of tempo; tell what was asked for, and what could not be."""
    asked, _ = asked_of(steered)
    within = asked.within_range()
    among = None if within is None else asked.rows[within]
    selection, rows = nearest(store, steered.recommender, row, n, filters, among)
    answer = explained(store, steered, row, selection, rows, of_all=within is None)
    return replace(answer, notes=(*_notes(asked), *answer.notes)), rows


def _notes(asked: SteeredRecommender) -> list[str]:
    steering, within = asked.steering, asked.within_range()
    notes = [f"steered: {', '.join(steering.wishes)}"] if steering else []
    if within is not None:
        out = int((~within).sum()) - int(not within[asked.position(asked.row)])
        notes.append(f"left out {out:,} {'track for its' if out == 1 else 'tracks for their'} tempo")
    for group, shift in steering.shifts.items():
        if steering.weights.get(group) == 0:
            notes.append(f"asking for {wish(group, shift)} changes nothing while {group} does not count")
        elif not any(feature.name in asked.wanted for feature in GROUPS[group]):
            notes.append(f"{wish(group, shift)} could not be asked for: nothing is known of its {group}")
    return notes


def _carried(plain: FeatureSpace, answer: Sequence[Recommendation]) -> dict[str, float]:
    """Average what each group of features adds to some scores."""
    tells = {plain.scales[own].feature.group for own in plain.owner[plain.variance > 0].tolist()}
    sums = dict.fromkeys([group for group in GROUPS if group in tells], 0.0)
    for result in answer:
        for part in result.parts:
            if part.name in sums and isinstance(part.query, FeatureEvidence):
                sums[part.name] += part.contribution / len(answer)
    return dict(sorted(sums.items(), key=lambda item: -item[1]))
