"""Deletion: what the score does when parts of the match are taken out of its audio, one after another."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import AudioError, LibraryError, TrackNotFound
from soundglass.core.types import FloatArray, Json
from soundglass.embeddings.analysis import Excerpt
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness import pointers, removal
from soundglass.evaluate.faithfulness.orderings import Removals
from soundglass.evaluate.faithfulness.rerun import Rerun, score
from soundglass.explain.compare import spread
from soundglass.recommend.base import best_first
from soundglass.recommend.spectrogram import SpectrogramRecommender

USUAL, OTHERS = "usual", "others"
"""What stands in the place of what is taken away: noise of the library's median energy in each band; or what
other tracks of the library have there."""

N_OTHERS = 2

_LEAST_UNITS = 4

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DeletedPair:
    """One recommendation, its match with every set of units taken away.

    Attributes
    ----------
    artist : str
        Of the query; empty if unknown.
    removals : mapping of str to Removals
        By what stands in their place.
    places : mapping of str to ndarray, shape (2 ** n_units,)
        The place among the recommendations after each removal, 1 the first.
    relevance : mapping of str to list of float
        Of each unit, by every method.
    """

    artist: str
    removals: Mapping[str, Removals]
    places: Mapping[str, Table]
    relevance: Mapping[str, list[float]]


def deleted_pairs(context: Context) -> tuple[list[DeletedPair], list[str]]:
    """Take the first recommendation of some tracks apart.

    Returns
    -------
    pairs : list of DeletedPair
    notes : list of str
        What was left out, and why.
    """
    laboratory = _Laboratory(context)
    asked = spread(laboratory.recommender.rows, context.settings.pairs).tolist()
    found: list[DeletedPair | None] = []
    with ThreadPoolExecutor(_n_workers()) as pool:
        for pair in pool.map(laboratory.pair, asked):
            found.append(pair)
            context.progress("taking parts of recommendations away", len(found), len(asked))
    kept = [pair for pair in found if pair is not None]
    n_left = len(found) - len(kept)
    notes = [f"left out {n_left} pairs whose audio is gone, silent or too short to divide"] if n_left else []
    return kept, notes


class _Laboratory:
    """Everything that all pairs share."""

    def __init__(self, context: Context) -> None:
        explainer = context.explainers.of("spectrogram")
        if not isinstance(explainer.recommender, SpectrogramRecommender):
            raise TypeError("the spectrogram recommender compares tokens")
        self.recommender = explainer.recommender
        self._context = context
        self._rerun = Rerun(context.store)
        self._spectrum = removal.usual_spectrum(context.store)
        self._values, self._medians = pointers.study_values(context.store)
        names = context.store.columns(["id", "artist"])
        self._ids, self._artists = names["id"].to_pylist(), names["artist"].to_pylist()
        self._asking = Lock()  # a recommender remembers the last question

    def pair(self, query: int) -> DeletedPair | None:
        """Take apart what is recommended first for a track; ``None`` where that cannot be done."""
        with self._asking:
            first = next(best_first(self.recommender, query), None)
        if first is None:
            return None
        match = first[0]
        key = f"deletion {self._ids[query]} {self._ids[match]}"
        found = self._context.kept(key, lambda: self._measured(query, match))
        if found is None:
            return None
        return DeletedPair(
            artist=self._artists[query] or "",
            removals={fill: Removals(np.array(found["scores"][fill])) for fill in found["scores"]},
            places={fill: np.array(found["places"][fill]) for fill in found["places"]},
            relevance=found["relevance"],
        )

    def _measured(self, query: int, match: int) -> Json:
        try:
            excerpts = self._rerun.excerpts(match)
            rng = np.random.default_rng([self._context.settings.seed, query, match])
            fills = {USUAL: [removal.noise(excerpts, self._spectrum, rng)]}
            fills[OTHERS] = self._others(query, match, excerpts, rng)
        except (AudioError, LibraryError, TrackNotFound):
            return None
        units = removal.divide(excerpts)
        of_query, whole = self._rerun.stored(query), self._rerun.heard(excerpts, match)
        if len(units) < _LEAST_UNITS or of_query is None or whole is None or not all(fills.values()):
            return None
        relevance = pointers.pointed_at(self._rerun, self.recommender, (query, match), excerpts, units)
        own = {name: float(values[match]) for name, values in self._values.items()}
        relevance[pointers.OTHERS[2]] = pointers.by_study(own, self._medians, units)
        rivals = np.sort(self._rivals(query, match))
        scores, places = {}, {}
        for fill, sounds in fills.items():
            tables = [
                self._table(query, match, excerpts, removal.removals(excerpts, units, s)) for s in sounds
            ]
            table = np.mean(tables, axis=0)
            scores[fill] = table.tolist()
            places[fill] = (1 + len(rivals) - np.searchsorted(rivals, table, side="right")).tolist()
        return {"scores": scores, "places": places, "relevance": relevance}

    def _table(
        self, query: int, match: int, excerpts: Sequence[Excerpt], prepared: Sequence[FloatArray]
    ) -> Table:
        """Score the match without every set of units."""
        of_query, n_units = self._rerun.stored(query), len(prepared[0])
        found = np.full(1 << n_units, np.nan)
        for taken in range(1 << n_units):
            bits = (taken >> np.arange(n_units) & 1).astype(bool)
            heard = self._rerun.heard(removal.without(excerpts, prepared, bits), match)
            if of_query is not None and heard is not None:
                found[taken] = score(of_query, heard)
        return found

    def _others(
        self, query: int, match: int, excerpts: Sequence[Excerpt], rng: np.random.Generator
    ) -> list[list[FloatArray]]:
        """Read what other tracks have in the same places, as loud."""
        rows = np.setdiff1d(self.recommender.rows, [query, match])
        chosen = rng.choice(rows, min(N_OTHERS, len(rows)), replace=False).tolist()
        read = [[other.samples for other in self._rerun.excerpts(row)] for row in chosen]
        return [removal.as_loud(samples, excerpts) for samples in read]

    def _rivals(self, query: int, match: int) -> FloatArray:
        """Give the scores of all other tracks."""
        with self._asking:
            scores = self.recommender.scores(query)
        others = ~np.isin(self.recommender.rows, [query, match])
        return scores[others & np.isfinite(scores)]


def _n_workers() -> int:
    return min(8, os.cpu_count() or 1)
