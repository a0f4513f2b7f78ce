"""Clusters named from the data: by what sets each apart, or by nothing where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.explain.apart import Quality, Trait, said, traits
from soundglass.recommend.clusters import Clustering, typical

MIXED = "mixed (nothing sets it apart)"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Tracks that go together.

    Attributes
    ----------
    number : int
        1 for the largest.
    size : int
        How many tracks.
    named_by : tuple of Trait
        At most three, the largest effect first; each ``holds``.
    profile : tuple of Trait
        Mean, mean elsewhere and effect of everything that was compared.
    typical : tuple of int
        Which of the map's tracks lie most in the middle of it, the first one first.
    """

    number: int
    size: int
    named_by: tuple[Trait, ...]
    profile: tuple[Trait, ...]
    typical: tuple[int, ...]

    @property
    def name(self) -> str:
        """What sets it apart, in words: ``more acoustic, slower``."""
        return ", ".join(trait.words for trait in self.named_by) or MIXED

    @property
    def label(self) -> str:
        """The name with the effects: ``more acoustic, slower (δ .71, −.66)``."""
        sizes = ", ".join(delta_text(trait.effect.value) for trait in self.named_by)
        return f"{self.name} (δ {sizes})" if sizes else self.name


def named_clusters(
    found: Clustering,
    points: NDArray[np.floating],
    among: Sequence[Quality],
    artists: Sequence[str],
) -> tuple[Cluster, ...]:
    """Describe clusters, and name them by what sets them apart from the rest of the library.

    Parameters
    ----------
    found : Clustering
    points : ndarray, shape (n_tracks, n_axes)
        What was clustered.
    among : sequence of Quality
        What may set a cluster apart, of the same tracks.
    artists : sequence of str, shape (n_tracks,)
        Of the same tracks.

    Notes
    -----
    The clusters were made of the same features, so that a p value here says only that a name is no accident
    of a few tracks or one artist; whether there are clusters at all, :func:`find_clusters` decides.
    """
    described = []
    for cluster in range(found.n_clusters):
        inside = found.labels == cluster
        profile = traits(inside, among, artists)
        middle = tuple(typical(points, found.labels, cluster).tolist())
        described.append(Cluster(cluster + 1, int(inside.sum()), said(profile), profile, middle))
    return tuple(described)


def delta_text(delta: float) -> str:
    """Write an effect as statisticians do: ``.71``, ``−.66``."""
    return f"{delta:.2f}".replace("-", "−").replace("0.", ".")
