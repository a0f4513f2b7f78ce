"""What a page tells of a pair: the fall of parts from 0 to the score, its regions one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from soundglass.core.types import FeatureEvidence, Part, Region, Track
from soundglass.explain.bars import Scale, short_name, where, written
from soundglass.explain.phrases import missed_in, phrase
from soundglass.explain.pictures.contributions import Step, waterfall
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.pictures.style import signed
from soundglass.explain.regions import Side
from soundglass.explain.whatif import ordinal
from soundglass.surfaces.web.why import regions
from soundglass.surfaces.web.why.seen import CloseUp, Sights, close_up

MOST_STEPS = 12
"""Parts with a bar of their own."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of the waterfall, as it is drawn.

    Attributes
    ----------
    amount : str
        What it adds, or the score; those of all steps add up to it as they are written.
    kind : {"for", "against", "rest", "total"}
    number : int
        Of its outlined region; 0 for none.
    left, width, before : float
        In percent of the room for bars; ``before`` is where the last step ended.
    query, match : str
        What the two tracks have of it.
    evidence : str
        What backs it, in full.
    """

    name: str
    amount: str
    kind: str
    number: int
    left: float
    width: float
    before: float
    query: str
    match: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A region in one of the tracks: what is played and shown of it."""

    side: Side
    track: Track
    start_s: float
    end_s: float
    said: str
    alone: str
    around: str
    close_up: CloseUp | None


@dataclass(frozen=True, slots=True)
class MatchedRegion:
    """A matched region in the list of them."""

    number: int
    colour: str
    name: str
    amount: str
    sides: tuple[Stretch, Stretch]
    both: str


def bars(parts: Sequence[Part], score: float, marked: Sequence[Mark]) -> tuple[list[Bar], Scale]:
    """Lay the parts of a score end to end, and the score below them.

    Returns
    -------
    list of Bar
    Scale
        What they are drawn to.
    """
    steps = waterfall(parts, score, MOST_STEPS)
    ends = [0.0, score, *chain.from_iterable((step.start, step.end) for step in steps)]
    scale = Scale(min(ends), max(ends))
    numbers = {mark.part: mark.number for mark in marked}
    drawn = [_bar(step, scale, numbers.get(step.part, 0) if step.part else 0) for step in steps]
    left, width = scale.place(score)
    total = Bar("score", written(score, 3), "total", 0, left, width, _at(scale, score), "", "", "")
    return [*drawn, total], scale


def _bar(step: Step, scale: Scale, number: int) -> Bar:
    left, right = sorted((_at(scale, step.start), _at(scale, step.end)))
    kind = "rest" if step.part is None else "for" if step.end >= step.start else "against"
    query, _, match = step.detail.partition(" | ")
    name = step.name if step.part is None else short_name(step.part)
    evidence = "" if step.part is None else evidence_of(step.part)
    return Bar(
        name, step.shown, kind, number, left, right - left, _at(scale, step.start), query, match, evidence
    )


def _at(scale: Scale, amount: float) -> float:
    return 100 * (amount - scale.low) / ((scale.high - scale.low) or 1.0)


def evidence_of(part: Part) -> str:
    """Write what backs a part: values, percentiles and their source, or where and when it is heard."""
    if isinstance(part.query, FeatureEvidence):
        of_group = [part, *part.members]
        return "; ".join(text for one in of_group if (text := _of_feature(one)))
    missed = missed_in(part)
    said = {
        "query": f"A at {where(part.query)}",
        "match": f"B at {where(part.match)}",
    }
    heard = " and ".join(text for side, text in said.items() if side != missed)
    more = f", and {len(part.members)} more {'place' if len(part.members) == 1 else 'places'}"
    return f"heard in {heard}{more if part.members else ''}"


def _of_feature(part: Part) -> str:
    query, match = part.query, part.match
    if not isinstance(query, FeatureEvidence) or not isinstance(match, FeatureEvidence):
        return ""
    name = part.name.replace("_", " ")
    return f"{name}: A has {_side(query)}, B {_side(match)}, {_SOURCES.get(query.source, query.source)}"


_SOURCES = {"measured": "measured", "estimated": "estimated by a model", "csv": "from a table"}


def _side(side: FeatureEvidence) -> str:
    if side.percentile is None:
        return side.label
    return f"{side.label} ({ordinal(round(side.percentile))} percentile)"


def region_rows(pair: tuple[Track, Track], found: Sights, marked: Sequence[Mark]) -> list[MatchedRegion]:
    """List the outlined regions, each with what of it can be played and looked at."""
    query, match = pair
    rows = []
    for mark in marked:
        base = f"/sounds/{quote(query.id, safe='')}/{quote(match.id, safe='')}/"
        address = f"{base}{regions.written(mark.query, mark.match)}.mp3"
        rows.append(
            MatchedRegion(
                mark.number,
                mark.colour,
                phrase(mark.part.name),
                signed(mark.part.contribution, 3),
                (
                    _stretch("query", query, mark.query, address, close_up(found[0], query, mark, "query")),
                    _stretch("match", match, mark.match, address, close_up(found[1], match, mark, "match")),
                ),
                f"{address}?side=both&only=true",
            )
        )
    return rows


def _stretch(side: Side, track: Track, region: Region, address: str, near: CloseUp | None) -> Stretch:
    return Stretch(
        side=side,
        track=track,
        start_s=round(region.start_s, 2),
        end_s=round(min(region.end_s, track.duration_s), 2),
        said=where(region),
        alone=f"{address}?side={side}&only=true",
        around=f"{address}?side={side}",
        close_up=near,
    )
