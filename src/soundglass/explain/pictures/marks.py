"""Which matched regions of a pair are outlined, with which number and colour, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.types import Part, Region
from soundglass.explain.named import VISIBLE, named_parts, of_kind
from soundglass.explain.phrases import phrase
from soundglass.explain.pictures.style import OUTLINES, signed, together

CIRCLED = "①②③④⑤⑥⑦⑧⑨"
MOST = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A matched region, outlined alike on both sides.

    Attributes
    ----------
    number : int
        From 1.
    part : Part
        Whose regions these are: of its several places, those where most of it is.
    query, match : Region
    colour : str
    """

    number: int
    part: Part
    query: Region
    match: Region
    colour: str

    @property
    def said(self) -> str:
        """What it adds to the score, and its name: ``① +0.04 high sound``."""
        return together(CIRCLED[self.number - 1], signed(self.part.contribution), phrase(self.part.name))


def marks(parts: Sequence[Part], n: int = MOST) -> tuple[Mark, ...]:
    """Choose the regions to outline: those that a sentence names, and those that carry most besides.

    Parameters
    ----------
    parts : sequence of Part
        All of a score.
    n : int
        How many at most, up to 9; none that speaks against the pair or reads as 0.00 is among them, but for
        the largest.

    Returns
    -------
    tuple of Mark
        Largest contribution first.
    """
    named, _ = named_parts(parts)
    helping = [part for part in of_kind(Region, parts) if part.contribution > 0]
    first = of_kind(Region, named)
    rest = sorted((p for p in helping if p not in first), key=lambda p: -p.contribution)
    chosen = sorted([*first, *rest][:n], key=lambda part: -part.contribution)
    chosen = [part for at, part in enumerate(chosen) if part.contribution >= VISIBLE or not at]
    return tuple(
        Mark(at + 1, part, part.query, part.match, OUTLINES[at % len(OUTLINES)])
        for at, part in enumerate(chosen)
        if isinstance(part.query, Region) and isinstance(part.match, Region)
    )


def account(parts: Sequence[Part], marked: Sequence[Mark] = ()) -> str:
    """Write what is marked, the other parts that matter, and one for the rest; the numbers add up as written.

    Examples
    --------
    ``"① +0.04 high sound · energy +0.05 · everything else +0.27"``
    """
    outlined = [mark.part for mark in marked]
    named, against = named_parts(parts)
    further = [part for part in (*named, *([against] if against else [])) if part not in outlined]
    told = [mark.said for mark in marked]
    told += [together(phrase(part.name), signed(part.contribution)) for part in further]
    score = sum(part.contribution for part in parts)
    rest = round(score, 2) - sum(round(part.contribution, 2) for part in (*outlined, *further))
    return "\u00a0· ".join([*told, together("everything else", signed(rest))])
