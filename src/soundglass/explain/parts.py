"""A features score as parts that add up, each with the values and percentiles behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, Feature, key_text
from soundglass.core.types import FeatureEvidence, Part, Source
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
        tracks lacks contributes 0 and shows ``None`` as its value. All are NaN where the two cannot be
        compared.

    Notes
    -----
    Exact interventional Shapley values of an additive game (Lundberg & Lee, 2017); see DESIGN 3.1.
    """
    space = recommender.space
    x = recommender.position(query)
    positions = recommender.positions(np.array(matches, dtype=np.int64))
    groups = [scale.feature.group for scale in space.scales]
    names = list(dict.fromkeys(groups))
    membership = np.array([[group == name for group in groups] for name in names])[:, space.owner]
    shares = space.shares(x, positions) @ membership.T
    counted = membership @ (space.variance > 0)
    shown = evidence(recommender, np.array([x, *positions]))
    explained = []
    for row, of_match in enumerate(shares.tolist(), start=1):
        parts = [
            _part(name, share, [(f, shown[f][0], shown[f][row]) for f in shown if CATALOGUE[f].group == name])
            for name, share, counts in zip(names, of_match, counted, strict=True)
            if counts
        ]
        explained.append(tuple(sorted(parts, key=lambda part: -part.contribution)))
    return explained


def _part(
    group: str, contribution: float, sides: Sequence[tuple[str, FeatureEvidence, FeatureEvidence]]
) -> Part:
    _, query, match = sides[0]
    return Part(group, contribution, query, match, tuple(Part(n, 0.0, q, m) for n, q, m in sides[1:]))


def evidence(
    recommender: FeatureRecommender, positions: NDArray[np.intp]
) -> dict[str, list[FeatureEvidence]]:
    """Show some tracks' values of every feature: number, unit, percentile in the library, source."""
    space = recommender.space
    values = {name: of_all[positions] for name, of_all in space.values.items()}
    unsaid = np.full(len(space), np.nan, dtype=np.float32)
    modes = values.get("mode", np.full(len(positions), np.nan))
    shown = {}
    for name, of_tracks in values.items():
        feature = CATALOGUE[name]
        percentiles = space.distributions[name].percentiles(of_tracks).tolist()
        source: Source = "csv" if recommender.origin == "csv" else feature.made
        sure = recommender.confidences.get(name, unsaid)[positions].tolist()
        readings = [
            reading(feature, float(str(value)), float(mode), percentile, source)
            for value, mode, percentile in zip(of_tracks, modes, percentiles, strict=True)
        ]
        shown[name] = [
            side if math.isnan(confidence) else replace(side, confidence=round(confidence, 4))
            for side, confidence in zip(readings, sure, strict=True)
        ]
    return shown


def reading(
    feature: Feature, value: float, mode: float, percentile: float | None, source: Source
) -> FeatureEvidence:
    """Show one value as people read it; NaN is unknown.

    Parameters
    ----------
    mode : float
        The track's mode, to name its key; may be NaN.
    percentile : float or None
        Left out where more or less of the feature means nothing.
    """
    unit = feature.unit_in(source)
    if not np.isfinite(value):
        return FeatureEvidence(None, unit, None, source, "unknown")
    label = key_text(value, mode) if feature.name == "key" else feature.text(value, source)
    return FeatureEvidence(value, unit, percentile if feature.is_ranked else None, source, label)
