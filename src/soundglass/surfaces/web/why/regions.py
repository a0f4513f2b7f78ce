"""A matched region as part of an address: seconds and Hz on both sides."""

from __future__ import annotations

import math
import re
from typing import Annotated, TypeAlias

from fastapi import Path

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Region

Both: TypeAlias = Annotated[
    str,
    Path(
        max_length=120,
        description="Of the query and of the match: `start-end-low-high`, in s and Hz, joined by `_`",
        examples=["12.1-13.2-180-2400_40.0-41.1-180-2400"],
    ),
]

_EDGE = r"(\d{1,6}(?:\.\d{1,3})?)"
_SIDE = "-".join([_EDGE] * 4)
_BOTH = re.compile(f"{_SIDE}_{_SIDE}", re.ASCII)


def written(query: Region, match: Region) -> str:
    """Write both sides of a matched region, a little larger where that is shorter."""
    return f"{_written(query)}_{_written(match)}"


def read(text: str) -> tuple[Region, Region]:
    """Read what :func:`written` wrote.

    Raises
    ------
    SoundglassError
        It is something else, or a side is empty.
    """
    found = _BOTH.fullmatch(text)
    edges = [float(edge) for edge in found.groups()] if found else []
    regions = [Region(*edges[:4]), Region(*edges[4:])] if edges else []
    if not regions or any(one.start_s >= one.end_s or one.low_hz >= one.high_hz for one in regions):
        raise SoundglassError(
            "names no region of the two tracks", remedy="As in 12.1-13.2-180-2400_40.0-41.1-180-2400"
        )
    query, match = regions
    return query, match


def _written(region: Region) -> str:
    start, end = math.floor(1000 * region.start_s) / 1000, math.ceil(1000 * region.end_s) / 1000
    return f"{max(0.0, start):.3f}-{end:.3f}-{math.floor(region.low_hz)}-{math.ceil(region.high_hz)}"
