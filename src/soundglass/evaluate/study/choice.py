"""Which tracks are asked about, and what is recommended for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Track
from soundglass.evaluate.study.conditions import CELLS, By
from soundglass.evaluate.study.eligible import Eligible, has_file, too_small, tracks_needed
from soundglass.explain.answer import tracks
from soundglass.explain.base import Explainer
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.filters import artists, same_recording

_DEPTH: Final = 40
"""How far down a list a match is looked for."""

_TIGHT: Final = 1.5
"""A library with fewer than so many times the tracks that are needed has to be kept house with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and what either recommender recommends for it.

    Attributes
    ----------
    query : int
        Row of the library.
    matches : dict of str to int
        Rows, by recommender; both may recommend the same track.
    """

    query: int
    matches: dict[By, int]

    @property
    def rows(self) -> frozenset[int]:
        """All tracks of it."""
        return frozenset((self.query, *self.matches.values()))


def choose_queries(
    store: Store, explainers: Mapping[By, Explainer], eligible: Eligible, trials: int
) -> tuple[Asked, tuple[Asked, ...]]:
    """Choose what the practice and the sets are about; no track is query or match in two of them.

    The match is the first recommendation that is another recording and, where there is one, by another
    artist. Queries are by different artists where possible. A library that is hardly large enough gives way
    to queries for which both recommenders recommend the same track.

    Parameters
    ----------
    explainers : mapping of str to Explainer
        The two recommenders.
    trials : int
        Of a block.

    Returns
    -------
    practice : Asked
        Of few tracks.
    sets : tuple of Asked, length 8

    Raises
    ------
    SoundglassError
        There are too few tracks.
    """
    n_wanted, chosen = len(CELLS) + 1, list[Asked]()
    lists, order = _Lists(store, explainers, eligible), list(eligible.drawn)
    if len(order) < _TIGHT * tracks_needed(trials):
        order.sort(key=lambda row: not lists.agree_on(row))
    for strict in (True, False):
        for row in order:
            asked = lists.ask(row, chosen, strict) if len(chosen) < n_wanted else None
            chosen += [asked] if asked else []
    if len(chosen) < n_wanted:
        raise too_small(store, eligible, trials)
    practice = min(chosen, key=lambda asked: len(asked.rows))
    return practice, tuple(asked for asked in chosen if asked is not practice)


class _Lists:
    """The recommendations for tracks, with those that are taken left out."""

    def __init__(self, store: Store, explainers: Mapping[By, Explainer], eligible: Eligible) -> None:
        self._store = store
        self._explainers = explainers
        self._allowed: dict[By, NDArray[np.bool_]] = {
            by: np.isin(explainer.recommender.rows, eligible.rows) for by, explainer in explainers.items()
        }
        self._known: dict[int, Track] = dict(eligible.drawn)
        self._found: dict[tuple[By, int], list[int]] = {}

    def ask(self, query: int, chosen: Sequence[Asked], strict: bool) -> Asked | None:
        """Find what is recommended for a track; ``None`` where that, or the track itself, is taken.

        Parameters
        ----------
        strict : bool
            Whether the first recommendation must be free, and the artist new.
        """
        taken = frozenset[int]().union(*(asked.rows for asked in chosen))
        if self._is_taken(query, taken) or (strict and self._is_by_one(query, [a.query for a in chosen])):
            return None
        matches = dict[By, int]()
        for by in self._explainers:
            proper = self._proper(by, query)[: 1 if strict else _DEPTH]
            free = next((row for row in proper if not self._is_taken(row, taken)), None)
            if free is None:
                return None
            matches[by] = free
        return Asked(query, matches)

    def agree_on(self, query: int) -> bool:
        """Tell whether both recommenders recommend the same track."""
        return len({next(iter(self._proper(by, query)), None) for by in self._explainers}) == 1

    def _proper(self, by: By, query: int) -> list[int]:
        """Give recommendations of other recordings, those by other artists first."""
        if (by, query) not in self._found:
            recommender = self._explainers[by].recommender
            ranked = list(islice(best_first(recommender, query, self._allowed[by]), _DEPTH))
            unknown = [row for row, _ in ranked if row not in self._known]
            self._known.update(zip(unknown, tracks(self._store, unknown), strict=True))
            own = self._known[query]
            proper = [
                row
                for row, score in ranked
                if not same_recording(own, self._known[row], score if by == "features" else None)
                and has_file(self._store, row, self._known[row])
            ]
            names = artists(own.artist)
            proper.sort(key=lambda row: bool(artists(self._known[row].artist) & names))
            self._found[by, query] = proper
        return self._found[by, query]

    def _is_taken(self, row: int, taken: frozenset[int]) -> bool:
        return row in taken or any(same_recording(self._known[row], self._known[other]) for other in taken)

    def _is_by_one(self, row: int, others: Sequence[int]) -> bool:
        names = artists(self._known[row].artist)
        return any(names & artists(self._known[other].artist) for other in others)
