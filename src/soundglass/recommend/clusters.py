"""Clusters: which tracks of a library go together, where more do than chance would have it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError

ClusterMethod: TypeAlias = Literal["kmeans", "hdbscan"]

MOST = 12
"""How many clusters there are at most: more have no names that a reader keeps apart."""

N_SAMPLED = 2000
"""Silhouettes are those of at most so many tracks, spread evenly over the library."""

FEWEST_REFERENCES, MOST_REFERENCES = 20, 100
"""How many references of either kind there are: the more, the smaller the library, as they vary more."""

BEYOND_CHANCE = 3.0
"""A split must beat the mean of its references by so many of their standard deviations: it is the best of up
to eleven, so that two would be too few."""

_REFERENCE_TRACKS = 10_000

OVERLAPPING = 0.25
"""Below this silhouette clusters overlap so much that borders mean little (Kaufman & Rousseeuw, 1990)."""

_FEWEST_TRACKS = 16
_SMALLEST = 5
_N_STARTS = 4
_SEED = 0

Points: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Which cluster each track belongs to.

    Attributes
    ----------
    method : {"kmeans", "hdbscan"}
    labels : ndarray of int, shape (n_tracks,)
        0 for the largest cluster, 1 for the next; -1 for a track of none.
    silhouette : float
        How much nearer a track is to its own cluster than to the next one, -1 to 1, on average over those of
        a cluster; NaN without clusters to judge.
    tried : mapping of int to float
        Silhouette of each number of clusters that was tried.
    shuffled, cloud : float
        The silhouette that chance hardly ever gives at the same number of clusters: in the same library with
        every feature shuffled by itself, and in a normal cloud of the same covariance; NaN where not asked.
    note : str
        In a sentence without its full stop, what was found, or why there are no clusters.
    """

    method: ClusterMethod
    labels: Labels
    silhouette: float = math.nan
    tried: Mapping[int, float] = field(default_factory=dict)
    shuffled: float = math.nan
    cloud: float = math.nan
    note: str = ""

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.labels.max(initial=-1)) + 1


def find_clusters(
    points: NDArray[np.floating],
    method: ClusterMethod = "kmeans",
    n_clusters: int | None = None,
    parts: NDArray[np.integer] | None = None,
) -> Clustering:
    """Find clusters in a space; the same points give the same clusters.

    Parameters
    ----------
    points : ndarray, shape (n_tracks, n_axes)
        The tracks in the space of a recommender, where distance means unlikeness; finite.
    method : {"kmeans", "hdbscan"}
        K-means puts every track into a cluster; HDBSCAN only those in dense places.
    n_clusters : int, optional
        Of k-means, 2 to ``MOST``. If left out, the number of largest silhouette, from 2 to √n / 2 and at most
        ``MOST``; and no clusters where chance gives as large a one.
    parts : ndarray of int, shape (n_axes,), optional
        Which axes are one feature, and are shuffled together; by default each is one by itself.

    Raises
    ------
    SoundglassError
        A number of clusters is asked for that the method cannot give.

    Notes
    -----
    K-means (Lloyd, 1982; k-means++ by Arthur & Vassilvitskii, 2007), silhouettes (Rousseeuw, 1987), HDBSCAN
    (Campello et al., 2013), all by scikit-learn. A split must beat two references (after the gap statistic,
    Tibshirani et al., 2001, and SigClust, Liu et al., 2008): a library in which features do not go together,
    so that only the shape of single ones makes clusters; and one long cloud, which k-means cuts into clusters
    of fair silhouettes, too.
    """
    if n_clusters is not None and (method != "kmeans" or not 2 <= n_clusters <= MOST):
        raise SoundglassError(
            f"{n_clusters} clusters cannot be asked for",
            remedy=f"Ask for 2 to {MOST} by kmeans, or leave the number out",
        )
    nowhere = np.full(len(points), -1)
    space = np.asarray(points, dtype=np.float64)
    n_places = len(np.unique(space.round(6), axis=0))
    if n_places < 2:
        return Clustering(method, nowhere, note="No clusters: nothing tells the tracks apart")
    if len(space) < (_FEWEST_TRACKS if n_clusters is None else n_clusters + 1):
        return Clustering(method, nowhere, note=f"No clusters: {len(space)} tracks are too few")
    if method == "hdbscan":
        return _dense(space)
    most = min(MOST, n_places, round(math.sqrt(len(space)) / 2))
    wanted = range(2, most + 1) if n_clusters is None else (min(n_clusters, n_places),)
    return _split(space, wanted, np.arange(space.shape[1]) if parts is None else parts, n_clusters is None)


