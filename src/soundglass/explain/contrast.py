"""Low against high: how the spectra of tracks with little and with much of a feature differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import feature as known_feature
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.answer import tracks
from soundglass.explain.patterns.sights import Sights
from soundglass.explain.patterns.statistics import Values, bands_hz
from soundglass.library.store import Store

DRAWS = 2000
FEWEST = 4
"""Tracks needed at either end."""

MOST_SHOWN = 12
_ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class End:
    """The tracks at one end of a feature.

    Attributes
    ----------
    n : int
        How many there are.
    limit : float
        The value of the last of them, that nearest to the middle.
    shown : tuple of Track
        Some of them, from the outermost inward, by different artists where there are enough.
    values : tuple of float
        Of the feature, of those that are shown.
    spectrum : ndarray, shape (n_mels,)
        Mean over all of them of their mean spectra, in dB.
    """

    n: int
    limit: float
    shown: tuple[Track, ...]
    values: tuple[float, ...]
    spectrum: Values


@dataclass(frozen=True, slots=True)
class Contrast:
    """What tells tracks high in a feature from those low in it.

    Attributes
    ----------
    feature : str
    quantile : float
        Share of the tracks at either end.
    n_tracks : int
        Of which the ends are taken.
    bands_hz : ndarray, shape (n_mels,)
        Centres of the bands.
    low, high : End
    difference, least, most : ndarray, shape (n_mels,)
        High less low in dB, and its 95 % confidence band, band by band.
    by_artist : bool
        Whether artists were drawn for it; tracks otherwise.

    Notes
    -----
    Each track's spectrum is taken at one level, the same for all, so that its own loudness is removed and the
    balance of frequencies is what is compared. Means are of decibels: a track counts as much as any other.
    """

    feature: str
    quantile: float
    n_tracks: int
    bands_hz: Values
    low: End
    high: End
    difference: Values
    least: Values
    most: Values
    by_artist: bool


def find_contrast(
    store: Store, sights: Sights, name: str, quantile: float = 0.25, shown: int = 4, seed: int = 0
) -> Contrast:
    """Compare the tracks lowest and highest in a feature.

    Parameters
    ----------
    sights : Sights
        What was seen of this library.
    name : str
        Any feature that is more or less of something.
    quantile : float
        Share of the tracks that make an end, up to a half.
    shown : int
        How many of each end are chosen to be shown.
    seed : int
        Of the bootstrap.

    Raises
    ------
    CatalogueError
        There is no such feature.
    SoundglassError
        The feature has no order or the same value everywhere, or too few tracks with audio have it.
    """
    refuse_nonsense(name, quantile, shown)
    values = np.asarray(store.take(sights.rows, [name])[name].to_pylist(), dtype=np.float64)
    held = np.flatnonzero(np.isfinite(values))
    if len(held) >= FEWEST and not np.ptp(values[held]):
        raise SoundglassError(f"{name} is the same for all tracks", remedy="Choose another feature")
    low, high = _ends(values[held], quantile)
    if min(len(low), len(high)) < FEWEST:
        raise SoundglassError(
            f"{len(held)} tracks with audio make no two ends of {FEWEST} tracks each by {name}",
            path=store.uri,
            remedy="Scan more music, or choose another feature or a larger quantile",
        )
    places = held[low], held[high]
    difference, least, most = _difference(sights, *places, seed)
    return Contrast(
        name,
        quantile,
        len(held),
        bands_hz(),
        _end(store, sights, values, places[0], shown),
        _end(store, sights, values, places[1], shown),
        difference,
        least,
        most,
        sights.by_artist,
    )


def refuse_nonsense(name: str, quantile: float, shown: int) -> None:
    """Refuse what can be compared in no library, before any music is heard."""
    if not known_feature(name).is_ranked:
        raise SoundglassError(
            f"{name} is neither low nor high", remedy="Choose another feature, such as energy"
        )
    if not 0 < quantile <= 0.5:
        raise SoundglassError(
            f"an end cannot hold {quantile:g} of the tracks", remedy="Choose more than 0, up to 0.5"
        )
    if not 1 <= shown <= MOST_SHOWN:
        raise SoundglassError(f"{shown} tracks cannot be shown", remedy=f"Choose 1 to {MOST_SHOWN}")


def _ends(values: Values, quantile: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the places of the lowest and the highest values, outermost first; those that tie go together."""
    n = int(quantile * len(values) + 0.5)
    order = np.argsort(values, kind="stable")
    if not n:
        return order[:0], order[:0]
    limits = values[order[n - 1]], values[order[-n]]
    low, high = (values <= limits[0])[order], (values >= limits[1])[order]
    if limits[0] >= limits[1]:
        low, high = (values < limits[1])[order], (values > limits[0])[order]
    return order[low], order[high][::-1]


def _end(store: Store, sights: Sights, values: Values, places: NDArray[np.intp], shown: int) -> End:
    chosen = _spread_over_artists(places, sights.clusters[places], shown)
    return End(
        len(places),
        float(values[places[-1]]),
        tuple(tracks(store, sights.rows[chosen].tolist())),
        tuple(values[chosen].tolist()),
        sights.spectra[places].mean(axis=0),
    )


def _spread_over_artists(places: NDArray[np.intp], clusters: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Choose n places, evenly from the outermost inward, of different clusters as far as they go."""
    first = np.sort(np.unique(clusters, return_index=True)[1])
    if len(first) < n:
        rest = np.setdiff1d(np.arange(len(places)), first)
        first = np.sort(np.concatenate([first, rest[: n - len(first)]]))
    return places[
        first[np.unique(np.linspace(0, len(first) - 1, min(n, len(first))).round().astype(np.intp))]
    ]


def _difference(
    sights: Sights, low: NDArray[np.intp], high: NDArray[np.intp], seed: int
) -> tuple[Values, Values, Values]:
    """Give the difference of the mean spectra, and what it is between in 95 % of the draws of artists."""
    difference = sights.spectra[high].mean(axis=0) - sights.spectra[low].mean(axis=0)
    clusters = np.unique(sights.clusters[np.concatenate([low, high])], return_inverse=True)[1]
    n = int(clusters.max()) + 1
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), DRAWS).astype(np.float64)
    sides = (clusters[: len(low)], sights.spectra[low]), (clusters[len(low) :], sights.spectra[high])
    means = []
    for codes, spectra in sides:
        taken = times[:, codes]
        counts = taken.sum(axis=1, keepdims=True)
        means.append(
            np.divide(
                taken @ spectra, counts, out=np.full((DRAWS, spectra.shape[1]), np.nan), where=counts > 0
            )
        )
    least, most = np.nanpercentile(means[1] - means[0], _ENDS, axis=0)
    return difference, least, most
