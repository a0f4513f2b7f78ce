"""The reasons of the ``blend`` recommender: those of both its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.explain.base import Explainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.named import named_parts, of_kind
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.explain.whatif import Counterfactual
from soundglass.explain.words import composed, listed
from soundglass.recommend.blend import BlendRecommender


class BlendExplainer:
    """Explains a weighted mean of two likenesses: an :class:`~soundglass.explain.base.Explainer`.

    Parameters
    ----------
    features : FeatureExplainer
    spectrogram : SpectrogramExplainer
    weight : float, optional
        The share of the spectrogram, 0 to 1; if left out, both have the same say.
    """

    def __init__(
        self, features: FeatureExplainer, spectrogram: SpectrogramExplainer, weight: float | None = None
    ) -> None:
        self.recommender = BlendRecommender(features.recommender, spectrogram.recommender, weight)
        self.features = features
        self.spectrogram = spectrogram

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Give the parts of both scores, scaled; what has no share in the score has no part in it."""
        explained: list[list[Part]] = [[] for _ in matches]
        explainers: tuple[Explainer, ...] = self.features, self.spectrogram
        for explainer, (_, factor) in zip(explainers, self.recommender.terms, strict=True):
            if factor:
                for parts, found in zip(explained, explainer.parts(query, matches), strict=True):
                    parts += [_scaled(part, factor) for part in found]
        return [tuple(sorted(parts, key=lambda part: -part.contribution)) for parts in explained]

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say what holds of the parts that matter: features first, then regions."""
        return composed(*self.reasons(*named_parts(parts)), score)

    def reasons(self, named: Sequence[Part], against: Part | None) -> tuple[str, str]:
        """Say of some parts what the two tracks share, and of one what speaks against it; may be empty."""
        shared, opposed = [], ""
        for explainer, kind in ((self.features, FeatureEvidence), (self.spectrogram, Region)):
            own = against if against is not None and isinstance(against.query, kind) else None
            clauses = explainer.reasons(of_kind(kind, named), own)
            shared.append(clauses[0])
            opposed = opposed or clauses[1]
        return listed(shared, ", and "), opposed

    def counterfactuals(self, query: int, match: int, parts: Sequence[Part]) -> tuple[Counterfactual, ...]:
        """Ask what other features or regions of the match would do to its place in the blend."""
        (_, of_features), (_, of_regions) = self.recommender.terms
        whole = self.recommender
        return (
            *self.features.counterfactuals(query, match, of_kind(FeatureEvidence, parts), whole, of_features),
            *self.spectrogram.counterfactuals(query, match, of_kind(Region, parts), whole, of_regions),
        )


def _scaled(part: Part, factor: float) -> Part:
    members = tuple(_scaled(member, factor) for member in part.members)
    return replace(part, contribution=factor * part.contribution, members=members)
