"""A library on a plane, each point with its track and its cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from soundglass.core.errors import SoundglassError
from soundglass.core.types import FloatArray, Track
from soundglass.explain.answer import tracks
from soundglass.explain.apart import feature_values, qualities
from soundglass.explain.clusters import Cluster, named_clusters
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender
from soundglass.recommend.clusters import Clustering, ClusterMethod, find_clusters
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.maps import MapCoordinates, Method, lay_out, nearest_by_score, nearest_points
from soundglass.recommend.mel_pca import MelPcaRecommender
from soundglass.recommend.spectrogram import SpectrogramRecommender

_POOLED = "Clusters are of each track's tokens taken together, as the map is, not of exact scores"


@dataclass(frozen=True, slots=True)
class Atlas:
    """Where every track lies, and what it lies among.

    Attributes
    ----------
    by : str
        The recommender whose likeness is shown as nearness.
    tracks : tuple of Track
        One for each point.
    coordinates : MapCoordinates
        With the projection error of each point, and what the map is worth as a whole.
    clustering : Clustering or None
        The cluster of each point; ``None`` where none were asked for.
    clusters : tuple of Cluster
        The largest first, named from the data; empty where there are none.
    features : mapping of str to ndarray of float32, shape (n_tracks,)
        Values by name; NaN where unknown.
    notes : tuple of str
        What to know of the clusters.
    """

    by: str
    tracks: tuple[Track, ...]
    coordinates: MapCoordinates
    clustering: Clustering | None = None
    clusters: tuple[Cluster, ...] = ()
    features: Mapping[str, FloatArray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def cluster_of(self, point: int) -> Cluster | None:
        """Give the cluster of a point; ``None`` where it belongs to none."""
        label = -1 if self.clustering is None else int(self.clustering.labels[point])
        return self.clusters[label] if label >= 0 else None

    def _repr_png_(self) -> bytes:
        """Draw the map, as notebooks ask for it."""
        from soundglass.explain.pictures.map import draw_map
        from soundglass.explain.pictures.style import encoded

        return encoded(draw_map(self))


def draw_atlas(
    store: Store,
    recommender: Recommender,
    method: Method,
    clusters: ClusterMethod | None = "kmeans",
    n_clusters: int | None = None,
) -> Atlas:
    """Lay out all tracks that a recommender can compare, and name the clusters they form.

    Parameters
    ----------
    method : {"pca", "tsne"}
        As of :func:`soundglass.recommend.maps.lay_out`.
    clusters : {"kmeans", "hdbscan"} or None
    n_clusters : int, optional
        As of :func:`soundglass.recommend.clusters.find_clusters`.

    Raises
    ------
    SoundglassError
        The recommender has no space to draw, or there cannot be so many clusters.
    """
    neighbours = None
    parts = recommender.space.owner if isinstance(recommender, FeatureRecommender) else None
    if not isinstance(recommender, FeatureRecommender | MelPcaRecommender | SpectrogramRecommender):
        raise SoundglassError(f"there is no map by {recommender.name}", remedy="Ask for one by features")
    points, rows = recommender.points, recommender.rows.tolist()
    found = None if clusters is None else find_clusters(points, clusters, n_clusters, parts)
    if isinstance(recommender, SpectrogramRecommender):
        neighbours = nearest_by_score(recommender, nearest_points(points))
    placed = lay_out(recommender.rows, points, method, neighbours)
    of_all = tuple(tracks(store, rows))
    features = feature_values(store, rows)
    if found is None:
        return Atlas(recommender.name, of_all, placed, features=features)
    among = qualities(store, rows, of_all, features)
    named = named_clusters(found, points, among, [track.artist for track in of_all])
    notes = (found.note, *([_POOLED] if neighbours is not None and named else []))
    return Atlas(recommender.name, of_all, placed, found, named, features, notes)
