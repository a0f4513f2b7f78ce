"""The patterns of a library: what each feature looks like, and which claims about it hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from soundglass.core.catalogue import CATALOGUE, feature
from soundglass.core.errors import CatalogueError, LibraryError
from soundglass.core.types import Track
from soundglass.explain.answer import tracks
from soundglass.explain.patterns.association import FEWEST, Association, adjusted, correlate, typical
from soundglass.explain.patterns.claims import Checked, check, claims
from soundglass.explain.patterns.sights import FEW_ARTISTS, Sights
from soundglass.explain.patterns.statistics import STATISTICS, Values
from soundglass.library.store import Store

SPOTIFY = (
    "energy",
    "acousticness",
    "valence",
    "danceability",
    "instrumentalness",
    "speechiness",
    "liveness",
    "tempo",
    "loudness",
)
"""Those of Spotify's features that are more or less of something, and are shown first."""

SEEN_TOO = (
    "brightness",
    "bass_share",
    "dynamic_range",
    "onset_rate",
    "pulse_clarity",
    "roughness",
    "noisiness",
)
"""Features that are themselves read off the spectrogram."""


@dataclass(frozen=True, slots=True)
class Example:
    """Two tracks that show an association: typically low in the feature, and typically high.

    Attributes
    ----------
    values : pair of float
        Of the feature, low first; in the catalogue's unit.
    seen : pair of float
        Of the statistic.
    """

    association: Association
    tracks: tuple[Track, Track]
    values: tuple[float, float]
    seen: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a feature looks like.

    Attributes
    ----------
    feature : str
    n : int
        Tracks that have both a spectrogram and the feature.
    constant : bool
        Whether all of them have the same value.
    associations : tuple of Association
        One for each statistic that is not constant, strongest first; none where nothing can be said.
    example : Example or None
        Of the strongest that stands out.
    """

    feature: str
    n: int
    constant: bool = False
    associations: tuple[Association, ...] = ()
    example: Example | None = None

    @property
    def standing_out(self) -> tuple[Association, ...]:
        """Those that are more than chance."""
        return tuple(one for one in self.associations if one.stands_out)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the features of a library look like.

    Attributes
    ----------
    n_clusters : int
        Artists, and folders of tracks without one; or tracks, where ``by_artist`` is false.
    left_out : mapping of str to int
        Why tracks were left out, and how many.
    notes : tuple of str
        What to keep in mind.
    """

    n_tracks: int
    n_clusters: int
    by_artist: bool
    left_out: Mapping[str, int]
    patterns: tuple[Pattern, ...]
    claims: tuple[Checked, ...]
    notes: tuple[str, ...]


def chosen_features(names: Sequence[str] | None) -> tuple[str, ...]:
    """Give the features to look at: those named, or all that are more or less of something.

    Raises
    ------
    CatalogueError
        There is no such feature, or it is a key, a mode or a metre.
    """
    ranked = [name for name in CATALOGUE if CATALOGUE[name].is_ranked]
    if names is None:
        return (*SPOTIFY, *(name for name in ranked if name not in SPOTIFY))
    for name in names:
        if not feature(name).is_ranked:
            raise CatalogueError(
                f"{name} is not more or less of anything", remedy=f"Known: {', '.join(ranked)}"
            )
    return tuple(dict.fromkeys(names))


