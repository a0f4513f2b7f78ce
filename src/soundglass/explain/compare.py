"""Two recommenders side by side: how far they agree, and what only one of them finds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.core.types import Recommendation, Recommendations, Track
from soundglass.explain.answer import nearest, recommend, tracks
from soundglass.explain.base import Explainer
from soundglass.explain.overlap import overlap, rank_biased_overlap, rank_correlation
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender, place
from soundglass.recommend.filters import Filters

SAMPLE = 200
_EXTREMES = 5


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two recommenders agree on the tracks most like one.

    Attributes
    ----------
    in_common : int
        How many tracks are in both lists.
    overlap : float
        Their share of the places.
    rbo : float
        Rank-biased overlap of the lists.
    correlation : float
        Spearman's ρ between the orders of all tracks that both can rank; NaN where a score never varies.
    same_first : bool
        Whether the best match is the same.
    """

    in_common: int
    overlap: float
    rbo: float
    correlation: float
    same_first: bool


@dataclass(frozen=True, slots=True)
class FoundByOne:
    """A track that only one of two lists names.

    Attributes
    ----------
    by : str
        The recommender that found it.
    result : Recommendation
        As it stands in that list, with its reason.
    place : int
        What place the other recommender gives it, among the tracks that both can rank.
    score : float
        The other's score.
    """

    by: str
    result: Recommendation
    place: int
    score: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two lists for one track.

    Attributes
    ----------
    lists : tuple of Recommendations
        Of tracks that both can rank.
    n_tracks : int
        How many those are.
    found_by_one : tuple of FoundByOne
        Those of the first list, then those of the second.
    """

    query: Track
    lists: tuple[Recommendations, Recommendations]
    agreement: Agreement
    n_tracks: int
    found_by_one: tuple[FoundByOne, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryComparison:
    """How far two recommenders agree over a library.

    Attributes
    ----------
    by : tuple of str
    n : int
        How long the lists are.
    n_tracks, n_asked : int
        How many tracks both can rank, and of how many of them the lists were compared.
    overlap, rbo, correlation : float
        Means of what :class:`Agreement` says of single tracks.
    same_first : float
        For which share of the tracks the best match is the same.
    in_common : tuple of int, length n + 1
        For how many tracks the lists have 0, 1, … n tracks in common.
    most, least : tuple of (Track, Agreement)
        The tracks with the highest and lowest rank-biased overlap.
    """

    by: tuple[str, str]
    n: int
    n_tracks: int
    n_asked: int
    overlap: float
    rbo: float
    correlation: float
    same_first: float
    in_common: tuple[int, ...]
    most: tuple[tuple[Track, Agreement], ...]
    least: tuple[tuple[Track, Agreement], ...]
    notes: tuple[str, ...]


def compare(store: Store, one: Explainer, other: Explainer, query: int, n: int) -> Comparison:
    """Put the lists of two recommenders for one track side by side.

    Parameters
    ----------
    query : int
        Row of the library.
    n : int
        How long the lists are; shorter where fewer tracks can be ranked by both.

    Raises
    ------
    FeatureMismatchError
        There is no track that both can compare with this one.
    """
    ground = _Ground(one.recommender, other.recommender, query)
    if not len(ground.rows):
        raise FeatureMismatchError(
            f"there is no track that both {one.recommender.name} and {other.recommender.name} can compare "
            "with this one",
            remedy="Choose another track",
        )
    lists = [recommend(store, explainer, query, n, Filters(), ground.rows) for explainer in (one, other)]
    names = [[result.track.id for result in of_one] for of_one in lists]
    alone = [
        ground.found_by_one(store, own, result)
        for own in (0, 1)
        for result in lists[own]
        if result.track.id not in names[1 - own]
    ]
    notes = dict.fromkeys([note for of_one in lists for note in of_one.notes] + ground.notes)
    return Comparison(
        query=lists[0].query,
        lists=(lists[0], lists[1]),
        agreement=ground.agreement(names, n),
        n_tracks=len(ground.rows),
        found_by_one=tuple(alone),
        notes=tuple(notes),
    )


def compare_library(
    store: Store,
    one: Recommender,
    other: Recommender,
    n: int,
    sample: int | None = SAMPLE,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> LibraryComparison:
    """Compare the lists of two recommenders over a library.

    Parameters
    ----------
    n : int
        How long the lists are.
    sample : int, optional
        Of how many tracks, evenly spread over the library and the same every time; ``None`` for all.
    progress : callable
        Told after every track: how many are done, of how many.

    Raises
    ------
    SoundglassError
        The sample is empty.
    FeatureMismatchError
        No two tracks can be compared by both.
    """
    if sample is not None and sample < 1:
        raise SoundglassError(f"a sample of {sample} tracks says nothing", remedy="Give 1 or more")
    rows = np.intersect1d(one.rows, other.rows, assume_unique=True)
    asked = spread(rows, len(rows) if sample is None else sample)
    found: list[tuple[int, Agreement]] = []
    for done, query in enumerate(asked.tolist(), start=1):
        ground = _Ground(one, other, query)
        if len(ground.rows):
            lists = [nearest(store, r, query, n, Filters(), ground.rows)[1] for r in (one, other)]
            found.append((query, ground.agreement(lists, n)))
        progress(done, len(asked))
    if not found:
        raise FeatureMismatchError(f"no two tracks can be compared by both {one.name} and {other.name}")
    return _summary(store, (one, other), n, rows, len(asked), found)


def spread(rows: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Take at most n rows, evenly spread; the same every time."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(n, len(rows))).round().astype(np.intp))]


def _summary(
    store: Store,
    recommenders: tuple[Recommender, Recommender],
    n: int,
    rows: NDArray[np.int64],
    n_asked: int,
    found: Sequence[tuple[int, Agreement]],
) -> LibraryComparison:
    agreements = [agreement for _, agreement in found]
    ranked = sorted(found, key=lambda entry: -entry[1].rbo)
    most, least = ranked[:_EXTREMES], ranked[::-1][:_EXTREMES]
    named = tracks(store, [row for row, _ in (*most, *least)])
    extremes = list(zip(named, (agreement for _, agreement in (*most, *least)), strict=True))
    in_common = Counter(agreement.in_common for agreement in agreements)
    only = [(r.name, len(r.rows) - len(rows)) for r in recommenders]
    notes = [_left_out(count, f"that only {name} can rank") for name, count in only if count]
    if n_asked > len(found):
        notes.append(_left_out(n_asked - len(found), "that cannot be compared"))
    return LibraryComparison(
        by=(recommenders[0].name, recommenders[1].name),
        n=n,
        n_tracks=len(rows),
        n_asked=len(found),
        overlap=_mean([a.overlap for a in agreements]),
        rbo=_mean([a.rbo for a in agreements]),
        correlation=_mean([a.correlation for a in agreements]),
        same_first=_mean([a.same_first for a in agreements]),
        in_common=tuple(in_common[k] for k in range(n + 1)),
        most=tuple(extremes[: len(most)]),
        least=tuple(extremes[len(most) :]),
        notes=tuple(notes),
    )


class _Ground:
    """The tracks that two recommenders can both compare with one, and what each says of them."""

    def __init__(self, one: Recommender, other: Recommender, query: int) -> None:
        self.query = query
        self.recommenders = one, other
        self.scores = one.scores(query), other.scores(query)
        finite = [r.rows[np.isfinite(s)] for r, s in zip(self.recommenders, self.scores, strict=True)]
        common = np.intersect1d(finite[0], finite[1], assume_unique=True)
        self.rows: NDArray[np.int64] = common[common != query]
        self.notes = [
            _left_out(len(rows) - len(common), f"that only {recommender.name} can rank")
            for recommender, rows in zip(self.recommenders, finite, strict=True)
            if len(rows) > len(common)
        ]

    def agreement(self, lists: Sequence[Sequence[Hashable]], n: int) -> Agreement:
        """Compare two lists of up to n of the tracks, and the orders of all."""
        one, other = lists
        return Agreement(
            in_common=len({*one} & {*other}),
            overlap=overlap(one, other, min(n, max(len(one), len(other)))),
            rbo=rank_biased_overlap(one, other),
            correlation=rank_correlation(self._common(0), self._common(1)),
            same_first=one[:1] == other[:1],
        )

    def found_by_one(self, store: Store, own: int, result: Recommendation) -> FoundByOne:
        """Look up what the other recommender says of a track that one of them found."""
        other, scores = self.recommenders[1 - own], self.scores[1 - own]
        row = store.row_of(result.track.id)
        score = float(other.exact_scores(self.query, np.array([row]))[0])
        of_common = np.where(np.isin(other.rows, self.rows, assume_unique=True), scores, np.float32(np.nan))
        return FoundByOne(
            by=self.recommenders[own].name,
            result=result,
            place=place(other, self.query, score, of_common, row),
            score=score,
        )

    def _common(self, own: int) -> NDArray[np.float32]:
        held = np.isin(self.recommenders[own].rows, self.rows, assume_unique=True)
        return self.scores[own][held]


def _left_out(count: int, which: str) -> str:
    return f"left out {count:,} {'track' if count == 1 else 'tracks'} {which}"


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
