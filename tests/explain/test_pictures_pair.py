"""Two tracks one over the other: regions, the strip of relevance, the stretch heard most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes

from drawn import CJK, LONG, ODD, beyond, deaf, outlines, read, said, touching
from soundglass.explain.answer import Pair
from soundglass.explain.heard import HeardMost, heard_in
from soundglass.explain.pictures.marks import CIRCLED, marks
from soundglass.explain.pictures.pair import draw_pair
from soundglass.explain.relevance import Relevance
from soundglass.surfaces.library import Library

QUERY, OTHER = "cave theme", "geosphere03"

Maps = tuple[Relevance, Relevance]


@pytest.fixture(scope="module")
def pair(demo_library: Library) -> Pair:
    return demo_library.why(QUERY, OTHER, by="spectrogram")


@pytest.fixture(scope="module")
def maps(demo_library: Library) -> Maps:
    return demo_library.relevance(QUERY, OTHER)


def area(strip: Axes) -> float:
    """Integrate what a strip shows over time."""
    (filled,) = strip.collections
    corners = filled.get_paths()[0].vertices
    x, y = corners[:, 0], corners[:, 1]
    return abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))) / 2


def lengthened(pair: Pair, maps: Maps, seconds: float = 300.0) -> tuple[Pair, Maps]:
    """Pretend that the tracks are longer, and that what is heard of them ends where they really end."""
    tracks = (replace(track, duration_s=seconds) for track in (pair.query, pair.match))
    return replace(pair, query=next(tracks), match=next(tracks)), maps


def test_regions_are_numbered_alike_on_both_sides(pair: Pair, maps: Maps) -> None:
    above, _, below, _ = draw_pair(pair, read, maps).axes
    query, match = outlines(above), outlines(below)
    marked = marks(pair.parts)
    assert query.keys() == match.keys() == {str(mark.number) for mark in marked}
    for mark in marked:
        number = str(mark.number)
        assert query[number][0][:2] == pytest.approx((mark.query.start_s, mark.query.end_s), abs=0.02)
        assert match[number][0][:2] == pytest.approx((mark.match.start_s, mark.match.end_s), abs=0.02)
        assert query[number][1] == match[number][1]


def test_the_strips_hold_all_that_speaks_for_the_pair_on_one_scale(pair: Pair, maps: Maps) -> None:
    _, above, _, below = draw_pair(pair, read, maps).axes
    for strip, of_side in zip((above, below), maps, strict=True):
        assert area(strip) == pytest.approx(of_side.amounts.sum(), rel=0.03)
    assert above.get_ylim() == below.get_ylim()
    assert above.get_ylim()[0] == 0


def test_a_strip_lies_under_its_spectrogram(pair: Pair, maps: Maps) -> None:
    figure = draw_pair(pair, read, maps)
    touching(figure)  # lays it out
    above, strip, _, _ = figure.axes
    assert strip.get_xlim() == above.get_xlim()
    assert strip.get_position().x0 == pytest.approx(above.get_position().x0)
    assert strip.get_position().x1 == pytest.approx(above.get_position().x1)


def test_the_stretch_heard_most_is_marked_where_there_is_one(pair: Pair, maps: Maps) -> None:
    _, above, _, below = draw_pair(pair, read, maps).axes
    for strip, of_side in zip((above, below), maps, strict=True):
        stretch, dashed = heard_in(of_side), [line.get_xdata()[0] for line in strip.lines]
        if stretch.extent < 0.5:
            assert dashed == [stretch.start_s, stretch.end_s]
        else:
            assert dashed == []
    assert any(heard_in(of_side).extent < 0.5 for of_side in maps)
    assert HeardMost(*map(heard_in, maps)).sentence in said(draw_pair(pair, read, maps)).replace("\n", " ")


def test_a_long_pair_has_pieces_over_a_strip_of_the_whole(pair: Pair, maps: Maps) -> None:
    long, maps = lengthened(pair, maps)
    figure = draw_pair(long, read, maps)
    strips = [axes for axes in figure.axes if axes.get_ylabel() == "score / s"]
    assert [strip.get_xlim() for strip in strips] == [(0, 300), (0, 300)]
    for strip, of_side in zip(strips, maps, strict=True):
        deaf_from = [patch.get_x() for patch in strip.patches if patch.get_hatch()]
        assert deaf_from[-1] == pytest.approx(of_side.boxes[:, 1].max(), abs=0.5)
        numbers = "".join(text.get_text() for text in strip.texts if text.get_text() != "heard most")
        assert sorted(numbers) == [CIRCLED[mark.number - 1] for mark in marks(pair.parts)]
    assert touching(figure) == []


@pytest.mark.parametrize("seconds", [12.0, 300.0])
def test_no_text_touches_another_whatever_the_titles(pair: Pair, maps: Maps, seconds: float) -> None:
    odd, maps = lengthened(pair, maps, seconds)
    odd = replace(
        odd,
        query=replace(odd.query, title=LONG, artist=CJK),
        match=replace(odd.match, title=CJK, artist=ODD + LONG),
    )
    for figure in (draw_pair(odd, read, maps), draw_pair(odd, read)):
        assert touching(figure) == []
        assert beyond(figure) == []


def test_files_that_are_gone_are_said_and_the_strips_are_drawn(pair: Pair, maps: Maps) -> None:
    figure = draw_pair(pair, deaf, maps)
    assert said(figure).count("No spectrogram: cannot be read") == 2
    assert [axes.get_ylabel() for axes in figure.axes].count("score / s") == 2
    assert touching(figure) == []


def test_a_pair_in_which_nothing_is_alike_is_drawn(pair: Pair, maps: Maps) -> None:
    nothing = tuple(Relevance(of_side.boxes, np.zeros(len(of_side.amounts))) for of_side in maps)
    figure = draw_pair(replace(pair, parts=pair.parts[-1:]), read, (nothing[0], nothing[1]))
    assert outlines(figure.axes[0]) == {}
    assert touching(figure) == []
