"""What a library is asked for: recommendations, reasons, comparisons, ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.answer import explain_pair, tracks
from soundglass.explain.compare import SAMPLE, Comparison, LibraryComparison, compare, compare_library
from soundglass.explain.path import Path, explain_path
from soundglass.explain.seeds import seeded_answer
from soundglass.explain.showcase import showcase
from soundglass.explain.steered import steered_answer
from soundglass.explain.steering import steer
from soundglass.library.search import find_row
from soundglass.recommend.filters import Filters
from soundglass.recommend.steering import Steering
from soundglass.surfaces.library.opened import Named
from soundglass.surfaces.library.profiling import Profiling
from soundglass.surfaces.notebook.answers import ExplainedPair, Recommended

BOTH = ("features", "spectrogram")


class Asking(Profiling):
    """Recommending and explaining."""

    def find(self, track: Named) -> Track:
        """Find a track by id, path or words.

        Raises
        ------
        TrackNotFound
            Nothing comes close; names the nearest.
        """
        store = self._store()
        return tracks(store, [find_row(store, track)])[0]

    def showcase(self) -> Track:
        """Pick a track with a close match, as :func:`soundglass.explain.showcase.showcase` does."""
        return showcase(*self._snapshot())

    def similar(  # noqa: PLR0913  (options)
        self,
        track: Named,
        *,
        by: str | None = None,
        weight: float | None = None,
        n: int = 10,
        per_artist: int | None = None,
        where: str | None = None,
        exclude_same: Iterable[Literal["artist", "album"]] = (),
        more: Sequence[Named] = (),
        less: Sequence[Named] = (),
        steering: Steering | str | None = None,
    ) -> Recommended:
        """Recommend the tracks most like one, each with its reason.

        Parameters
        ----------
        track : str
            An id, a path or words.
        by : {"features", "spectrogram", "blend", "mel-pca"}
            The recommender; if left out, what ``steering`` says, or features.
        weight : float, optional
            Of the blend: the share of the spectrogram, 0 to 1; both have the same say if left out.
        n : int
            How many.
        per_artist : int, optional
            At most so many by one artist.
        where : str, optional
            SQL condition, as in ``"genre = 'rock' and tempo < 120"``.
        exclude_same : iterable of {"artist", "album"}
            Leave out what shares these with the track.
        more, less : sequence of str
            Other tracks they are to be like, too, or not: a score is the mean likeness to all that is looked
            for, less half of the likeness to what is turned away from.
        steering : Steering or str, optional
            What counts more, less or not, and what is asked for besides the track; or the name of a profile.
        """
        steered = self._steering(steering, by, weight)
        store, explainers = self._snapshot()
        row = find_row(store, track)
        filters = Filters(where, per_artist, frozenset(exclude_same))
        seeds = [[find_row(store, wanted) for wanted in tracks] for tracks in (more, less)]
        if steered is None:
            explainer = explainers.of(by or "features", row, *seeds[0], *seeds[1], weight=weight)
            return Recommended.of(seeded_answer(store, explainer, row, n, filters, *seeds))
        if more or less:
            raise SoundglassError(
                "a steered list is of one track", remedy="Leave out more and less, or steering"
            )
        explainer = explainers.of(steered.by, row, weight=steered.share)
        return Recommended.of(steered_answer(store, explainer, row, steered, n, filters))

    def why(
        self,
        track: Named,
        other: Named,
        *,
        by: str | None = None,
        weight: float | None = None,
        steering: Steering | str | None = None,
    ) -> ExplainedPair:
        """Explain one pair in full: all parts, what speaks against it, what would change its place.

        Parameters are those of :meth:`similar`.
        """
        steered = self._steering(steering, by, weight)
        store, explainers = self._snapshot()
        query, match = (find_row(store, wanted) for wanted in (track, other))
        if steered is not None:
            plain = explainers.of(steered.by, query, match, weight=steered.share)
            return ExplainedPair.of(explain_pair(store, steer(plain, steered, query), query, match))
        explainer = explainers.of(by or "features", query, match, weight=weight)
        return ExplainedPair.of(explain_pair(store, explainer, query, match))

    def compare(self, track: Named, *, by: Sequence[str] = BOTH, n: int = 10) -> Comparison:
        """Put the lists of two recommenders for one track side by side.

        Parameters
        ----------
        by : sequence of str
            The two recommenders.
        n : int
            How long the lists are.
        """
        _refuse_other_than_two(by)
        store, explainers = self._snapshot()
        row = find_row(store, track)
        one, other = (explainers.of(name, row) for name in by)
        return compare(store, one, other, row, n)

    def compare_all(
        self,
        *,
        by: Sequence[str] = BOTH,
        n: int = 10,
        sample: int | None = SAMPLE,
        progress: Callable[[int, int], None] = lambda _, __: None,
    ) -> LibraryComparison:
        """Say how far two recommenders agree over the library.

        Parameters
        ----------
        by, n
            As for :meth:`compare`.
        sample : int, optional
            Of how many tracks the lists are compared; ``None`` for all.
        progress : callable
            Told after every track how many are done, of how many.
        """
        _refuse_other_than_two(by)
        store, explainers = self._snapshot()
        one, other = (explainers.of(name).recommender for name in by)
        return compare_library(store, one, other, n, sample, progress)

    def path(
        self,
        start: Named,
        end: Named,
        *,
        n: int = 12,
        by: str = "features",
        weight: float | None = None,
        per_artist: int | None = None,
        where: str | None = None,
    ) -> Path:
        """Find a smooth way from one track to another, with a reason for every step.

        Parameters
        ----------
        n : int
            How many steps; fewer where the filters leave too few tracks.
        by, weight, per_artist, where
            As for :meth:`similar`.
        """
        store, explainers = self._snapshot()
        first, last = (find_row(store, wanted) for wanted in (start, end))
        explainer = explainers.of(by, first, last, weight=weight)
        return explain_path(store, explainer, first, last, n, Filters(where, per_artist))


def _refuse_other_than_two(by: Sequence[str]) -> None:
    if len(by) != 2 or by[0] == by[1]:
        raise SoundglassError("a comparison is of two recommenders", remedy=f"As in --by {','.join(BOTH)}")
