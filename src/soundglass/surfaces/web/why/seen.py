"""Both spectrograms of a pair and the matched regions on them, in percent of each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from soundglass.core.errors import AudioError
from soundglass.core.types import Region, Track
from soundglass.explain.bars import where
from soundglass.explain.phrases import phrase
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.regions import Side
from soundglass.surfaces.shown.ticks import MOST_TICKS, Tick, time_ticks
from soundglass.surfaces.web.sight.layout import TILE_COLUMNS, from_top
from soundglass.surfaces.web.sight.parts import Sight
from soundglass.surfaces.web.sight.routes import sight_of, tiles_url
from soundglass.surfaces.web.state import Snapshot

MOST_COLUMNS = 1100
"""Of a whole track, in pixels; more would not be seen."""

CLOSE_UP_S = 4.0
SEEN_WHOLE_S = 30.0
"""In a longer recording a region is too narrow to be looked at: it is shown close up, too."""

_LEAST_SHARE = 8.0
"""Percent of the page's width that a far shorter recording still takes."""

_BADGE_SHARE = 9.0
"""Percent of a picture's width, on the narrowest screens, that the number of a region takes."""

_SHOWN_HZ = (200, 1_000, 2_000, 5_000, 10_000)


Sights: TypeAlias = tuple[Sight | str, Sight | str]


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of a stretch: its address, its left edge and its width, in columns."""

    href: str
    left: int
    width: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A spectrogram or a stretch of it.

    Attributes
    ----------
    tiles : tuple of Tile
    first, n_columns : float
        What of the tiles is shown.
    n_bands : int
    seconds, hertz : tuple of Tick
    """

    tiles: tuple[Tile, ...]
    first: float
    n_columns: float
    n_bands: int
    seconds: tuple[Tick, ...]
    hertz: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A region on a picture, in percent of it.

    Attributes
    ----------
    number : int
    lane : int
        In which row its number stands, so that numbers do not cover one another.
    middle : float
        Percent from the left, of the number.
    further : bool
        Whether it is one of the further places of a matched region, without a number.
    """

    number: int
    colour: str
    left: float
    top: float
    width: float
    height: float
    lane: int
    middle: float
    said: str
    further: bool


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A region with what is around it."""

    picture: Picture
    outline: Outline


@dataclass(frozen=True, slots=True)
class Seen:
    """One track of a pair.

    Attributes
    ----------
    picture : Picture or None
        ``None`` where there is no sound to look at; ``reason`` says why.
    share : float
        Percent of the page's width that its picture takes.
    lanes : int
        Rows of numbers.
    """

    side: Side
    track: Track
    picture: Picture | None
    reason: str
    share: float
    outlines: tuple[Outline, ...]
    further: tuple[Outline, ...]
    lanes: int


def sights(now: Snapshot, pair: tuple[Track, Track]) -> Sights:
    """Find what there is to see of both tracks; the reason why not, where there is nothing."""

    def one(track: Track) -> Sight | str:
        try:
            return sight_of(now, track.id)
        except AudioError as error:
            return f"{error.message[:1].upper()}{error.message[1:]}."

    return one(pair[0]), one(pair[1])


def seen(
    pair: tuple[Track, Track], found: Sights, marked: Sequence[Mark], *, same_scale: bool
) -> tuple[Seen, Seen]:
    """Lay out both tracks of a pair.

    Parameters
    ----------
    same_scale : bool
        Whether a second is as wide in both; else both are as wide as the page.
    """
    longest = max(track.duration_s for track in pair)

    def one(side: Side, track: Track, sight: Sight | str) -> Seen:
        share = max(_LEAST_SHARE, 100 * track.duration_s / longest) if same_scale else 100.0
        outlines = _outlines(marked, side, track.duration_s, share)
        return Seen(
            side=side,
            track=track,
            picture=None if isinstance(sight, str) else _whole(sight, share),
            reason=sight if isinstance(sight, str) else "",
            share=share,
            outlines=outlines,
            further=_further(marked, side, track.duration_s),
            lanes=1 + max((outline.lane for outline in outlines), default=-1),
        )

    return one("query", pair[0], found[0]), one("match", pair[1], found[1])


