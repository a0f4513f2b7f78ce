"""A way from one track to another, with a reason for every step."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Part, Track
from soundglass.explain.answer import tracks
from soundglass.explain.base import Explainer
from soundglass.library.store import Store
from soundglass.recommend.filters import Filters
from soundglass.recommend.path import Route, find_route


@dataclass(frozen=True, slots=True)
class Step:
    """One step, to a track from the one before it.

    Attributes
    ----------
    track : Track
        Where it leads.
    score : float
        Of this track, with the one before it as the query.
    sentence : str
        Why it follows.
    parts : tuple of Part
        Largest contribution first; they sum to ``score``. ``query`` is the track before.
    """

    track: Track
    score: float
    sentence: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A smooth way through the library.

    Attributes
    ----------
    start, end : Track
    by : str
        The recommender whose scores make it smooth.
    steps : tuple of Step
        The last leads to ``end``; none where the ends are one track.
    largest_jump : float
        The largest 1 - score of all steps.
    notes : tuple of str
        What could not be had.
    """

    start: Track
    end: Track
    by: str
    steps: tuple[Step, ...]
    largest_jump: float
    notes: tuple[str, ...] = ()


def explain_path(store: Store, explainer: Explainer, start: int, end: int, n: int, filters: Filters) -> Path:
    """Find a smooth way from one track to another, as :func:`soundglass.recommend.path.find_route` does.

    Parameters
    ----------
    start, end : int
        Rows of the library.
    n : int
        How many steps, so that n - 1 tracks lie between; fewer where the filters leave fewer.
    filters : Filters
        What the tracks between must pass, towards both ends; ``per_artist`` counts the ends, too.

    Raises
    ------
    SoundglassError
        ``n`` is below 1.
    FeatureMismatchError
        The two ends cannot be compared.
    """
    recommender = explainer.recommender
    if n < 1:
        raise SoundglassError(f"a way has at least 1 step, not {n}", remedy="Ask for more steps")
    if start == end:
        (track,) = tracks(store, [start])
        return Path(track, track, recommender.name, (), 0.0, ("both ends are the same track",))
    route = find_route(store, recommender, start, end, n, filters)
    steps = []
    for before, row, track, score in zip(
        route.rows, route.rows[1:], route.tracks[1:], route.scores, strict=False
    ):
        parts = explainer.parts(before, [row])[0]
        steps.append(Step(track, score, explainer.sentence(parts, score), parts))
    return Path(
        start=route.tracks[0],
        end=route.tracks[-1],
        by=recommender.name,
        steps=tuple(steps),
        largest_jump=1 - min(route.scores),
        notes=tuple(_notes(route, n)),
    )


def _notes(route: Route, n: int) -> list[str]:
    notes = []
    if (found := len(route.scores)) < n:
        notes.append(f"too few tracks may be passed: {found} of {n} steps")
    if (repeats := route.n_repeats) > 0:
        steps = "1 step leads" if repeats == 1 else f"{repeats} steps lead"
        notes.append(f"{steps} to the same artist again: no other way was found")
    return notes
