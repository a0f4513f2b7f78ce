"""Recommendations as cards: each with its sentence, its score in words, its parts as bars, and ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from soundglass.core.types import FeatureEvidence, Part, Recommendation, Region, Track
from soundglass.explain.bars import (
    Bar,
    Scale,
    bars,
    rounded_to_sum,
    score_in_words,
    shown_parts,
    written,
)
from soundglass.explain.phrases import missed_in, time_text
from soundglass.explain.pictures.style import signed
from soundglass.explain.regions import Side
from soundglass.explain.seeds import SeedPart, shares_of
from soundglass.surfaces.web.similar.answers import Found
from soundglass.surfaces.web.similar.asked import Asked, page_of, part_of

_HINT_S = 8.0
"""Of a longer region only its beginning is played."""


@dataclass(frozen=True, slots=True)
class Way:
    """A link, and the address of the part of the page that may be shown in its place."""

    page: str
    part: str

    @classmethod
    def of(cls, track: Track, asked: Asked) -> Way:
        """Lead to other recommendations for a track."""
        return cls(page_of(track.id, asked), part_of(track.id, asked))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a region is in a track, to be played."""

    track: Track
    start_s: float
    end_s: float

    @property
    def text(self) -> str:
        """When it starts."""
        return time_text(self.start_s)


@dataclass(frozen=True, slots=True)
class ShownBar:
    """A part as a bar, and what backs it.

    Attributes
    ----------
    values : str
        What both tracks have; empty for a region.
    stretches : sequence of Stretch
        Where a region is heard in both.
    seed : str
        The track it is likeness to, where there are several.
    away : bool
        Whether that one is turned away from.
    """

    bar: Bar
    values: str = ""
    stretches: Sequence[Stretch] = ()
    seed: str = ""
    away: bool = False


@dataclass(frozen=True, slots=True)
class SeedShare:
    """What the likeness to one of several tracks adds to a score, or takes from it."""

    track: Track
    text: str
    away: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One recommendation.

    Attributes
    ----------
    score, words : str
        The score, and what it means.
    meter : float
        The score where it is positive, else 0.
    why : str
        The page of the pair.
    more, less : Way
        To what is like this one, too, and to what is not.
    """

    rank: int
    track: Track
    sentence: str
    score: str
    words: str
    meter: float
    bars: Sequence[ShownBar]
    shares: Sequence[SeedShare]
    why: str
    more: Way
    less: Way


def card_of(result: Recommendation, found: Found, scale: Scale) -> Card:
    """Lay out one recommendation; its bars are drawn to the scale of the whole list."""
    asked, query, track = found.asked, found.answer.query, result.track
    shares = shares_of(result.parts)
    return Card(
        rank=result.rank,
        track=track,
        sentence=result.sentence,
        score=written(result.score),
        words=_words(result.score, several=bool(asked.more)),
        meter=max(0.0, round(result.score, 4)),
        bars=_bars(result, found, scale),
        shares=_shares(result, found) if len(shares) > 1 else (),
        why=_why(query, track, asked),
        more=Way.of(query, asked.also(more=track.id)),
        less=Way.of(query, asked.also(less=track.id)),
    )


def _words(score: float, *, several: bool) -> str:
    text = score_in_words(score)
    return text.replace("the same recording", "all that is looked for") if several else text


def _bars(result: Recommendation, found: Found, scale: Scale) -> list[ShownBar]:
    drawn = bars(result.parts, result.score, scale)
    shown = shown_parts(result.parts)[0]
    backed = [_backed(bar, part, found, result.track) for bar, part in zip(drawn, shown, strict=False)]
    return [*backed, *(ShownBar(bar) for bar in drawn[len(backed) :])]


def _backed(bar: Bar, part: Part, found: Found, match: Track) -> ShownBar:
    seed, name, away = found.answer.query, "", False
    if isinstance(part, SeedPart):
        seed = found.seeds[part.seed]
        away = seed.id in found.asked.less
        name = (seed.title or seed.label) if away or found.asked.more else ""
    sides = part.query, part.match
    if isinstance(sides[0], Region) and isinstance(sides[1], Region):
        missed = missed_in(part)
        places: tuple[tuple[Side, Track, Region], ...] = (
            ("query", seed, sides[0]),
            ("match", match, sides[1]),
        )
        heard = [_stretch(track, at) for side, track, at in places if side != missed]
        return ShownBar(bar, "", heard, name, away)
    values = " · ".join(side.label for side in sides if isinstance(side, FeatureEvidence))
    return ShownBar(bar, values, (), name, away)


def _stretch(track: Track, region: Region) -> Stretch:
    end = min(region.end_s, region.start_s + _HINT_S)
    return Stretch(track, round(region.start_s, 2), round(end, 2))


def _shares(result: Recommendation, found: Found) -> list[SeedShare]:
    shares = shares_of(result.parts)
    amounts = rounded_to_sum([share.contribution for share in shares], result.score, 2)
    return [
        SeedShare(found.seeds[share.seed], signed(amount), found.seeds[share.seed].id in found.asked.less)
        for share, amount in zip(shares, amounts, strict=True)
    ]


def _why(query: Track, match: Track, asked: Asked) -> str:
    weight = {} if asked.weight is None else {"weight": f"{asked.weight:g}"}
    tail = urlencode({"by": asked.by, **weight})
    return f"/tracks/{quote(query.id, safe='')}/why/{quote(match.id, safe='')}?{tail}"
