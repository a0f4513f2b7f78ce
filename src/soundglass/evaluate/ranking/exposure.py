"""How evenly the tracks of a library are listed: coverage, Gini, hubs.

Methods: N_k, how often a track is among the k nearest of others, its skewness, hubs and anti-hubs
(Radovanović, Nanopoulos & Ivanović, Hubs in space, JMLR 11, 2010); Gini's coefficient of the N_k (Adomavicius
& Kwon, Improving aggregate recommendation diversity, IEEE TKDE 24, 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import Estimate, Labels, bootstrap_mean, bootstrap_sums
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.base import System, is_slow
from soundglass.evaluate.ranking.lists import N_LISTED, nearest

MOST_PAIRS, MOST_SLOW_PAIRS = 1_000_000_000, 25_000_000
"""So many pairs are scored at most; the second holds for a system that takes long to score them."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often tracks are listed when every track is asked about.

    Attributes
    ----------
    coverage : Estimate
        Share of the tracks that are in at least one list.
    gini : Estimate
        0 where all tracks are listed equally often, near 1 where few are listed all the time.
    skewness : Estimate
        Of N_10; 0 for an even spread, the higher the more a few hubs are listed.
    largest_hub : int or None
        The highest N_10.
    antihubs : Estimate
        Share of the tracks that are in no list.
    n_asked : int
        How many tracks were asked about. If not all, only the skewness is known.
    """

    coverage: Estimate
    gini: Estimate
    skewness: Estimate
    largest_hub: int | None
    antihubs: Estimate
    n_asked: int


def exposure(context: Context, system: System, groups: Labels) -> Exposure:
    """Ask a system about every track, or about many, and measure how evenly it lists tracks.

    Parameters
    ----------
    groups : sequence of str, shape (n_tracks,)
        Which of the system's rows are drawn together for the intervals: their artists.
    """
    asked = tracks_asked(context, system)
    counts = occurrences(nearest(context, system, asked, N_LISTED), system.rows)
    n, seed = context.settings.resamples, context.settings.seed
    skewness = bootstrap_sums(powers(counts, len(asked)), groups, skewness_from_powers, n, seed)
    if len(asked) < len(system.rows):
        unknown = Estimate(float("nan"))
        return Exposure(unknown, unknown, skewness, None, unknown, len(asked))
    values, which = np.unique(counts, return_inverse=True)
    histogram = np.eye(len(values))[which]
    return Exposure(
        coverage=bootstrap_mean(counts > 0, groups, n, seed),
        gini=bootstrap_sums(histogram, groups, lambda times: gini(values, times), n, seed),
        skewness=skewness,
        largest_hub=int(counts.max(initial=0)),
        antihubs=bootstrap_mean(counts == 0, groups, n, seed),
        n_asked=len(asked),
    )


def tracks_asked(context: Context, system: System) -> NDArray[np.int64]:
    """Choose the rows that are asked about: all, or as many at random as ``MOST_PAIRS`` allows."""
    n_tracks = len(system.rows)
    n_asked = (MOST_SLOW_PAIRS if is_slow(system) else MOST_PAIRS) // max(n_tracks, 1)
    if n_asked >= n_tracks:
        return system.rows
    return np.sort(np.random.default_rng(context.settings.seed).choice(system.rows, n_asked, replace=False))


def occurrences(lists: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count how often each row is listed, shape (n_tracks,); -1 in a list is no track."""
    listed = lists[lists >= 0]
    return np.bincount(np.searchsorted(rows, listed), minlength=len(rows))


def powers(counts: NDArray[np.int64], n_asked: int) -> Floats:
    """Give 1 and estimates of N, N² and N³ for each track, shape (n_tracks, 4).

    Where all tracks are asked about, N is what was counted. Of a random part of them, the counts are
    hypergeometric, whose factorial moments are those of N times known factors: the estimates' means over the
    tracks are unbiased.
    """
    n_tracks = len(counts)
    steps = np.arange(3)
    factors = np.cumprod((n_tracks - steps) / np.maximum(n_asked - steps, 1))
    falling = np.cumprod(counts[:, None] - steps, axis=1) * factors
    one, two, three = falling.T
    return np.stack([np.ones(n_tracks), one, one + two, one + 3 * two + three], axis=1)


def skewness_from_powers(sums: Floats) -> Floats:
    """Give the skewness of counts whose powers 0 to 3 have these sums, shape (n_draws, 4)."""
    first, second, third = (sums[:, 1:] / sums[:, :1]).T
    variance = second - first**2
    central = third - 3 * first * second + 2 * first**3
    deviation = np.sqrt(np.where(variance > 1e-12, variance, np.nan))
    skewness: Floats = central / deviation**3
    return skewness


def gini(values: Floats | NDArray[np.int64], times: Floats) -> Floats:
    """Give Gini's coefficient of values that appear so many times each.

    Parameters
    ----------
    values : ndarray, shape (n_values,)
        Ascending, 0 or more.
    times : ndarray, shape (n_draws, n_values)

    Notes
    -----
    Half the mean difference of all pairs over the mean, from the Lorenz curve: a value that takes the ranks r
    to s of n has (r + s)/2 as its mean rank.
    """
    n = times.sum(axis=1)
    ranks = np.cumsum(times, axis=1) - (times - 1) / 2
    total = times @ values
    weighted = (times * ranks) @ values
    with np.errstate(invalid="ignore", divide="ignore"):
        coefficient: Floats = 2 * weighted / (n * total) - (n + 1) / n
    return coefficient
