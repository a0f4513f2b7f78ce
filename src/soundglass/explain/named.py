"""Which parts of a score are worth naming (DESIGN 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.explain.phrases import clock, phrase

MAX_NAMED = 3
ENOUGH = 0.6
WORTH_SAYING = 0.02
VISIBLE = 0.005
"""What is smaller reads as 0.00."""

NEARLY_AS_MUCH = 0.75
"""A further region is named where it carries at least this share of what the largest one does."""


def named_parts(parts: Sequence[Part]) -> tuple[list[Part], Part | None]:
    """Choose what is worth saying.

    Returns
    -------
    list of Part
        The fewest parts, at most three, that carry at least 60 % of the positive mass. A score of regions is
        spread over many: those that carry much less than the largest, and those that would only
        repeat what is said, are not among them. Where both features and regions speak for the match, the best
        of both is among them.
    Part or None
        The largest negative one, if it takes away at least a fiftieth of the positive mass, and something at
        two digits. What is called the same as a named region is passed over: a sentence would say both that
        it matches and that it does not.
    """
    positive = sorted((p for p in parts if p.contribution > 0), key=lambda p: -p.contribution)
    mass = sum(p.contribution for p in positive)
    named: list[Part] = []
    for part in positive:
        if len(named) == MAX_NAMED or sum(p.contribution for p in named) >= ENOUGH * mass:
            break
        if not isinstance(part.query, Region) or _adds(part, of_kind(Region, named)):
            named.append(part)
    for kind in (FeatureEvidence, Region):
        best = next(iter(of_kind(kind, positive)), None)
        if best is not None and best.contribution >= WORTH_SAYING * mass and not of_kind(kind, named):
            named = [*named[: MAX_NAMED - 1], best]
    said = {phrase(part.name) for part in of_kind(Region, named)}
    opposed = [p for p in parts if not isinstance(p.query, Region) or phrase(p.name) not in said]
    against = min(opposed, key=lambda p: p.contribution, default=None)
    if against is None or against.contribution > -max(WORTH_SAYING * mass, VISIBLE):
        return named, None
    return named, against


def of_kind(kind: type[FeatureEvidence | Region], parts: Sequence[Part]) -> list[Part]:
    """Take the parts that features back, or those that regions do."""
    return [part for part in parts if isinstance(part.query, kind)]


def _adds(part: Part, named: Sequence[Part]) -> bool:
    """Whether a region carries nearly as much as the largest, and is of another kind or at other times."""
    return not named or (
        part.contribution >= NEARLY_AS_MUCH * named[0].contribution
        and not any(
            phrase(part.name) == phrase(other.name)
            and (clock(part.query) == clock(other.query) or clock(part.match) == clock(other.match))
            for other in named
        )
    )
