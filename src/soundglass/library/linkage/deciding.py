"""What is asserted of each entry, what is left for people to look at, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from soundglass.library.linkage.assign import assign
from soundglass.library.linkage.candidates import candidates
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.score import (
    ARTIST,
    DURATION,
    TITLE,
    UNKNOWN_DURATION,
    VERSION,
    Entry,
    Likeness,
    likeness,
    seconds_apart,
)
from soundglass.library.linkage.wording import reason

THRESHOLD = 0.82
"""A pair is asserted from this score on."""
REVIEW_BELOW = 0.1
"""How far below the threshold a pair is still worth a look."""
MARGIN = 0.03
"""A second candidate so near the best makes a match ambiguous."""

_SHOWN = 5
_WORTH_NAMING = 0.4
_NEARLY = 1e-6
_SAME_NAME = 0.95
_CLOSER_S = 3.0
_PER_SECOND_APART, _PER_ROW = 1e-5, 1e-10

Status = Literal["matched", "ambiguous", "unmatched"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry of the other list that might be the one, how likely it is and why."""

    listed: Listed
    likeness: Likeness
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one entry.

    Attributes
    ----------
    status : {"matched", "ambiguous", "unmatched"}
        Only what is ``matched`` is asserted.
    reason : str
        Why, in words.
    candidates : tuple of Candidate
        Likeliest first. Matched: the one it is. Ambiguous: those to choose from. Unmatched: the nearest.
    """

    listed: Listed
    status: Status
    reason: str
    candidates: tuple[Candidate, ...] = ()

    @property
    def other(self) -> Listed | None:
        """The entry of the other list that this one is; ``None`` unless matched."""
        return self.candidates[0].listed if self.status == "matched" else None

    @property
    def score(self) -> float | None:
        """Score of the likeliest candidate; ``None`` where there is none."""
        return self.candidates[0].likeness.score if self.candidates else None


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two entries that were compared."""

    left: int
    right: int
    likeness: Likeness
    score: float
    apart_s: float

    @property
    def handicap(self) -> float:
        """What decides between equal scores: the nearer length, then the earlier entries."""
        return _PER_SECOND_APART * self.apart_s + _PER_ROW * (self.left + self.right)

    @property
    def is_exact(self) -> bool:
        """Whether title and artists are the same, wording aside."""
        return self.likeness.title > TITLE - _NEARLY and self.likeness.artist > ARTIST - _NEARLY


