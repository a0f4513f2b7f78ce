"""Waterfalls: the bars lead from 0 to the score, and the numbers at them add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from drawn import CJK, LONG, ODD, beyond, said, touching
from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.pictures.contributions import MOST, REST, draw_contributions, waterfall
from soundglass.explain.pictures.style import AGAINST, FOR, TOTAL
from soundglass.surfaces.library import Library

QUERY, OTHER = "escape from chaosland", "wesnoth battle"
SIDE = FeatureEvidence(0.5, "", 50.0, "csv", "0.50")

every = pytest.mark.parametrize("by", ["features", "spectrogram", "blend"])


def number(text: str) -> float:
    return float(text.replace("−", "-"))


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=40))
def test_bars_and_numbers_add_up_to_the_score(contributions: list[float]) -> None:
    parts = [Part(f"part {at}", value, SIDE, SIDE) for at, value in enumerate(contributions)]
    score = sum(contributions)
    steps = waterfall(parts, score)
    assert steps[0].start == 0
    assert steps[-1].end == pytest.approx(score, abs=1e-9)
    for before, after in pairwise(steps):
        assert before.end == after.start
    assert sum(number(step.shown) for step in steps) == pytest.approx(round(score, 3), abs=1e-9)
    for step in steps:
        if step.name != REST:
            assert number(step.shown) == pytest.approx(step.end - step.start, abs=0.00151)
    assert len(steps) <= MOST + 1


@every
def test_what_speaks_for_the_pair_points_right_and_what_speaks_against_it_left(
    demo_library: Library, by: str
) -> None:
    pair = demo_library.why(QUERY, OTHER, by=by)
    (axes, *_) = draw_contributions(pair).axes
    bars = {bar.get_y() + bar.get_height() / 2: bar for bar in axes.patches}
    *rows, last = sorted(bars)
    steps = waterfall(pair.parts, pair.score)
    for row, step in zip(rows, steps, strict=True):
        bar = bars[row]
        assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx((step.start, step.end))
        hatched = step.name == REST
        colour = to_hex(bar.get_edgecolor() if hatched else bar.get_facecolor())
        assert bool(bar.get_hatch()) is hatched
        assert colour == (FOR if step.end >= step.start else AGAINST)
        (label,) = [text for text in axes.texts if text.xy[1] == round(row)]
        assert (label.get_ha() == "right") is label.get_text().startswith("−")
    assert bars[last].get_width() == pytest.approx(pair.score, abs=1e-9)
    assert to_hex(bars[last].get_facecolor()) == TOTAL
    assert steps[-1].end == pytest.approx(sum(part.contribution for part in pair.parts), abs=1e-9)


@every
def test_no_text_touches_another_whatever_the_titles(demo_library: Library, by: str) -> None:
    pair = demo_library.why(QUERY, OTHER, by=by)
    odd = replace(
        pair, query=replace(pair.query, title=LONG, artist=CJK), match=replace(pair.match, title=ODD + CJK)
    )
    for one in (pair, odd):
        figure = draw_contributions(one, "What else there is to say.")
        assert touching(figure) == []
        assert beyond(figure) == []
        assert "What else there is to say." in said(figure)


def test_both_titles_are_named_even_if_the_artists_are_long(demo_library: Library) -> None:
    pair = demo_library.why(QUERY, OTHER)
    long = replace(pair, query=replace(pair.query, artist=LONG), match=replace(pair.match, artist=CJK))
    shown = said(draw_contributions(long)).replace("\n", " ")
    assert pair.query.title[:20] in shown
    assert pair.match.title[:20] in shown


def test_rows_say_what_both_tracks_have(demo_library: Library) -> None:
    pair = demo_library.why(QUERY, OTHER)
    shown = said(draw_contributions(pair))
    tempo = next(part for part in pair.parts if part.name == "tempo")
    assert f"{tempo.query.label} | {tempo.match.label}" in shown
    assert "query | match" in shown
    regions = demo_library.why(QUERY, OTHER, by="spectrogram")
    assert any("0:0" in step.detail for step in waterfall(regions.parts, regions.score))
    missed = [part for part in regions.parts if "little like it" in part.name]
    for part in missed[:3]:
        (step,) = waterfall([replace(part, contribution=-0.02)], -0.02)
        assert "little like it" in step.detail
