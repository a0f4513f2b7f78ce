"""A steered list against the plain one: who rose, who fell, and which change did it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import Feature
from soundglass.core.types import FloatArray, Track
from soundglass.explain.answer import tracks
from soundglass.explain.named import VISIBLE
from soundglass.explain.parts import evidence, reading
from soundglass.explain.words import pair_text
from soundglass.library.store import Store
from soundglass.recommend.base import Proposer, Recommender, place
from soundglass.recommend.steered import SteeredRecommender

Values = NDArray[np.float64]


class Cause(Enum):
    """Why a track rose or fell; the others are all further tracks of both lists, on average."""

    OUT_OF_RANGE = "its tempo is unknown, or outside the range that is asked for"
    NOT_COMPARED = "too little is known of it to compare it by what counts now, or counted before"
    WEIGHTED = "a feature counts otherwise, in which it is further from the track (or nearer) than the others"
    ASKED = "it is nearer than the others (or further) to what is asked for of a feature that is moved"
    NOT_ASKED = "it was further than the others (or nearer) from the track, in a feature that is moved"
    OTHERS = "none of these: others fell back, or came past it"


@dataclass(frozen=True, slots=True)
class Move:
    """How a track's place in a steered list differs from that in the plain one, and why.

    Attributes
    ----------
    track : Track
    rank, was : int or None
        Its place in the steered and in the plain list; ``None`` where it is not in it.
    place : int or None
        Where it is not in one of the lists: its place among all tracks in that ranking, if it has one; not
        in a blend, where that takes too long.
    cause : Cause or None
        ``None`` where its place has not changed.
    feature : str
        The feature of the cause; empty without one.
    change : float
        By how much that moved it against the others, on the scale of scores.
    sentence : str
        The cause in words; empty without one.
    """

    track: Track
    rank: int | None
    was: int | None
    place: int | None = None
    cause: Cause | None = None
    feature: str = ""
    change: float = 0.0
    sentence: str = ""

    @property
    def rose(self) -> bool:
        """Whether it is higher up than it was, or was not in the list."""
        return self.rank is not None and (self.was is None or self.rank < self.was)


@dataclass(frozen=True, slots=True)
class Apart:
    """How far some tracks are from the query, feature by feature.

    Attributes
    ----------
    before, after : ndarray, shape (n_tracks, n_scales)
        Squared distances to the track, and to what is asked for with its weights; both over the plain mean
        distance to the library, so on the scale of scores. NaN where either does not know the feature.
    """

    before: Values
    after: Values

    @classmethod
    def of(cls, asked: SteeredRecommender, rows: Sequence[int]) -> Apart:
        """Measure rows of the library."""
        at, query = asked.positions(np.array(rows, dtype=np.int64)), asked.position(asked.row)
        plain = asked.plain.space
        has = plain.patterns[plain.pattern[query]]
        both = plain.patterns[plain.pattern[at]] & has
        usual = ((plain.axes[query] - plain.mean) ** 2 + plain.variance)[has].sum()
        first = np.searchsorted(plain.owner, np.arange(len(plain.scales)))
        before, after = (
            np.add.reduceat(
                np.where(both, (space.axes[at].astype(np.float64) - space.axes[query]) ** 2, np.nan) / usual,
                first,
                axis=1,
            )
            for space in (plain, asked.space)
        )
        return cls(before, after)

    def against_others(self) -> Apart:
        """Give what each track has more of than the others on average."""
        return Apart(*(each - _mean_of_others(each) for each in (self.before, self.after)))


def _mean_of_others(each: Values) -> Values:
    known = np.isfinite(each)
    counts = known.sum(axis=0) - known
    sums = np.where(known, each, 0.0)
    means: Values = (sums.sum(axis=0) - sums) / np.where(counts > 0, counts, np.nan)
    return means


class Moves:
    """Compares a steered list with the plain one.

    Parameters
    ----------
    store : Store
    asked : SteeredRecommender
        The features, with the track that is asked about.
    rankings : (Recommender, Recommender)
        The plain one and the steered one.
    lists : (list of int, list of int)
        The rows of both lists.
    known : sequence of Track
        The tracks of the steered one.
    share : float
        The features' share of the scores.
    """

    def __init__(
        self,
        store: Store,
        asked: SteeredRecommender,
        rankings: tuple[Recommender, Recommender],
        lists: tuple[Sequence[int], Sequence[int]],
        known: Sequence[Track],
        share: float,
    ) -> None:
        self._asked, self._rankings, self._lists, self._share = asked, rankings, lists, share
        self._rows = list(dict.fromkeys([*lists[1], *lists[0]]))
        gone = self._rows[len(known) :]
        self._tracks = [*known, *(tracks(store, gone) if gone else [])]
        self._more = Apart.of(asked, self._rows).against_others()
        positions = asked.positions(np.array([asked.row, *self._rows], dtype=np.int64))
        self._shown = evidence(asked.plain, positions)
        self._within = asked.within_range()
        self._is_within = [True] * len(self._rows) if self._within is None else self._within[positions[1:]]
        touched = asked.steering.touched
        self._touched = [i for i, scale in enumerate(asked.space.scales) if scale.feature.group in touched]

    def all(self) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
        """Give the moves of the steered list, in its order, and those of what has left the plain one."""
        n_now = len(self._lists[1])
        moves = [self._move(index) for index in range(len(self._rows))]
        return tuple(moves[:n_now]), tuple(moves[n_now:])

    def _move(self, index: int) -> Move:
        track = self._tracks[index]
        was, rank = (_place_in(rows, self._rows[index]) for rows in self._lists)
        if was == rank:
            return Move(track, rank, was)
        elsewhere, compared = None, True
        if was is None or rank is None:
            elsewhere, compared = self._elsewhere(index, before=was is None)
        rose = rank is not None and (was is None or rank < was)
        cause, feature, change, sentence = next(self._causes(index, rose, compared))
        return Move(track, rank, was, elsewhere, cause, feature, change, sentence)

    def _elsewhere(self, index: int, *, before: bool) -> tuple[int | None, bool]:
        """Find the place of a track in the ranking whose list lacks it, and whether it is compared there.

        No place is counted where all scores take too long.
        """
        if not before and not self._is_within[index]:
            return None, True
        ranking, exact = self._rankings[not before], self._of_features[not before]
        if math.isnan(exact[index]):
            return None, False
        if isinstance(ranking, Proposer):
            return None, True
        return place(ranking, self._asked.row, float(exact[index]), self._scores[not before]), True

    @cached_property
    def _of_features(self) -> tuple[Values, Values]:
        """The exact scores by features, plain and steered, of the tracks of both lists."""
        rows = np.array(self._rows, dtype=np.int64)
        plain, steered = (one.exact_scores(self._asked.row, rows) for one in (self._asked.plain, self._asked))
        return plain, steered

    @cached_property
    def _scores(self) -> tuple[FloatArray, FloatArray]:
        """The plain and the steered scores of all tracks; what is out of range has no steered place."""
        plain, steered = (ranking.scores(self._asked.row) for ranking in self._rankings)
        outside = np.float32(-np.inf)
        return plain, steered if self._within is None else np.where(self._within, steered, outside)

    def _causes(self, index: int, rose: bool, compared: bool) -> Iterator[tuple[Cause, str, float, str]]:
        """Yield what may have moved a track, the first of which is to be said."""
        if not self._is_within[index]:
            has = self._shown["tempo"][index + 1].label if "tempo" in self._shown else "unknown"
            asked = self._asked.steering.range_text
            yield Cause.OUT_OF_RANGE, "tempo", 0.0, f"its tempo is {has}, and you asked for {asked}"
        if not compared:
            when = "before" if rose else "now"
            yield Cause.NOT_COMPARED, "", 0.0, f"too little is known of it to compare it {when}"
        sign = 1 if rose else -1
        gains = sign * self._share * (self._more.before[index] - self._more.after[index])
        gains = [(float(gains[scale]), scale) for scale in self._touched if gains[scale] >= VISIBLE]
        if gains:
            change, scale = max(gains)
            cause, words = self._said(index, scale, rose)
            yield cause, self._asked.space.scales[scale].feature.name, sign * change, words
        yield Cause.OTHERS, "", 0.0, "others fell back" if rose else "others came past it"

    def _said(self, index: int, scale: int, rose: bool) -> tuple[Cause, str]:
        """Say what holds of a track in a feature that moved it."""
        feature = self._asked.space.scales[scale].feature
        query, match = (self._shown[feature.name][at].label for at in (0, index + 1))
        weight = self._asked.steering.weights.get(feature.group, 1.0)
        wanted = self._asked.wanted.get(feature.name) if weight else None
        if wanted is None:
            was = "was" if weight == 0 else "is"
            far = "further off" if self._more.before[index, scale] > 0 else "nearer"
            words = f"{feature.noun} {counts(weight)}: it {was} {far} there than the others"
            return Cause.WEIGHTED, f"{words} ({pair_text(match, query, 'against')})"
        more = float(self._more.after[index, scale])
        if more and (more < 0) == rose:
            asked = self._label(feature, wanted.asked)
            far = "nearer than the others to" if rose else "further than the others from"
            return Cause.ASKED, f"it is {far} the {feature.noun} you asked for ({match}, asked for {asked})"
        far, less = ("further off", "counts less against it") if rose else ("nearer", "helps it less")
        words = f"it was {far} in {feature.noun} than the others, which {less} now"
        return Cause.NOT_ASKED, f"{words} ({pair_text(match, query, 'against')})"

    def _label(self, feature: Feature, value: float) -> str:
        return reading(feature, value, math.nan, None, self._shown[feature.name][0].source).label


def counts(weight: float) -> str:
    """Say how a feature counts, as in ``no longer counts`` or ``counts 2 times``."""
    return f"counts {weight:g} times" if weight else "no longer counts"


def _place_in(rows: Sequence[int], row: int) -> int | None:
    return rows.index(row) + 1 if row in rows else None
