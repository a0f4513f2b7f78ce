"""The pictures of a library: one method a kind, each a figure."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Region, Track
from soundglass.surfaces.library.opened import Named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from soundglass.explain.answer import Pair
    from soundglass.explain.patterns.patterns import Patterns
    from soundglass.explain.pictures.mel import MelImage
    from soundglass.explain.relevance import Relevance
    from soundglass.recommend.clusters import ClusterMethod
    from soundglass.recommend.maps import Method
    from soundglass.surfaces.library import Library

NO_AUDIO = "there is no audio to draw: it comes from a table"
HEARD = ("spectrogram", "blend")
"""Recommenders whose regions are places of the map of relevance."""


class Pictures:
    """What a library looks like, reached as ``library.pictures``; save one by ``figure.savefig("x.png")``.

    Parameters
    ----------
    library : Library
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def track(self, track: Named, start_s: float | None = None, seconds: float | None = None) -> Figure:
        """Draw the mel-spectrogram of a track, or of a stretch of it; of a table's row its features.

        Parameters
        ----------
        track : str or path-like
            An id, a path or words.
        start_s : float, optional
            Seconds; from the start if left out.
        seconds : float, optional
            How long; to the end if left out.

        Raises
        ------
        AudioError
            The file is gone or cannot be read, or ends before.
        """
        from soundglass.explain.pictures.mel import draw_mel
        from soundglass.explain.pictures.profiles import draw_profile

        found = self._library.find(track)
        if found.origin == "csv":
            return draw_profile(self._library.features(found.id), _no_audio("the track comes"))
        start = start_s or 0.0
        if not (start >= 0 and math.isfinite(start)):
            raise SoundglassError(f"no track starts at {start:g} s", remedy="Start at 0 or later")
        end = None if seconds is None else start + seconds
        return draw_mel(self._read(found, start, end), found.label)

    def results(self, track: Named, by: str | None = None, n: int = 4) -> Figure:
        """Draw a track beside its recommendations, the regions that match outlined and numbered alike.

        Parameters
        ----------
        by : {"spectrogram", "blend", "mel-pca", "features"}, optional
            By features there are no regions. If left out, the spectrogram; of a table's row, which has none,
            the parts of likeness by features are drawn.
        n : int
            How many.
        """
        from soundglass.explain.pictures.parts import draw_parts
        from soundglass.explain.pictures.results import draw_results

        _refuse_none(n)
        answer = self._library.similar(track, by=by or self._by(track), n=n)
        if answer.query.origin == "csv":
            return draw_parts(answer, _no_audio("these tracks come"))
        return draw_results(answer, self._read)

    def pair(self, track: Named, other: Named, by: str | None = None) -> Figure:
        """Draw two tracks one over the other: where they match, and how much of the score is heard when.

        Parameters
        ----------
        by : {"spectrogram", "blend", "mel-pca", "features"}, optional
            If left out, the spectrogram; of a table's rows, which have none, what adds up to the score by
            features is drawn.
        """
        from soundglass.explain.pictures.contributions import draw_contributions
        from soundglass.explain.pictures.pair import draw_pair

        answer = self._library.why(track, other, by=by or self._by(track))
        if answer.query.origin == "csv":
            return draw_contributions(answer, _no_audio("the tracks come"))
        if not any(isinstance(part.query, Region) for part in answer.parts):
            return draw_contributions(answer, f"By {answer.by} there are no regions to outline.")
        return draw_pair(answer, self._read, self._relevance(answer))

    def contributions(self, track: Named, other: Named, by: str = "features") -> Figure:
        """Draw what adds up to the score of two tracks, from 0 to the score."""
        from soundglass.explain.pictures.contributions import draw_contributions

        return draw_contributions(self._library.why(track, other, by=by))

    def parts(self, track: Named, by: str = "features", n: int = 8) -> Figure:
        """Draw what each part adds to each score of a list."""
        from soundglass.explain.pictures.parts import draw_parts

        _refuse_none(n)
        return draw_parts(self._library.similar(track, by=by, n=n))

    def top(self, n: int = 10, by: str = "popularity") -> Figure:
        """Draw the tracks with most of something, and their features.

        Parameters
        ----------
        n : int
            How many.
        by : str
            ``"popularity"``, where a table told it, or any feature that is more or less.
        """
        from soundglass.explain.pictures.top import draw_top

        _refuse_none(n)
        return draw_top(self._library.top(n, by=by), self._read)

    def patterns(self, found: Patterns) -> Figure:
        """Draw what features look like, a typically low and a typically high track each."""
        from soundglass.explain.pictures.patterns import draw_patterns

        return draw_patterns(found, self._read)

    def contrast(
        self,
        feature: str,
        *,
        quantile: float = 0.25,
        shown: int = 4,
        progress: Callable[[int, int], None] = lambda _, __: None,
    ) -> Figure:
        """Draw the tracks lowest in a feature against the highest, and what their spectra differ in.

        Parameters
        ----------
        feature : str
        quantile : float
            Share of the tracks at either end, up to a half.
        shown : int
            How many of each end are drawn.
        progress : callable
            Told how many tracks have been heard, of how many; what was heard before is kept.
        """
        from soundglass.explain.pictures.contrast import draw_contrast

        found = self._library.contrast(feature, quantile=quantile, shown=shown, progress=progress)
        return draw_contrast(found, self._read)

    def map(
        self,
        *,
        by: str = "features",
        method: Method = "pca",
        colour: str = "cluster",
        clusters: ClusterMethod | None = "kmeans",
        n_clusters: int | None = None,
        errors: bool = False,
    ) -> Figure:
        """Draw all tracks on a plane.

        Parameters
        ----------
        by, method, clusters, n_clusters
            As of ``library.map``.
        colour : str
            ``"cluster"``, ``"genre"``, ``"artist"`` or a feature.
        errors : bool
            Whether it is drawn how far each point can be trusted.
        """
        from soundglass.explain.pictures.map import draw_map, refuse_unknown_colour

        refuse_unknown_colour(colour)
        atlas = self._library.map(by=by, method=method, clusters=clusters, n_clusters=n_clusters)
        return draw_map(atlas, colour, errors)

    def _by(self, track: Named) -> str:
        """Name the recommender that shows most of a track."""
        return "features" if self._library.find(track).origin == "csv" else "spectrogram"

    def _read(self, track: Track, start_s: float, end_s: float | None) -> MelImage:
        """Give the spectrogram of a stretch of a track; what cannot be drawn is an error of one line."""
        from soundglass.explain.pictures.mel import read_mel

        if track.origin == "csv":
            raise SoundglassError(NO_AUDIO)
        return read_mel(self._library.file(track.id), start_s, end_s)

    def _relevance(self, pair: Pair) -> tuple[Relevance, Relevance] | None:
        """Map what speaks for a pair, if a spectrogram does."""
        return self._library.relevance(pair.query.id, pair.match.id) if pair.by in HEARD else None


def _no_audio(which: str) -> str:
    return f"There is no audio to draw: {which} from a table."


def _refuse_none(n: int) -> None:
    if n < 1:
        raise SoundglassError(f"a picture of {n} tracks shows nothing", remedy="Ask for 1 or more")
