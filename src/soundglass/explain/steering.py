"""The reasons of steered recommenders: what was asked for, how far it is met, and all else as ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from soundglass.core.catalogue import Feature
from soundglass.core.errors import SoundglassError
from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.base import Explainer
from soundglass.explain.blend import BlendExplainer
from soundglass.explain.claims import Claim, Kind, group_evidence
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.named import named_parts
from soundglass.explain.parts import reading
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.explain.words import HARDLY, capitalised, listed, pair_text
from soundglass.recommend.steered import SteeredRecommender
from soundglass.recommend.steering import STEERABLE, Steering, wish


class Step(Enum):
    """How a match stands to the track, in what was asked for."""

    MET = "has clearly more (or less) of it than the track, as was asked"
    HARDLY = "does not clearly differ from the track"
    AGAINST = "differs clearly from the track, the other way"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked for of one group of features, and what a match has: a claim that can be checked.

    Attributes
    ----------
    group : str
    more : bool
        Whether more was asked for.
    feature : Feature
        The one of the group that is spoken of.
    query, match : FeatureEvidence
        What the track, as it is, and the match have of it.
    """

    group: str
    more: bool
    step: Step
    feature: Feature
    query: FeatureEvidence
    match: FeatureEvidence

    @property
    def words(self) -> str:
        """Say what the match is, as in ``calmer (0.52 against 0.83)``."""
        high = self.more if self.step is not Step.AGAINST else not self.more
        said = self.feature.comparatives[high]
        said = f"not clearly {said}" if self.step is Step.HARDLY else said
        return f"{said} ({pair_text(self.match.label, self.query.label, 'against')})"


@dataclass(frozen=True, slots=True)
class SteeredExplainer(FeatureExplainer):
    """Explains likeness to a track that was moved: an :class:`~soundglass.explain.base.Explainer`."""

    recommender: SteeredRecommender

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Split scores into one part per feature group; what was asked for is marked as that.

        Of a moved feature, the value of the steered track is the one that is asked for; its label says so.
        """
        explained = FeatureExplainer.parts(self, query, matches)
        if query != self.recommender.row or not self.recommender.wanted:
            return explained
        return [tuple(map(self._marked, parts)) for parts in explained]

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say how far what was asked for is met, then what else holds of the parts that matter."""
        asked, rest = self.asked(parts)
        if not asked:
            return FeatureExplainer.sentence(self, parts, score)
        return following(asked, *self.reasons(*named_parts(rest)), score)

    def asked(self, parts: Sequence[Part]) -> tuple[str, list[Part]]:
        """Say how far what was asked for is met; empty without shifts. Give the parts that remain, too."""
        shifts = self.recommender.steering.shifts
        moved = [p for p in parts if isinstance(p.query, FeatureEvidence) and p.name in shifts]
        rest = [part for part in parts if part not in moved]
        found = [answered for part in moved if (answered := self.answered(part)) is not None]
        found.sort(key=lambda answered: list(shifts).index(answered.group))
        if not found:
            return "", list(parts)
        wishes = listed([wish(one.group, shifts[one.group]) for one in found])
        return f"you asked for {wishes}: the match is {_steps(found)}", rest

    def answered(self, part: Part) -> Answered | None:
        """Compare a match with the track as it is in what was asked for; ``None`` where nothing is known."""
        library = self.recommender.space.distributions
        more = self.recommender.steering.shifts[part.name] > 0
        sides = [
            (feature, self._actual(feature, query), match)
            for feature, query, match in group_evidence(part, library)
            if query.value is not None and match.value is not None
        ]
        for step, high in ((Step.MET, more), (Step.AGAINST, not more)):
            for feature, query, match in sides:
                if Claim(Kind.DIFFERENT, part, feature, query, match, high).holds(library):
                    return Answered(part.name, more, step, feature, query, match)
        return Answered(part.name, more, Step.HARDLY, *sides[0]) if sides else None

    def _actual(self, feature: Feature, query: FeatureEvidence) -> FeatureEvidence:
        """Give what the track has of a feature, of which the part shows what is asked for."""
        wanted = self.recommender.wanted.get(feature.name)
        if wanted is None:
            return query
        space, position = self.recommender.plain.space, self.recommender.position(self.recommender.row)
        percentile = float(space.distributions[feature.name].percentiles(wanted.actual))
        mode = float(space.values["mode"][position]) if "mode" in space.values else float("nan")
        return reading(feature, wanted.actual, mode, percentile, query.source)

    def _marked(self, part: Part) -> Part:
        """Mark the values that are asked for, of a part and its members."""
        if part.name not in self.recommender.steering.shifts:
            return part
        held = group_evidence(part, self.recommender.space.distributions)
        marked = [self._mark(feature, query) for feature, query, _ in held]
        members = tuple(
            replace(member, query=query) for member, query in zip(part.members, marked[1:], strict=True)
        )
        return replace(part, query=marked[0], members=members)

    def _mark(self, feature: Feature, query: FeatureEvidence) -> FeatureEvidence:
        if feature.name not in self.recommender.wanted:
            return query
        return replace(query, label=f"asked {query.label}", confidence=None)


