"""What a library shows: maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, cast

from soundglass.explain.atlas import Atlas, draw_atlas
from soundglass.library.search import file_of, find_row
from soundglass.recommend.clusters import ClusterMethod
from soundglass.recommend.maps import Method
from soundglass.surfaces.library.opened import Named, Opened

if TYPE_CHECKING:
    from soundglass.explain.contrast import Contrast
    from soundglass.explain.patterns.patterns import Patterns
    from soundglass.explain.patterns.sights import Sights
    from soundglass.explain.top import Top
    from soundglass.surfaces.library import Library
    from soundglass.surfaces.pictures import Pictures


class Looking(Opened):
    """Drawing."""

    def map(
        self,
        *,
        by: str = "features",
        method: Method = "pca",
        clusters: ClusterMethod | None = "kmeans",
        n_clusters: int | None = None,
    ) -> Atlas:
        """Lay all tracks out on a plane, those with audio where there are any, and name their clusters.

        Parameters
        ----------
        by : {"features", "spectrogram", "mel-pca"}
            The recommender whose likeness is shown as nearness.
        method : {"pca", "tsne"}
            As :func:`soundglass.recommend.maps.lay_out` says.
        clusters : {"kmeans", "hdbscan"} or None
            How clusters are found; ``None`` for a map without.
        n_clusters : int, optional
            Of k-means; if left out, as many as the library has, as
            :func:`soundglass.recommend.clusters.find_clusters` says.
        """
        store, explainers = self._snapshot()
        first = store.rows_where("origin = 'audio'")[:1].tolist()
        of_table = by == "features" and not first and len(store) > 0
        explainer = explainers.features(0) if of_table else explainers.of(by)
        return draw_atlas(store, explainer.recommender, method, clusters, n_clusters)

    def report(
        self,
        track: Named,
        path: str | PathLike[str],
        *,
        n: int = 5,
        by: Sequence[str] = ("features", "spectrogram"),
    ) -> Path:
        """Make a page of a track and what is like it, and why: one HTML file that needs no other.

        Parameters
        ----------
        path : path-like
            Its folder is made if need be; a file of this name is replaced.
        n : int
            How many recommendations of each recommender.
        by : sequence of str
            One or two recommenders.

        Raises
        ------
        SoundglassError
            The file cannot be written, or no recommender can say anything of the track.
        """
        from soundglass.surfaces.report.page import build, write  # loads the decoders

        store, explainers = self._snapshot()
        return write(build(store, explainers, find_row(store, track), by, n), Path(path).expanduser())

    @property
    def pictures(self) -> Pictures:
        """What the library looks like: one method a kind of picture."""
        from soundglass.surfaces.pictures import Pictures

        return Pictures(cast("Library", self))

    def top(self, n: int = 10, *, by: str = "popularity") -> Top:
        """Find the tracks with most of something, as :func:`soundglass.explain.top.top` does."""
        from soundglass.explain.top import top

        return top(*self._snapshot(), n, by)

    def file(self, track: Named) -> Path:
        """Give the file a track was scanned from, whatever bytes its name has; ``.`` for a table's row."""
        store = self._store()
        return file_of(store, find_row(store, track))

    def patterns(
        self,
        features: Sequence[str] | None = None,
        *,
        sample: int | None = None,
        workers: int | None = None,
        kept_file: str | PathLike[str] | None = None,
        progress: Callable[[int, int], None] = lambda _, __: None,
    ) -> Patterns:
        """Find what features look like on spectrograms, and which of the study's claims about it hold.

        All music is heard anew once, which takes about half a second a track and processor; what was seen is
        kept.

        Parameters
        ----------
        features : sequence of str, optional
            All that are more or less of something if left out.
        sample : int, optional
            At most so many tracks, evenly spread over the library.
        workers : int, optional
            Processes; one per processor by default.
        kept_file : path-like, optional
            Where what was seen is kept; in the user's cache folder if left out.
        progress : callable
            Told how many recordings of how many were heard.

        Raises
        ------
        CatalogueError
            There is no such feature.
        LibraryError
            Fewer than eight tracks have audio.
        """
        from soundglass.explain.patterns.patterns import chosen_features, find_patterns

        names = chosen_features(features)
        store = self._store()
        return find_patterns(store, self._sights(sample, workers, kept_file, progress), names)

    def contrast(
        self,
        feature: str,
        *,
        quantile: float = 0.25,
        shown: int = 4,
        kept_file: str | PathLike[str] | None = None,
        progress: Callable[[int, int], None] = lambda _, __: None,
    ) -> Contrast:
        """Compare the spectra of the tracks lowest and highest in a feature.

        Parameters and errors are those of :func:`soundglass.explain.contrast.find_contrast`; ``kept_file``
        and ``progress`` as in :meth:`patterns`.
        """
        from soundglass.explain.contrast import find_contrast, refuse_nonsense

        refuse_nonsense(feature, quantile, shown)
        store = self._store()
        return find_contrast(store, self._sights(None, None, kept_file, progress), feature, quantile, shown)

    def _sights(
        self,
        sample: int | None,
        workers: int | None,
        kept_file: str | PathLike[str] | None,
        progress: Callable[[int, int], None],
    ) -> Sights:
        """Hear what was not heard for its spectrogram yet."""
        from platformdirs import user_cache_path

        from soundglass.explain.patterns.kept import Kept
        from soundglass.explain.patterns.sights import see_library

        settings = self.settings
        if workers is not None:
            settings = replace(settings, scan=replace(settings.scan, workers=workers))
        file = (
            Path(kept_file) if kept_file else user_cache_path("soundglass", appauthor=False) / "seen.sqlite"
        )
        return see_library(self._store(), Kept(file), sample=sample, settings=settings, progress=progress)