class Deciding:
    """Compares two lists and decides every entry of the left one.

    Parameters
    ----------
    left, right : sequence of Entry
    threshold : float
        From which score on a pair is asserted.
    """

    def __init__(self, left: Sequence[Entry], right: Sequence[Entry], threshold: float) -> None:
        self._left, self._right, self._threshold = left, right, threshold
        self._nearest: dict[int, _Pair] = {}
        self._likely: dict[int, list[_Pair]] = defaultdict(list)
        self._claims: dict[int, list[_Pair]] = defaultdict(list)
        for pair in map(self._compared, *candidates(left, right).T.tolist()):
            nearest = self._nearest.setdefault(pair.left, pair)
            if pair.score > nearest.score:
                self._nearest[pair.left] = pair
            if not pair.likeness.against and pair.score >= threshold - REVIEW_BELOW:
                self._likely[pair.left].append(pair)
        for pairs in self._likely.values():
            pairs.sort(key=lambda pair: (-pair.score, pair.apart_s, pair.right))
            for pair in pairs:
                if pair.score >= pairs[0].score - MARGIN:
                    self._claims[pair.right].append(pair)

    def decisions(self) -> tuple[Match, ...]:
        """Decide every entry, in order."""
        early = {at: self._unsure(at) for at in range(len(self._left))}
        sure = [
            pair
            for at, pairs in self._likely.items()
            for pair in pairs
            if early[at] is None and pair.score >= self._threshold
        ]
        gains = [pair.score - self._threshold + MARGIN - pair.handicap for pair in sure]
        kept = assign([(pair.left, pair.right) for pair in sure], gains)
        chosen = {pair.left: pair for pair, is_kept in zip(sure, kept.tolist(), strict=True) if is_kept}
        takers = {pair.right: pair.left for pair in chosen.values()}
        return tuple(early[at] or self._settled(at, chosen.get(at), takers) for at in range(len(self._left)))

    def _compared(self, left: int, right: int) -> _Pair:
        one, other = self._left[left], self._right[right]
        found = likeness(one, other)
        apart = seconds_apart(one.listed, other.listed)
        return _Pair(left, right, found, found.score, 0.0 if apart is None else abs(apart))

    def _unsure(self, at: int) -> Match | None:
        """Decide an entry of which nothing can be asserted; ``None`` for the others."""
        pairs = self._likely.get(at)
        if not pairs:
            return self._unlike(at)
        best = pairs[0]
        if best.score < self._threshold:
            return self._match(at, "ambiguous", f"not sure: {self._reason(best)}", pairs)
        near = [pair for pair in pairs[1:] if _rivals(best, pair)]
        copies = [pair for pair in near if _copies(self._right[pair.right], self._right[best.right])]
        if len(copies) < len(near):
            n_recordings = len(near) - len(copies) + 1
            why = f"{n_recordings} recordings fit: {self._reason(best)}"
            return self._match(at, "ambiguous", why, pairs)
        claimants = [pair for pair in self._claims[best.right] if pair.left != at and _rivals(best, pair)]
        others = [pair for pair in claimants if not self._alike(self._left[pair.left], self._left[at])]
        if others and len(claimants) > len(copies):
            why = f"{self._left[others[0].left].listed.label} fits it as well: {self._reason(best)}"
            return self._match(at, "ambiguous", why, pairs)
        return None

    def _unlike(self, at: int) -> Match:
        """Say what comes nearest to an entry that nothing fits."""
        if not self._left[at].name.title:
            return self._match(at, "unmatched", "has no title")
        nearest = self._nearest.get(at)
        if nearest is None or nearest.score < _WORTH_NAMING:
            return self._match(at, "unmatched", "nothing is called like it")
        other = self._right[nearest.right].listed.label
        return self._match(at, "unmatched", f"nearest is {other}: {self._reason(nearest)}", [nearest])

    def _settled(self, at: int, pair: _Pair | None, takers: dict[int, int]) -> Match:
        """Decide an entry by what it was given when everybody had a choice."""
        best = self._likely[at][0]
        if pair is None or pair.score < best.score - MARGIN:
            taker = takers.get(best.right)
            whose = "another" if taker is None else self._left[taker].listed.label
            status: Status = "unmatched" if pair is None else "ambiguous"
            return self._match(
                at, status, f"its match went to {whose}: {self._reason(best)}", self._likely[at]
            )
        copies = sum(p.score >= best.score - MARGIN for p in self._likely[at]) - 1
        more = f"; {copies} more {'entry' if copies == 1 else 'entries'} of it" if copies else ""
        return self._match(at, "matched", self._reason(pair) + more, [pair])

    def _alike(self, one: Entry, other: Entry) -> bool:
        """Tell whether two entries of one list would match."""
        found = likeness(one, other)
        return not found.against and found.score >= self._threshold

    def _match(self, at: int, status: Status, why: str, pairs: Iterable[_Pair] = ()) -> Match:
        found = (
            Candidate(self._right[pair.right].listed, pair.likeness, self._reason(pair))
            for pair in list(pairs)[:_SHOWN]
        )
        return Match(self._left[at].listed, status, why, tuple(found))

    def _reason(self, pair: _Pair) -> str:
        return reason(self._left[pair.left], self._right[pair.right], pair.likeness)


def _rivals(best: _Pair, other: _Pair) -> bool:
    """Tell whether another pair fits as well as the best; the same name and length go before others."""
    if best.is_exact and not other.is_exact:
        return False
    return other.score >= best.score - MARGIN and other.apart_s <= best.apart_s + _CLOSER_S


def _copies(one: Entry, other: Entry) -> bool:
    """Tell whether two entries of one list are the same recording listed twice."""
    found = likeness(one, other)
    named = found.title + found.artist + found.version
    duration_agrees = found.duration > DURATION - _NEARLY or found.duration == DURATION * UNKNOWN_DURATION
    return not found.against and duration_agrees and named > _SAME_NAME * (TITLE + ARTIST + VERSION)
