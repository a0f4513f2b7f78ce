"""Charts: well-formed, of the page's colours, legible, and in words as well."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from evaluations import BARS, DOTS, EVIL, LINES
from soundglass.evaluate.findings import Chart, Series
from soundglass.evaluate.report.charts import alternative, draw, legend

SVG = "{http://www.w3.org/2000/svg}"
HISTOGRAM = Chart("bars", "Hubs", "lists", "tracks", (Series("features", (0.0, 1.0, 2.0), (5.0, 9.0, 2.0)),))
CHARTS = {"dots": DOTS, "lines": LINES, "bars": BARS, "histogram": HISTOGRAM}

every = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@every
def test_a_chart_is_one_element_that_needs_nothing_else(chart: Chart) -> None:
    svg = draw(chart, "a-1")
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    addresses = set(re.findall(r'https?://[^"\s]+', svg))
    assert addresses == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not places
    assert "<style" not in svg
    assert "<metadata" not in svg


@every
def test_ids_are_a_charts_own_and_references_find_them(chart: Chart) -> None:
    svg = draw(chart, "a-1")
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert all(each.startswith("a-1-") for each in ids)
    assert set(re.findall(r'(?:url\(|href=")#([^")]*)', svg)) <= set(ids)


@every
def test_all_colours_are_the_pages(chart: Chart) -> None:
    svg = draw(chart, "a")
    assert set(re.findall(r"(?:fill|stroke): *([^;\"]+)", re.sub(r"var\([^)]*\)", "var", svg))) <= {
        "none",
        "var",
        "currentColor",
    }
    assert "var(--series-1, #0072b2)" in svg


@every
def test_text_is_large_enough_for_a_phone_and_in_the_pages_font(chart: Chart) -> None:
    svg = draw(chart, "a")
    assert "font-family" not in svg
    width = float(ElementTree.fromstring(svg).get("viewBox", "").split()[2])
    for size in re.findall(r"font-size: ([\d.]+)px", svg):
        assert float(size) * 325 / width > 9.5


def test_rows_do_not_run_into_one_another() -> None:
    names = tuple(f"a system that has quite a long name, number {number}" for number in range(12))
    for n_series in (1, 2, 5):
        series = tuple(Series(f"s{at}", names, (0.5,) * 12) for at in range(n_series))
        svg = draw(replace(DOTS, series=series), "a")
        lines = [float(y) for y in re.findall(r"<text [^>]*translate\([\d.]+ ([\d.]+)\)", svg)]
        assert len(lines) == 24
        assert min(after - before for before, after in pairwise(sorted(lines))) >= 12


def test_every_point_is_drawn_with_its_interval() -> None:
    svg = draw(DOTS, "a")
    markers = re.findall(r"<use [^>]*style=\"fill: var\(--series-[12]", svg)
    assert len(markers) == 5  # six, one unknown
    assert len(re.findall(r'style="fill: none; stroke: var\(--series-1', svg)) == 3
    assert svg.count("stroke-dasharray") == 1  # what is marked
    assert {"P@10", "features", "spectrogram", "random"} <= set(texts(svg))


def test_a_long_line_shows_the_sign_of_its_legend_a_few_times() -> None:
    steps = tuple(float(step) for step in range(200))
    svg = draw(replace(LINES, series=(Series("long", steps, steps),)), "a")
    assert 5 <= len(re.findall(r"<use [^>]*style=\"fill: var\(--series-1", svg)) <= 12


def test_names_are_text_whatever_they_look_like() -> None:
    names = (EVIL, r"$\frac{", "100 % \\", 'id="x" url(#y)', "日本の音楽", "a\nb")
    svg = draw(replace(BARS, series=(Series("x", names, (1.0,) * 6),)), "a")
    shown = " ".join(texts(svg))
    assert "<script" not in svg
    for word in (r"$\frac{", "100 % \\", "日本の音楽", "<script>alert('rock &"):
        assert word in shown


@pytest.mark.parametrize("kind", ["dots", "bars", "lines"])
def test_nothing_to_draw_is_an_empty_chart(kind: str) -> None:
    for series in ((), (Series("x", (), ()),), (Series("x", (1.0, 2.0), (math.nan, math.nan)),)):
        chart = replace(LINES, kind=kind, series=series)
        ElementTree.fromstring(draw(chart, "a"))
        assert alternative(chart).startswith("Deletion. ")


def test_a_chart_is_drawn_the_same_again() -> None:
    assert draw(DOTS, "a") == draw(DOTS, "a")


def test_the_alternative_text_says_what_is_shown() -> None:
    said = alternative(DOTS)
    assert said.startswith("Genre: P@10. P@10. ")
    assert "artist filter on: features 0.310, spectrogram 0.420, random 0.050" in said
    assert "spectrogram –" in said
    assert alternative(LINES) == "Deletion. score by share. explanation: 0.1 0.900, 0.2 0.500, 0.5 0.200."


def test_the_alternative_text_of_many_points_is_cut() -> None:
    many = Series("many", tuple(map(float, range(500))), (1.0,) * 500)
    assert alternative(replace(LINES, series=(many,))).endswith("and 440 more.")


def test_the_legend_names_series_where_there_are_several_and_what_is_marked() -> None:
    assert [key.name for key in legend(DOTS)] == ["artist filter on", "artist filter off", "marked: 0.055"]
    assert legend(LINES) == ()
    keys = legend(replace(LINES, series=tuple(Series(str(n), (0.1, 0.2), (0.1, 0.2)) for n in range(7))))
    assert len({key.marker for key in keys}) == len({key.colour for key in keys}) == 7
