"""Counterfactuals of regions: what the score and the place would be, had the match not what is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Part
from soundglass.embeddings.matching import cosines
from soundglass.embeddings.tokens import TokenSet
from soundglass.explain.phrases import clock, phrase
from soundglass.explain.whatif import Counterfactual, Standing
from soundglass.recommend.spectrogram import Matches, Terms

_Values: TypeAlias = NDArray[np.float64]
_Indices: TypeAlias = NDArray[np.int64]


class RegionCounterfactual(Counterfactual):
    """A region of the match left out, and what follows for its score and its place.

    ``part`` names the region, ``actual`` says when it starts; ``feature`` is ``"region"``, ``value`` is 0 and
    ``label`` is ``"left out"``.
    """

    __slots__ = ()

    @classmethod
    def of(cls, part: Part, score: float, standing: Standing) -> RegionCounterfactual:
        """Say where the match would stand with the score it has without the region of a part."""
        return cls(
            part=part.name,
            feature="region",
            value=0.0,
            label="left out",
            actual=clock(part.match),
            score=score,
            actual_score=standing.score,
            rank=standing.rank_at(score),
            actual_rank=standing.rank,
        )

    @property
    def opening(self) -> str:
        """Say what is imagined, as in "Without its driving low pulse at 1:12"."""
        return f"Without its {phrase(self.part)} at {self.actual}"


def score_without(terms: Terms, query: TokenSet, match: TokenSet, left_out: Collection[int]) -> float | None:
    """Score a pair as if some tokens of the match were not there.

    The other tokens keep their weights in proportion, and the tokens of the query find the nearest of what is
    left; what was measured against the library stays as it is.

    Parameters
    ----------
    terms : Terms
        Of the pair as it is.
    query, match : TokenSet
    left_out : collection of int
        Tokens of the match.

    Returns
    -------
    float or None
        ``None`` where nothing would be left of the match, or where the two are the same recording, which says
        nothing of the scale of their likeness.
    """
    kept = np.setdiff1d(np.arange(len(match)), list(left_out))
    missed = _missed(terms.query, terms.query.best) + _missed(terms.match, terms.match.best)
    if not len(kept) or missed <= 0:
        return None
    scale = (1 - terms.score) / missed
    best = cosines(query.vectors, match.vectors[kept]).max(axis=1)
    left = _missed(terms.query, best) + _missed(terms.match, terms.match.best, kept)
    return float(1 - scale * left)


def _missed(matches: Matches, best: _Values, kept: _Indices | slice = slice(None)) -> float:
    """Compare what is missing to the best match there can be with what a random track misses."""
    weights = matches.weights[kept]
    usual = weights @ (1 - matches.means[kept])
    return float(0.5 * (weights @ (1 - best[kept])) / usual)
