"""A features score as parts that add up, each with the values and percentiles behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundglass.core.catalogue import GROUPS, Feature, key_text
from soundglass.core.types import FeatureEvidence, Part
from soundglass.recommend.features import FeatureRecommender


def feature_parts(
    recommender: FeatureRecommender, query: int, matches: Sequence[int]
) -> list[tuple[Part, ...]]:
    """Split feature scores into one signed part per feature group.

    Parameters
    ----------
    recommender : FeatureRecommender
    query : int
        Row of the library.
    matches : sequence of int
        Rows of the library.

    Returns
    -------
    list of tuple of Part
        Per match, largest contribution first; the contributions sum to the score. A group that one of the two
        tracks lacks contributes 0 and shows ``None`` as its value.

    Notes
    -----
    Exact interventional Shapley values of an additive game (Lundberg & Lee, 2017); see DESIGN 3.1.
    """
    space = recommender.space
    x = recommender.position(query)
    positions = np.array([recommender.position(match) for match in matches], dtype=np.intp)
    groups = [scale.feature.group for scale in space.scales]
    names = list(dict.fromkeys(groups))
    membership = np.array([[group == name for group in groups] for name in names])[:, space.owner]
    shares = space.shares(x, positions) @ membership.T
    counted = membership @ (space.weights * space.variance > 0)
    explained = []
    for y, of_match in zip(positions.tolist(), shares, strict=True):
        parts = [
            _part(recommender, name, float(share), (x, y))
            for name, share, counts in zip(names, of_match, counted, strict=True)
            if counts
        ]
        explained.append(tuple(sorted(parts, key=lambda part: -part.contribution)))
    return explained


def _part(recommender: FeatureRecommender, group: str, contribution: float, pair: tuple[int, int]) -> Part:
    held = [f for f in GROUPS[group] if f.name in recommender.space.values]
    shown = [
        Part(f.name, 0.0, evidence(recommender, f, pair[0]), evidence(recommender, f, pair[1])) for f in held
    ]
    return Part(group, contribution, shown[0].query, shown[0].match, tuple(shown[1:]))


def evidence(recommender: FeatureRecommender, feature: Feature, position: int) -> FeatureEvidence:
    """Show one track's value of a feature: number, unit, percentile in the library, source."""
    space = recommender.space
    source = "csv" if recommender.origin == "csv" else feature.made
    value = float(space.values[feature.name][position])
    if np.isnan(value):
        return FeatureEvidence(None, feature.unit, None, source, "unknown")
    if feature.name == "key":
        mode = space.values["mode"][position] if "mode" in space.values else np.nan
        return FeatureEvidence(value, feature.unit, None, source, key_text(value, float(mode)))
    percentile = space.percentile(feature.name, value) if feature.is_ranked else None
    return FeatureEvidence(value, feature.unit, percentile, source, feature.text(value))
