"""Which pairs of tracks are looked at: recommended ones, of the same genre, at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.protocol import spread
from soundglass.evaluate.ranking.truth import Truth, Truths, truths
from soundglass.explain.answer import nearest, tracks
from soundglass.explain.registry import RECOMMENDERS
from soundglass.recommend.base import Recommender
from soundglass.recommend.filters import Filters, Selection

PER_QUERY = 3
"""Pairs of each kind that one query gives."""

RANDOM, SAME_GENRE = "random", "same genre"

Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Queries, and what each is paired with.

    Attributes
    ----------
    queries : ndarray of int, shape (n_queries,)
        Rows of the library.
    groups : tuple of str
        Of each query: its artist, or the track itself where nobody knows.
    matches : mapping of str to sequence of list of int
        Name of a recommender, ``SAME_GENRE`` or ``RANDOM`` to the rows each query is paired with.
    notes : tuple of str
        What is left out and why.
    """

    queries: Rows
    groups: tuple[str, ...]
    matches: Mapping[str, Sequence[list[int]]]
    notes: tuple[str, ...]

    @property
    def rows(self) -> list[int]:
        """All rows in any pair, in the order of the queries that need them first."""
        found: dict[int, None] = {}
        for at, query in enumerate(self.queries.tolist()):
            found |= dict.fromkeys([query, *(row for rows in self.matches.values() for row in rows[at])])
        return list(found)


def choose_pairs(context: Context) -> Pairs:
    """Choose pairs, ``PER_QUERY`` of each kind a query, no two tracks being by one artist or on one album.

    Raises
    ------
    CatalogueError
        The table of labels is missing or not one.
    """
    settings = context.settings
    rows = context.store.rows_where("origin = 'audio'")
    if not len(rows):
        return Pairs(rows, (), {}, ("The library has no audio: there is nothing to look at",))
    recommenders, notes = _recommenders(context)
    rows, of_all = _comparable(rows, recommenders), len(rows)
    if len(rows) < of_all:
        notes.append(
            f"{of_all - len(rows)} of {of_all} tracks are left out: not all recommenders can compare them"
        )
    told = truths(context.store, labels=settings.labels).among(rows)
    places = spread(len(rows), settings.visual_queries, settings.seed)
    matches: dict[str, list[list[int]]] = {
        name: [] for name in (*(one.name for one in recommenders), SAME_GENRE, RANDOM)
    }
    for done, place in enumerate(places.tolist()):
        context.progress("choose pairs", done, len(places))
        allowed = ~_barred(told, place)
        query, others = int(rows[place]), rows[allowed]
        for one in recommenders:
            chosen = nearest(context.store, one, query, PER_QUERY, Filters(), others)[1]
            matches[one.name].append(chosen)
        alike = rows[allowed & _truth(told, "genre").relevant(place)]
        for name, among in ((SAME_GENRE, alike), (RANDOM, others)):
            matches[name].append(_drawn(context, query, among, name))
    context.progress("choose pairs", len(places), len(places))
    groups = [
        artist or f"track {row}" for artist, row in zip(told.artists[places], rows[places], strict=True)
    ]
    return Pairs(rows[places], tuple(groups), matches, (*notes, *_untold(told, places)))


def _recommenders(context: Context) -> tuple[list[Recommender], list[str]]:
    found, notes = [], []
    for name in RECOMMENDERS:
        try:
            found.append(context.explainers.of(name).recommender)
        except SoundglassError as error:
            notes.append(f"{name} is left out: {error.message}")
    return found, notes


def _comparable(rows: Rows, recommenders: Sequence[Recommender]) -> Rows:
    for one in recommenders:
        rows = np.intersect1d(rows, one.rows, assume_unique=True)
    return rows


def _truth(told: Truths, name: str) -> Truth:
    return next(truth for truth in told if truth.name == name)


def _barred(told: Truths, place: int) -> NDArray[np.bool_]:
    """Tell which tracks are the query, by its artist or on its album."""
    barred = _truth(told, "artist").relevant(place) | _truth(told, "album").relevant(place)
    barred[place] = True
    return barred


def _drawn(context: Context, query: int, among: Rows, name: str) -> list[int]:
    """Draw rows that are no other copies of the query or of one another, as recommendations are none."""
    rng = np.random.default_rng((context.settings.seed, query, name == RANDOM))
    drawn = rng.permutation(among)[: 4 * PER_QUERY].tolist()
    first, *offered = tracks(context.store, [query, *drawn])
    selection = Selection(first, Filters())
    return [row for row, track in zip(drawn, offered, strict=True) if selection.offer(track, 0.0)][:PER_QUERY]


def _untold(told: Truths, places: NDArray[np.intp]) -> list[str]:
    unknown = ~(_truth(told, "artist").known | _truth(told, "album").known)[places]
    if not unknown.any():
        return []
    return [
        f"{int(unknown.sum())} of {len(places)} queries have neither artist nor album: some of what they are "
        "paired with may be by the same artist"
    ]
