"""The reasons of the ``mel-pca`` recommender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.types import Part, Region
from soundglass.explain.whatif import Counterfactual
from soundglass.recommend.mel_pca import MelPcaRecommender


@dataclass(frozen=True, slots=True)
class MelPcaExplainer:
    """Explains likeness of pictures: an :class:`~soundglass.explain.base.Explainer`."""

    recommender: MelPcaRecommender

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Split scores into one part per rectangle of the picture."""
        shares = self.recommender.shares(query, np.array(matches, dtype=np.int64))
        explained = []
        for match, of_match in zip(matches, shares.tolist(), strict=True):
            parts = [
                self._part(query, match, mel_range, quarter, share)
                for mel_range, quarters in enumerate(of_match)
                for quarter, share in enumerate(quarters)
            ]
            explained.append(tuple(sorted(parts, key=lambda part: -part.contribution)))
        return explained

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say between which frequencies the pictures are most alike, or differ most."""
        ranges: defaultdict[tuple[float, float], float] = defaultdict(float)
        for part in parts:
            if isinstance(part.query, Region):
                ranges[part.query.low_hz, part.query.high_hz] += part.contribution
        most, least = max(ranges, key=ranges.__getitem__), min(ranges, key=ranges.__getitem__)
        if score < 0:
            return f"Their pictures differ most between {_range(least)}."
        text = f"Their pictures look alike most between {_range(most)}"
        return f"{text}, but differ between {_range(least)}." if ranges[least] < 0 else f"{text}."

    def counterfactuals(self, query: int, match: int, parts: Sequence[Part]) -> tuple[Counterfactual, ...]:
        """Give none: nobody can say what another picture would sound like."""
        return ()

    def _part(self, query: int, match: int, mel_range: int, quarter: int, share: float) -> Part:
        seen, found = (self.recommender.region(row, mel_range, quarter) for row in (query, match))
        name = f"{_range((seen.low_hz, seen.high_hz), '–')} in quarter {quarter + 1}"
        return Part(name, share, seen, found)


def _range(hz: tuple[float, float], between: str = " and ") -> str:
    """Write a range of frequencies with two digits that count: ``990–2000 Hz``."""
    low, high = (float(f"{edge:.2g}") for edge in hz)
    return f"{low:.0f}{between}{high:.0f} Hz"
