"""The reasons of the ``features`` recommender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.types import Part
from soundglass.explain.claims import claim
from soundglass.explain.named import named_parts
from soundglass.explain.parts import feature_parts
from soundglass.explain.whatif import Counterfactual, counterfactuals
from soundglass.explain.words import clauses, composed
from soundglass.recommend.base import Recommender
from soundglass.recommend.features import FeatureRecommender


@dataclass(frozen=True, slots=True)
class FeatureExplainer:
    """Explains likeness of named features: an :class:`~soundglass.explain.base.Explainer`."""

    recommender: FeatureRecommender

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Split scores into one part per feature group."""
        return feature_parts(self.recommender, query, matches)

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say what holds of the parts that matter."""
        return composed(*self.reasons(*named_parts(parts)), score)

    def reasons(self, named: Sequence[Part], against: Part | None) -> tuple[str, str]:
        """Say of some parts what the two tracks share, and of one what speaks against it; may be empty."""
        library = self.recommender.space.distributions
        claims = [claim(part, library) for part in named]
        objection = claim(against, library) if against is not None else None
        return clauses([c for c in claims if c is not None], objection)

    def counterfactuals(
        self,
        query: int,
        match: int,
        parts: Sequence[Part],
        whole: Recommender | None = None,
        share: float = 1.0,
    ) -> tuple[Counterfactual, ...]:
        """Ask what other values of the match would do to its place, as :func:`counterfactuals` does."""
        return counterfactuals(self.recommender, query, match, parts, whole, share)