def close_up(sight: Sight | str, track: Track, mark: Mark, side: Side) -> CloseUp | None:
    """Show a region of a long recording with what is around it; ``None`` of a short one, or without sound."""
    if track.duration_s <= SEEN_WHOLE_S or isinstance(sight, str):
        return None
    region = _region(mark, side)
    length = max(CLOSE_UP_S, 1.3 * (region.end_s - region.start_s))
    start = min(max(0.0, (region.start_s + region.end_s - length) / 2), track.duration_s - length)
    outline = _outline(mark, region, start, length)
    return CloseUp(_picture(sight, 0, start, start + length), outline)


def _whole(sight: Sight, share: float) -> Picture:
    layout = sight.layout
    levels = range(layout.n_levels)
    level = next((one for one in levels if layout.n_columns(one) <= MOST_COLUMNS), levels[-1])
    return _picture(sight, level, 0.0, layout.duration_s, max(1, int(MOST_TICKS * share / 100)))


def _picture(sight: Sight, level: int, start_s: float, end_s: float, most_ticks: int = MOST_TICKS) -> Picture:
    layout, pattern = sight.layout, tiles_url(sight)
    step = layout.seconds_per_pixel(level)
    first, last = start_s / step, min(end_s / step, layout.n_columns(level))
    numbers = range(int(first) // TILE_COLUMNS, min(int(last) // TILE_COLUMNS + 1, layout.n_tiles(level)))
    tiles = (
        Tile(
            pattern.format(level=level, n=n),
            n * TILE_COLUMNS,
            min(TILE_COLUMNS, layout.n_columns(level) - n * TILE_COLUMNS),
        )
        for n in numbers
    )
    return Picture(
        tuple(tiles),
        round(first, 2),
        round(last - first, 2),
        layout.settings.n_mels,
        time_ticks(start_s, end_s, most_ticks),
        tuple(Tick(100 * from_top(hz), f"{hz // 1000}k" if hz >= 1000 else str(hz)) for hz in _SHOWN_HZ),
    )


def _outlines(marked: Sequence[Mark], side: Side, length_s: float, share: float) -> tuple[Outline, ...]:
    """Outline the regions of one track, their numbers in as few rows as hold them side by side."""
    found, ends = [], list[float]()
    drawn = [_outline(mark, _region(mark, side), 0.0, length_s) for mark in marked]
    for outline in sorted(drawn, key=lambda one: one.middle):
        room = _BADGE_SHARE * 100 / share
        lane = next((at for at, end in enumerate(ends) if end + room <= outline.middle), len(ends))
        ends[lane:] = [outline.middle, *ends[lane + 1 :]]
        found.append(replace(outline, lane=lane))
    return tuple(sorted(found, key=lambda one: one.number))


def _further(marked: Sequence[Mark], side: Side, length_s: float) -> tuple[Outline, ...]:
    """Outline where else in a track there is what a region is matched with."""
    found = []
    for mark in marked:
        others = [
            _region_of(member.query if side == "query" else member.match) for member in mark.part.members
        ]
        regions = dict.fromkeys(region for region in others if region is not None)
        regions.pop(_region(mark, side), None)
        found += [_outline(mark, region, 0.0, length_s, further=True) for region in regions]
    return tuple(found)


def _outline(
    mark: Mark, region: Region, start_s: float, length_s: float, *, further: bool = False
) -> Outline:
    left, right = (
        100 * min(max((at - start_s) / length_s, 0.0), 1.0) for at in (region.start_s, region.end_s)
    )
    top, bottom = 100 * from_top(region.high_hz), 100 * from_top(region.low_hz)
    said = f"Region {mark.number}: {phrase(mark.part.name)} at {where(region)}"
    middle = min(max((left + right) / 2, 2.0), 98.0)
    return Outline(mark.number, mark.colour, left, top, right - left, bottom - top, 0, middle, said, further)


def _region(mark: Mark, side: Side) -> Region:
    return mark.query if side == "query" else mark.match


def _region_of(side: object) -> Region | None:
    return side if isinstance(side, Region) else None