class SteeredBlendExplainer(BlendExplainer):
    """Explains a blend whose features are steered: an :class:`~soundglass.explain.base.Explainer`."""

    def __init__(self, features: SteeredExplainer, spectrogram: SpectrogramExplainer, weight: float) -> None:
        super().__init__(features, spectrogram, weight)
        self.steered = features

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say how far what was asked for is met, then what else holds of the parts that matter."""
        asked, rest = self.steered.asked(parts)
        if not asked:
            return super().sentence(parts, score)
        return following(asked, *self.reasons(*named_parts(rest)), score)


Steered: TypeAlias = SteeredExplainer | SteeredBlendExplainer


def steer(explainer: Explainer, steering: Steering, row: int) -> Steered:
    """Turn a recommender to what is asked for of one track.

    Parameters
    ----------
    explainer : Explainer
        Of features or the blend; it is left as it is. The blend keeps the balance it has.
    steering : Steering
    row : int
        Row of the library.

    Raises
    ------
    SoundglassError
        It knows no features, or no part is left to compare by.
    FeatureMismatchError
        The track is not among those it can compare.
    """
    if isinstance(explainer, FeatureExplainer):
        return SteeredExplainer(SteeredRecommender(explainer.recommender, steering, row))
    if isinstance(explainer, BlendExplainer):
        features = SteeredExplainer(SteeredRecommender(explainer.features.recommender, steering, row))
        return SteeredBlendExplainer(features, explainer.spectrogram, explainer.recommender.weight)
    raise SoundglassError(
        f"{explainer.recommender.name} cannot be steered",
        remedy=f"Steer {' or '.join(STEERABLE)}, which know features",
    )


def asked_of(steered: Steered) -> tuple[SteeredRecommender, float]:
    """Give the features of a steered recommender, and their share of its score."""
    if isinstance(steered, SteeredBlendExplainer):
        return steered.steered.recommender, 1 - steered.recommender.weight
    return steered.recommender, 1.0


def following(asked: str, shared: str, opposed: str, score: float) -> str:
    """Make two sentences: what was asked for and is met, and what else is to be said.

    Parameters
    ----------
    asked, shared, opposed : str
        Clauses; the last two may be empty.
    score : float
        Of nearness to what was asked for.
    """
    first = f"{capitalised(asked)}."
    if score < HARDLY:
        text = f"On the whole it is {'hardly' if score >= 0 else 'no'} nearer to that than a random track"
        text += f": {opposed}" if opposed else ""
        return f"{first} {text}; still, {shared}." if shared else f"{first} {text}."
    if shared:
        return (
            f"{first} {capitalised(shared)}, but {opposed}." if opposed else f"{first} {capitalised(shared)}."
        )
    return f"{first} But {opposed}." if opposed else first


def _steps(found: Sequence[Answered]) -> str:
    """Say what is met first, then what is not."""
    met = [one.words for one in found if one.step is Step.MET]
    other = [one.words for one in found if one.step is not Step.MET]
    return listed([listed(met), listed(other)], ", but ") if met else listed(other)
