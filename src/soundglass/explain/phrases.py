"""Matched regions become clauses, as in "the driving low pulse at 0:41 matches 1:12"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from soundglass.core.types import Part, Region
from soundglass.explain.regions import Side
from soundglass.explain.words import listed

ALONE: Mapping[Side, str] = MappingProxyType(
    {"query": "little like it in the match", "match": "little like it in the query"}
)
"""How the name of a part ends whose region is further from all of the other track than from most tracks."""


def matched(parts: Sequence[Part]) -> str:
    """Say which regions match, as a clause; empty without parts.

    Regions of one kind are said together, and so are kinds that are at the same times.

    Parameters
    ----------
    parts : sequence of Part
        Those that speak for the pair, of regions, most important first.
    """
    alike: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        alike[phrase(part.name)].append(part)
    together: defaultdict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for kind, group in alike.items():
        group.sort(key=lambda part: _region(part.query).start_s)
        together[tuple((clock(part.query), clock(part.match)) for part in group)].append(kind)
    return listed([_clause(kinds, times) for times, kinds in together.items()])


def unmatched(part: Part) -> str:
    """Say which region is missed in the other track, as a clause."""
    if missed_in(part) == "match":
        return f"little in the match is like the {phrase(part.name)} at {clock(part.query)}"
    if missed_in(part) == "query":
        return f"little in the query is like the match's {phrase(part.name)} at {clock(part.match)}"
    return f"the {phrase(part.name)} at {clock(part.query)} is only loosely like {clock(part.match)}"


def missed_in(part: Part) -> Side | None:
    """Tell which track has little like what the other one has, by the name of a part."""
    others: dict[str, Side] = {ALONE["query"]: "match", ALONE["match"]: "query"}
    return others.get(part.name.rpartition(", ")[2])


def phrase(name: str) -> str:
    """Give the name of a part without its details: "driving low pulse"."""
    return name.partition(", ")[0]


def clock(side: object) -> str:
    """Write when a region starts: ``0:41``, with hours where there are any: ``1:02:03``."""
    return time_text(_region(side).start_s)


def time_text(seconds: float) -> str:
    """Write a time as ``0:41``, with hours where there are any: ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _region(side: object) -> Region:
    if not isinstance(side, Region):
        raise TypeError("a matched region has a region on both sides")
    return side


def _clause(kinds: Sequence[str], times: Sequence[tuple[str, str]]) -> str:
    """Say what is at one or more pairs of times; what is at several is in the plural."""
    there, back = (listed(side) for side in zip(*times, strict=True))
    if len(times) > 1:
        return f"{listed([f'the {kind}s' for kind in kinds])} at {there} match those at {back}"
    verb = "match" if len(kinds) > 1 else "matches"
    return f"{listed([f'the {kind}' for kind in kinds])} at {there} {verb} {back}"
