"""A library on a plane, each point with its track."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.answer import tracks
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.maps import MapCoordinates, Method, lay_out, nearest_by_score, nearest_points
from soundglass.recommend.mel_pca import MelPcaRecommender
from soundglass.recommend.spectrogram import SpectrogramRecommender


@dataclass(frozen=True, slots=True)
class Atlas:
    """Where every track lies.

    Attributes
    ----------
    by : str
        The recommender whose likeness is shown as nearness.
    tracks : tuple of Track
        One for each point.
    coordinates : MapCoordinates
    """

    by: str
    tracks: tuple[Track, ...]
    coordinates: MapCoordinates


def draw_atlas(store: Store, recommender: Recommender, method: Method) -> Atlas:
    """Lay out all tracks that a recommender can compare, as :func:`soundglass.recommend.maps.lay_out` does.

    Raises
    ------
    SoundglassError
        The recommender has no space to draw, or the method is not there.
    """
    neighbours = None
    if isinstance(recommender, SpectrogramRecommender):
        neighbours = nearest_by_score(recommender, nearest_points(recommender.points))
    elif not isinstance(recommender, FeatureRecommender | MelPcaRecommender):
        raise SoundglassError(f"there is no map by {recommender.name}", remedy="Ask for one by features")
    placed = lay_out(recommender.rows, recommender.points, method, neighbours)
    return Atlas(recommender.name, tuple(tracks(store, placed.rows.tolist())), placed)
