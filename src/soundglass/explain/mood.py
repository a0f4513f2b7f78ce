"""The tracks nearest to a mood that somebody wishes for, each with what was asked and what it has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import SoundglassError
from soundglass.core.types import FeatureEvidence, Part, Recommendation, Track
from soundglass.explain.answer import tracks
from soundglass.explain.parts import evidence, reading
from soundglass.explain.words import listed
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters, Selection
from soundglass.recommend.mood import Mood

TABLE_ERROR = 0.1
"""What a value of a table may be off the wish and still be called as asked."""

_BATCH = 64


@dataclass(frozen=True, slots=True)
class MoodAnswer:
    """The tracks nearest to a mood.

    Attributes
    ----------
    wishes : mapping of str to float
        What was asked for, by feature.
    tempo : (float, float)
        The slowest and the fastest tempo that was let through, in BPM; infinite where there is no limit.
    results : tuple of Recommendation
        The ``query`` side of their parts is what was asked.
    notes : tuple of str
    """

    wishes: Mapping[str, float]
    tempo: tuple[float, float]
    results: tuple[Recommendation, ...]
    notes: tuple[str, ...]


def find_mood(
    store: Store,
    recommender: FeatureRecommender,
    wishes: Mapping[str, float],
    n: int,
    tempo: tuple[float, float] = (-math.inf, math.inf),
    per_artist: int | None = 2,
) -> MoodAnswer:
    """Find the tracks nearest to a mood, as :class:`soundglass.recommend.mood.Mood` scores them.

    Parameters
    ----------
    wishes : mapping of str to float
        By feature, 0 to 1.
    n : int
        How many; fewer where the library has fewer.
    tempo : (float, float)
        From and to how many BPM; what is slower or faster is left out, and so is what has none.
    per_artist : int, optional
        At most so many by one artist.

    Raises
    ------
    SoundglassError
        A wish or the tempo makes no sense.
    FeatureMismatchError
        The library's tracks do not differ in anything wished for.
    """
    slowest, fastest = tempo
    if not slowest <= fastest:
        raise SoundglassError(
            f"no tempo lies from {slowest:g} to {fastest:g} BPM", remedy="Give the slower first"
        )
    mood = Mood(recommender, wishes)
    scores = mood.scores()
    fit = _in_tempo(recommender, tempo)
    ranked = np.lexsort((recommender.rows, -scores))[: np.isfinite(scores).sum()]
    chosen, positions = _select(store, recommender, ranked[fit[ranked]], scores, n, Filters(None, per_artist))
    parts = _parts(mood, positions)
    results = tuple(
        Recommendation(rank, track, score, _sentence(of_track), of_track)
        for rank, ((track, score), of_track) in enumerate(zip(chosen, parts, strict=True), start=1)
    )
    notes = [
        f"the tracks do not differ in {CATALOGUE[name].noun}, so it counts for nothing" for name in mood.idle
    ]
    if (left_out := int((~fit).sum())) and any(map(math.isfinite, tempo)):
        notes.append(f"left out {left_out:,} {'track' if left_out == 1 else 'tracks'} outside the tempo")
    if len(results) < n:
        notes.append(f"only {len(results)} of {n} tracks could be found")
    return MoodAnswer(mood.wishes, tempo, results, tuple(notes))


def _in_tempo(recommender: FeatureRecommender, tempo: tuple[float, float]) -> NDArray[np.bool_]:
    n_tracks = len(recommender.rows)
    if not any(map(math.isfinite, tempo)):
        return np.ones(n_tracks, dtype=np.bool_)
    bpm = recommender.space.values.get("tempo", np.full(n_tracks, np.nan))
    within: NDArray[np.bool_] = (bpm >= tempo[0]) & (bpm <= tempo[1])
    return within


def _select(
    store: Store,
    recommender: FeatureRecommender,
    ranked: NDArray[np.intp],
    scores: NDArray[np.float64],
    n: int,
    filters: Filters,
) -> tuple[list[tuple[Track, float]], NDArray[np.intp]]:
    """Take tracks, nearest first, that are no copies of one another nor too many by an artist."""
    selection, taken = Selection(Track("", recommender.origin), filters), list[int]()
    for start in range(0, len(ranked), _BATCH):
        batch = ranked[start : start + _BATCH]
        for position, track in zip(batch, tracks(store, recommender.rows[batch].tolist()), strict=True):
            if len(taken) < n and selection.offer(track, float(scores[position])):
                taken.append(int(position))
        if len(taken) == n:
            break
    return selection.chosen, np.array(taken, dtype=np.intp)


def _parts(mood: Mood, positions: NDArray[np.intp]) -> list[tuple[Part, ...]]:
    """Split scores into one part per wish: what was asked beside what the track has."""
    has = evidence(mood.recommender, positions)
    distributions = mood.recommender.space.distributions
    found: list[tuple[Part, ...]] = []
    for at, shares in enumerate(mood.shares(positions).tolist()):
        parts = []
        for (name, value), share in zip(mood.wishes.items(), shares, strict=True):
            percentile = float(distributions[name].percentiles(value))
            own = has[name][at]
            asked = reading(CATALOGUE[name], value, math.nan, percentile, own.source)
            parts.append(Part(name, share, asked, own))
        found.append(tuple(sorted(parts, key=lambda part: -part.contribution)))
    return found


def _sentence(parts: Sequence[Part]) -> str:
    """Say how near each value comes to the wish; no difference that is smaller than the value's error."""
    near, off = [], []
    for part in parts:
        feature, asked, has = CATALOGUE[part.name], part.query, part.match
        assert isinstance(asked, FeatureEvidence) and isinstance(has, FeatureEvidence)  # noqa: S101
        assert asked.value is not None and has.value is not None  # noqa: S101
        error = TABLE_ERROR if has.source == "csv" else feature.error
        values = f"{has.label} for {asked.label}"
        if abs(has.value - asked.value) <= error:
            near.append(f"{feature.noun} ({values})")
        else:
            off.append(f"{feature.comparatives[has.value > asked.value]} ({values})")
    if not off:
        return f"Near what you asked in {listed(near)}."
    if not near:
        return f"The nearest there is, though {listed(off)} than you asked."
    return f"Near what you asked in {listed(near)}, but {listed(off)}."
