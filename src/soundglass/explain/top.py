"""The tracks of a library with most of something: popularity, or any feature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundglass.core.catalogue import feature
from soundglass.core.errors import CatalogueError, SoundglassError
from soundglass.core.types import FeatureEvidence
from soundglass.explain.profile import Profile, stored_profile
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.distribution import Distribution

POPULARITY = "popularity"


@dataclass(frozen=True, slots=True)
class Top:
    """The tracks with most of something.

    Attributes
    ----------
    by : str
        ``"popularity"`` or the name of a feature.
    profiles : tuple of Profile
        Of the tracks, that with most first.
    values : tuple of str
        What each has of it, and where that lies among the others.
    n_tracks : int
        Of how many it is known.
    """

    by: str
    profiles: tuple[Profile, ...]
    values: tuple[FeatureEvidence, ...]
    n_tracks: int


def top(store: Store, explainers: Explainers, n: int, by: str = POPULARITY) -> Top:
    """Find the tracks with most of something; of equals, those that came into the library first.

    Parameters
    ----------
    n : int
        How many; fewer where fewer are known.
    by : str
        ``"popularity"`` or a feature. Values measured from audio and values from tables are not mixed: those
        from audio are taken where there are any.

    Raises
    ------
    SoundglassError
        Of no track it is known, or there can be no more and less of it.
    """
    if by != POPULARITY:
        _refuse_unranked(by)
    table = store.columns([by, "origin"])
    known = np.asarray(table[by], dtype=np.float64)
    from_audio = np.asarray(table["origin"]) == "audio"
    if by != POPULARITY and np.isfinite(known[from_audio]).any():
        known = np.where(from_audio, known, np.nan)
    n_known = int(np.isfinite(known).sum())
    if not n_known:
        raise SoundglassError(
            f"of no track of this library the {by} is known",
            remedy="Ask by a feature, as in --by energy, or import a table that has it",
        )
    rows = np.argsort(-np.nan_to_num(known, nan=-np.inf), kind="stable")[: min(n, n_known)].tolist()
    profiles = tuple(stored_profile(store, row, explainers.features(row).recommender.space) for row in rows)
    percentiles = Distribution.of(known).percentiles(known[rows]).tolist()
    values = tuple(
        _shown(by, float(known[row]), percentile, profile)
        for row, percentile, profile in zip(rows, percentiles, profiles, strict=True)
    )
    return Top(by, profiles, values, n_known)


def _refuse_unranked(by: str) -> None:
    """Refuse what is no feature, or one that has no more and less."""
    try:
        ranked = feature(by).is_ranked
    except CatalogueError as error:
        raise CatalogueError(error.message, remedy=f"{error.remedy}, popularity") from None
    if not ranked:
        raise SoundglassError(f"{by} has no more and less", remedy="Ask by another, as in --by energy")


def _shown(by: str, value: float, percentile: float, profile: Profile) -> FeatureEvidence:
    for reading in profile.readings:
        if reading.feature.name == by:
            return reading.shown
    return FeatureEvidence(value, "", percentile, "csv", f"{value:.0f}")
