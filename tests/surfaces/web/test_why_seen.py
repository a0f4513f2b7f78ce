"""Where matched regions lie on the pictures of a pair, in percent, and that their numbers stay apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.core.types import Part, Region, Track
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.pictures.mel import MelImage
from soundglass.surfaces.report.spectrograms import _from_top
from soundglass.surfaces.web.sight.layout import TILE_COLUMNS, Layout
from soundglass.surfaces.web.sight.parts import Sight
from soundglass.surfaces.web.why.seen import CLOSE_UP_S, MOST_COLUMNS, close_up, seen

LONG, SHORT = (
    Track(name, "audio", title=name, duration_s=s) for name, s in (("long", 400.0), ("short", 100.0))
)
GONE = ("It is gone.", "It is gone.")


def mark(number: int, query_s: float, match_s: float, further: tuple[float, ...] = ()) -> Mark:
    query, match = Region(query_s, query_s + 2, 500, 2000), Region(match_s, match_s + 2, 0, 1000)
    members = tuple(Part("low sound", 0.01, Region(at, at + 2, 500, 2000), match) for at in further)
    return Mark(number, Part("low sound", 0.1, query, match, members), query, match, f"#00000{number}")


def sight(track: Track) -> Sight:
    return Sight(track.id, "/music/x.ogg", Layout(track.duration_s), 30.0)


def test_places_are_shares_of_each_picture() -> None:
    one, other = seen((LONG, SHORT), GONE, [mark(1, 100, 50, further=(200.0,))], same_scale=False)
    assert (one.share, other.share) == (100, 100)
    (own,), (again,) = one.outlines, other.outlines
    assert (own.left, own.width) == (pytest.approx(25), pytest.approx(0.5))
    assert (again.left, again.width) == (pytest.approx(50), pytest.approx(2))
    image = MelImage(np.zeros((128, 100), np.float32))
    assert own.top == pytest.approx(_from_top(image, 2000), abs=0.1)
    assert own.top + own.height == pytest.approx(_from_top(image, 500), abs=0.1)
    assert (own.colour, own.number) == (again.colour, again.number)
    (further,) = one.further
    assert (further.left, further.number) == (pytest.approx(50), 1)
    assert other.further == ()
    assert (one.picture, one.reason) == (None, "It is gone.")


def test_one_scale_of_time_makes_the_shorter_picture_narrower() -> None:
    for pair, shares in (((LONG, SHORT), (100, 25)), ((SHORT, LONG), (25, 100))):
        found = seen(pair, (sight(pair[0]), sight(pair[1])), [], same_scale=True)
        assert tuple(side.share for side in found) == shares
        pictures = [side.picture for side in found if side.picture]
        assert len(pictures) == 2
        assert all(
            len(picture.seconds) <= max(1, 6 * side.share / 100) + 1
            for picture, side in zip(pictures, found, strict=True)
        )


@given(st.lists(st.floats(0, 390), min_size=1, max_size=6), st.booleans())
def test_numbers_in_one_row_never_cover_one_another(starts: list[float], same_scale: bool) -> None:
    marked = [mark(at + 1, start, start / 4) for at, start in enumerate(starts)]
    for side in seen((LONG, SHORT), GONE, marked, same_scale=same_scale):
        assert [outline.number for outline in side.outlines] == list(range(1, len(starts) + 1))
        for one, other in combinations(side.outlines, 2):
            apart = abs(one.middle - other.middle) * side.share / 100
            assert one.lane != other.lane or apart >= 9 - 1e-6
        assert {outline.lane for outline in side.outlines} == set(range(side.lanes))


@pytest.mark.parametrize("start_s", [0.0, 200.0, 398.0])
def test_close_up_a_region_is_seen_whole(start_s: float) -> None:
    found = close_up(sight(LONG), LONG, mark(1, start_s, 0), "query")
    assert found is not None
    assert found.outline.left >= 0
    assert found.outline.left + found.outline.width <= 100 + 1e-6
    assert found.outline.width == pytest.approx(100 * 2 / CLOSE_UP_S)
    first, last = found.picture.first, found.picture.first + found.picture.n_columns
    tiles = found.picture.tiles
    assert tiles[0].left <= first
    assert tiles[-1].left + tiles[-1].width >= last - 1
    assert len(tiles) <= 2
    assert all(tile.left % TILE_COLUMNS == 0 and "/0/" in tile.href for tile in tiles)


def test_a_short_recording_needs_no_close_up_and_a_lost_one_has_none() -> None:
    short = Track("short", "audio", duration_s=12.0)
    assert close_up(sight(short), short, mark(1, 3, 3), "match") is None
    assert close_up("It is gone.", LONG, mark(1, 3, 3), "query") is None


@pytest.mark.parametrize("duration_s", [2.0, 12.0, 126.0, 400.0, 7200.0])
def test_a_whole_track_takes_few_tiles(duration_s: float) -> None:
    track = Track("one", "audio", duration_s=duration_s)
    picture = seen((track, track), (sight(track), sight(track)), [], same_scale=False)[0].picture
    assert picture is not None
    assert sum(tile.width for tile in picture.tiles) <= max(MOST_COLUMNS, TILE_COLUMNS * 5)
    assert sum(tile.width for tile in picture.tiles) >= picture.n_columns - 1
