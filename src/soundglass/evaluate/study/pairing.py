"""Which two candidates stand in each trial: about equally far apart for both recommenders."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Track
from soundglass.evaluate.study.choice import Asked
from soundglass.evaluate.study.conditions import By
from soundglass.explain.base import Explainer
from soundglass.recommend.filters import artists, same_recording

MARGIN: Final = 1.0
"""How far the scores of two candidates are to be apart, in standard deviations of the query's scores."""

LEAST_MARGIN: Final = 0.3
"""Nearer ones are not asked about: there is hardly a right answer."""

TIMES: Final = 2
"""In so many sets a track may be a candidate."""

_AMONG: Final = 160
"""How many candidates a study is paired from; all of a smaller library."""

_CLOSE: Final = 0.3
_ATTEMPTS: Final = 40
_SAME_ARTIST, _SEEN_BEFORE, _CHANCE = 0.5, 0.15, 0.05
"""What it costs, in standard deviations, that one artist is heard twice in a set, or a track in two sets."""

Values = NDArray[np.float64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """The scores of all candidates for one query, in standard deviations of the query's scores.

    Attributes
    ----------
    asked : Asked
    scores : dict of str to ndarray, shape (n_candidates,)
    """

    asked: Asked
    scores: dict[By, Values]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What can be chosen from.

    Attributes
    ----------
    rows : tuple of int
        Of the library; none is a query or a match.
    clash : ndarray of bool, shape (n_candidates, n_candidates)
        Which are by one artist.
    barred : ndarray of bool, shape (n_candidates, n_candidates)
        Which cannot be a pair: each with itself, and copies of one recording.
    """

    rows: tuple[int, ...]
    clash: NDArray[np.bool_]
    barred: NDArray[np.bool_]


def spread_of(explainer: Explainer, query: int) -> float:
    """Give the standard deviation of a query's scores over the library."""
    recommender = explainer.recommender
    scores = recommender.scores(query)[recommender.rows != query].astype(np.float64)
    return float(np.nanstd(scores))


def candidates_of(drawn: Mapping[int, Track], taken: Sequence[Track]) -> Candidates:
    """Gather what is neither query nor match, nor a copy of one."""
    ids = {track.id for track in taken}
    free = (
        row
        for row, track in drawn.items()
        if track.id not in ids and not any(same_recording(track, other) for other in taken)
    )
    rows = tuple(islice(free, _AMONG))
    tracks = [drawn[row] for row in rows]
    names = [artists(track.artist) for track in tracks]
    clash = np.array([[bool(one & other) for other in names] for one in names], dtype=bool)
    barred = np.array([[same_recording(one, other) for other in tracks] for one in tracks], dtype=bool)
    size = len(rows), len(rows)
    barred = barred.reshape(size) | np.eye(len(rows), dtype=bool)
    return Candidates(rows, clash.reshape(size), barred)


def standing(explainers: Mapping[By, Explainer], asked: Asked, candidates: Candidates) -> Standing:
    """Score all candidates for a query."""
    rows = np.sort(np.array(candidates.rows, dtype=np.int64))
    places = np.searchsorted(rows, candidates.rows)
    scores = {}
    for by, explainer in explainers.items():
        exact = explainer.recommender.exact_scores(asked.query, rows)
        scores[by] = exact[places] / (spread_of(explainer, asked.query) or math.nan)
    return Standing(asked, scores)


def pair_up(
    practice: Standing,
    sets: Sequence[Standing],
    candidates: Candidates,
    known: Mapping[int, Track],
    trials: int,
    seed: int,
) -> list[list[Pair]] | None:
    """Choose the pairs of the practice (one) and of all sets.

    A pair is the same for both recommenders, and as nearly ``MARGIN`` apart for both as can be. In one pair
    of a set the recommenders disagree, in the others they agree. No candidate is twice in a set, or in more
    than two sets. Several ways are tried, of which the one is taken whose worst pair is best.

    Returns
    -------
    list of list of (int, int)
        Rows, of the practice first; ``None`` where there are too few candidates.
    """
    best: tuple[float, list[list[Pair]]] | None = None
    for attempt in range(_ATTEMPTS):
        search = _Search(candidates, known, np.random.default_rng([seed, 3, attempt]))
        found = search.all_pairs([practice, *sets], trials)
        if found is not None and (best is None or search.worst < best[0]):
            best = search.worst, found
        if best is not None and best[0] <= _CLOSE:
            break
    return None if best is None else best[1]


class _Search:
    """One way to pair candidates up, the best pair that is left at a time."""

    def __init__(self, candidates: Candidates, known: Mapping[int, Track], rng: np.random.Generator) -> None:
        self.worst = 0.0
        self._candidates, self._known, self._rng = candidates, known, rng
        self._uses = np.zeros(len(candidates.rows), dtype=int)

    def all_pairs(self, standings: Sequence[Standing], trials: int) -> list[list[Pair]] | None:
        """Give every set its pairs, the practice, which is the first, its one."""
        pairs: list[list[Pair]] = [[] for _ in standings]
        n_sets = len(standings) - 1
        rounds = [(0, False)]
        for number in range(trials):
            rounds += [(1 + int(at), number == 0) for at in self._rng.permutation(n_sets)]
        for at, disagree in rounds:
            pair = self._next(standings[at], pairs[at], disagree)
            if pair is None:
                return None
            pairs[at].append(pair)
        rows = self._candidates.rows
        return [
            [(rows[of_set[at][0]], rows[of_set[at][1]]) for at in self._rng.permutation(len(of_set))]
            for of_set in pairs
        ]

    def _next(self, of: Standing, before: Sequence[Pair], disagree: bool) -> Pair | None:
        """Take the best pair that is left for a set."""
        margins = [scores[:, None] - scores[None, :] for scores in of.scores.values()]
        missed = np.max([np.abs(np.abs(margin) - MARGIN) for margin in margins], axis=0)
        least = np.min([np.abs(margin) for margin in margins], axis=0)
        signs = np.prod([np.sign(margin) for margin in margins], axis=0)
        inside = [at for pair in before for at in pair]
        used_up = self._uses >= TIMES
        used_up[inside] = True
        barred = self._candidates.barred | used_up[:, None] | used_up[None, :]
        barred |= ~(least >= LEAST_MARGIN) | (signs != (-1 if disagree else 1))
        price = self._price(of.asked, inside)
        cost = missed + price[:, None] + price[None, :] + _SAME_ARTIST * self._candidates.clash
        cost += _CHANCE * self._rng.random(cost.shape)
        cost[barred] = np.inf
        if not cost.size or not np.isfinite(cost.min()):
            return None
        one, other = (int(at) for at in np.unravel_index(int(cost.argmin()), cost.shape))
        self._uses[[one, other]] += 1
        self.worst = max(self.worst, float(missed[one, other]))
        return one, other

    def _price(self, asked: Asked, inside: Sequence[int]) -> Values:
        """Price each candidate for what was heard before: it, or its artist in this set."""
        heard = [*asked.rows, *(self._candidates.rows[at] for at in inside)]
        names = frozenset[str]().union(*(artists(self._known[row].artist) for row in heard))
        again = [bool(names & artists(self._known[row].artist)) for row in self._candidates.rows]
        return _SEEN_BEFORE * self._uses + _SAME_ARTIST * np.array(again, dtype=float)
