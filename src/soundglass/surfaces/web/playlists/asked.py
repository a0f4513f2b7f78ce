"""What a page of a maker is asked for: all of it is in its address."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BeforeValidator, Field

Maker = Literal["seeds", "path", "mood"]
By = Literal["features", "spectrogram", "blend"]
_Unfilled = BeforeValidator(lambda value: None if value == "" else value)  # a field left empty
Value = Annotated[
    Annotated[float, Field(ge=0, le=1)] | None,
    _Unfilled,
    Query(description="How much of it is wished for; anything if left out."),
]
Bpm = Annotated[Annotated[float, Field(ge=1, le=400)] | None, _Unfilled, Query(description="BPM.")]
Several = Annotated[list[str] | None, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Wish:
    """How much of each feature a mood has, 0 to 1; what is left out may be anything."""

    energy: Value = None
    valence: Value = None
    danceability: Value = None
    acousticness: Value = None
    instrumentalness: Value = None
    speechiness: Value = None
    liveness: Value = None

    @property
    def values(self) -> dict[str, float]:
        """What is wished for."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Tempo:
    """A range of tempo."""

    slowest: Bpm = None
    fastest: Bpm = None

    @property
    def range(self) -> tuple[float, float]:
        """From and to how many BPM."""
        return (
            -math.inf if self.slowest is None else self.slowest,
            math.inf if self.fastest is None else self.fastest,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The state of a maker's page.

    Attributes
    ----------
    seed : list of str, optional
        Ids.
    start, end : str
        Ids; empty where they are not chosen yet.
    q, start_q, end_q : str
        What was typed to find a seed, a start, an end.
    on : list of str, optional
        The features whose sliders count.
    """

    make: Maker | None = None
    seed: Several = None
    start: Annotated[str, Query(max_length=200)] = ""
    end: Annotated[str, Query(max_length=200)] = ""
    q: Annotated[str, Query(max_length=200)] = ""
    start_q: Annotated[str, Query(max_length=200)] = ""
    end_q: Annotated[str, Query(max_length=200)] = ""
    by: By = "features"
    n: Annotated[int, Query(ge=1, le=100)] = 12
    per_artist: Annotated[int, Query(ge=0, le=20)] = 2
    on: Several = None

    @property
    def seeds(self) -> list[str]:
        """The ids of the seeds, each once."""
        return list(dict.fromkeys(self.seed or ()))

    @property
    def most_per_artist(self) -> int | None:
        """At most so many by one artist; 0 is any number."""
        return self.per_artist or None

    def address(self, **changes: Any) -> str:  # noqa: ANN401
        """Give the address of this page with some of its state changed; what was typed is forgotten."""
        changed = replace(self, **{"q": "", "start_q": "", "end_q": "", **changes})
        return f"/playlists?{urlencode([*changed.pairs()])}"

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give the state as names and values."""
        usual = Asked()
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and value != getattr(usual, one.name):
                for single in value if isinstance(value, list) else [value]:
                    yield one.name, str(single)
