"""What it takes to explain a recommender's scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from soundglass.core.types import Part
from soundglass.explain.whatif import Counterfactual
from soundglass.recommend.base import Recommender


class Explainer(Protocol):
    """Gives reasons for the scores of one recommender; tracks are named by their row in the library."""

    @property
    def recommender(self) -> Recommender:
        """Whose scores it explains."""
        ...

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Split each match's score into parts that sum to it, largest first."""
        ...

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say in words what the parts say in numbers."""
        ...

    def counterfactuals(self, query: int, match: int, parts: Sequence[Part]) -> tuple[Counterfactual, ...]:
        """Say how the match's place hangs on some of its parts."""
        ...
