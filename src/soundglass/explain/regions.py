"""Matched tokens become matched regions: what a stretch of a track finds in the other is one part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Region
from soundglass.embeddings.tokens import TokenSet

Side: TypeAlias = Literal["query", "match"]

MOSTLY = 0.5
"""Boxes are neighbours that overlap by at least this share of the smaller one, in time and in Hz."""

_NOTHING = 1e-300

_SIDES: tuple[Side, Side] = ("query", "match")

_Pair: TypeAlias = tuple[tuple[int, int], float]
"""A token of the query and the one of the match that belongs to it, and their signed share of the score."""


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch of the query and one of the match.

    Attributes
    ----------
    contribution : float
        Sum over the pairs of tokens.
    query, match : tuple of int
        The tokens, ascending.
    heart : (int, int)
        The pair with the largest size of contribution.
    """

    contribution: float
    query: tuple[int, ...]
    match: tuple[int, ...]
    heart: tuple[int, int]

    def regions(self, query: TokenSet, match: TokenSet) -> tuple[Region, Region]:
        """Give the boxes around the tokens on both sides."""
        return around(query, self.query), around(match, self.match)


@dataclass(frozen=True, slots=True)
class Finding:
    """All that one stretch of a track finds in the other, or fails to find.

    Attributes
    ----------
    contribution : float
        Sum over the places.
    source : {"query", "match"}
        The track the stretch is in.
    places : tuple of Place
        One for every stretch it is matched with, largest size of contribution first.
    """

    contribution: float
    source: Side
    places: tuple[Place, ...]

    @property
    def is_match(self) -> bool:
        """Whether it speaks for the pair: what it finds is nearer than in most tracks."""
        return self.contribution > 0


def findings(
    of_query: tuple[NDArray[np.int64], NDArray[np.float64]],
    of_match: tuple[NDArray[np.int64], NDArray[np.float64]],
    query: TokenSet,
    match: TokenSet,
) -> tuple[Finding, ...]:
    """Group the terms of a score into findings.

    Tokens that point at each other are one pair. Then, as long as pairs are left, the stretch (a token with
    its neighbours, of either track) whose pairs have the largest sum takes all of them. Pairs that
    speak for and against are grouped apart; those against by the token that is missed.

    Parameters
    ----------
    of_query : (ndarray of int, ndarray of float), each of shape (n_query,)
        For each token of the query the match's token that is nearest, and the signed contribution.
    of_match : (ndarray of int, ndarray of float), each of shape (n_match,)
        The same for each token of the match.
    query, match : TokenSet

    Returns
    -------
    tuple of Finding
        Largest contribution first; every term is in exactly one, so that they sum to the score.
    """
    shares: defaultdict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for token, (partner, share) in enumerate(zip(*(side.tolist() for side in of_query), strict=True)):
        shares[token, partner][0] = share
    for token, (partner, share) in enumerate(zip(*(side.tolist() for side in of_match), strict=True)):
        shares[partner, token][1] = share
    near = neighbours(query.boxes), neighbours(match.boxes)
    helping, missed_by_query, missed_by_match = list[_Pair](), list[_Pair](), list[_Pair]()
    for tokens, (forward, backward) in sorted(shares.items()):
        missed = missed_by_query if forward <= backward else missed_by_match
        pairs = helping if forward + backward > 0 else missed
        pairs.append((tokens, forward + backward))
    found = [
        *_grouped(helping, near, ("query", "match")),
        *_grouped(missed_by_query, near, ("query",)),
        *_grouped(missed_by_match, near, ("match",)),
    ]
    return tuple(sorted(found, key=lambda finding: -finding.contribution))


def neighbours(boxes: FloatArray) -> NDArray[np.bool_]:
    """Tell which boxes overlap by at least half of the smaller one, in time and in frequency.

    Parameters
    ----------
    boxes : ndarray, shape (n, 4)
        ``start_s, end_s, low_hz, high_hz``.

    Returns
    -------
    ndarray of bool, shape (n, n)
    """
    near = np.ones((len(boxes), len(boxes)), dtype=bool)
    for low, high in (boxes[:, :2].T, boxes[:, 2:].T):
        overlap = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
        near &= overlap >= MOSTLY * np.minimum((high - low)[:, None], high - low)
    return near


def around(tokens: TokenSet, chosen: Sequence[int]) -> Region:
    """Give the smallest box around some tokens."""
    starts, ends, lows, highs = zip(*(tokens.boxes[token].tolist() for token in chosen), strict=True)
    return Region(min(starts), max(ends), min(lows), max(highs))


def _grouped(
    pairs: list[_Pair], near: tuple[NDArray[np.bool_], NDArray[np.bool_]], sources: tuple[Side, ...]
) -> list[Finding]:
    """Take the stretch with most to say, with all its pairs, until none is left."""
    found, sides = [], [_SIDES.index(source) for source in sources]
    weights = [of_side.astype(np.float64) for of_side in near]
    ends = np.array([ends for ends, _ in pairs], dtype=np.intp).reshape(-1, 2).T
    sizes = np.array([_size(pair) for pair in pairs])
    while len(pairs):
        sums = {
            side: weights[side] @ np.bincount(ends[side], sizes, minlength=len(near[side])) for side in sides
        }
        side = max(sides, key=lambda side: float(sums[side].max()))
        within = near[side][sums[side].argmax()][ends[side]]
        taken = within.tolist()
        found.append(_finding(list(compress(pairs, taken)), near[1 - side], side))
        pairs = [pair for pair, is_taken in zip(pairs, taken, strict=True) if not is_taken]
        ends, sizes = ends[:, ~within], sizes[~within]
    return found


def _finding(pairs: list[_Pair], near: NDArray[np.bool_], side: int) -> Finding:
    """Split the pairs of a stretch of one side into places, by neighbourhood in the other track."""
    places, other = [], 1 - side
    while pairs:
        sizes: defaultdict[int, float] = defaultdict(float)
        for pair in pairs:
            sizes[pair[0][other]] += _size(pair)
        lead = near[max(sorted(sizes), key=sizes.__getitem__)]
        here = [pair for pair in pairs if lead[pair[0][other]]]
        pairs = [pair for pair in pairs if not lead[pair[0][other]]]
        heart, _ = max(here, key=_size)
        query, match = (
            tuple(sorted(set(tokens))) for tokens in zip(*(ends for ends, _ in here), strict=True)
        )
        places.append(Place(sum(share for _, share in here), query, match, heart))
    places.sort(key=lambda place: -abs(place.contribution))
    return Finding(sum(place.contribution for place in places), _SIDES[side], tuple(places))


def _size(pair: _Pair) -> float:
    """Give the size of a pair's share; where only zeros are left, any stretch with a pair will do."""
    return max(abs(pair[1]), _NOTHING)
