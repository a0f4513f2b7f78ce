"""What a library shows: maps."""

from __future__ import annotations

from soundglass.explain.atlas import Atlas, draw_atlas
from soundglass.recommend.maps import Method
from soundglass.surfaces.library.opened import Opened


class Looking(Opened):
    """Drawing."""

    def map(self, *, by: str = "features", method: Method = "pca") -> Atlas:
        """Lay all tracks out on a plane, those with audio where there are any.

        Parameters
        ----------
        by : {"features", "spectrogram", "mel-pca"}
            The recommender whose likeness is shown as nearness.
        method : {"pca", "tsne"}
            As :func:`soundglass.recommend.maps.lay_out` says; t-SNE needs scikit-learn.
        """
        store, explainers = self._snapshot()
        first = store.rows_where("origin = 'audio'")[:1].tolist()
        explainer = explainers.features(0) if by == "features" and not first else explainers.of(by)
        return draw_atlas(store, explainer.recommender, method)
