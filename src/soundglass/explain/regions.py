"""Matched tokens become matched regions: what a stretch of a track finds in the other is one part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Region
from soundglass.embeddings.tokens import TokenSet

Side: TypeAlias = Literal["query", "match"]

MOSTLY = 0.5
"""Boxes are neighbours that overlap by at least this share of the smaller one, in time and in Hz."""

_NOTHING = 1e-300

_Matrix = NDArray[np.float64]


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
    of_query: tuple[NDArray[np.int64], _Matrix],
    of_match: tuple[NDArray[np.int64], _Matrix],
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
    forward, backward = np.zeros((len(query), len(match))), np.zeros((len(query), len(match)))
    forward[np.arange(len(query)), of_query[0]] = of_query[1]
    backward[of_match[0], np.arange(len(match))] = of_match[1]
    both, near = forward + backward, (neighbours(query.boxes), neighbours(match.boxes))
    pointed = np.zeros(both.shape, dtype=bool)
    pointed[np.arange(len(query)), of_query[0]] = pointed[of_match[0], np.arange(len(match))] = True
    helps, from_query = both > 0, forward <= backward
    found = [
        *_grouped(both, helps, near, ("query", "match")),
        *_grouped(both, pointed & ~helps & from_query, near, ("query",)),
        *_grouped(both, pointed & ~helps & ~from_query, near, ("match",)),
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
    boxes = tokens.boxes[list(chosen)].astype(np.float64)
    low, high = boxes.min(axis=0), boxes.max(axis=0)
    return Region(float(low[0]), float(high[1]), float(low[2]), float(high[3]))


def _grouped(
    both: _Matrix,
    left: NDArray[np.bool_],
    near: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    sources: tuple[Side, ...],
) -> list[Finding]:
    """Take the stretch with most to say, with all its pairs, until none is left."""
    found, left = [], left.copy()
    while left.any():
        # Where only zeros are left, any stretch with a pair will do.
        sizes = np.where(left, np.maximum(np.abs(both), _NOTHING), 0.0)
        hubs = {"query": near[0] @ sizes.sum(axis=1), "match": near[1] @ sizes.sum(axis=0)}
        source = max(sources, key=lambda side: float(hubs[side].max()))
        hub = int(hubs[source].argmax())
        within = near[0][hub][:, None] if source == "query" else near[1][hub]
        found.append(_finding(both, left & within, near[source == "query"], source))
        left &= ~within
    return found


def _finding(both: _Matrix, left: NDArray[np.bool_], near: NDArray[np.bool_], source: Side) -> Finding:
    """Split the pairs of a stretch into places, by neighbourhood in the other track."""
    places, along = [], int(source == "match")
    while left.any():
        sizes = np.where(left, np.maximum(np.abs(both), _NOTHING), 0.0).sum(axis=along)
        lead = near[int(sizes.argmax())]
        within = lead if source == "query" else lead[:, None]
        here = left & within
        left = left & ~within
        pairs = np.argwhere(here)
        heart = pairs[np.abs(both[here]).argmax()]
        tokens = [tuple(np.unique(side).tolist()) for side in pairs.T]
        places.append(Place(float(both[here].sum()), tokens[0], tokens[1], (int(heart[0]), int(heart[1]))))
    places.sort(key=lambda place: -abs(place.contribution))
    return Finding(sum(place.contribution for place in places), source, tuple(places))
