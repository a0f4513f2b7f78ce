"""What is measured: the features of a track, and how good and true the answers are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from soundglass import __version__
from soundglass.core.errors import LibraryError
from soundglass.explain.profile import measured_profile, stored_profile
from soundglass.library.search import find_row
from soundglass.surfaces.library.opened import Named, Opened
from soundglass.surfaces.notebook.answers import TrackProfile

if TYPE_CHECKING:
    from soundglass.evaluate.context import EvaluationSettings
    from soundglass.evaluate.run import Evaluation


class Measuring(Opened):
    """Measuring tracks, and the program itself."""

    def features(self, track: Named) -> TrackProfile:
        """Give all features of a track with unit, source, error, percentile and evidence, and its tags."""
        store, explainers = self._snapshot()
        row = find_row(store, track)
        return TrackProfile.of(stored_profile(store, row, explainers.features(row).recommender.space))

    def measure(self, path: str | PathLike[str]) -> TrackProfile:
        """Analyse one file without storing it; percentiles are among the library's, where there is one.

        Raises
        ------
        AudioError
            The file cannot be read.
        """
        try:
            space = self._snapshot()[1].features().recommender.space
        except LibraryError:
            space = None
        return TrackProfile.of(measured_profile(Path(path).expanduser().absolute(), self.settings, space))

    def evaluate(
        self,
        settings: EvaluationSettings | None = None,
        *,
        parts: Sequence[str] | None = None,
        kept_folder: str | PathLike[str] | None = None,
        progress: Callable[[str, int, int], None] = lambda _, __, ___: None,
    ) -> Evaluation:
        """Measure how good recommendations and how true explanations are, as :func:`evaluate` does."""
        from soundglass.evaluate.run import PARTS, evaluate  # seldom asked for

        parts, folder = parts or PARTS, Path(kept_folder) if kept_folder else None
        return evaluate(*self._snapshot(), settings, parts, folder, progress, __version__)
