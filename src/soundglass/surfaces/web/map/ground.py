"""What a map is drawn of: the tracks of a space, and where they lie in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from soundglass.core.errors import FeatureMismatchError, LibraryError, SoundglassError
from soundglass.explain.base import Explainer
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.mel_pca import MelPcaRecommender
from soundglass.recommend.spectrogram import SpectrogramRecommender

Drawn: TypeAlias = FeatureRecommender | SpectrogramRecommender | MelPcaRecommender
"""A recommender that has a space."""

SPACES = {
    "features": "features",
    "spectrogram": "spectrogram",
    "mel-pca": "spectrogram thumbnails",
}
"""What likeness can be shown as nearness, by what people call it."""


def drawn_by(of: Callable[..., Explainer], store: Store, by: str) -> Drawn:
    """Give the recommender whose likeness a map shows: of tracks with audio, where there are any.

    Parameters
    ----------
    of : callable
        Gives the explainer of a name, for some rows.
    by : str
        One of ``SPACES``.

    Raises
    ------
    LibraryError, FeatureMismatchError
        No track has a place in this space.
    SoundglassError
        There is no such space.
    """
    if by not in SPACES:
        raise SoundglassError(f"there is no map by {by!r}", remedy=f"By {', '.join(SPACES)}")
    if not len(store):
        remedy = "Fill it with soundglass scan FOLDER or soundglass import TABLE.csv"
        raise LibraryError("the library is empty", remedy=remedy)
    heard = len(store.rows_where("origin = 'audio'")[:1]) > 0
    if by != "features" and not heard:
        raise FeatureMismatchError(
            f"there is no map by {SPACES[by]}, as this library is a table without audio",
            remedy="See the one by features",
        )
    recommender = (of(by) if heard else of(by, 0)).recommender
    if not isinstance(recommender, FeatureRecommender | SpectrogramRecommender | MelPcaRecommender):
        raise SoundglassError(f"there is no map by {by}", remedy="Ask for one by features")
    return recommender
