"""What is asked for below a track: by which recommender, and with which other tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeAlias
from urllib.parse import quote, urlencode

from fastapi import Depends, Query

By: TypeAlias = Literal["features", "blend", "spectrogram"]

N = 10
MOST = 100
_MOST_SEEDS = 20

_Ids: TypeAlias = list[Annotated[str, Query(max_length=200)]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for recommendations.

    Attributes
    ----------
    by : {"features", "blend", "spectrogram"}
    weight : float or None
        Of the blend: the share of the spectrogram.
    n : int
    more, less : tuple of str
        Ids of the tracks that are looked for besides the first one, or turned away from.
    per_artist : int or None
    """

    by: By = "features"
    weight: float | None = None
    n: int = N
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    per_artist: int | None = None

    @property
    def plain(self) -> Asked:
        """The same as a page asks it: a blend of one is that one, and only a blend has a weight."""
        if self.by != "blend":
            return replace(self, weight=None)
        ends: dict[float | None, By] = {0.0: "features", 1.0: "spectrogram"}
        by = ends.get(self.weight, "blend")
        return replace(self, by=by, weight=self.weight if by == "blend" else None)

    @property
    def query(self) -> str:
        """What of an address asks this; empty where nothing differs from what is asked first."""
        return urlencode(
            [
                *([("by", self.by)] if self.by != "features" else []),
                *([("weight", f"{self.weight:g}")] if self.weight is not None else []),
                *([("n", str(self.n))] if self.n != N else []),
                *(("more", one) for one in self.more),
                *(("less", one) for one in self.less),
                *([("per_artist", str(self.per_artist))] if self.per_artist is not None else []),
            ]
        )

    def also(self, more: str = "", less: str = "") -> Asked:
        """Look for a track, too, or turn away from it; one that was the other before no longer is."""
        named = {more, less} - {""}
        return replace(
            self,
            n=N,
            more=(*without(self.more, named), *filter(None, [more])),
            less=(*without(self.less, named), *filter(None, [less])),
        )

    def but(self, track: str) -> Asked:
        """Take a track back."""
        return replace(self, more=without(self.more, {track}), less=without(self.less, {track}))


def without(ids: Sequence[str], unwanted: set[str]) -> tuple[str, ...]:
    """Leave some ids out."""
    return tuple(one for one in ids if one not in unwanted)


def page_of(track_id: str, asked: Asked) -> str:
    """Give the address of a track's page with these recommendations."""
    return f"/tracks/{quote(track_id, safe='')}" + (f"?{asked.query}" if asked.query else "")


def part_of(track_id: str, asked: Asked) -> str:
    """Give the address of the recommendations alone."""
    return f"/tracks/{quote(track_id, safe='')}/similar" + (f"?{asked.query}" if asked.query else "")


def asked_of(
    by: Annotated[By, Query(description="The recommender")] = "features",
    weight: Annotated[
        float | None, Query(ge=0, le=1, description="Of the blend: the share of the spectrogram")
    ] = None,
    n: Annotated[int, Query(ge=1, le=MOST, description="How many tracks")] = N,
    more: Annotated[
        _Ids, Query(max_length=_MOST_SEEDS, description="Ids of tracks they are to be like, too")
    ] = [],  # noqa: B006
    less: Annotated[
        _Ids, Query(max_length=_MOST_SEEDS, description="Ids of tracks they are not to be like")
    ] = [],  # noqa: B006
    per_artist: Annotated[
        int | None, Query(ge=1, le=MOST, description="At most so many by one artist")
    ] = None,
) -> Asked:
    """Read a question from an address."""
    return Asked(by, weight, n, tuple(dict.fromkeys(more)), tuple(dict.fromkeys(less)), per_artist)


Similar: TypeAlias = Annotated[Asked, Depends(asked_of)]
