"""One protocol for all systems: the same queries, candidates and truths, artist filter off and on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Json
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.measures import MEASURES, best_first, measures
from soundglass.evaluate.ranking.truth import Truth, Truths

LEAST_QUERIES = 20
"""A truth that fewer queries can be judged by is left out."""

MOST_RELATED = 0.9
"""A truth by which more of the tracks belong to a query on average tells nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A truth, and whether tracks by the query's artist may be found (MIREX calls it the artist filter).

    Attributes
    ----------
    filtered : bool
        They are barred.
    usable : ndarray of bool, shape (n_queries,)
        To which queries anything belongs.
    chance : float
        The precision of a list in random order.
    ceiling : float
        The highest ``truth.measure`` there can be: to some queries few tracks belong.
    """

    truth: Truth
    filtered: bool
    usable: NDArray[np.bool_]
    chance: float
    ceiling: float

    @property
    def name(self) -> str:
        """As headings have it."""
        return f"{self.truth.name}, artist filter {'on' if self.filtered else 'off'}"


@dataclass(frozen=True, slots=True)
class Protocol:
    """What every system is asked.

    Attributes
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library that are compared.
    places : ndarray of int, shape (n_queries,)
        Where among ``rows`` the queries are, ascending.
    notes : tuple of str
        Which truths are left out and why.
    """

    rows: NDArray[np.int64]
    places: NDArray[np.intp]
    truths: Truths
    questions: tuple[Question, ...]
    notes: tuple[str, ...]

    @property
    def queries(self) -> NDArray[np.int64]:
        """Rows of the library that are asked about."""
        return self.rows[self.places]

    @property
    def groups(self) -> NDArray[np.str_]:
        """The artist of each query, empty where unknown."""
        return self.truths.artists[self.places]


def protocol(context: Context, rows: NDArray[np.int64], truths: Truths) -> Protocol:
    """Choose the queries, and the questions they can answer."""
    places = spread(len(rows), context.settings.queries, context.settings.seed)
    kept, notes = [], []
    for truth in truths:
        for filtered in (False, True) if truth.across_artists else (False,):
            question = _question(truths, places, truth, filtered)
            reason = _unfit(question)
            if reason is None:
                kept.append(question)
            elif truth.known.any():
                notes.append(f"{question.name}: left out, {reason}")
        if not truth.known.any():
            notes.append(f"{truth.name}: left out, the library does not tell it")
    return Protocol(rows, places, truths, tuple(kept), tuple(notes))


def spread(n: int, n_chosen: int, seed: int) -> NDArray[np.intp]:
    """Choose places at equal distances, the first at random: a systematic sample."""
    n_chosen = min(n, n_chosen)
    start = np.random.default_rng(seed).random()
    chosen: NDArray[np.intp] = ((np.arange(n_chosen) + start) * (n / max(n_chosen, 1))).astype(np.intp)
    return chosen


def ask(context: Context, system: System, asked: Protocol) -> NDArray[np.float64]:
    """Measure the lists of a system.

    Returns
    -------
    ndarray, shape (n_questions, n_queries, n_measures)
        In the order of ``MEASURES``; NaN where nothing belongs to the query.
    """
    key = f"measures of {system.name}, {_digest(asked)}, seed {context.settings.seed}"
    kept = context.kept(key, partial(_measured, context, system, asked))
    found = np.full((len(asked.questions), len(asked.places), len(MEASURES)), np.nan)
    for of_question, question, values in zip(found, asked.questions, kept, strict=True):
        of_question[question.usable] = values
    return found


def _measured(context: Context, system: System, asked: Protocol) -> Json:
    found: list[list[list[float]]] = [[] for _ in asked.questions]
    for done, place in enumerate(asked.places.tolist()):
        context.progress(f"ask {system.name}", done, len(asked.places))
        order = best_first(system.scores(int(asked.rows[place])))
        for values, question in zip(found, asked.questions, strict=True):
            if question.usable[done]:
                relevant, allowed = _judged(asked.truths, question.truth, question.filtered, place)
                values.append(measures(order, relevant, allowed).tolist())
    context.progress(f"ask {system.name}", len(asked.places), len(asked.places))
    return found


def _question(truths: Truths, places: NDArray[np.intp], truth: Truth, filtered: bool) -> Question:
    wanted, allowed = np.zeros((2, len(places)))
    for at, place in enumerate(places.tolist()):
        if truth.known[place] and (truths.by_artist.known[place] or not filtered):
            relevant, may = _judged(truths, truth, filtered, place)
            wanted[at], allowed[at] = (relevant & may).sum(), may.sum()
    usable = wanted > 0
    wanted, allowed = wanted[usable], allowed[usable]
    if not usable.any():
        return Question(truth, filtered, usable, np.nan, np.nan)
    depth = {"P@5": 5, "P@10": 10}.get(truth.measure)
    ceiling = 1.0 if depth is None else float(np.minimum(wanted / depth, 1).mean())
    return Question(truth, filtered, usable, float((wanted / allowed).mean()), ceiling)


def _judged(
    truths: Truths, truth: Truth, filtered: bool, place: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell what belongs to a query, and which tracks are judged: those of which something is known."""
    allowed = truth.known & ~truths.by_artist.relevant(place) if filtered else truth.known.copy()
    allowed[place] = False
    return truth.relevant(place), allowed


def _unfit(question: Question) -> str | None:
    n_usable = int(question.usable.sum())
    if n_usable < LEAST_QUERIES:
        return f"only {n_usable} of {len(question.usable)} queries have anything to find"
    if question.chance > MOST_RELATED:
        return f"{question.chance:.0%} of all tracks belong to a query"
    return None


def _digest(asked: Protocol) -> str:
    digest = blake2b(digest_size=8)
    for array in (asked.rows, asked.places):
        digest.update(array.tobytes())
    for question in asked.questions:
        digest.update(question.name.encode())
        for table in (question.truth.asks, question.truth.members):
            digest.update(table.indptr.tobytes() + table.indices.tobytes())
    return digest.hexdigest()
