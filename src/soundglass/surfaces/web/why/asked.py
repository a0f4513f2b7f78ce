"""What is asked of a pair, and the reasons that all pages and answers of it share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Literal, TypeAlias
from urllib.parse import quote, urlencode

from fastapi import Depends, Path, Query

from soundglass.core.types import Region, Track
from soundglass.explain.answer import Pair, Reasons, explain_pair, reasons
from soundglass.explain.base import Explainer
from soundglass.explain.pictures.marks import Mark, marks
from soundglass.surfaces.web.state import Now, Snapshot

OUTLINED = 6
"""How many matched regions are outlined, as many as there are colours for them."""

By: TypeAlias = Literal["features", "spectrogram", "blend"]
Id: TypeAlias = Annotated[str, Path(description="Id of a track", max_length=200)]
Weight: TypeAlias = Annotated[
    float | None, Query(ge=0, le=1, description="Of the blend: the share of the spectrogram")
]


@dataclass(frozen=True)
class Question:
    """Why one track is like another.

    Attributes
    ----------
    now : Snapshot
    query_id, match_id : str
    query, match : int
        Their rows.
    by : str
    weight : float or None
    """

    now: Snapshot
    query_id: str
    match_id: str
    query: int
    match: int
    by: By
    weight: float | None

    @cached_property
    def explainer(self) -> Explainer:
        """Who answers; raises as :meth:`soundglass.explain.registry.Explainers.of` does."""
        return self.now.explainer(self.by, self.query, self.match, weight=self.weight)

    @cached_property
    def reasons(self) -> Reasons:
        """The score, its parts and the sentence; raises :class:`FeatureMismatchError` where there is none."""
        return reasons(self.now.store, self.explainer, self.query, self.match)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The matched regions that are outlined; only such as lie within both tracks."""
        why = self.reasons
        found = marks(why.parts, OUTLINED)
        return tuple(m for m in found if _within(m.query, why.query) and _within(m.match, why.match))

    @cached_property
    def pair(self) -> Pair:
        """Everything, with the match's place among all tracks."""
        return explain_pair(self.now.store, self.explainer, self.query, self.match)

    @cached_property
    def tracks(self) -> tuple[Track, Track]:
        """The query and the match."""
        one, other = self.now.tracks([self.query, self.match])
        return one, other

    @property
    def is_same(self) -> bool:
        """Whether a track is asked about itself."""
        return self.query == self.match

    def address(self, tail: str = "", **changed: str) -> str:
        """Give the address of a page of this question, or of one that differs in some parameters."""
        weight = (
            {}
            if self.weight is None or changed.get("by", self.by) != "blend"
            else {"weight": f"{self.weight:g}"}
        )
        asked = urlencode({"by": self.by, **weight, **changed})
        return f"{self.path}{tail}?{asked}"

    @property
    def path(self) -> str:
        """The path of the page of this pair."""
        return path_of(self.query_id, self.match_id)

    @property
    def turned(self) -> str:
        """The address of the same question with query and match exchanged."""
        turned = replace(
            self, query_id=self.match_id, match_id=self.query_id, query=self.match, match=self.query
        )
        return turned.address()


def path_of(query_id: str, match_id: str) -> str:
    """Give the path of a pair's page."""
    return f"/tracks/{quote(query_id, safe='')}/why/{quote(match_id, safe='')}"


def question(
    now: Now,
    track_id: Id,
    other: Id,
    by: Annotated[By, Query(description="The recommender")] = "features",
    weight: Weight = None,
) -> Question:
    """Read a question from an address."""
    return Question(now, track_id, other, now.row(track_id), now.row(other), by, weight)


Asked: TypeAlias = Annotated[Question, Depends(question)]


def _within(region: Region, track: Track) -> bool:
    """Whether there is anything of a region: what is heard at once may be longer than a recording."""
    return region.start_s < track.duration_s
