"""What playlists are made from: seeds, a way between two tracks, a mood."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import LibraryError
from soundglass.core.types import Track
from soundglass.explain.answer import recommend
from soundglass.explain.base import Explainer
from soundglass.explain.mood import MoodAnswer, find_mood
from soundglass.explain.path import Path, explain_path
from soundglass.explain.seeds import SeededExplainer
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters
from soundglass.recommend.mood import WISHES
from soundglass.surfaces.web.state import Snapshot

CHOSEN = "You chose it."
BEGINNING = "Where the way begins."


@dataclass(frozen=True, slots=True)
class Chosen:
    """A track of a playlist to be, and why it is there."""

    track: Track
    reason: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A playlist to be.

    Attributes
    ----------
    name : str
        What it may be called.
    """

    name: str
    tracks: tuple[Chosen, ...]
    notes: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it is, where that is known."""
        lengths = [chosen.track.duration_s for chosen in self.tracks]
        return math.fsum(length for length in lengths if math.isfinite(length))


@dataclass(frozen=True, slots=True)
class Slider:
    """A feature that may be wished for.

    Attributes
    ----------
    low, high : str
        What its ends are called.
    usual : (float, float)
        Between which values half of the library lies.
    """

    name: str
    title: str
    low: str
    high: str
    usual: tuple[float, float]


def from_seeds(now: Snapshot, seeds: Sequence[int], by: str, n: int, per_artist: int | None) -> Made:
    """Find what is most like some tracks together, and put them before it."""
    explainer = now.explainer(by, *seeds)
    chosen = now.tracks(seeds)
    if len(seeds) > 1:
        names = {row: track.label for row, track in zip(seeds, chosen, strict=True)}
        explainer = cast("Explainer", SeededExplainer(explainer, seeds[1:], (), names))
    answer = recommend(now.store, explainer, seeds[0], n, Filters(per_artist=per_artist))
    found = [Chosen(result.track, result.sentence, result.score) for result in answer]
    others = f" and {len(seeds) - 1} more" if len(seeds) > 1 else ""
    own = [Chosen(track, CHOSEN) for track in chosen]
    return Made(f"Like {_short(chosen[0])}{others}", (*own, *found), answer.notes)


def find_path(now: Snapshot, start: int, end: int, by: str, n: int, per_artist: int | None) -> Path:
    """Find a smooth way between two tracks."""
    explainer = now.explainer(by, start, end)
    return explain_path(now.store, explainer, start, end, n, Filters(per_artist=per_artist))


def from_path(path: Path) -> Made:
    """Make a playlist of a way."""
    steps = [Chosen(step.track, step.sentence, step.score) for step in path.steps]
    name = f"{_short(path.start, 24)} to {_short(path.end, 24)}"
    return Made(name, (Chosen(path.start, BEGINNING), *steps), path.notes)


def find_in_mood(
    now: Snapshot, wishes: Mapping[str, float], tempo: tuple[float, float], n: int, per_artist: int | None
) -> MoodAnswer:
    """Find the tracks nearest to a mood."""
    return find_mood(now.store, features_of(now), wishes, n, tempo, per_artist)


def from_mood(answer: MoodAnswer) -> Made:
    """Make a playlist of a mood."""
    words = [CATALOGUE[name].words[value >= 0.5] for name, value in answer.wishes.items()]
    found = [Chosen(result.track, result.sentence, result.score) for result in answer.results]
    return Made(", ".join(words).capitalize()[:60], tuple(found), answer.notes)


def features_of(now: Snapshot) -> FeatureRecommender:
    """Give the space of tracks with audio, or that of tables where there are none.

    Raises
    ------
    LibraryError
        The library is empty.
    """
    try:
        explainer = now.explainer("features")
    except LibraryError:
        if not now.n_tracks:
            raise LibraryError("the library is empty", remedy="Scan a folder of music") from None
        explainer = now.explainer("features", 0)
    recommender = explainer.recommender
    assert isinstance(recommender, FeatureRecommender)  # noqa: S101
    return recommender


def sliders(now: Snapshot) -> list[Slider]:
    """Give what may be wished for of this library's tracks."""
    distributions = features_of(now).space.distributions
    found = []
    for name in WISHES:
        if name in distributions:
            feature, of_all = CATALOGUE[name], distributions[name]
            usual = of_all.quantile(25), of_all.quantile(75)
            found.append(Slider(name, feature.noun, *feature.words, usual))
    return found


def _short(track: Track, most: int = 40) -> str:
    name = track.title or track.label
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
