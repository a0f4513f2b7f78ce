"""The recommenders people name by ``by``, each with its reasons, made once for a snapshot of a library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from soundglass.core.errors import FeatureMismatchError, LibraryError, SoundglassError
from soundglass.core.types import Track
from soundglass.explain.answer import tracks
from soundglass.explain.base import Explainer
from soundglass.explain.blend import BlendExplainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.mel_pca import MelPcaExplainer
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.library.store import Store
from soundglass.library.versions import VERSION_COLUMNS, VERSIONS, AnalysisPart
from soundglass.recommend.base import holds
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.mel_pca import MelPcaRecommender
from soundglass.recommend.spectrogram import SpectrogramRecommender

RECOMMENDERS = ("features", "spectrogram", "blend", "mel-pca")

E = TypeVar("E", bound=Explainer)

_FOUND: Mapping[AnalysisPart, str] = {"embedding": "token_weights", "picture": "picture"}
"""What of an analysis is null where there was nothing to hear."""


class Explainers:
    """Makes explainers when they are first asked for, and keeps them.

    Parameters
    ----------
    store : Store
        At one snapshot.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._features: list[FeatureExplainer] = []
        self._spectrogram: SpectrogramExplainer | None = None
        self._mel_pca: MelPcaExplainer | None = None
        self._balanced: BlendExplainer | None = None

    def of(self, by: str, *rows: int, weight: float | None = None) -> Explainer:
        """Give the recommender of a name.

        Parameters
        ----------
        by : str
            One of ``RECOMMENDERS``.
        *rows : int
            Rows of the library that it must be able to compare; without any, it is for all tracks with audio.
        weight : float, optional
            Of the blend: the share of the spectrogram, 0 to 1; both have the same say if left out.

        Raises
        ------
        SoundglassError
            There is no such recommender, or it takes no such weight.
        FeatureMismatchError, LibraryError
            It cannot compare one of the tracks; says why.
        """
        if by not in RECOMMENDERS:
            raise SoundglassError(
                f"there is no recommender {by!r}", remedy=f"There is: {', '.join(RECOMMENDERS)}"
            )
        if weight is not None and by != "blend":
            raise SoundglassError(f"{by} takes no weight", remedy="Only the blend does")
        if by == "mel-pca":
            return self._by_mel_pca(rows)
        if by == "spectrogram":
            return self.by_spectrogram(*rows)
        features = self.features(rows[0] if rows else None)
        if by == "features":
            return features
        return self._blended(features, self.by_spectrogram(*rows), weight)

    def _blended(
        self, features: FeatureExplainer, spectrogram: SpectrogramExplainer, weight: float | None
    ) -> BlendExplainer:
        """Blend the two; what weight balances them is found once."""
        if weight is not None:
            return BlendExplainer(features, spectrogram, weight)
        if self._balanced is None:
            self._balanced = BlendExplainer(features, spectrogram)
        return self._balanced

    def features(self, row: int | None = None) -> FeatureExplainer:
        """Give the space of features that a row lives in; without one, that of tracks with audio."""
        for made in self._features:
            recommender = made.recommender
            if recommender.origin == "audio" if row is None else holds(recommender, row):
                return made
        origin = "audio" if row is None else self._track(row).origin
        self._features.append(FeatureExplainer(FeatureRecommender.from_store(self._store, origin)))
        return self._features[-1]

    def by_spectrogram(self, *rows: int) -> SpectrogramExplainer:
        """Give the one of tokens, for rows that it must be able to compare; raises as :meth:`of` does."""

        def make() -> SpectrogramExplainer:
            return SpectrogramExplainer(SpectrogramRecommender.from_store(self._store))

        self._spectrogram = self._hearing("spectrogram", "embedding", self._spectrogram, make, rows)
        return self._spectrogram

    def _by_mel_pca(self, rows: Sequence[int]) -> MelPcaExplainer:
        def make() -> MelPcaExplainer:
            return MelPcaExplainer(MelPcaRecommender.from_store(self._store))

        self._mel_pca = self._hearing("mel-pca", "picture", self._mel_pca, make, rows)
        return self._mel_pca

    def _hearing(
        self, by: str, part: AnalysisPart, made: E | None, make: Callable[[], E], rows: Sequence[int]
    ) -> E:
        """Give what compares tracks by their audio, made before or now."""
        for row in rows:
            if made is None or not holds(made.recommender, row):
                self._refuse_unheard(by, part, row)
        made = make() if made is None else made
        for row in rows:
            if not holds(made.recommender, row):
                raise self._unfinished(by, row)
        return made

    def _refuse_unheard(self, by: str, part: AnalysisPart, row: int) -> None:
        """Raise if a track has no audio, has not been analysed for this recommender, or is silent."""
        track = self._track(row)
        if track.origin == "csv":
            raise FeatureMismatchError(
                f"{track.label} has no audio to compare by {by}: it comes from a table",
                remedy="Ask by features",
            )
        version, found = VERSION_COLUMNS[part], _FOUND[part]
        analysed = self._store.take([row], [version, found]).to_pylist()[0]
        if analysed[version] != VERSIONS[part]:
            raise self._unfinished(by, row)
        if analysed[found] is None:
            raise FeatureMismatchError(
                f"{track.label} cannot be compared by {by}: there is nothing to hear in it",
                remedy="Choose another track",
            )

    def _unfinished(self, by: str, row: int) -> LibraryError:
        label = self._track(row).label
        return LibraryError(
            f"{label} has not been analysed for {by} yet", remedy="Run soundglass scan FOLDER"
        )

    def _track(self, row: int) -> Track:
        return tracks(self._store, [row])[0]
