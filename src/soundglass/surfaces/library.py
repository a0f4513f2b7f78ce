"""A library as Python sees it: open, scan, import, ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from soundglass import __version__
from soundglass.audio.discover import discover
from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.settings import DEFAULTS, Settings
from soundglass.core.types import Recommendations, Track
from soundglass.explain.answer import Pair, explain_pair, recommend, tracks
from soundglass.explain.atlas import Atlas, draw_atlas
from soundglass.explain.compare import SAMPLE, Comparison, LibraryComparison, compare, compare_library
from soundglass.explain.path import Path as TrackPath
from soundglass.explain.path import explain_path
from soundglass.explain.profile import Profile, measured_profile, stored_profile
from soundglass.explain.registry import Explainers
from soundglass.explain.showcase import showcase
from soundglass.library.health import Health, LibraryInfo, check, summarise
from soundglass.library.scan import ScanProgress, ScanSummary, scan
from soundglass.library.search import file_of, find_row
from soundglass.library.store import Store
from soundglass.library.tables import ImportSummary, read_table
from soundglass.recommend.filters import Filters
from soundglass.recommend.maps import Method

if TYPE_CHECKING:
    from soundglass.evaluate.context import EvaluationSettings
    from soundglass.evaluate.run import Evaluation
    from soundglass.explain.heard import HeardMost
    from soundglass.surfaces.sounds import Heard

BOTH = ("features", "spectrogram")


class Library:
    """A collection of analysed tracks that can be asked for recommendations and their reasons.

    Parameters
    ----------
    uri : path-like or str
        A folder, or the URI of one on object storage. It is made by the first scan or import.
    settings : Settings

    Examples
    --------
    ::

        library = soundglass.open("music.lance")
        library.scan("~/Music")
        for rec in library.similar("wesnoth battle", n=5):
            print(rec.score, rec.sentence)
    """

    def __init__(self, uri: str | PathLike[str], settings: Settings = DEFAULTS) -> None:
        text = fspath(uri)
        self.uri = text if "://" in text else str(Path(text).expanduser())
        self.settings = settings
        self._opened: Store | None = None
        self._explained: tuple[int, Explainers] | None = None

    def __len__(self) -> int:
        return len(self._store())

    def __repr__(self) -> str:
        return f"soundglass.open({self.uri!r})"

    # -- filling ---------------------------------------------------------------------------------------

    def scan(
        self,
        *paths: str | PathLike[str],
        workers: int | None = None,
        prune: bool = False,
        progress: Callable[[ScanProgress], None] = lambda _: None,
    ) -> ScanSummary:
        """Analyse the music under folders, or single files; only what is new or changed is looked into.

        Parameters
        ----------
        workers : int, optional
            Analysis processes; one per processor by default.
        prune : bool
            Forget tracks whose files are gone.
        progress : callable
            Told after every file.

        Raises
        ------
        AudioError
            A path does not exist.
        LibraryError
            The library cannot be opened or written.
        """
        settings = self.settings
        if workers is not None:
            settings = replace(settings, scan=replace(settings.scan, workers=workers))
        roots = [Path(path).expanduser() for path in paths]
        discover(roots)  # a missing folder is refused before a library is made for it
        return scan(self._store(create=True), roots, prune=prune, settings=settings, progress=progress)

    def import_table(
        self, path: str | PathLike[str], *, mapping: Mapping[str, str] | None = None, encoding: str = "utf-8"
    ) -> ImportSummary:
        """Read a Spotify-style table, as :func:`soundglass.library.tables.read_table` says, and store it."""
        table = read_table(Path(path), mapping=mapping, encoding=encoding)
        return table.store_in(self._store(create=True))

    # -- asking ----------------------------------------------------------------------------------------

    def find(self, track: str) -> Track:
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

    def similar(
        self,
        track: str,
        *,
        by: str = "features",
        weight: float | None = None,
        n: int = 10,
        per_artist: int | None = None,
        where: str | None = None,
        exclude_same: Iterable[Literal["artist", "album"]] = (),
    ) -> Recommendations:
        """Recommend the tracks most like one, each with its reason.

        Parameters
        ----------
        track : str
            An id, a path or words.
        by : {"features", "spectrogram", "blend", "mel-pca"}
            The recommender.
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
        """
        store, explainers = self._snapshot()
        row = find_row(store, track)
        filters = Filters(where, per_artist, frozenset(exclude_same))
        return recommend(store, explainers.of(by, row, weight=weight), row, n, filters)

    def why(self, track: str, other: str, *, by: str = "features", weight: float | None = None) -> Pair:
        """Explain one pair in full: all parts, what speaks against it, what would change its place."""
        store, explainers = self._snapshot()
        query, match = (find_row(store, wanted) for wanted in (track, other))
        return explain_pair(store, explainers.of(by, query, match, weight=weight), query, match)

    def compare(self, track: str, *, by: Sequence[str] = BOTH, n: int = 10) -> Comparison:
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
        start: str,
        end: str,
        *,
        n: int = 12,
        by: str = "features",
        weight: float | None = None,
        per_artist: int | None = None,
        where: str | None = None,
    ) -> TrackPath:
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

    def listen(
        self,
        track: str,
        other: str,
        folder: str | PathLike[str],
        *,
        n: int = 3,
        bed_db: float | None = None,
        suffix: Literal[".wav", ".flac"] = ".wav",
    ) -> tuple[Heard, ...]:
        """Write the regions in which two tracks match most as sounds, as :func:`write_matches` says."""
        from soundglass.surfaces.sounds import write_matches  # loads the decoders

        parts = self.why(track, other, by="spectrogram").parts
        store = self._store()
        query, match = (file_of(store, find_row(store, side)) for side in (track, other))
        return write_matches(query, match, parts, Path(folder), n, bed_db, suffix)

    def heard(self, track: str, other: str) -> HeardMost:
        """Hear two tracks again and say in which stretch of each they are alike most, by spectrogram."""
        from soundglass.explain.heard import heard_most  # loads the decoders

        store, explainers = self._snapshot()
        pair = find_row(store, track), find_row(store, other)
        return heard_most(store, explainers.by_spectrogram(*pair).recommender, pair)

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

    def features(self, track: str) -> Profile:
        """Give all features of a track with unit, source, error, percentile and evidence, and its tags."""
        store, explainers = self._snapshot()
        row = find_row(store, track)
        return stored_profile(store, row, explainers.features(row).recommender.space)

    def measure(self, path: str | PathLike[str]) -> Profile:
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
        return measured_profile(Path(path).expanduser().absolute(), self.settings, space)

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

    # -- keeping ---------------------------------------------------------------------------------------

    def info(self) -> LibraryInfo:
        """Say what is in the library."""
        return summarise(self._store())

    def check(self) -> Health:
        """Read everything and report what is damaged, impossible or gone."""
        return check(self._store())

    def compact(self) -> dict[str, int]:
        """Merge small pieces and drop old snapshots."""
        with self._store().writing("compact"):
            return self._store().compact()

    def _store(self, *, create: bool = False) -> Store:
        """Open the store, at its newest snapshot."""
        if self._opened is None:
            self._opened = Store(self.uri, create=create)
        self._opened.refresh()
        return self._opened

    def _snapshot(self) -> tuple[Store, Explainers]:
        """Give the newest snapshot and its recommenders; one question keeps to one snapshot."""
        store = self._store()
        if self._explained is None or self._explained[0] != store.version:
            self._explained = store.version, Explainers(store)
        return store, self._explained[1]


def _refuse_other_than_two(by: Sequence[str]) -> None:
    if len(by) != 2 or by[0] == by[1]:
        raise SoundglassError("a comparison is of two recommenders", remedy=f"As in --by {','.join(BOTH)}")


def open_library(uri: str | PathLike[str], **settings: Any) -> Library:  # noqa: ANN401  (passed through)
    """Open a library; a missing one is made by its first scan or import."""
    return Library(uri, **settings)
