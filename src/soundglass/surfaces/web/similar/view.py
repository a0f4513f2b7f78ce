"""What a page shows of recommendations: the switch, what is looked for, and the cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.bars import Scale, scale_of
from soundglass.explain.words import listed
from soundglass.recommend.seeds import AWAY
from soundglass.surfaces.web.similar.answers import Found, find
from soundglass.surfaces.web.similar.asked import MOST, Asked, N
from soundglass.surfaces.web.similar.cards import Card, Way, card_of
from soundglass.surfaces.web.state import Snapshot

_BALANCE = "balance of the blend"
_SMALL = 5_000
"""In a library of so many tracks it takes no time to find the balance of a blend."""

_MIDDLE = 50


@dataclass(frozen=True, slots=True)
class Seed:
    """A track that is looked for, or turned away from, and the way back."""

    track: Track
    away: bool
    back: Way


@dataclass(frozen=True, slots=True)
class View:
    """The recommendations of a page.

    Attributes
    ----------
    share : int
        Where the slider stands, in percent.
    balance : int or None
        Where both recommenders have the same say, if that is known.
    problem : SoundglassError or None
        Why there are none.
    further : Way or None
        To a longer list.
    alone : bool
        Whether they take the place of others in a page that is shown already.
    """

    track: Track
    asked: Asked
    share: int
    balance: int | None
    cards: Sequence[Card]
    scale: Scale
    seeds: Sequence[Seed]
    notes: Sequence[str]
    problem: SoundglassError | None
    further: Way | None
    alone: bool

    @property
    def can_be_heard(self) -> bool:
        """Whether there is more to compare than features."""
        return self.track.origin == "audio"

    @property
    def plain(self) -> Way:
        """To the same without further tracks."""
        return Way.of(self.track, replace(self.asked, more=(), less=()))

    @property
    def summary(self) -> str:
        """The list in one line."""
        if self.problem is not None:
            return self.problem.message
        if not self.cards:
            return "Nothing was found"
        by = self.asked.by if self.asked.by != "blend" else f"a blend, {self.share} % of it spectrogram"
        return f"The {len(self.cards)} nearest by {by}" if len(self.cards) > 1 else f"The nearest by {by}"

    @property
    def meaning(self) -> str:
        """What the scores mean."""
        looked_for, away = (
            listed(
                [f"“{one.track.title or one.track.label}”" for one in self.seeds if one.away is side], last
            )
            for side, last in ((False, " and "), (True, " or "))
        )
        text = "A score of 1 is the same recording, 0 a random track of this library."
        if looked_for:
            text = (
                "A score is now the likeness to this track and to "
                f"{looked_for}, on average: 0 is still a random track."
            )
        if away:
            text += f" What is alike to {away} loses {_SHARES[AWAY]} of that likeness."
        return text


_SHARES = {AWAY: "half"}


def view_of(now: Snapshot, row: int, asked: Asked, *, alone: bool = False) -> View:
    """Recommend tracks for a page; where that cannot be done, the page says why."""
    asked, track = asked.plain, now.track(row)
    try:
        found, problem = find(now, row, asked), None
    except SoundglassError as error:
        found, problem = None, error
    results = found.answer.results if found else ()
    scale = scale_of([(result.parts, result.score) for result in results])
    balance = _balance(now, track, found)
    return View(
        track=track,
        asked=asked,
        share=_share(asked, balance),
        balance=balance,
        cards=[card_of(result, found, scale) for result in results] if found else [],
        scale=scale,
        seeds=_seeds(now, track, asked),
        notes=found.answer.notes if found else (),
        problem=problem,
        further=_further(track, asked, len(results)),
        alone=alone,
    )


def _balance(now: Snapshot, track: Track, found: Found | None) -> int | None:
    """Give the share at which both recommenders have the same say, in percent, where it takes no time."""
    if track.origin != "audio":
        return None
    if (
        found is not None
        and found.asked.by == "blend"
        and found.asked.weight is None
        and found.weight is not None
    ):
        own = found.weight
        return round(100 * now.kept(_BALANCE, lambda: own))
    if now.n_tracks > _SMALL:
        return None
    try:
        return round(100 * now.kept(_BALANCE, lambda: _balanced(now)))
    except SoundglassError:
        return None


def _balanced(now: Snapshot) -> float:
    return float(getattr(now.explainer("blend").recommender, "weight", 0.5))


def _share(asked: Asked, balance: int | None) -> int:
    if asked.by == "blend" and asked.weight is not None:
        return round(100 * asked.weight)
    middle = _MIDDLE if balance is None else balance
    return {"features": 0, "blend": middle, "spectrogram": 100}[asked.by]


def _seeds(now: Snapshot, track: Track, asked: Asked) -> list[Seed]:
    ids = [*asked.more, *asked.less]
    found = [row for row in map(now.store.row_of, ids) if row is not None]
    return [Seed(one, one.id in asked.less, Way.of(track, asked.but(one.id))) for one in now.tracks(found)]


def _further(track: Track, asked: Asked, n_found: int) -> Way | None:
    if n_found < asked.n or asked.n >= MOST:
        return None
    return Way.of(track, replace(asked, n=min(asked.n + N, MOST)))
