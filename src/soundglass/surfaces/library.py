"""A library as Python sees it: open, scan, import, ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, TypeAlias

from soundglass.audio.discover import discover
from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.settings import DEFAULTS, Settings
from soundglass.core.types import Recommendations, Track
from soundglass.explain.answer import Pair, explain_pair, recommend, tracks
from soundglass.explain.base import Explainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.profile import Profile, profile, stored_profile
from soundglass.library.health import Health, LibraryInfo, check, summarise
from soundglass.library.rows import track_row
from soundglass.library.scan import ScanProgress, ScanSummary, analyse_file, scan
from soundglass.library.schema import FileStamp
from soundglass.library.search import find_row
from soundglass.library.store import Store
from soundglass.library.tables import ImportSummary, read_table
from soundglass.recommend.base import holds
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters
from soundglass.recommend.space import FeatureSpace

Origin: TypeAlias = Literal["audio", "csv"]


def _features(store: Store, origin: Origin) -> FeatureExplainer:
    return FeatureExplainer(FeatureRecommender.from_store(store, origin))


EXPLAINERS: Mapping[str, Callable[[Store, Origin], Explainer]] = {"features": _features}
"""What ``by`` may name: recommenders with their reasons, and how each is made from a library."""

_SHOWCASE_SAMPLE = 50


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
        self._explainers: dict[tuple[str, Origin], Explainer] = {}
        self._explained = -1

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
        """Pick a track with a close match, to show what recommendations look like.

        Raises
        ------
        LibraryError
            The library is empty.
        """
        store = self._store()
        if not len(store):
            raise LibraryError("is empty", path=self.uri, remedy="Scan a folder of music")
        sample = range(0, len(store), max(1, len(store) // _SHOWCASE_SAMPLE))
        answers = [
            recommend(store, self._explainer(store, "features", row), row, 1, Filters()) for row in sample
        ]
        return max(answers, key=lambda a: a.results[0].score if a.results else float("-inf")).query

    def similar(
        self,
        track: str,
        *,
        by: str = "features",
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
        by : str
            The recommender.
        n : int
            How many.
        per_artist : int, optional
            At most so many by one artist.
        where : str, optional
            SQL condition, as in ``"genre = 'rock' and tempo < 120"``.
        exclude_same : iterable of {"artist", "album"}
            Leave out what shares these with the track.
        """
        store = self._store()
        row = find_row(store, track)
        filters = Filters(where, per_artist, frozenset(exclude_same))
        return recommend(store, self._explainer(store, by, row), row, n, filters)

    def why(self, track: str, other: str, *, by: str = "features") -> Pair:
        """Explain one pair in full: all parts, what speaks against it, what would change its place."""
        store = self._store()
        query, match = (find_row(store, wanted) for wanted in (track, other))
        return explain_pair(store, self._explainer(store, by, query), query, match)

    def features(self, track: str) -> Profile:
        """Give all features of a track with unit, source, error estimate, percentile and evidence."""
        store = self._store()
        row = find_row(store, track)
        return stored_profile(store, row, _space(store, _origin(store, row)))

    def measure(self, path: str | PathLike[str]) -> Profile:
        """Analyse one file without storing it; percentiles are among the library's, where there is one.

        Raises
        ------
        AudioError
            The file cannot be read.
        """
        file = Path(path).expanduser().absolute()
        identity, analysis = analyse_file(file, self.settings)
        row = track_row(identity, analysis, [FileStamp(str(file), 0, 0)])
        try:
            space = _space(self._store(), "audio")
        except LibraryError:
            space = None
        return profile(row.track, row.values, row.evidence, space)

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
        """Open the store, at its newest snapshot; one question keeps to one snapshot."""
        if self._opened is None:
            self._opened = Store(self.uri, create=create)
        self._opened.refresh()
        if self._opened.version != self._explained:
            self._explainers.clear()
            self._explained = self._opened.version
        return self._opened

    def _explainer(self, store: Store, by: str, row: int) -> Explainer:
        """Give the recommender of this name for tracks of the row's origin; built once a snapshot."""
        if by not in EXPLAINERS:
            raise SoundglassError(
                f"there is no recommender {by!r}", remedy=f"There is: {', '.join(EXPLAINERS)}"
            )
        for (name, _), explainer in self._explainers.items():
            if name == by and holds(explainer.recommender, row):
                return explainer
        origin = _origin(store, row)
        self._explainers[by, origin] = EXPLAINERS[by](store, origin)
        return self._explainers[by, origin]


def _origin(store: Store, row: int) -> Origin:
    origin: Origin = store.take([row], ["origin"])["origin"][0].as_py()
    return origin


def _space(store: Store, origin: Origin) -> FeatureSpace:
    return FeatureRecommender.from_store(store, origin).space


def open_library(uri: str | PathLike[str], **settings: Any) -> Library:  # noqa: ANN401  (passed through)
    """Open a library; a missing one is made by its first scan or import."""
    return Library(uri, **settings)