def find_patterns(
    store: Store, sights: Sights, names: Sequence[str] | None = None, seed: int = 0
) -> Patterns:
    """Relate features to what spectrograms look like, and check the study's claims.

    Parameters
    ----------
    sights : Sights
        What was seen of this library.
    names : sequence of str, optional
        The features; all ranked ones by default.
    seed : int
        Of the bootstrap.

    Raises
    ------
    LibraryError
        Fewer than eight tracks have audio: nothing can be said.
    """
    n = len(sights.rows)
    if n < FEWEST:
        left = "; ".join(f"{count:,} {reason}" for reason, count in sights.left_out.items())
        tell = f" (left out: {left})" if left else ""
        raise LibraryError(
            f"of {n} tracks with audio nothing can be said{tell}",
            path=store.uri,
            remedy=f"Scan music until there are at least {FEWEST}",
        )
    names = chosen_features(names)
    columns = store.take(sights.rows, names)
    values = np.array([columns[name].to_pylist() for name in names], dtype=np.float64)
    found = _associations(names, values, sights, seed)
    by_name = {(one.feature, one.statistic): one for each in found.values() for one in each}
    return Patterns(
        n,
        sights.n_clusters,
        sights.by_artist,
        sights.left_out,
        tuple(
            _pattern(store, sights, name, own, found.get(name, ()))
            for name, own in zip(names, values, strict=True)
        ),
        tuple(check(claim, lambda *key: by_name.get(key)) for claim in claims() if claim.feature in names),
        tuple(_notes(sights, names)),
    )


def _associations(
    names: Sequence[str], values: Values, sights: Sights, seed: int
) -> dict[str, tuple[Association, ...]]:
    """Correlate features with statistics, strongest first; each feature over the tracks that have it."""
    seen = np.isfinite(sights.numbers).all(axis=1)
    alike: dict[bytes, list[int]] = {}
    for at, own in enumerate(values):
        held = seen & np.isfinite(own)
        if held.sum() >= FEWEST and np.ptp(own[held]):
            alike.setdefault(held.tobytes(), []).append(at)
    found: list[Association] = []
    for mask, places in alike.items():
        held = np.frombuffer(mask, dtype=bool)
        clusters = np.unique(sights.clusters[held], return_inverse=True)[1]
        ours = correlate(values[places][:, held].T, sights.numbers[held], clusters, seed=seed)
        found += [
            Association(
                feature=names[at],
                statistic=name,
                rho=float(ours.rho[i, j]),
                low=float(ours.low[i, j]),
                high=float(ours.high[i, j]),
                p=float(ours.p[i, j]),
                n=int(held.sum()),
            )
            for i, at in enumerate(places)
            for j, name in enumerate(STATISTICS)
            if np.isfinite(ours.rho[i, j])
        ]
    corrected = adjusted(np.array([one.p for one in found]))
    by_feature: dict[str, list[Association]] = {}
    for one, p in zip(found, corrected.tolist(), strict=True):
        by_feature.setdefault(one.feature, []).append(replace(one, p=p))
    return {name: tuple(sorted(each, key=lambda one: -abs(one.rho))) for name, each in by_feature.items()}


def _pattern(
    store: Store, sights: Sights, name: str, values: Values, found: tuple[Association, ...]
) -> Pattern:
    held = np.flatnonzero(np.isfinite(values))
    constant = len(held) > 1 and not np.ptp(values[held])
    strongest = next((one for one in found if one.stands_out), None)
    if strongest is None:
        return Pattern(name, len(held), constant, found)
    seen = sights.numbers[:, list(STATISTICS).index(strongest.statistic)]
    pair = held[list(typical(values[held], seen[held], rising=strongest.rho > 0))]
    low, high = tracks(store, sights.rows[pair].tolist())
    example = Example(strongest, (low, high), tuple(values[pair].tolist()), tuple(seen[pair].tolist()))
    return Pattern(name, len(held), constant, found, example)


def _notes(sights: Sights, names: Sequence[str]) -> Iterator[str]:
    made_so = [name for name in names if name in SEEN_TOO]
    learned = [name for name in names if CATALOGUE[name].made == "estimated"]
    if learned:
        yield (
            f"{', '.join(learned)}: estimated by a network that hears the same spectrogram, so that what is "
            "shown is what its estimates go with, which need not be what listeners hear"
        )
    if made_so:
        yield (
            f"{', '.join(made_so)}: themselves read off the spectrogram, so that to be associated with it "
            "says little"
        )
    if not sights.by_artist:
        yield (
            f"fewer than {FEW_ARTISTS} artists and folders: tracks were drawn instead, and the intervals "
            "hold for more music by the same artists only"
        )
