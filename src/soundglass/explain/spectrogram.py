"""The reasons of the ``spectrogram`` recommender: regions that match, named by what is measured in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from soundglass.core.types import Part
from soundglass.embeddings.tokens import TokenSet
from soundglass.embeddings.traits import Traits
from soundglass.explain.named import named_parts
from soundglass.explain.phrases import ALONE, matched, unmatched
from soundglass.explain.regions import Finding, findings
from soundglass.explain.sounds import Sound, common_sound
from soundglass.explain.whatif import Counterfactual, Standing
from soundglass.explain.without import RegionCounterfactual, score_without
from soundglass.explain.words import composed
from soundglass.recommend.base import Recommender
from soundglass.recommend.spectrogram import SpectrogramRecommender, Terms

MISSED_BY = 0.05
"""How far below the usual cosine the nearest token of the other track is for a region to be called missed."""


@dataclass(frozen=True, slots=True)
class MatchedTokens:
    """Two tracks' tokens with the terms of their score, grouped.

    Attributes
    ----------
    query, match : TokenSet
    terms : Terms
    findings : tuple of Finding
        They sum to the score.
    """

    query: TokenSet
    match: TokenSet
    terms: Terms
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, query: TokenSet, match: TokenSet, terms: Terms) -> MatchedTokens:
        """Group the terms of a pair."""
        sides = [(side.partners, side.contributions) for side in (terms.query, terms.match)]
        return cls(query, match, terms, findings(sides[0], sides[1], query, match))

    def sound(self, finding: Finding, index: int = 0) -> Sound:
        """Find what holds of every token of a place, on both sides; of what is missed, on its own side."""
        at = finding.places[index]
        sides = {"query": self.query.traits[list(at.query)], "match": self.match.traits[list(at.match)]}
        heard = [sides[finding.source]] if self.is_missed(finding, index) else sides.values()
        return common_sound([_traits(row.tobytes()) for of_side in heard for row in of_side])

    def part(self, finding: Finding) -> Part:
        """Give a finding as a part of the score; its further places are members."""
        first, *further = (
            Part(self._name(finding, index), at.contribution, *at.regions(self.query, self.match))
            for index, at in enumerate(finding.places)
        )
        return Part(first.name, finding.contribution, first.query, first.match, tuple(further))

    def without(self, finding: Finding) -> float | None:
        """Score the pair as if the match had none of a finding's tokens."""
        left_out = {token for at in finding.places for token in at.match}
        return score_without(self.terms, self.query, self.match, left_out)

    def is_missed(self, finding: Finding, index: int = 0) -> bool:
        """Whether the heart of a place is clearly further from all of the other track than is usual."""
        heart, source = finding.places[index].heart, finding.source
        matches, token = (self.terms.query, heart[0]) if source == "query" else (self.terms.match, heart[1])
        return not finding.is_match and bool(matches.best[token] < matches.means[token] - MISSED_BY)

    def _name(self, finding: Finding, index: int) -> str:
        name = self.sound(finding, index).name
        return f"{name}, {ALONE[finding.source]}" if self.is_missed(finding, index) else name


@dataclass(frozen=True, slots=True)
class SpectrogramExplainer:
    """Explains likeness of tokens: an :class:`~soundglass.explain.base.Explainer`."""

    recommender: SpectrogramRecommender

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Split scores into one part for each stretch of a track and what it finds in the other."""
        return [tuple(map(pair.part, pair.findings)) for pair in self.matched(query, matches)]

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say which regions match, and which is missed."""
        return composed(*self.reasons(*named_parts(parts)), score)

    def reasons(self, named: Sequence[Part], against: Part | None) -> tuple[str, str]:
        """Say what holds of some parts: which regions match, and which is missed; clauses, or empty."""
        return matched(named), unmatched(against) if against is not None else ""

    def counterfactuals(
        self,
        query: int,
        match: int,
        parts: Sequence[Part],
        whole: Recommender | None = None,
        share: float = 1.0,
    ) -> tuple[Counterfactual, ...]:
        """Ask of each part what the match's place would be without what is there.

        The score is computed anew, by :func:`~soundglass.explain.without.score_without`; the scores of other
        tracks do not change. Of a part whose region only the query has, nothing can be asked; what changes
        neither the place nor two digits of the score is left out.

        Parameters
        ----------
        query, match : int
            Rows of the library.
        parts : sequence of Part
            Those of this pair to ask about.
        whole : Recommender, optional
            Whose score and place are told, if likeness of tokens is but a term of its scores.
        share : float
            The factor of that term.
        """
        standing = Standing.of(self.recommender if whole is None else whole, query, match)
        (pair,) = self.matched(query, [match])
        asked, found = {(part.name, part.query, part.match) for part in parts}, []
        for finding in pair.findings:
            part, of_match = pair.part(finding), finding.is_match or finding.source == "match"
            if of_match and (part.name, part.query, part.match) in asked:
                score = pair.without(finding)
                if score is not None:
                    changed = standing.score + share * (score - pair.terms.score)
                    found.append(RegionCounterfactual.of(part, changed, standing))
        return tuple(change for change in found if change.tells)

    def matched(self, query: int, matches: Sequence[int]) -> list[MatchedTokens]:
        """Match the query's tokens with those of each match."""
        rows = list(dict.fromkeys([query, *matches]))
        sets = dict(zip(rows, self.recommender.token_sets(rows), strict=True))
        terms = self.recommender.terms_of(query, matches)
        return [
            MatchedTokens.of(sets[query], sets[match], of_pair)
            for match, of_pair in zip(matches, terms, strict=True)
        ]


@lru_cache(maxsize=8192)
def _traits(packed: bytes) -> Traits:
    """Read what is asked for again with every place a token is part of."""
    return Traits.unpack(np.frombuffer(packed, np.uint8))