def typical(points: NDArray[np.floating], labels: Labels, cluster: int, n: int = 3) -> NDArray[np.intp]:
    """Find the tracks that lie most in the middle of a cluster, the first one its medoid by the mean.

    Returns
    -------
    ndarray of int, shape (at most n,)
        Positions among the points.
    """
    own = np.flatnonzero(labels == cluster)
    apart = np.linalg.norm(points[own] - points[own].mean(axis=0, dtype=np.float64), axis=1)
    return own[np.argsort(apart.round(6), kind="stable")[:n]]


def _split(
    space: Points, wanted: range | tuple[int, ...], parts: NDArray[np.integer], judged: bool
) -> Clustering:
    """Split by k-means into as many as give the largest silhouette."""
    sample = space[_evenly(len(space))]
    tried = {k: _silhouette(sample, _k_means(sample, k)) for k in wanted}
    k = max(tried, key=lambda k: tried[k])
    rng = np.random.default_rng(_SEED)
    n = min(MOST_REFERENCES, max(FEWEST_REFERENCES, _REFERENCE_TRACKS // len(sample)))
    shuffled = _chance(lambda: _shuffled(sample, parts, rng), k, n)
    cloud = _chance(lambda: _cloud(sample, rng), k, n)
    chance = f"chance gives up to {max(shuffled, cloud):.3f}"
    stands = tried[k] > max(shuffled, cloud)
    if judged and not stands:
        note = f"No clusters: the best split, into {k}, has a silhouette of {tried[k]:.3f}, and {chance}"
        return Clustering("kmeans", np.full(len(space), -1), math.nan, tried, shuffled, cloud, note)
    labels = _by_size(_k_means(space, k))
    note = f"{k} clusters with a silhouette of {tried[k]:.3f}, where {chance}"
    if not stands:
        note = f"{note}: the split is no better than by chance"
    elif tried[k] < OVERLAPPING:
        note = f"{note}: they are there, but overlap much"
    return Clustering("kmeans", labels, tried[k], tried, shuffled, cloud, note)


def _dense(space: Points) -> Clustering:
    """Find dense places by HDBSCAN."""
    from sklearn.cluster import HDBSCAN

    smallest = max(_SMALLEST, round(math.sqrt(len(space)) / 2))
    labels = _by_size(HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(space))
    labels[labels >= MOST] = -1
    member = labels >= 0
    if not member.any():
        return Clustering("hdbscan", labels, note="No clusters: no place is denser than its surroundings")
    picked = np.flatnonzero(member)[_evenly(int(member.sum()))]
    silhouette = _silhouette(space[picked], labels[picked])
    n = int(labels.max()) + 1
    note = f"{n} dense places; {(~member).sum():,} of {len(space):,} tracks are in none"
    return Clustering("hdbscan", labels, silhouette, note=note)


def _k_means(space: Points, k: int) -> Labels:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # shuffled values may leave fewer places than k
        labels: Labels = KMeans(k, n_init=_N_STARTS, random_state=_SEED).fit_predict(space).astype(np.int64)
    return labels


def _silhouette(space: Points, labels: Labels) -> float:
    from sklearn.metrics import silhouette_score

    if not 1 < len(np.unique(labels)) < len(labels):
        return 0.0
    return float(silhouette_score(space, labels))


def _chance(make: Callable[[], Points], k: int, n: int) -> float:
    """Give the silhouette that k clusters hardly ever have, from n references."""
    made = (make() for _ in range(n))
    found = np.array([_silhouette(reference, _k_means(reference, k)) for reference in made])
    return float(found.mean() + BEYOND_CHANCE * found.std(ddof=1))


def _shuffled(space: Points, parts: NDArray[np.integer], rng: np.random.Generator) -> Points:
    """Shuffle every feature over the tracks by itself."""
    found = np.empty_like(space)
    for part in np.unique(parts):
        found[:, parts == part] = space[rng.permutation(len(space))][:, parts == part]
    return found


def _cloud(space: Points, rng: np.random.Generator) -> Points:
    """Draw as many points from the normal distribution of the same covariance."""
    centred = space - space.mean(axis=0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    drawn: Points = (rng.normal(size=(len(space), len(lengths))) * lengths / math.sqrt(len(space))) @ axes
    return drawn


def _by_size(labels: NDArray[np.integer]) -> Labels:
    """Renumber clusters by size, the largest 0; of equal ones the one that comes first."""
    known, first, counts = np.unique(labels, return_index=True, return_counts=True)
    order = [label for label in known[np.lexsort((first, -counts))].tolist() if label >= 0]
    renamed = {label: new for new, label in enumerate(order)}
    return np.array([renamed.get(label, -1) for label in labels.tolist()], dtype=np.int64)


def _evenly(n: int) -> NDArray[np.intp]:
    """Give at most ``N_SAMPLED`` of n positions, without the order of the library taking part."""
    if n <= N_SAMPLED:
        return np.arange(n)
    return np.sort(np.random.default_rng(_SEED).choice(n, N_SAMPLED, replace=False))
