"""All that the page of a pair shows."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.types import Region
from soundglass.explain.answer import Pair, Reasons
from soundglass.explain.bars import HEARD, Row, Scale, against, rows, score_in_words, written
from soundglass.surfaces.web.why.asked import Question
from soundglass.surfaces.web.why.seen import Seen, seen, sights
from soundglass.surfaces.web.why.told import Bar, MatchedRegion, bars, region_rows

_ALIKE = 0.02
"""Share of the longer by which two recordings may differ in length and still look as long."""


@dataclass(frozen=True, slots=True)
class View:
    """The page of a pair that can be compared.

    Attributes
    ----------
    score, words : str
        The score, and what it means.
    bars : list of Bar
    scale : Scale
    rows : list of Row
        All parts.
    has_values : bool
        Whether some of them are features.
    against : str
    sides : tuple of Seen
        Both spectrograms; none where no part is a region.
    regions : list of MatchedRegion
    weight : float or None
        The share of the spectrogram in a blend.
    pair : Pair or None
        The whole answer, unless that is looked for later.
    """

    why: Reasons
    score: str
    exact: str
    words: str
    bars: list[Bar]
    scale: Scale
    rows: list[Row]
    has_values: bool
    against: str
    sides: tuple[Seen, ...]
    regions: list[MatchedRegion]
    weight: float | None
    pair: Pair | None

    @property
    def differ_in_length(self) -> bool:
        """Whether one scale of time for both would look any different."""
        one, other = self.why.query.duration_s, self.why.match.duration_s
        return abs(one - other) > _ALIKE * max(one, other)

    @property
    def can_be_heard(self) -> bool:
        """Whether both tracks have sound."""
        return all(side.picture is not None for side in self.sides)


def of(asked: Question, *, same_scale: bool, at_once: bool) -> View:
    """Gather the page of a pair.

    Parameters
    ----------
    same_scale : bool
        Whether a second is as wide on both spectrograms.
    at_once : bool
        Whether to look at all other tracks, too.

    Raises
    ------
    FeatureMismatchError, LibraryError
        The two cannot be compared.
    """
    why, pair = asked.reasons, asked.tracks
    drawn, scale = bars(why.parts, why.score, asked.marks)
    table = rows(why.parts, why.score)
    heard = any(isinstance(part.query, Region) for part in why.parts)
    found = sights(asked.now, pair) if heard else None
    return View(
        why=why,
        score=written(why.score),
        exact=written(why.score, 3),
        words=score_in_words(why.score),
        bars=drawn,
        scale=scale,
        rows=table,
        has_values=any(row.source != HEARD for row in table),
        against=against(why.parts),
        sides=() if found is None else seen(pair, found, asked.marks, same_scale=same_scale),
        regions=[] if found is None else region_rows(pair, found, asked.marks),
        weight=getattr(asked.explainer.recommender, "weight", None),
        pair=asked.pair if at_once else None,
    )
