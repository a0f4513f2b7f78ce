"""The parts of a score as rows of a page: what counts most as bars, and all of them with their evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.explain.named import VISIBLE, named_parts
from soundglass.explain.phrases import missed_in, phrase, time_text
from soundglass.explain.pictures.marks import Mark, marks
from soundglass.explain.pictures.style import signed
from soundglass.explain.regions import Side

SHOWN = 5
"""How many parts are shown that speak for a match; what speaks most against it comes on top."""

OUTLINED = 4
"""How many of them are regions that are outlined."""

EVERYTHING_ELSE = "everything else"

HEARD = "heard"
"""The source of what is no number of the catalogue but a region of a spectrogram."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One signed amount.

    Attributes
    ----------
    amount : float
        As it is written: rounded, so that all bars of a score sum to it.
    kind : {"for", "against", "rest", "total"}
    number : int
        Of the region it stands for; 0 for none.
    left, width : float
        Where it is drawn, in percent of the room for bars.
    """

    name: str
    amount: float
    kind: str
    number: int
    left: float
    width: float

    @property
    def text(self) -> str:
        """The amount in letters."""
        return signed(self.amount)


@dataclass(frozen=True, slots=True)
class Row:
    """One part, or a further member of one, in the table of all parts.

    Attributes
    ----------
    amount : str
        Empty for a member, whose contribution is within its part's.
    percentiles : str
        Of both tracks.
    """

    name: str
    amount: str
    query: str
    match: str
    percentiles: str
    source: str
    member: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """What all bars of a list are drawn to: how far they reach to both sides of 0."""

    low: float
    high: float

    def place(self, amount: float) -> tuple[float, float]:
        """Give the left end and the width of a bar, in percent."""
        room = (self.high - self.low) or 1.0
        left, right = sorted((0.0, amount))
        return 100 * (left - self.low) / room, 100 * (right - left) / room

    @property
    def zero(self) -> float:
        """Where 0 lies, in percent."""
        return self.place(0.0)[0]


def shown_parts(parts: Sequence[Part]) -> tuple[list[Part], list[Mark]]:
    """Choose the parts that are shown, and outline those of them that are regions.

    Returns
    -------
    list of Part
        Those that the sentence names, the largest others, and the largest that speaks against the match.
    list of Mark
    """
    named, against = named_parts(parts)
    marked = [mark for mark in marks(parts, OUTLINED) if mark.part.contribution >= VISIBLE]
    regions = [mark.part for mark in marked]
    chosen = [part for part in named if part in regions or not isinstance(part.query, Region)]
    others = [*regions, *(part for part in parts if not isinstance(part.query, Region))]
    chosen += [part for part in others if part.contribution >= VISIBLE and part not in chosen]
    shown = sorted(chosen[:SHOWN], key=lambda part: -part.contribution)
    marked = [mark for mark in marked if mark.part in shown]
    return [*shown, *([against] if against is not None else [])], marked


def scale_of(lists: Sequence[tuple[Sequence[Part], float]]) -> Scale:
    """Find the scale that holds every bar of some scores."""
    amounts = [0.0]
    for parts, score in lists:
        shown = [part.contribution for part in shown_parts(parts)[0]]
        amounts += [*shown, score - math.fsum(shown), score]
    return Scale(min(amounts), max(amounts))


def bars(parts: Sequence[Part], score: float, scale: Scale, digits: int = 2) -> list[Bar]:
    """Lay out a score as bars: the parts that are shown, everything else, and their sum."""
    shown, marked = shown_parts(parts)
    amounts = [part.contribution for part in shown]
    names = [short_name(part) for part in shown]
    if len(shown) < len(parts):
        amounts.append(score - math.fsum(amounts))
        names.append(EVERYTHING_ELSE)
    drawn = []
    for at, amount in enumerate(rounded_to_sum(amounts, score, digits)):
        number = next((mark.number for mark in marked if mark.part in shown[at : at + 1]), 0)
        kind = "rest" if at == len(shown) else "for" if amounts[at] > 0 else "against"
        drawn.append(Bar(names[at], amount, kind, number, *scale.place(amounts[at])))
    return [*drawn, Bar("score", round(score, digits), "total", 0, *scale.place(score))]


def rounded_to_sum(values: Sequence[float], total: float, digits: int) -> list[float]:
    """Round values so that they sum to the rounded total, by the method of the largest remainders.

    Parameters
    ----------
    values : sequence of float
        They sum to ``total``.
    digits : int
        After the point.
    """
    step = 10.0**digits
    floors = [math.floor(value * step) for value in values]
    missing = round(total * step) - sum(floors)
    order = sorted(range(len(values)), key=lambda at: floors[at] - values[at] * step)
    raised = set(order[:missing])
    return [(floor + (at in raised)) / step for at, floor in enumerate(floors)]


def rows(parts: Sequence[Part], score: float) -> list[Row]:
    """Write all parts with their evidence, the members of a group below it."""
    amounts = rounded_to_sum([part.contribution for part in parts], score, 3)
    table = []
    for part, amount in zip(parts, amounts, strict=True):
        table.append(_row(part, signed(amount, 3)))
        if isinstance(part.query, FeatureEvidence):
            table += [_row(member, "") for member in part.members]
    return table


def _row(part: Part, amount: str) -> Row:
    query, match = part.query, part.match
    name = part.name.replace("_", " ")
    if isinstance(query, FeatureEvidence) and isinstance(match, FeatureEvidence):
        ranks = ""
        if query.percentile is not None and match.percentile is not None:
            ranks = f"{query.percentile:.0f} · {match.percentile:.0f}"
        return Row(name, amount, query.label, match.label, ranks, query.source, not amount)
    missed = missed_in(part)
    sides: tuple[tuple[Side, object], ...] = (("query", query), ("match", match))
    times = ["" if missed == side else where(region) for side, region in sides]
    return Row(name, amount, times[0], times[1], "", HEARD, False)


def where(region: object) -> str:
    """Write when and how high a region is: ``0:41, 60–180 Hz``."""
    if not isinstance(region, Region):
        return ""
    low, high = (float(f"{edge:.2g}") for edge in (region.low_hz, region.high_hz))
    return f"{time_text(region.start_s)}, {low:.0f}–{high:.0f} Hz"


def short_name(part: Part) -> str:
    """Name a part as a bar does."""
    if not isinstance(part.query, Region):
        return part.name.replace("_", " ")
    missed = missed_in(part)
    return f"{phrase(part.name)}{f', missed in the {missed}' if missed else ''}"


def against(parts: Sequence[Part]) -> str:
    """Say all that speaks against a match, in one line."""
    regions = [part for part in parts if isinstance(part.query, Region) and part.contribution < 0]
    others = [part for part in parts if part.contribution <= -VISIBLE and part not in regions]
    if sum(part.contribution for part in regions) > -VISIBLE:
        regions = []
    if not others and not regions:
        return "Nothing speaks against it."
    names = [short_name(part) for part in reversed(others)]
    if regions:
        names.append("one region" if len(regions) == 1 else f"{len(regions)} regions")
    total = math.fsum(part.contribution for part in (*others, *regions))
    return f"Against it speak {', '.join(names)} ({signed(total)} in all)."


def written(score: float, digits: int = 2) -> str:
    """Write a score; what reads as 0 has no sign."""
    return signed(score, digits).removeprefix("+")


def score_in_words(score: float) -> str:
    """Say what a score means."""
    if score >= 0.9995:
        return "as like it as the recording itself"
    percent = round(100 * score)
    if percent > 0:
        return f"{percent} % of the way from a random track to the same recording"
    return "no more like it than a random track" if percent == 0 else "less like it than a random track"
